"""`anze import FILE`, `anze export LIST`: rosters in and out over the registry's REST API, with progress."""

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.reaching import REFUSED, asking, granted

POLL_SECONDS = 0.5
FAULTY = 2
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Url = Annotated[str, typer.Option(envvar="ANZE_URL", help="the registry's address, e.g. …/registry")]
Token = Annotated[str, typer.Option(envvar="ANZE_TOKEN", help="an access token")]
AsJson = Annotated[bool, typer.Option("--json", help="one JSON document instead of words")]
Told = Callable[[int, int | None], None]


class Format(StrEnum):
    """The kind of an exported file."""

    CSV = "csv"
    XLSX = "xlsx"


class Registry:
    """Asks the registry; what it refuses ends the command with exit code 1 and the problem's words."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """The answer to one request."""
        with self.asking(method, path, **more) as answer:
            answer.read()
            return answer

    def told(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        """The JSON object that answers one request."""
        with self.asking(method, path, **more) as answer:
            answer.read()
            return dict(answer.json())

    @contextmanager
    def asking(self, method: str, path: str, **more: Any) -> Iterator[httpx.Response]:
        """The answer while it arrives."""
        headers = self._headers | {"Idempotency-Key": more.pop("key", None) or secrets.token_hex(8)}
        headers |= more.pop("headers", {})
        with (
            asking(self.url),
            httpx.stream(method, f"{self.url}{path}", headers=headers, timeout=300, **more) as answer,
        ):
            if not answer.is_success:
                answer.read()
            yield granted(answer)

    def follow(self, location: str, told: Told) -> dict[str, Any]:
        """The result of an operation, once it is over; a failed one ends the command."""
        while True:
            state = self.told("GET", location)
            told(state["done"], state["total"])
            if state["status"] in {"failed", "interrupted"}:
                typer.echo(f"{state['status']}: {state['error']}", err=True)
                raise typer.Exit(REFUSED)
            if state["status"] == "succeeded":
                return dict(state["result"])
            time.sleep(POLL_SECONDS)

    def problems(self, import_id: str) -> Iterator[dict[str, Any]]:
        """Everything that is wrong with an import."""
        cursor: str | None = None
        while True:
            params = {"limit": "500"} | ({} if cursor is None else {"cursor": cursor})
            page = self.told("GET", f"/v1/imports/{import_id}/problems", params=params)
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return


@contextmanager
def watched(title: str) -> Iterator[Told]:
    """A bar on the terminal, on stderr; nothing where nobody watches."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as shown:
        task = shown.add_task(title, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


def carried_out(url: str, token: str, path: str, title: str) -> dict[str, Any]:
    """The result of an operation of any service that a POST starts, with its progress shown."""
    service = Registry(url, token)
    started = service.told("POST", path)
    with watched(title) as told:
        return service.follow(f"/v1/operations/{started['id']}", told)


def import_roster(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="a roster, as `anze export template` shows")
    ],
    url: Url,
    token: Token,
    validate_only: Annotated[bool, typer.Option("--validate-only", help="check, and apply nothing")] = False,
    exercise: Annotated[bool, typer.Option("--exercise", help="what is new is an exercise")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="as a new import, even if the same file was sent before")
    ] = False,
    annotated: Annotated[
        Path | None, typer.Option(help="where the copy with comments goes, if anything is wrong")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Send a roster, check it, apply it; the same command after an interruption goes on where it stopped.

    Exits 0 when everything is applied (or, with --validate-only, nothing is wrong), 2 when something is wrong in the
    file, 1 when the registry refuses or cannot be reached.
    """
    registry, content = Registry(url, token), file.read_bytes()
    same = f"roster-{hashlib.sha256(content).hexdigest()}-{exercise}"
    sent = registry.told(
        "POST",
        "/v1/imports",
        key=secrets.token_hex(8) if again else same,
        content=content,
        params={"exercise": exercise},
        headers={"Content-Type": _XLSX},
    )
    params = {"validate_only": validate_only}
    started = registry.ask("POST", f"/v1/imports/{sent['id']}/runs", params=params)
    with watched(file.name) as told:
        result = registry.follow(started.headers["location"], told)
    problems = list(registry.problems(sent["id"])) if result["faults"] else []
    if problems and annotated is not None:
        annotated.write_bytes(registry.ask("GET", f"/v1/imports/{sent['id']}/annotated").content)
    if as_json:
        typer.echo(json.dumps(result | {"problems": problems}, ensure_ascii=False))
    else:
        _say(result, problems)
    if problems:
        raise typer.Exit(FAULTY)


def _say(result: dict[str, Any], problems: list[dict[str, Any]]) -> None:
    for one in problems:
        place = f"{one['letter'] or ''}{one['row'] or ''}" or one["sheet"]
        typer.echo(f"{place} {one['column']} “{one['text']}”: {one['zh']} · {one['en']} [{one['code']}]")
    changes = ", ".join(f"{kind} {count}" for kind, count in sorted(result["changes"].items()))
    typer.echo(f"{result['stage']}: {result['rows']} rows, {result['applied']} applied, {result['faults']} problems")
    typer.echo(f"changes: {changes or 'none'}")


def export(  # noqa: PLR0917 - typer passes options by name
    name: Annotated[str, typer.Argument(metavar="LIST", help="roster, regions, organs, posts, officials, …, template")],
    url: Url,
    token: Token,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="a file; by default LIST.FORMAT")] = None,
    kind: Annotated[Format, typer.Option("--format", help="csv or xlsx")] = Format.CSV,
    region: Annotated[str | None, typer.Option(help="in or below this region")] = None,
    as_of: Annotated[str | None, typer.Option(help="true on which day; today by default")] = None,
    known_at: Annotated[str | None, typer.Option(help="recorded by which instant, with offset")] = None,
    history: Annotated[bool, typer.Option("--history", help="of all days")] = False,
    exercise: Annotated[bool, typer.Option("--exercise", help="exercises only")] = False,
    as_json: AsJson = False,
) -> None:
    """Write one of the registry's lists, or the empty roster sheet (`template`), into a file."""
    registry = Registry(url, token)
    if name == "template":
        kind, path, params = Format.XLSX, "/v1/import-template", {}
    else:
        asked = {"format": kind, "region": region, "as_of": as_of, "known_at": known_at}
        path = f"/v1/exports/{name}"
        params = {key: str(value) for key, value in asked.items() if value is not None}
        params |= {"history": str(history), "exercise": str(exercise)}
    target = output or Path(f"{name}.{kind}")
    partial = target.with_name(f"{target.name}.part")
    size = 0
    try:
        with registry.asking("GET", path, params=params) as answer, partial.open("wb") as file, watched(name) as told:
            for piece in answer.iter_bytes():
                size += file.write(piece)
                told(size, None)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    typer.echo(json.dumps({"file": str(target), "bytes": size}) if as_json else f"{target}: {size} bytes")
