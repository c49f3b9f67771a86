"""Vendor the console's browser libraries, and prove that the committed files are the published ones.

``python -m tools.vendor`` packs the pinned packages with the npm client, checks the integrity of each
archive, keeps the few files that the console serves (source-map references stripped) and writes
``VENDORED.toml``.
``python -m tools.vendor --check`` needs no network: it compares the files on disk with ``VENDORED.toml``.
"""

import argparse
import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "services" / "console" / "static" / "vendor"
MANIFEST = "VENDORED.toml"
SOURCE_MAP = re.compile(rb"(?:/\*|//)[#@] sourceMappingURL=[^\n*]*(?:\*/)?\n?")


@dataclass(frozen=True)
class Package:
    """One pinned package: its folder here, its coordinates, and published file → name kept here."""

    folder: str
    name: str
    version: str
    files: dict[str, str]


PACKAGES = (
    Package(
        "swagger-ui",
        "swagger-ui-dist",
        "5.35.0",
        {
            "swagger-ui-bundle.js": "swagger-ui-bundle.js",
            "swagger-ui-bundle.js.LICENSE.txt": "swagger-ui-bundle.js.LICENSE.txt",
            "swagger-ui.css": "swagger-ui.css",
            "LICENSE": "LICENSE",
            "NOTICE": "NOTICE",
        },
    ),
    Package(
        "asyncapi",
        "@asyncapi/react-component",
        "3.2.1",
        {
            "browser/standalone/without-parser.js": "asyncapi-standalone.js",
            "browser/standalone/without-parser.js.LICENSE.txt": "asyncapi-standalone.js.LICENSE.txt",
            "styles/default.min.css": "asyncapi.css",
            "LICENSE": "LICENSE",
        },
    ),
)


def stripped(content: bytes) -> bytes:
    """Return the content without references to source maps, requests that nobody could answer."""
    return SOURCE_MAP.sub(b"", content)


def pack(package: Package, folder: Path) -> tuple[Path, str]:
    """Download one archive with the npm client; return it with its integrity (``sha512-…``).

    Raises:
        ValueError: the bytes on disk are not the ones that the client says it fetched.
    """
    answer = subprocess.run(
        ["npm", "pack", f"{package.name}@{package.version}", "--json", "--pack-destination", str(folder)],
        check=True,
        capture_output=True,
        text=True,
    )
    told = json.loads(answer.stdout)
    entry = told[0] if isinstance(told, list) else next(iter(told.values()))
    archive = folder / Path(entry["filename"].replace("@", "").replace("/", "-")).name
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if entry["integrity"] != f"sha512-{digest}":
        raise ValueError(f"{package.name}: integrity {entry['integrity']} is not that of {archive.name}")
    return archive, entry["integrity"]


def vendored(package: Package, folder: Path) -> str:
    """Fetch one package into the vendor folder; return its table of the manifest."""
    archive, integrity = pack(package, folder)
    target = VENDOR / package.folder
    target.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as tar:
        members = {m.name.partition("/")[2]: m for m in tar.getmembers() if m.isfile()}
        opened = {path: tar.extractfile(members[path]) for path in ("package.json", *package.files)}
        contents = {path: stream.read() for path, stream in opened.items() if stream}
    licence = json.loads(contents["package.json"])["license"]
    lines = [
        f"[{package.folder}]",
        f'package = "{package.name}"',
        f'version = "{package.version}"',
        f'licence = "{licence}"',
        f'integrity = "{integrity}"',
        f"[{package.folder}.files]",
    ]
    for path, name in sorted(package.files.items(), key=lambda item: item[1]):
        kept = stripped(contents[path])
        (target / name).write_bytes(kept)
        lines.append(f'"{name}" = "{hashlib.sha256(kept).hexdigest()}"')
    return "\n".join(lines)


def write() -> None:
    """Vendor every package anew and write the manifest."""
    with tempfile.TemporaryDirectory() as folder:
        tables = [vendored(package, Path(folder)) for package in PACKAGES]
    head = "# Written by tools/vendor.py. integrity: sha512 of the archive; files: sha256 of what is kept."
    (VENDOR / MANIFEST).write_text("\n\n".join([head, *tables]) + "\n", encoding="utf-8")


def differences(vendor: Path = VENDOR) -> list[str]:
    """Return what differs between a vendor folder and its manifest: changed, missing and unlisted files."""
    manifest = tomllib.loads((vendor / MANIFEST).read_text(encoding="utf-8"))
    listed = {f"{folder}/{name}": sha for folder, table in manifest.items() for name, sha in table["files"].items()}
    present = {
        path.relative_to(vendor).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in vendor.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }
    return sorted(
        f"{name}: {'missing' if name not in present else 'not listed' if name not in listed else 'changed'}"
        for name in listed.keys() | present.keys()
        if listed.get(name) != present.get(name)
    )


def main() -> int:
    """Vendor, or with ``--check`` compare; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare the committed files, fetch nothing")
    if not parser.parse_args().check:
        write()
    found = differences()
    for line in found:
        print(f"vendored file {line}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
