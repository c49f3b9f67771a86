"""Every contract about rooms is proved by breaking it in an invented house and seeing it caught there."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools import rooms

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Break:
    """One import that must not be, and the contract that catches it."""

    contract: str
    importer: str
    imported: str

    def __str__(self) -> str:
        return f"{self.contract}: {self.importer} imports {self.imported}"


def rows() -> list[Break]:
    """Each room importing each room that its row does not name, in a service of its own."""
    found = []
    for room, used in rooms.ROOMS.items():
        for other in rooms.ROOMS:
            if used is not None and other not in {room, *used}:
                service = f"{room}_{other}"
                row = f"{service}: {room} uses {', '.join(used) or 'nothing'}"
                found.append(Break(row, f"services.{service}.{room}", f"services.{service}.{other}"))
    return found


def others() -> list[Break]:
    """One import for each contract between services, shared code and tools, and each forbidden library."""
    pure = [(room, "pure: no framework", name) for room in rooms.PURE_ROOMS for name in rooms.FRAMEWORKS]
    pure += [(room, "pure: no I/O, clock or chance", name) for room in rooms.PURE_ROOMS for name in rooms.IMPURE]
    pure += [(room, "pure: no kernel", "shared.kernel.clock") for room in rooms.PURE_ROOMS]
    found = [Break(contract, f"services.{room}_{name.replace('.', '_')}.{room}", name) for room, contract, name in pure]
    found += [
        Break("services: independent of one another", "services.nosy.handlers", "services.good.facts"),
        Break("services: no call of another service", "services.caller.handlers", "httpx"),
        Break("services: no tool, no embedded server", "services.handy.handlers", "cli.sharp"),
        Break("services: no tool, no embedded server", "services.heavy.handlers", "shared.embedded.server"),
        Break("pure: no framework", "shared.statute.modern", "pydantic"),
        Break("shared: no service", "shared.roster.curious", "services.good.facts"),
        Break("shared: no service", "shared.kernel.armed", "cli.sharp"),
    ]
    nouns = ("statute", "roster", "contracts")
    found += [Break("kernel: no domain noun", f"shared.kernel.knows_{noun}", f"shared.{noun}.thing") for noun in nouns]
    layers = [("facts", "main"), ("tables", "handlers"), ("handlers", "schemas"), ("subscribers", "routes")]
    return found + [
        Break(
            f"layers_{low}_{high}: layers",
            f"services.layers_{low}_{high}.{low}",
            f"services.layers_{low}_{high}.{high}",
        )
        for low, high in layers
    ]


BREAKS = rows() + others()


def write(tree: Path, module: str, text: str = "") -> None:
    """Put a module into the tree, with the packages above it."""
    file = tree / Path(*module.split(".")).with_suffix(".py")
    for package in list(file.parents)[: len(module.split(".")) - 1]:
        package.mkdir(parents=True, exist_ok=True)
        (package / "__init__.py").touch()
    file.write_text(text)


def build(tree: Path, breaks: list[Break]) -> subprocess.CompletedProcess[str]:
    """An invented house whose services have every room, with these imports in it, and what the tool says."""
    for module in ("shared.kernel.clock", "shared.embedded.server", "cli.sharp"):
        write(tree, module)
    for noun in ("statute", "roster", "contracts"):
        write(tree, f"shared.{noun}.thing")
    for service in {"good", "plain"} | {
        one.importer.split(".")[1] for one in breaks if one.importer.startswith("services")
    }:
        for room in rooms.ROOMS:
            write(tree, f"services.{service}.{room}")
    write(
        tree,
        "services.good.main",
        "".join(f"import services.good.{room}\n" for room in rooms.ROOMS if room != "main"),
    )
    for room, used in rooms.ROOMS.items():
        if used:
            write(tree, f"services.good.{room}", "".join(f"import services.good.{one}\n" for one in used))
    for one in breaks:
        write(tree, one.importer, f"import {one.imported}\n")
    return lint(tree)


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    """Run the real tool on a tree."""
    command = [sys.executable, str(ROOT / "tools/rooms.py"), str(tree)]
    environment = {"COLUMNS": "500"}
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False, env=environment)  # noqa: S603 - our tool


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What import-linter says about a house full of breaks: contract → its section."""
    result = build(tmp_path_factory.mktemp("broken"), BREAKS)
    assert result.returncode == 1, result.stderr
    details = result.stdout.partition("Broken contracts")[2]
    parts = re.split(r"^(.+)\n-+$", details, flags=re.MULTILINE)
    return {name.strip(): text for name, text in zip(parts[1::2], parts[2::2], strict=True)}


@pytest.mark.parametrize("broken", BREAKS, ids=str)
def test_a_broken_contract_is_caught(broken: Break, report: dict[str, str]) -> None:
    importer, imported = re.escape(broken.importer), re.escape(broken.imported)
    assert re.search(rf"{importer} -> {imported} \(l\.1\)", report[broken.contract])


def test_a_house_where_every_room_uses_what_it_may_passes(tmp_path: Path) -> None:
    result = build(tmp_path, [])
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_module_that_is_no_room_is_caught(tmp_path: Path) -> None:
    write(tmp_path, "services.good.helpers")
    result = build(tmp_path, [])
    assert result.returncode == 1
    assert re.search(r"services\.good.*helpers", result.stdout, re.DOTALL)


def test_every_contract_of_this_house_has_a_break() -> None:
    broken = {one.contract.rpartition(": ")[2] if one.contract.endswith("layers") else one.contract for one in BREAKS}
    rows_broken = {text.partition(": ")[2] for text in broken}
    for contract in rooms.contracts(ROOT):
        kind = contract.name.partition(": ")[2]
        assert contract.name in broken or kind in rows_broken | broken, contract.name


def test_this_house_keeps_its_contracts() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr
