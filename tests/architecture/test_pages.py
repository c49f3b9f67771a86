"""README, CONTRIBUTING and ADRs say what is so: the picture, the links, the names of tests and of make targets."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

from services.console.main import SERVICES as VIEWS
from services.console.schemas import ServiceView
from shared.contracts.topology import READERS, ROSTER, SERVICES
from tools.asyncapi import SERVICE_WORDS

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")
ADRS = sorted((ROOT / "docs/adr").glob("*.md"))
PAGES = [ROOT / name for name in (*READMES, "CONTRIBUTING.md", "CHANGELOG.md")] + ADRS
ONE_PAGE = 60
NODE = re.compile(r'^  (\w+)\["', re.MULTILINE)
ARROW = re.compile(r'^  (\w+) -- "([^"]+)" --> (\w+)$', re.MULTILINE)
LINK = re.compile(r"\]\(([^)#]+)")
TEST_NAME = re.compile(r"`(test_\w+)`")
TARGET = re.compile(r"`(?:[A-Z_]+=\S+ )*make ([a-z]+)")


def picture(page: str) -> str:
    """The one drawing of a README."""
    (drawing,) = re.findall(r"```mermaid\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
    return str(drawing)


def declared() -> set[tuple[str, str, str]]:
    """Who emits which kind of thing to whom, the roster's kinds under their common name."""
    return {
        (producer, aggregate, reader)
        for reader, _, producer, aggregates in READERS
        for aggregate in (("roster",) if aggregates == ROSTER else aggregates)
    }


def named_in(folder: str) -> set[str]:
    """The names of all tests in a folder of this project."""
    return {
        node.name
        for path in ROOT.glob(f"{folder}/test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


@pytest.mark.parametrize("page", READMES)
def test_the_picture_shows_every_service_and_every_reader(page: str) -> None:
    drawing = picture(page)
    arrows = [
        (producer, kind, reader)
        for producer, kinds, reader in ARROW.findall(drawing)
        for kind in str(kinds).split(", ")
    ]
    assert sorted(NODE.findall(drawing)) == sorted(SERVICES)
    assert sorted(arrows) == sorted(declared())


@pytest.mark.parametrize("page", READMES)
def test_a_readme_has_a_row_for_every_service(page: str) -> None:
    rows = re.findall(r"^\| (.+?) \| `/([\w-]+)` \|", (ROOT / page).read_text(), re.MULTILINE)
    assert {path.replace("-", "_") for _, path in rows} == set(SERVICES)
    assert all(f"`{path.replace('-', '_')}`" in cell for cell, path in rows)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_link_leads_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text()) if not link.startswith("http")]
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_make_target_that_is_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(TARGET.findall(page.read_text())) <= targets


def test_the_invariants_name_tests_that_exist() -> None:
    there = named_in("shared/kernel/tests")
    rows = re.findall(r"^\| (I\d) \|.*\|(.*)\|$", (ROOT / "docs/adr/0002-backbone.md").read_text(), re.MULTILINE)
    assert [name for name, _ in rows] == [f"I{number}" for number in range(1, 10)]
    for name, cell in rows:
        named = set(TEST_NAME.findall(cell))
        assert named <= there, name
        assert {test for test in there if test.startswith(f"test_{name.lower()}_")} <= named


def test_every_adr_names_tests_of_the_kernel_that_exist_and_is_one_page() -> None:
    assert [path.name[:4] for path in ADRS] == [f"{number:04}" for number in range(1, len(ADRS) + 1)]
    for path in ADRS:
        text = path.read_text()
        assert set(TEST_NAME.findall(text)) <= named_in("shared/kernel/tests"), path.name
        assert len(text.splitlines()) <= ONE_PAGE, path.name


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.key)
def test_a_service_is_called_the_same_everywhere(view: ServiceView) -> None:
    served = import_module(f"services.{view.key}.main").service()
    assert served.title == f"安责·{view.zh} · Anze {view.en.lower()}"
    assert SERVICE_WORDS[view.key] == view.zh
    for page in READMES:
        assert re.search(rf'{view.key}\["(?:{view.zh} · {view.key}|{view.key} · {view.zh})"\]', picture(page)), page
