"""The documents of the system's interfaces: OpenAPI of every service, AsyncAPI of its events, golden contracts.

    python -m tools.documents            write `docs/openapi/`, `docs/asyncapi.json`, `shared/contracts/golden/`
    python -m tools.documents --check    compare with the committed files instead; differences fail

Both refuse a contract that does anything but grow. Whoever must break one gives it a new version beside the old.
"""

import argparse
import difflib
import importlib
import itertools
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from shared.contracts import goldens
from shared.contracts.topology import DECLARATIONS
from shared.kernel.app import Service, create_app
from shared.kernel.settings import Settings
from shared.kernel.vault import Vault
from tools import asyncapi

ROOT = Path(__file__).resolve().parents[1]
OPENAPI, ASYNCAPI, GOLDEN = "docs/openapi", "docs/asyncapi.json", "shared/contracts/golden"
NOWHERE = {
    "DATABASE_URL": "postgresql+asyncpg://nobody@127.0.0.1:1/none",
    "NATS_URL": "nats://127.0.0.1:1",
    "ANZE_ISSUER": "https://issuer.invalid/",
    "ANZE_JWKS_URL": "https://issuer.invalid/jwks",
}
SHOWN_LINES = 40

Documents = dict[str, str]


def openapi(service: Service) -> dict[str, Any]:
    """A service's OpenAPI document; the application is built and never started."""
    settings = Settings.model_validate(NOWHERE | {"ANZE_ENCRYPTION_KEYS": Vault.fresh()})
    return create_app(service, settings, DECLARATIONS).openapi()


def services(root: Path) -> Iterator[Service]:
    """The services whose `main` offers `service()`, in order of name."""
    for main in sorted(root.glob("services/*/main.py")):
        offered = getattr(importlib.import_module(f"services.{main.parent.name}.main"), "service", None)
        if offered is not None:
            yield offered()


def documents(root: Path) -> Documents:
    """Every document by its path below `root`."""
    contracts = goldens.published_contracts()
    made = {f"{OPENAPI}/{one.name}.json": _text(openapi(one)) for one in services(root)}
    made[ASYNCAPI] = _text(asyncapi.document(contracts))
    for name, contract in contracts.items():
        made[f"{GOLDEN}/{name}.json"] = _text(goldens.golden(contract))
    return made


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def committed(root: Path) -> Documents:
    """The files that stand, by their path below `root`."""
    files = (*root.glob(f"{OPENAPI}/*.json"), root / ASYNCAPI, *root.glob(f"{GOLDEN}/*.json"))
    return {str(one.relative_to(root)): one.read_text(encoding="utf-8") for one in sorted(files) if one.is_file()}


def broken_contracts(old: Documents, new: Documents) -> list[str]:
    """How the new goldens fail those who rely on the committed ones."""
    found = []
    for path in (one for one in old if one.startswith(GOLDEN)):
        if path not in new:
            found.append(f"{path}: lost contract")
        else:
            found += [f"{path}: {one}" for one in goldens.breaks(json.loads(old[path]), json.loads(new[path]))]
    return found


def differences(old: Documents, new: Documents) -> Iterator[str]:
    """A unified diff of every file that is not what it should be, cut after some lines."""
    for path in sorted(old.keys() | new.keys()):
        before, after = old.get(path, ""), new.get(path, "")
        lines = difflib.unified_diff(before.splitlines(), after.splitlines(), path, f"{path} (now)", n=2, lineterm="")
        yield from itertools.islice(lines, SHOWN_LINES)


def write(root: Path, old: Documents, new: Documents) -> None:
    """Make the files what they should be."""
    for path in old.keys() - new.keys():
        (root / path).unlink()
    for path, text in new.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Write or check; 0 when all is well, 1 when a file differs or a contract breaks."""
    parser = argparse.ArgumentParser(prog="python -m tools.documents", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    checking = parser.parse_args(arguments).check
    old = committed(root)
    try:
        new = documents(ROOT)
    except asyncapi.Unnamed as error:
        print(f"documents: {error}", file=sys.stderr)
        return 1
    broken = broken_contracts(old, new)
    if broken:
        print(
            "documents: a contract only grows; give a changed one a new version", *broken, sep="\n  ", file=sys.stderr
        )
        return 1
    if not checking:
        write(root, old, new)
        return 0
    found = list(differences(old, new))
    if found:
        print("documents: not up to date; run python -m tools.documents", *found, sep="\n", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
