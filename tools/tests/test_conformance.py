"""The report claims what rules, routes, duties, events and passing tests carry, and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest

from tools import conformance
from tools.citations import scan

RULE = """
from shared.statute.clauses import cites

class Seats:
    @cites("art4")
    def first_director(self): ...

@cites("art5.2a", "art4.p2")
def status(): ...
"""
EVENT = """
class LapseRecorded(Event):
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ("art21.1", "政务处分法 第八条")

class Unrelated(Event):
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ()
"""
TESTS = """
import pytest

@pytest.mark.clause("art5.2a")
def test_first(): ...

@pytest.mark.parametrize("n", [1, 2])
@pytest.mark.clause("art5.2")
def test_second(n): ...

@pytest.mark.clause("art9.4", "art8.1")
def test_of_something_that_nothing_carries(): ...

class TestSeats:
    pytestmark = pytest.mark.clause("art4")
    def test_seat(self): ...

@pytest.mark.parametrize("c", [pytest.param(c, marks=pytest.mark.clause(c)) for c in CLAUSES])
def test_computed(c): ...
"""
PATHS = {
    "/v1/seats": {"get": {"x-legal-basis": ["art4", "art5.2", "art12.1", "art12.2"]}},
    "/v1/leads": {
        "post": {"x-legal-basis": ["art21.2", "国务院令第493号 第三条"]},
        "get": {},
        "parameters": [],
    },
}
DUTIES = '[items]\nart6 = 10\n[[duty]]\nid = "art6.5a"\nrequirements = [{ id = "publish" }]\n'
T = "services/duties/tests/test_rules.py"
RECORD = {
    f"{T}::test_first": {"clauses": ["art5.2a"], "outcome": "passed"},
    f"{T}::test_second[1]": {"clauses": ["art5.2"], "outcome": "passed"},
    f"{T}::test_second[2]": {"clauses": ["art5.2"], "outcome": "passed"},
    f"{T}::test_of_something_that_nothing_carries": {"clauses": ["art9.4", "art8.1"], "outcome": "passed"},
    f"{T}::TestSeats::test_seat": {"clauses": ["art4"], "outcome": "passed"},
    f"{T}::test_computed[art6.5a]": {"clauses": ["art6.5a"], "outcome": "passed"},
}


def _put(root: Path, name: str, content: str | dict[str, Any]) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project with one of everything, its tests run and its report written."""
    _put(tmp_path, "services/duties/rules/status.py", RULE)
    _put(tmp_path, "services/duties/catalogue/hebei.toml", DUTIES)
    _put(tmp_path, "shared/contracts/duties.py", EVENT)
    _put(tmp_path, T, TESTS)
    _put(tmp_path, "docs/openapi/discipline.json", {"openapi": "3.1.0", "paths": PATHS})
    _put(tmp_path, conformance.NOTES, '[text_only]\nart1 = "目的 · purpose"\n')
    _put(tmp_path, conformance.RECORD, RECORD)
    assert conformance.write(tmp_path) == []
    return tmp_path


def _report(root: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((root / conformance.JSON_REPORT).read_text(encoding="utf-8"))
    return report


def _row(root: Path, clause: str) -> dict[str, Any]:
    return next(row for row in conformance.rows(_report(root)) if row["id"] == clause)


def _claim(root: Path, clause: str) -> None:
    """Edit the committed report by hand so that it calls `clause` implemented."""
    report = _report(root)
    for row in conformance.rows(report):
        row["status"] = "implemented" if row["id"] == clause else row["status"]
    _put(root, conformance.JSON_REPORT, conformance.as_json(report))


def test_a_clause_collects_its_rules_duties_routes_events_and_tests(project: Path) -> None:
    assert _row(project, "art5.2")["rules"] == ["services.duties.rules.status:status"]
    assert _row(project, "art5.2")["tests"] == [f"{T}::test_first", f"{T}::test_second"]
    assert _row(project, "art4")["rules"] == [
        "services.duties.rules.status:Seats.first_director",
        "services.duties.rules.status:status",
    ]
    assert _row(project, "art6.5")["duties"] == ["art6.5a"]
    assert _row(project, "art21.2")["routes"] == ["discipline POST /v1/leads"]
    assert _row(project, "art21.1")["events"] == ["shared.contracts.duties:LapseRecorded"]


@pytest.mark.parametrize(
    ("clause", "status"),
    [
        ("art4", "implemented"),
        ("art5.2", "implemented"),
        ("art6.5", "implemented"),
        ("art5", "planned"),
        ("art9.4", "planned"),
        ("art21.1", "planned"),
        ("art21.2", "planned"),
        ("art31", "planned"),
        ("art12.1", "planned"),
        ("art1", "text only"),
    ],
)
def test_only_what_is_carried_and_tested_is_implemented(project: Path, clause: str, status: str) -> None:
    assert _row(project, clause)["status"] == status


def test_a_tested_rule_that_no_route_or_duty_reaches_is_planned(project: Path) -> None:
    _put(project, "services/duties/rules/alone.py", '@cites("art8.1")\ndef alone(): ...\n')
    assert conformance.write(project) == []
    row = _row(project, "art8.1")
    assert (row["status"], bool(row["rules"]), bool(row["tests"])) == ("planned", True, True)


def test_the_summary_counts_items_and_articles_without_items(project: Path) -> None:
    assert _report(project)["summary"] == {"implemented": 3, "text only": 1, "planned": 66}


def test_an_article_is_implemented_when_all_its_items_are(project: Path) -> None:
    clauses = ["art12.1", "art12.2"]
    _put(project, "shared/roster/rules.py", '@cites("art12.1", "art12.2")\ndef support(): ...\n')
    marked = '@pytest.mark.clause("art12.1", "art12.2")\ndef test_support(): ...\n'
    _put(project, "tests/test_support.py", marked)
    record = RECORD | {"tests/test_support.py::test_support": {"clauses": clauses, "outcome": "passed"}}
    _put(project, conformance.RECORD, record)
    assert conformance.write(project) == []
    assert _row(project, "art12")["status"] == "implemented"


def test_an_untouched_project_passes_the_check(project: Path) -> None:
    assert conformance.check(project) == []
    assert conformance.main(["--check", "--root", str(project)]) == 0


@pytest.mark.parametrize("outcome", ["failed", "skipped", "xfailed", "xpassed", "incomplete"])
def test_an_implemented_clause_whose_test_did_not_pass_fails_the_check(project: Path, outcome: str) -> None:
    case = f"{T}::TestSeats::test_seat"
    _put(project, conformance.RECORD, RECORD | {case: {"clauses": ["art4"], "outcome": outcome}})
    problems = conformance.check(project)
    assert any("art4 claims to be implemented, but has no passing test" in problem for problem in problems)
    assert conformance.main(["--check", "--root", str(project)]) == 1


def test_one_failed_case_of_a_parametrised_test_takes_its_proof_away(project: Path) -> None:
    _put(
        project,
        conformance.RECORD,
        RECORD | {f"{T}::test_second[2]": {"clauses": ["art5.2"], "outcome": "failed"}},
    )
    assert conformance.write(project) == []
    assert _row(project, "art5.2")["tests"] == [f"{T}::test_first"]


def test_a_claim_written_by_hand_fails_the_check_with_and_without_a_record(project: Path) -> None:
    _claim(project, "art23")
    for static in (False, True):
        assert any("art23 claims to be implemented" in problem for problem in conformance.check(project, static=static))


def test_a_tested_clause_that_nothing_carries_cannot_be_claimed(project: Path) -> None:
    _claim(project, "art9.4")
    assert any("art9.4 claims to be implemented, but has no route" in problem for problem in conformance.check(project))


def test_a_recorded_test_that_is_gone_or_no_longer_marked_proves_nothing(project: Path) -> None:
    _put(project, T, TESTS.replace('@pytest.mark.clause("art5.2a")\n', "").replace("test_second", "test_other"))
    for static in (False, True):
        problems = conformance.check(project, static=static)
        assert any("art5.2 claims to be implemented, but has no passing test" in problem for problem in problems)


def test_a_removed_route_fails_the_check(project: Path) -> None:
    _put(project, "docs/openapi/discipline.json", {"openapi": "3.1.0", "paths": {}})
    assert any("art4 claims to be implemented, but has no route" in problem for problem in conformance.check(project))


@pytest.mark.parametrize("name", [conformance.JSON_REPORT, conformance.MARKDOWN_REPORT])
def test_a_committed_file_that_differs_or_is_missing_fails_the_check(project: Path, name: str) -> None:
    path = project / name
    path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")
    assert conformance.check(project) == [f"{name} is not what would be generated now: run python -m tools.conformance"]
    path.unlink()
    assert any(name in problem for problem in conformance.check(project))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("services/duties/rules/more.py", '@cites("art5.10")\ndef rule(): ...'),
        ("shared/contracts/more.py", 'class Odd:\n    LEGAL_BASIS = ("art32",)'),
        ("services/duties/tests/test_more.py", '@pytest.mark.clause("ch2")\ndef test_chapter(): ...'),
        ("services/duties/catalogue/more.toml", '[[duty]]\nid = "art7.1"'),
        ("docs/openapi/more.json", '{"paths": {"/v1/x": {"get": {"x-legal-basis": ["art0"]}}}}'),
    ],
)
def test_a_cited_clause_that_does_not_exist_fails_writing_and_checking(project: Path, name: str, content: str) -> None:
    _put(project, name, content)
    assert any("the statute has no clause" in problem for problem in conformance.check(project))
    assert any("the statute has no clause" in problem for problem in conformance.write(project))


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("services/duties/rules/more.py", "@cites(CLAUSE)\ndef rule(): ...", "literal strings"),
        ("shared/contracts/more.py", "class Odd:\n    LEGAL_BASIS = BASIS", "literal strings"),
        ("docs/openapi/more.json", '{"paths": {"/v1/x": {"get": {"x-legal-basis": "art4"}}}}', "is a list"),
    ],
)
def test_a_citation_that_cannot_be_read_is_a_problem(project: Path, name: str, content: str, complaint: str) -> None:
    _put(project, name, content)
    assert [complaint in problem for problem in scan(project).problems] == [True]


@pytest.mark.parametrize(
    ("note", "complaint"),
    [
        ('art4 = "x"', "something cites it"),
        ('art5 = "x"', "has items"),
        ('art99 = "x"', "no clause"),
        ('art31 = " "', "without a reason"),
    ],
)
def test_a_note_that_contradicts_the_project_is_a_problem(project: Path, note: str, complaint: str) -> None:
    _put(project, conformance.NOTES, f"[text_only]\n{note}\n")
    assert any(complaint in problem for problem in conformance.check(project))


def test_before_any_test_has_run_only_the_static_check_is_possible(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / conformance.RECORD).unlink()
    assert conformance.main(["--check", "--root", str(project)]) == 1
    assert "run the tests first" in capsys.readouterr().err
    assert conformance.main(["--check", "--static", "--root", str(project)]) == 0


def test_an_empty_project_is_all_planned(tmp_path: Path) -> None:
    report, problems = conformance.generate(tmp_path, static=True)
    assert (report["summary"], problems) == ({"implemented": 0, "text only": 0, "planned": 70}, [])


def test_the_order_of_the_record_changes_nothing(project: Path) -> None:
    _put(project, conformance.RECORD, dict(reversed(RECORD.items())))
    assert conformance.check(project) == []


def test_the_readable_report_has_a_row_for_every_article_and_item(project: Path) -> None:
    text = (project / conformance.MARKDOWN_REPORT).read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| 第")]
    assert len(rows) == 31 + 47
    assert {row.count(" | ") for row in rows} == {6}
    assert "| 第一条 `art1` | 仅载条文 · text only: 目的 · purpose |" in text
