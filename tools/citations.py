"""Where the project cites the statute: rules, routes, duties, events and marked tests, read, not imported.

What does not exist yet is simply not there. A citation that cannot be read, or names nothing in the statute,
is a problem that is reported, never skipped.
"""

import ast
import csv
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared.statute.text import UnknownClause, cite

ANY = "*"
_OWN = re.compile(r"(art|ch)\d")
_DUTY = re.compile(r"art\d+(\.\d+)?[a-z]?")
_TEST_ROOMS = ("shared", "services", "cli", "tools", "tests", "bench")
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, order=True)
class Citation:
    """`where`, of one kind (`rules`, `routes`, `duties`, `events`), names `clause` as written."""

    kind: str
    clause: str
    where: str


@dataclass(slots=True)
class Citations:
    """All that was found. `marked`: test function → clauses it may prove, `*` where they are computed."""

    found: set[Citation] = field(default_factory=set)
    marked: dict[str, set[str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def row_of(clause_id: str) -> str:
    """The article or item that a citation counts for; duty ids and paragraphs count for what they belong to.

    UnknownClause where the statute has no such clause or it is a whole chapter: nobody implements that.
    """
    if clause_id.startswith("ch"):
        raise UnknownClause(clause_id)
    return re.sub(r"\.p\d+$", "", cite(clause_id).id)


def scan(root: Path) -> Citations:
    """Everything under `root` that cites the statute; clauses that do not exist are among the problems."""
    citations = Citations()
    for find in (_rules, _routes, _duties, _events):
        citations.found |= set(find(root, citations.problems))
    citations.marked = dict(_marked_tests(root))
    written = [(citation.clause, citation.where) for citation in citations.found]
    written += [(clause, test) for test, clauses in citations.marked.items() for clause in clauses - {ANY}]
    for clause, where in sorted(written):
        try:
            row_of(clause)
        except UnknownClause as unknown:
            citations.problems.append(f"{where}: {unknown}")
    return citations


def _modules(root: Path, *patterns: str) -> Iterator[tuple[Path, ast.Module]]:
    paths = {path for pattern in patterns for path in root.glob(pattern) if path.is_file()}
    for path in sorted(paths):
        yield path, ast.parse(path.read_text(encoding="utf-8"), str(path))


def _functions(body: Iterable[ast.stmt], outer: tuple[str, ...] = ()) -> Iterator[tuple[str, _Function]]:
    """Functions of a module and of its classes, with their qualified names."""
    for node in body:
        if isinstance(node, _Function):
            yield ".".join((*outer, node.name)), node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node.body, (*outer, node.name))


def _calls(nodes: Iterable[ast.AST], name: str) -> Iterator[ast.Call]:
    """Calls of `name` or `something.name` anywhere within."""
    for node in nodes:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call) and f".{ast.unparse(inner.func)}".endswith(f".{name}"):
                yield inner


def _strings(nodes: Iterable[ast.expr]) -> set[str]:
    """The literal strings among `nodes`, and `*` where one is no literal string."""
    return {n.value if isinstance(n, ast.Constant) and isinstance(n.value, str) else ANY for n in nodes}


def _literal(clauses: set[str], where: str, problems: list[str]) -> set[str]:
    if ANY in clauses:
        problems.append(f"{where}: clauses must be written as literal strings")
    return clauses - {ANY}


def _dotted(root: Path, path: Path) -> str:
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def _rules(root: Path, problems: list[str]) -> Iterator[Citation]:
    """Functions that carry `@cites(...)`."""
    for path, module in _modules(root, "services/*/rules*.py", "services/*/rules/**/*.py", "shared/*/**/*.py"):
        if "tests" in path.parts:
            continue
        for name, function in _functions(module.body):
            where = f"{_dotted(root, path)}:{name}"
            for call in _calls(function.decorator_list, "cites"):
                for clause in _literal(_strings(call.args), where, problems):
                    yield Citation("rules", clause, where)


def _routes(root: Path, problems: list[str]) -> Iterator[Citation]:
    """Operations of the committed API documents with `x-legal-basis`; clauses of other law are left out."""
    for path in sorted(root.glob("docs/openapi/*.json")):
        for route, operations in json.loads(path.read_text(encoding="utf-8")).get("paths", {}).items():
            for method, operation in operations.items():
                where = f"{path.stem} {method.upper()} {route}"
                basis = operation.get("x-legal-basis", []) if isinstance(operation, dict) else []
                if not isinstance(basis, list):
                    problems.append(f"{where}: x-legal-basis is a list of clauses")
                    continue
                for clause in filter(_OWN.match, basis):
                    yield Citation("routes", clause, where)


def _records(value: Any) -> Iterator[dict[str, Any]]:
    """Every table of a data file, however deep."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _records(inner)


_READERS: dict[str, Callable[[str], Any]] = {
    ".toml": tomllib.loads,
    ".json": json.loads,
    ".csv": lambda text: list(csv.DictReader(text.splitlines())),
}


def _of_another_statute(path: Path) -> bool:
    """Whether a file belongs to the catalogue of a statute beside Hebei's, whose clauses are not those cited here."""
    return path.parent.parent.name == "catalogue" and path.parent.name != "hebei"


def _duties(root: Path, problems: list[str]) -> Iterator[Citation]:
    """Duties of the catalogue: rows of the data files of duties whose id is a duty's."""
    for path in sorted(root.glob("services/duties/**/*")):
        if path.suffix not in _READERS or "tests" in path.parts or _of_another_statute(path):
            continue
        for record in _records(_READERS[path.suffix](path.read_text(encoding="utf-8"))):
            duty = record.get("id")
            if not isinstance(duty, str) or not _DUTY.fullmatch(duty):
                continue
            clause = record.get("clause", duty)
            if isinstance(clause, str):
                yield Citation("duties", clause, duty)
            else:
                problems.append(f"{path.relative_to(root).as_posix()}: {duty}: clause is not a string")


def _events(root: Path, problems: list[str]) -> Iterator[Citation]:
    """Contract classes with a `LEGAL_BASIS`; an empty one cites nothing."""
    for path, module in _modules(root, "shared/contracts/**/*.py"):
        for node in module.body:
            if isinstance(node, ast.ClassDef):
                where = f"{_dotted(root, path)}:{node.name}"
                for clause in _literal(_legal_basis(node), where, problems):
                    if _OWN.match(clause):
                        yield Citation("events", clause, where)


def _legal_basis(contract: ast.ClassDef) -> set[str]:
    clauses: set[str] = set()
    for node in contract.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == "LEGAL_BASIS" for target in targets):
            value = getattr(node, "value", None)
            clauses |= _strings(value.elts if isinstance(value, ast.Tuple) else [value] if value else [])
    return clauses


def _pytestmarks(body: Iterable[ast.stmt]) -> list[ast.AST]:
    """What a module or class assigns to `pytestmark`."""
    return [
        node.value
        for node in body
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets)
    ]


def _marked_tests(root: Path) -> Iterator[tuple[str, set[str]]]:
    """Test functions marked `clause`, by node id without parameters."""
    for path, module in _modules(root, *(f"{room}/**/test_*.py" for room in _TEST_ROOMS)):
        yield from _marked_in(module.body, path.relative_to(root).as_posix(), [])


def _marked_in(body: list[ast.stmt], prefix: str, inherited: list[ast.AST]) -> Iterator[tuple[str, set[str]]]:
    marks = [*inherited, *_pytestmarks(body)]
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _marked_in(node.body, f"{prefix}::{node.name}", [*marks, *node.decorator_list])
        elif isinstance(node, _Function) and node.name.startswith("test"):
            calls = list(_calls([*marks, *node.decorator_list], "mark.clause"))
            if calls:
                yield f"{prefix}::{node.name}", set().union(*(_strings(call.args) for call in calls))
