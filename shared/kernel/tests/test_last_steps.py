"""What a unit of work does once before its commit."""

import pytest
import sqlalchemy as sa

from shared.kernel.tests import toy
from shared.kernel.tests.conftest import Bench

COUNTED = "SELECT (SELECT count(*) FROM counter), (SELECT count(*) FROM ledger)"


async def test_a_last_step_sees_everything_before_the_commit_and_is_taken_once(bench: Bench) -> None:
    seen: list[tuple[int, ...]] = []
    async with bench.work() as work:

        async def look() -> None:
            seen.append(tuple((await work.session.execute(sa.text(COUNTED))).one()))
            await toy.open_counter(work, 3)

        work.at_last(look)
        await toy.open_counter(work, 1)
        await work.append()
        await toy.open_counter(work, 2)
        assert seen == []
        await work.commit()
    assert seen == [(2, 1)]  # state is written at once, the ledger with the commit
    assert await bench.rows("toy", COUNTED) == [(3, 3)]


async def test_a_failing_last_step_takes_everything_with_it(bench: Bench) -> None:
    async def fail() -> None:
        raise RuntimeError("stop")

    async with bench.work() as work:
        work.at_last(fail)
        await toy.open_counter(work, 1)
        with pytest.raises(RuntimeError, match="stop"):
            await work.commit()
    assert await bench.rows("toy", COUNTED) == [(0, 0)]
