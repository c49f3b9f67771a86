"""Real accidents: those of Hebei reach their published level through the API, the others through the rule."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.registry import data
from services.registry.facts import SHANGHAI, Accident, Level
from services.registry.rules.level import NoRuleInForceError, decide_level
from services.registry.tests.clerk import Clerk
from services.registry.tests.rosters import accident, dead

Row = Mapping[str, str]
ROWS = data.rows(data.ACCIDENTS)
DECREE_SINCE = date(2007, 6, 1)
NO_PUBLISHED_LEVEL = {"A35": "未载"}  # the report states none; two people were missing
OLDER = {"A18": "旧制", "A20": "旧制"}  # 2004 and 1996: 特大 and 特别重大 of a classification that ended in 2007


def happened_at(row: Row) -> datetime:
    return datetime.fromisoformat(row["date_time"]).replace(tzinfo=SHANGHAI)


def loss_yuan(row: Row) -> int | None:
    wan = row["direct_loss_wan_yuan"]
    return int(Decimal(wan) * 10_000) if wan else None


def injuries(row: Row) -> int | None:
    return int(row["serious_injuries"]) if row["serious_injuries"] else None


def physical(row: Row) -> Accident:
    at = happened_at(row)
    return accident(
        occurred_at=at,
        industry=row["gbt4754"],
        deaths=(dead(int(row["deaths"]), at.date()),),
        missing=int(row["missing"]),
        serious_injuries=injuries(row),
        direct_loss_yuan=loss_yuan(row),
    )


def published(row: Row) -> str:
    """The level at the head of the published words; 特别重大 before 重大."""
    return next(level for level in reversed(Level) if row["official_level"].startswith(level))


@pytest.mark.clause("art21.4")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_the_rule_reproduces_the_published_level_or_says_why_not(row: Row) -> None:
    real = physical(row)
    if row["id"] in OLDER:
        assert OLDER[row["id"]] in row["official_level"]
        assert real.day < DECREE_SINCE
        with pytest.raises(NoRuleInForceError):
            decide_level(real)
        return
    assert real.day >= DECREE_SINCE
    answer = decide_level(real)
    if row["id"] in NO_PUBLISHED_LEVEL:
        assert row["official_level"] == NO_PUBLISHED_LEVEL[row["id"]]
        assert (answer.level, answer.level_if_missing_dead) == (Level.ORDINARY, Level.LARGER)
        return
    assert answer.level == published(row)


@pytest.mark.clause("art21.4")
async def test_the_accidents_of_hebei_reach_their_published_level_through_the_api(clerk: Clerk) -> None:
    await clerk.load_divisions(exercise_only=False)
    rows = [row for row in ROWS if row["province"] == "河北"]
    assert len(rows) == 6
    for row in rows:
        at, deaths = happened_at(row), int(row["deaths"])
        casualties: dict[str, Any] = {
            "deaths": [{"count": deaths, "died_on": str(at.date())}] if deaths else [],
            "missing": int(row["missing"]),
            "serious_injuries": injuries(row),
            "direct_loss_yuan": loss_yuan(row),
        }
        body = {
            "title": row["name"],
            "region_code": row["division_code"],
            "occurred_at": at.isoformat(),
            "industry": row["gbt4754"],
            "casualties": casualties,
        }
        if row["id"] in OLDER:
            assert (await clerk.refusal("POST", "/v1/accidents", body))[:2] == (422, "cannot_be_derived")
            continue
        recorded = await clerk.post("/v1/accidents", body)
        assert recorded["level"] == published(row), row["name"]
        assert recorded["exercise"] is False
        assert recorded["chain"]["entries"] == []
        assert recorded["chain"]["gaps"], "nobody registered real posts, and nobody is made up"
