"""Appraisal's copy of the books of duties: twice, out of order, reopened, told again from the beginning."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.appraisal.tests import cast
from services.appraisal.tests.cast import BUREAU, ENTERPRISE
from services.appraisal.tests.conftest import Desk
from services.appraisal.tests.examples import uid
from services.appraisal.tests.test_http import APPRAISALS, OF_JI
from shared.contracts.duties.books import BooksClosed, BooksEntryPart, BooksReopened, BooksState, OrganTallyPart
from shared.roster.tests.messages import delivery

Q1 = {"period": "2026-Q1", "period_kind": "quarter", "from_day": date(2026, 1, 1), "to_day": date(2026, 3, 31)}


def books(kind: type[BooksState], *organs: OrganTallyPart, **changed: Any) -> BooksState:
    """The books of the county for the first quarter of 2026, as they were closed or reopened."""
    shut = kind is BooksClosed
    entry = BooksEntryPart(closed=shut, at=cast.RECORDED, by="dev:office", reason="" if shut else "补录")
    facts: dict[str, Any] = Q1 | {"id": uid("账册"), "path": cast.PATH, "exercise": True, "region_code": cast.COUNTY}
    return kind(**(facts | {"closed": shut, "entries": (entry,), "organs": organs} | changed))


def tally(organ: UUID, lapsed: int) -> OrganTallyPart:
    return OrganTallyPart(organ_id=organ, statuses={"fulfilled": 11, "lapsed": lapsed}, founding=lapsed)


async def references(desk: Desk, path: str) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = (await desk.get(f"{path}/references")).json()["books"]
    return shown


async def kept(desk: Desk) -> list[tuple[Any, ...]]:
    return await desk.rows("SELECT * FROM books_reference ORDER BY books_id, organ_id")


@pytest.mark.clause("art16")
async def test_books_are_shown_as_they_were_last_closed_or_reopened_whatever_comes_twice_or_late(desk: Desk) -> None:
    path = f"{APPRAISALS}/{(await desk.opened(APPRAISALS, OF_JI))['id']}"
    first, reopened, again = cast.deliveries(
        books(BooksClosed, tally(BUREAU, 2), tally(ENTERPRISE, 1)),
        books(BooksReopened, tally(BUREAU, 2), tally(ENTERPRISE, 1)),
        books(BooksClosed, tally(BUREAU, 0)),
    )
    consumer = desk.consumer("books")
    await consumer.apply([again, reopened])  # they wait for the first closing
    assert await kept(desk) == []
    await consumer.apply([first, first])
    shown = {"books_id": str(uid("账册")), "organ_id": str(BUREAU), "period": "2026-Q1", "from_day": "2026-01-01"}
    shown |= {"to_day": "2026-03-31"}
    last = {"closed": True, "statuses": {"fulfilled": 11, "lapsed": 0}, "founding": 0}
    assert await references(desk, path) == [shown | last]
    assert len(await kept(desk)) == 1  # an organ that the last closing does not name is gone
    await consumer.apply([first, reopened, again, again])
    assert await references(desk, path) == [shown | last]


@pytest.mark.clause("art16")
async def test_reopened_books_say_so_and_those_of_another_year_or_an_exercise_stay_apart(desk: Desk) -> None:
    path = f"{APPRAISALS}/{(await desk.opened(APPRAISALS, OF_JI))['id']}"
    days = {"from_day": date(2025, 1, 1), "to_day": date(2025, 3, 31)}
    others = (
        books(BooksClosed, tally(BUREAU, 1), id=uid("去年"), period="2025-Q1", **days),
        books(BooksClosed, tally(ENTERPRISE, 1), id=uid("邻机关")),
    )
    await desk.apply("books", books(BooksClosed, tally(BUREAU, 2)), books(BooksReopened, tally(BUREAU, 2)), *others)
    (shown,) = await references(desk, path)
    assert (shown["books_id"], shown["closed"], shown["founding"]) == (str(uid("账册")), False, 2)
    real = books(BooksClosed, tally(BUREAU, 5), id=uid("真实"), exercise=False)
    await desk.consumer("books").apply([delivery(real, 1, recorded=cast.RECORDED, exercise=False)])
    assert len(await references(desk, path)) == 1


async def test_a_copy_told_again_from_the_beginning_equals_the_live_one(desk: Desk) -> None:
    """After a restore, or in a new copy, the stream begins anew: positions and rows are gone."""
    told = cast.deliveries(
        books(BooksClosed, tally(BUREAU, 2), tally(ENTERPRISE, 1)),
        books(BooksClosed, tally(BUREAU, 1), id=uid("二季度"), period="2026-Q2"),
        books(BooksReopened, tally(BUREAU, 2)),
        books(BooksClosed, tally(BUREAU, 0), tally(ENTERPRISE, 3)),
    )
    await desk.consumer("books").apply(told)
    live = await kept(desk)
    assert len(live) == 3
    await desk.wipe("DELETE FROM books_reference", "DELETE FROM position WHERE consumer = 'appraisal-books'")
    for one in (*told, *told):
        await desk.consumer("books").apply([one])
    assert await kept(desk) == live
    await desk.wipe("DELETE FROM position WHERE consumer = 'appraisal-books'")  # the rows are there, and come again
    await desk.consumer("books").apply([*reversed(told), *told])
    assert await kept(desk) == live
