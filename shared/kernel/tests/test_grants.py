"""A grant reaches an organ in its region; one that names an organ reaches no other."""

from contextlib import nullcontext
from itertools import product
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from shared.kernel.auth import Actor, Grant
from shared.kernel.problems import Forbidden
from shared.kernel.unit_of_work import UnitOfWork

MINE, OTHER = UUID(int=1), UUID(int=2)
HERE, ELSEWHERE = ("130000", "130100"), ("130000", "130200")


def grant(region: str, organ: UUID | None = None, role: str = "writer") -> Grant:
    return Grant(role=role, region=region, organ=None if organ is None else str(organ))


@pytest.mark.parametrize(
    ("grants", "reached"),
    [
        ([grant("130100")], {(MINE, HERE), (OTHER, HERE)}),
        ([grant("130100", MINE)], {(MINE, HERE)}),
        ([grant("130000", MINE)], {(MINE, HERE), (MINE, ELSEWHERE)}),
        ([grant("130200"), grant("130100", MINE)], {(MINE, HERE), (MINE, ELSEWHERE), (OTHER, ELSEWHERE)}),
        ([grant("130000", role="reader"), grant("130100", MINE)], {(MINE, HERE)}),
        ([], set()),
    ],
)
def test_an_organ_acts_by_a_grant_that_reaches_its_place_and_names_no_other(
    grants: list[Grant], reached: set[tuple[UUID, tuple[str, str]]]
) -> None:
    actor = Actor("tester", "tester", tuple(grants)).allowed(frozenset({"writer"}))
    work = UnitOfWork(async_sessionmaker(), service="toy", actor="tester", regions=actor.regions, grants=actor.grants)
    for organ, path in product((MINE, OTHER), (HERE, ELSEWHERE)):
        beyond = pytest.raises(Forbidden, match="your grants do not reach that organ")
        with nullcontext() if (organ, path) in reached else beyond:
            work.act_for(organ, path)


def test_a_consumer_acts_for_every_organ() -> None:
    UnitOfWork(async_sessionmaker(), service="toy", actor="service:roster").act_for(OTHER, ELSEWHERE)
