"""`anze findings`: what the register of a region lacks, asked of a running registry."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console

from cli.reaching import asking, granted

Url = Annotated[str, typer.Option(envvar="ANZE_REGISTRY_URL", help="the registry, e.g. https://anze.example/registry")]
Token = Annotated[str, typer.Option(envvar="ANZE_TOKEN", help="an access token that may read findings")]
_PAGE = 200


def findings(
    *,
    url: Url,
    token: Token,
    region: Annotated[str, typer.Option(help="region code; everything below it is included")],
    kind: Annotated[list[str] | None, typer.Option(help="only this kind (may be repeated)")] = None,
    as_of: Annotated[str | None, typer.Option(help="true on this day, YYYY-MM-DD; today by default")] = None,
    known_at: Annotated[str | None, typer.Option(help="as known by this instant, with offset")] = None,
    exercise: Annotated[bool, typer.Option(help="exercises (演练) instead of reality")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="a JSON array on standard output")] = False,
    csv: Annotated[Path | None, typer.Option(help="write all of them into this CSV file instead")] = None,
) -> None:
    """List what the register of a region lacks, with clause, since when, and what clears it."""
    asked = {"region": region, "kind": kind, "as_of": as_of, "known_at": known_at, "exercise": exercise}
    params = {name: value for name, value in asked.items() if value not in (None, False)}
    headers = {"Authorization": f"Bearer {token}"}
    with asking(url), httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=120) as client:
        if csv is not None:
            csv.write_bytes(granted(client.get("/v1/findings/export", params=params)).content)
            typer.echo(f"written: {csv}", err=True)
            return
        found = _with_progress(_every(client, params))
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for one in found:
        clauses = ", ".join(basis["clause"] for basis in one["basis"])
        typer.echo(f"{one['region_code']}  {one['since']}  {one['what_zh']} · {one['what_en']}  [{clauses}]")


def _every(client: httpx.Client, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Page after page, all from the register as the first page knew it."""
    asked = params | {"limit": _PAGE}
    while True:
        page = granted(client.get("/v1/findings", params=asked)).json()
        yield from page["items"]
        if page["next_cursor"] is None:
            return
        asked |= {"cursor": page["next_cursor"], "known_at": page["known_at"], "as_of": page["as_of"]}


def _with_progress(found: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    console, taken = Console(stderr=True), []
    with console.status("findings …") as status:
        for one in found:
            taken.append(one)
            status.update(f"findings: {len(taken)}, at {one['region_name']}")
    console.print(f"{len(taken)} findings", style="dim")
    return taken
