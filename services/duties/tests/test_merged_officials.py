"""An official whom the registry merged with another record owes what fell into the tenures of both."""

from datetime import date
from typing import Any

import pytest

from services.duties.tests import story as cast
from services.duties.tests.story import Story, at
from shared.contracts.registry import OfficialMerged, OfficialSeparated

DAYS: dict[str, Any] = {"from": "2026-01-01", "to": "2026-06-30", "exercise": True, "limit": 500}


async def periods(story: Story, who: str, **query: Any) -> set[str]:
    items = (await story.get("/v1/obligations", official_id=cast.official(who), **DAYS, **query))["items"]
    return {one["period"]["label"] for one in items}


@pytest.mark.clause("art26", "art27")
async def test_the_obligations_of_a_merged_official_are_those_of_both_ids(story: Story) -> None:
    first, second = cast.official("甲"), cast.official("乙")
    own = {who: await periods(story, who) for who in ("甲", "乙")}
    assert own["甲"] != own["乙"]
    story.turn(at(date(2026, 7, 1)))
    merged = OfficialMerged(id=second, name="某", exercise=True, merged_into=first)
    await story.registry.say(merged, at=at(date(2026, 7, 1), 9))
    both = own["甲"] | own["乙"]
    assert {who: await periods(story, who) for who in ("甲", "乙")} == {"甲": both, "乙": both}
    assert await periods(story, "乙", known_at="2026-06-30T00:00:00+08:00") == own["乙"], "as it was known then"
    apart = OfficialSeparated(id=second, name="某", exercise=True)
    await story.registry.say(apart, at=at(date(2026, 7, 1), 10))
    assert await periods(story, "乙") == own["乙"]
