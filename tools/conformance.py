"""`docs/conformance.json` and `.md`: per article and item its rules, routes, duties, events and tests.

`implemented` needs a route or duty, by which somebody reaches it, *and* a test on record as passed: a rule that nothing
serves is not a system that does it; `text only` needs a reason in
`docs/conformance-notes.toml`; the rest is `planned`. An article with items is what its items are together.

    python -m tools.conformance                     write both files, after the tests have run
    python -m tools.conformance --check             compare with the committed files instead
    python -m tools.conformance --check --static    likewise before any test has run: the committed files
                                                    are believed about which tests passed, if still there
"""

import argparse
import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from shared.statute.text import Article, Item, UnknownClause, load
from tools.citations import ANY, Citations, row_of, scan

RECORD = "build/clauses.json"
NOTES = "docs/conformance-notes.toml"
JSON_REPORT = "docs/conformance.json"
MARKDOWN_REPORT = "docs/conformance.md"
KINDS = ("rules", "routes", "duties", "events")
STATUSES = {"implemented": "已实现", "text only": "仅载条文", "planned": "计划中"}

Report = dict[str, Any]
Passing = dict[str, set[str]]


class Unusable(Exception):  # noqa: N818 - it says why there is no report
    """There is nothing to build a report from; the message says what to do."""


def passed_tests(record: Mapping[str, Mapping[str, Any]], citations: Citations) -> Passing:
    """Clause → tests that prove it: still marked so, recorded, and passed in every one of its cases."""
    outcomes: dict[tuple[str, str], set[str]] = {}
    for nodeid, entry in record.items():
        test = nodeid.partition("[")[0]
        marked = citations.marked.get(test, set())
        for clause in entry["clauses"]:
            if clause in marked or ANY in marked:
                outcomes.setdefault((_row(clause, test, citations), test), set()).add(entry["outcome"])
    passing: Passing = {}
    for (row, test), words in outcomes.items():
        if words == {"passed"}:
            passing.setdefault(row, set()).add(test)
    return passing


def claimed_tests(committed: Report, citations: Citations) -> Passing:
    """Clause → tests that the committed report names for it and that are still marked so."""
    passing: Passing = {}
    for row in rows(committed):
        for test in row["tests"]:
            marked = citations.marked.get(test, set())
            if ANY in marked or row["id"] in {_row(clause, test, citations) for clause in marked}:
                passing.setdefault(row["id"], set()).add(test)
    return passing


def _row(clause: str, where: str, citations: Citations) -> str:
    try:
        return row_of(clause)
    except UnknownClause as unknown:
        problem = f"{where}: {unknown}"
        if problem not in citations.problems:
            citations.problems.append(problem)
        return clause


def rows(report: Report) -> Iterator[dict[str, Any]]:
    """The articles and items of a report, in order."""
    for chapter in report["chapters"]:
        for article in chapter["articles"]:
            yield article
            yield from article["items"]


def build(citations: Citations, passing: Passing, notes: Mapping[str, str]) -> Report:
    """The report; notes that contradict it are added to the problems."""
    evidence: dict[tuple[str, str], set[str]] = {}
    for citation in citations.found:
        row = _row(citation.clause, citation.where, citations)
        evidence.setdefault((row, citation.kind), set()).add(citation.where)
    evidence |= {(row, "tests"): tests for row, tests in passing.items()}
    chapters = [
        {
            "id": chapter.id,
            "label": chapter.label,
            "title": chapter.title,
            "articles": [_article(article, evidence, notes) for article in chapter.articles],
        }
        for chapter in load().chapters
    ]
    report: Report = {"statute": load().title, "summary": {}, "chapters": chapters}
    leaves = [row["status"] for row in rows(report) if not row.get("items")]
    report["summary"] = {status: leaves.count(status) for status in STATUSES}
    citations.problems += _wrong_notes(report, notes)
    return report


def _entry(clause: Article | Item, evidence: Mapping[tuple[str, str], set[str]], reason: str | None) -> Report:
    found = {kind: sorted(evidence.get((clause.id, kind), ())) for kind in (*KINDS, "tests")}
    carried = found["tests"] and (found["routes"] or found["duties"])
    status = "text only" if reason else "implemented" if carried else "planned"
    return {"id": clause.id, "label": clause.label, "status": status, "reason": reason, **found}


def _article(article: Article, evidence: Mapping[tuple[str, str], set[str]], notes: Mapping[str, str]) -> Report:
    own = _entry(article, evidence, notes.get(article.id))
    items = [_entry(item, evidence, notes.get(item.id)) for item in article.items]
    if items:
        together = {item["status"] for item in items}
        own["status"] = next(status for status in ("planned", "implemented", "text only") if status in together)
    return {**own, "items": items}


def _wrong_notes(report: Report, notes: Mapping[str, str]) -> Iterator[str]:
    by_id = {row["id"]: row for row in rows(report)}
    for clause, reason in sorted(notes.items()):
        row = by_id.get(clause)
        if row is None:
            yield f"{NOTES}: the statute has no clause {clause!r}"
        elif not reason.strip():
            yield f"{NOTES}: {clause} is noted without a reason"
        elif row.get("items"):
            yield f"{NOTES}: {clause} has items; note those instead"
        elif any(row[kind] for kind in KINDS):
            yield f"{NOTES}: {clause} is noted as text only, but something cites it"


def as_json(report: Report) -> str:
    """The report as the committed JSON text."""
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"


def as_markdown(report: Report) -> str:
    """The report as the committed Markdown text."""
    counts = "; ".join(f"{zh} · {status}: {report['summary'][status]}" for status, zh in STATUSES.items())
    lines = [
        "# 条款对照 · Conformance",
        "",
        f"《{report['statute']}》. Generated by `python -m tools.conformance`; do not edit.",
        "",
        f"Items, and articles without items: {counts}.",
        "",
        "`implemented`: at least one route or duty, and at least one passing test. `text only`: with its reason.",
        "`planned`: the rest, rules that no route serves yet among them. An article with items is implemented when its",
        "items are.",
    ]
    columns = (
        "条款 · Clause",
        "状态 · Status",
        "规则 · Rules",
        "接口 · Routes",
        "职责 · Duties",
        "事件 · Events",
    )
    for chapter in report["chapters"]:
        lines += ["", f"## {chapter['label']} {chapter['title']}", ""]
        lines += [f"| {' | '.join((*columns, '测试 · Tests'))} |", f"|{'---|' * (len(columns) + 1)}"]
        for article in chapter["articles"]:
            lines += [_markdown_row(entry) for entry in (article, *article["items"])]
    return "\n".join(lines) + "\n"


def _markdown_row(row: Mapping[str, Any]) -> str:
    status = f"{STATUSES[row['status']]} · {row['status']}" + (f": {row['reason']}" if row["reason"] else "")
    cells = ["<br>".join(f"`{where}`" for where in row[kind]) for kind in (*KINDS, "tests")]
    return " | ".join((f"| {row['label']} `{row['id']}`", status, *cells)) + " |"


def untrue_claims(committed: Report, fresh: Report) -> list[str]:
    """What the committed report calls implemented although it is not."""
    now = {row["id"]: row for row in rows(fresh)}
    complaints = []
    for row in rows(committed):
        actual = now.get(row["id"], {})
        if row["status"] == "implemented" and actual.get("status") != "implemented":
            items, tests = actual.get("items"), actual.get("tests")
            why = "not all its items are" if items else "has no route or duty" if tests else "has no passing test"
            complaints.append(f"{JSON_REPORT}: {row['id']} claims to be implemented, but {why}")
    return complaints


def _load(root: Path, name: str) -> Any:
    path = root / name
    if not path.exists():
        return None
    text = path.read_text(encoding="utf-8")
    return tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)


def generate(root: Path, *, static: bool = False) -> tuple[Report, list[str]]:
    """The report of what lies under `root`, and all problems. Unusable without a record of test runs."""
    citations = scan(root)
    if static:
        committed = _load(root, JSON_REPORT)
        passing = claimed_tests(committed, citations) if committed else {}
    else:
        record = _load(root, RECORD)
        if record is None:
            raise Unusable(f"{RECORD} is missing: run the tests first, or check with --static")
        passing = passed_tests(record, citations)
    notes = (_load(root, NOTES) or {}).get("text_only", {})
    report = build(citations, passing, notes)
    return report, citations.problems


def check(root: Path, *, static: bool = False) -> list[str]:
    """Why the committed files are not what they should be; empty when they are."""
    fresh, problems = generate(root, static=static)
    committed = _load(root, JSON_REPORT)
    if committed:
        problems = problems + untrue_claims(committed, fresh)
    for name, text in ((JSON_REPORT, as_json(fresh)), (MARKDOWN_REPORT, as_markdown(fresh))):
        path = root / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            problems.append(f"{name} is not what would be generated now: run python -m tools.conformance")
    return problems


def write(root: Path) -> list[str]:
    """Write both files, unless there are problems, which are returned."""
    report, problems = generate(root)
    if not problems:
        (root / JSON_REPORT).write_text(as_json(report), encoding="utf-8")
        (root / MARKDOWN_REPORT).write_text(as_markdown(report), encoding="utf-8")
    return problems


def main(arguments: list[str] | None = None) -> int:
    """The command line; 1 when something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tools.conformance", description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    parser.add_argument("--static", action="store_true", help="with --check: before any test has run")
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="the project's folder")
    options = parser.parse_args(arguments)
    if options.static and not options.check:
        parser.error("--static goes with --check")
    try:
        problems = check(options.root, static=options.static) if options.check else write(options.root)
    except Unusable as unusable:
        problems = [str(unusable)]
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
