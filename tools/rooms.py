"""The rooms of a service and who may use whom, checked by import-linter: `python -m tools.rooms`.

The contracts are generated from the tables below for what exists. Layers alone would let routes import
tables: every row is also a `forbidden` contract about direct imports.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import Path

ROOMS = {  # room → rooms of its own service that it uses; None: all
    "main": None,
    "settings": (),
    "routes": ("schemas", "handlers"),
    "subscribers": ("handlers",),
    "schemas": ("facts",),
    "handlers": ("rules", "repository", "facts"),
    "rules": ("facts",),
    "repository": ("tables", "facts"),
    "tables": ("facts",),
    "facts": (),
    "migrations": (),
}
LAYERS = (
    "(main)",
    "(routes) | (subscribers)",
    "(schemas) | (handlers)",
    "(rules) | (repository)",
    "(tables)",
    "(facts) | (settings) | (migrations)",
)
NO_ROOM = ("tests", "data", "catalogue")  # beside the code, or data only
FRAMEWORKS = (
    "fastapi",
    "starlette",
    "sqlalchemy",
    "asyncpg",
    "pydantic",
    "nats",
    "httpx",
    "uvicorn",
    "structlog",
)
IMPURE = ("asyncio", "os", "random", "secrets", "socket", "subprocess", "threading", "time", "urllib")
PURE_ROOMS = ("rules", "facts")
HTTP_CLIENTS = ("aiohttp", "httpx", "requests")
PROXIES = ("console",)  # serves pages and passes requests on; owns no facts
OWN_ROOTS = ("services", "shared", "cli", "tools", "bench")


@dataclass(frozen=True)
class Contract:
    """One section of import-linter's configuration."""

    name: str
    kind: str
    options: dict[str, Sequence[str] | str]


def modules(package: Path) -> list[str]:
    """The modules and packages directly in a package."""
    found = [path.stem for path in package.glob("*.py") if path.stem != "__init__"]
    found += [path.parent.name for path in package.glob("*/__init__.py")]
    return sorted(found)


def services(tree: Path) -> list[str]:
    """The services of a source tree."""
    return [name for name in modules(tree / "services") if (tree / "services" / name).is_dir()]


def forbidden(name: str, source: Sequence[str], targets: Sequence[str], *, direct: bool = False) -> Iterator[Contract]:
    """A contract that no source imports a target; with `direct`, imports through a third module are fine."""
    if source and targets:
        allow = {"allow_indirect_imports": "True"} if direct else {}
        yield Contract(name, "forbidden", {"source_modules": source, "forbidden_modules": targets, **allow})


def of_service(tree: Path, service: str) -> Iterator[Contract]:
    """The shape of one service: its layers, no module outside the rooms, and one contract for each row."""
    there = modules(tree / "services" / service)
    prefix = f"services.{service}"
    yield Contract(
        f"{service}: layers",
        "layers",
        {
            "layers": LAYERS,
            "containers": [prefix],
            "exhaustive": "True",
            "exhaustive_ignores": [name for name in NO_ROOM if name in there],
        },
    )
    for room, used in ROOMS.items():
        if room in there and used is not None:
            others = [f"{prefix}.{other}" for other in ROOMS if other in there and other not in {room, *used}]
            yield from forbidden(
                f"{service}: {room} uses {', '.join(used) or 'nothing'}",
                [f"{prefix}.{room}"],
                others,
                direct=True,
            )


def pure_modules(tree: Path) -> list[str]:
    """What decides and therefore knows no framework: rules, facts, the statute but for its API."""
    found = [
        f"services.{name}.{room}"
        for name in services(tree)
        for room in PURE_ROOMS
        if room in modules(tree / "services" / name)
    ]
    found += [
        f"shared.statute.{name}"
        for name in modules(tree / "shared/statute")
        if name not in {"routes", "schemas", "tests"}
    ]
    if "facts" in modules(tree / "shared/roster"):
        found.append("shared.roster.facts")
    return found


def of_tree(tree: Path) -> Iterator[Contract]:
    """What holds between services, shared code and tools."""
    there = services(tree)
    if len(there) > 1:
        yield Contract(
            "services: independent of one another",
            "independence",
            {"modules": [f"services.{name}" for name in there]},
        )
    pure = pure_modules(tree)
    yield from forbidden("pure: no framework", pure, FRAMEWORKS)
    yield from forbidden(
        "pure: no I/O, clock or chance",
        [name for name in pure if name.startswith("services.")],
        IMPURE,
        direct=True,
    )
    shared = [name for name in modules(tree / "shared") if (tree / "shared" / name).is_dir()]
    of_shared = [f"shared.{name}" for name in shared]
    if "kernel" in shared:
        yield from forbidden("pure: no kernel", pure, ["shared.kernel"])
        nouns = [f"shared.{name}" for name in ("statute", "roster", "contracts") if name in shared]
        yield from forbidden("kernel: no domain noun", ["shared.kernel"], nouns)
    own = [root for root in OWN_ROOTS if (tree / root / "__init__.py").exists()]
    yield from forbidden("shared: no service", of_shared, [root for root in own if root != "shared"])
    tools = [root for root in own if root in {"cli", "tools", "bench"}]
    embedded = ["shared.embedded"] if "embedded" in shared else []
    rooms = [f"services.{name}.{room}" for name in there for room in modules(tree / "services" / name) if room in ROOMS]
    yield from forbidden("services: no tool, no embedded server", rooms, tools + embedded)
    calling = [room for room in rooms if room.split(".")[1] not in PROXIES]
    yield from forbidden("services: no call of another service", calling, HTTP_CLIENTS, direct=True)


def contracts(tree: Path) -> list[Contract]:
    """Every contract of a source tree."""
    return [*of_tree(tree), *(one for name in services(tree) for one in of_service(tree, name))]


def configuration(tree: Path) -> ConfigParser:
    """import-linter's configuration for a source tree."""
    roots = [root for root in OWN_ROOTS if (tree / root / "__init__.py").exists()]
    made = ConfigParser()
    made["importlinter"] = {"root_packages": "\n" + "\n".join(roots), "include_external_packages": "True"}
    for number, contract in enumerate(contracts(tree)):
        listed = {
            key: value if isinstance(value, str) else "\n" + "\n".join(value) for key, value in contract.options.items()
        }
        options = {key: value for key, value in listed.items() if value.strip()}
        made[f"importlinter:contract:{number}"] = {"name": contract.name, "type": contract.kind, **options}
    return made


def lint(tree: Path) -> int:
    """Check a source tree and print what is broken; returns the exit code."""
    sys.path.insert(0, str(tree))
    from importlinter.cli import lint_imports  # noqa: PLC0415 - after the tree is first on the path

    build = tree / "build"
    build.mkdir(exist_ok=True)
    file = build / "importlinter.ini"
    with file.open("w") as out:
        configuration(tree).write(out)
    return lint_imports(config_filename=str(file), cache_dir=str(build / "import-linter"), no_logo=True)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tree", nargs="?", type=Path, default=Path(__file__).parents[1])
    sys.exit(lint(parser.parse_args().tree.resolve()))


if __name__ == "__main__":
    main()
