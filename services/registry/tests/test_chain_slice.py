"""A chain derived from the part of the register that it can list is the one derived from all of it."""

from typing import Any

import pytest

from services.registry.facts import Authority
from services.registry.handlers.chains import derive_chain
from services.registry.handlers.parts import accident_of, chain_parts
from services.registry.repository import rosters, states
from services.registry.rules.chain import responsibility_chain
from services.registry.tests.clerk import Story, explosion
from shared.contracts.registry import AccidentState


@pytest.mark.parametrize("investigating", list(Authority))
@pytest.mark.clause("art21.4")
async def test_only_the_regions_that_a_chain_climbs_to_are_read_and_nothing_is_missed(
    story: Story, monkeypatch: pytest.MonkeyPatch, investigating: Authority
) -> None:
    made = await story.clerk.post("/v1/accidents", explosion())
    whole: list[Any] = []
    load = rosters.load_roster

    async def noted(*arguments: Any, **more: Any) -> Any:
        whole.append(await load(*arguments, **more))
        return whole[-1]

    async with story.clerk.running.app.state.runtime.sessions() as session:
        accident = accident_of((await states.many(session, AccidentState))[0].state)
        assert str(accident.id) == made["id"]
        codes = {*accident.path, *accident.zone_codes}
        everything = await load(session, codes)
        monkeypatch.setattr(rosters, "load_roster", noted)
        derived = await derive_chain(session, accident, investigating, ())
    chain = responsibility_chain(accident, everything, investigating)
    assert derived == chain_parts(chain)
    assert {one.region_code for one in whole[0].organs} >= {one.region_code for one in chain.entries}
    if investigating is Authority.COUNTY:
        assert len(whole[0].posts) < len(everything.posts)
