"""Long work is told as running, ended or interrupted, whichever it is."""

import asyncio
from typing import Any

import pytest

from shared.kernel.operations import Operations, OperationView, Progress, read
from shared.kernel.problems import Refused
from shared.kernel.testing import eventually
from shared.kernel.tests.conftest import Bench


async def told(bench: Bench, found: OperationView) -> OperationView:
    async with bench.sessions["toy"]() as session:
        return await read(session, found.id, "tester", ())


async def ended(bench: Bench, found: OperationView) -> OperationView:
    async def over() -> Any:
        now = await told(bench, found)
        return now if now.status != "running" else None

    result: OperationView = await eventually(over, what="the end")
    return result


async def test_work_whose_process_stopped_is_interrupted_and_says_that_it_can_be_started_again(bench: Bench) -> None:
    operations = Operations(bench.sessions["toy"])

    async def work(progress: Progress) -> dict[str, Any]:
        await progress(3, 10)
        await asyncio.Event().wait()
        return {}

    found = await operations.start("endless", "tester", work)

    async def begun() -> bool:
        return (await told(bench, found)).done == 3

    await eventually(begun, what="its progress")
    assert (await told(bench, found)).status == "running"
    await operations.stop()
    over = await told(bench, found)
    assert (over.status, over.done, over.error) == (
        "interrupted",
        3,
        "办理中断，请再次发起 · interrupted; start it again",
    )


async def test_several_at_once_run_until_each_has_succeeded(bench: Bench) -> None:
    operations, go = Operations(bench.sessions["toy"]), asyncio.Event()

    async def work(_progress: Progress) -> dict[str, Any]:
        await go.wait()
        return {"what": "done"}

    several = [await operations.start("short", "tester", work) for _ in range(3)]
    assert {(await told(bench, one)).status for one in several} == {"running"}
    go.set()
    over = [await ended(bench, one) for one in several]
    assert [(one.status, one.result, one.error) for one in over] == [("succeeded", {"what": "done"}, None)] * 3


@pytest.mark.parametrize("error", [Refused("no", "不行", "no"), ValueError("personal data")])
async def test_work_that_fails_has_failed_and_tells_no_more_than_it_may(bench: Bench, error: Exception) -> None:
    async def work(_progress: Progress) -> dict[str, Any]:
        raise error

    over = await ended(bench, await Operations(bench.sessions["toy"]).start("failing", "tester", work))
    assert over.status == "failed"
    assert over.error in {"不行 · no", "ValueError"}
