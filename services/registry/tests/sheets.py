"""Roster files for tests: rows by column name, written as anybody's spreadsheet program would."""

import io
from collections.abc import Sequence
from typing import Any

import httpx
import xlsxwriter

from bench.province.people import citizen_number, name
from services.registry.handlers.imports.sheet import ROSTER
from services.registry.tests.clerk import Body, Clerk
from shared.kernel.testing import eventually
from shared.sheets import MEDIA_TYPE

#: Invented: prefix 990000, with right check digits.
NUMBERS = ("990000197001010018", "990000197001010034", "990000197001010050", "990000197001010077")
COLUMNS = [column.name for column in ROSTER.columns]
SEAT: Body = {
    "region_code": "139901",
    "organ": "演练县应急管理局",
    "organ_kind": "政府部门",
    "organ_from": "2018-01-01",
    "post_kind": "部门主要负责人",
    "post": "局长",
    "official": "演练甲",
    "citizen_number": NUMBERS[0],
    "from_day": "2020-02-01",
}


def workbook(*rows: Body, columns: Sequence[str] = COLUMNS) -> bytes:
    """A file with these rows under the headings of the template."""
    target = io.BytesIO()
    spoken = {column.name: column.heading for column in ROSTER.columns}
    with xlsxwriter.Workbook(target) as book:
        page = book.add_worksheet(ROSTER.title)
        page.write_row(0, 0, [spoken.get(name, name) for name in columns])
        for number, row in enumerate(rows, start=1):
            for index, name in enumerate(columns):
                if row.get(name) is not None:
                    page.write_string(number, index, str(row[name]))
    return target.getvalue()


def seats(count: int, *, first: int = 0) -> list[Body]:
    """So many seats of invented people in departments of ten."""
    return [
        {
            **SEAT,
            "organ": f"演练县第{number // 10}局",
            "post_kind": "department_other_leader",
            "post": f"副职{number % 10}",
            "official": name(number),
            "citizen_number": citizen_number(number),
        }
        for number in range(first, first + count)
    ]


async def send(clerk: Clerk, content: bytes, *, key: str | None = None, **params: Any) -> httpx.Response:
    """Upload a file."""
    headers = clerk.running.acting(*clerk.roles, regions=clerk.regions) | {"Content-Type": MEDIA_TYPE}
    if key is not None:
        headers["Idempotency-Key"] = key
    return await clerk.running.http.post("/v1/imports", content=content, headers=headers, params=params)


async def ended(clerk: Clerk, location: str) -> Body:
    """The operation once it is over."""

    async def over() -> Any:
        state = await clerk.get(location)
        return state if state["status"] != "running" else None

    return dict(await eventually(over, seconds=200, what="the operation's end"))


async def run(clerk: Clerk, import_id: str, **params: Any) -> Body:
    """Run an import to its end; what the operation answers."""
    started = await clerk.send("POST", f"/v1/imports/{import_id}/runs", **params)
    assert started.status_code == 202, started.text
    operation = await ended(clerk, started.headers["location"])
    assert operation["status"] == "succeeded", operation
    return dict(operation["result"])


async def imported(clerk: Clerk, *rows: Body, **params: Any) -> Body:
    """Send rows and apply them."""
    sent = await send(clerk, workbook(*rows))
    assert sent.status_code == 201, sent.text
    return await run(clerk, sent.json()["id"], **params)


async def problems(clerk: Clerk, import_id: str) -> list[tuple[int | None, str, str]]:
    """Row, column and code of everything that is wrong."""
    found = await clerk.get(f"/v1/imports/{import_id}/problems", limit=500)
    return [(one["row"], one["column"], one["code"]) for one in found["items"]]
