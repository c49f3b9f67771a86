"""Leads from the chain, findings and attestations: once each, whatever comes twice or out of order."""

import random

import pytest

from services.discipline.handlers.reactions import REVOKED, UNLISTED
from services.discipline.tests import cast
from services.discipline.tests.conftest import House, lead_of
from services.discipline.tests.examples import uid
from shared.contracts.duties import AttestationRenewed, NonPerformanceAppealDecided, NonPerformanceAppealed
from shared.contracts.registry import ACCIDENT_EVENTS, AccidentRevised, AccidentState, ChainRevised

REVISED = (*cast.CHAIN, "省长")
LEDGER = "SELECT type, count(*) FROM ledger GROUP BY type ORDER BY type"


@pytest.mark.clause("art21.4")
async def test_story_4_one_lead_per_listed_post_and_none_for_the_earlier_holder(after: House) -> None:
    leads = await after.leads()
    assert len(leads) == len(cast.CHAIN)
    assert {one["post_id"] for one in leads} == {str(uid(post)) for post in cast.CHAIN}
    assert str(uid("甲")) not in {one["official_id"] for one in leads}
    assert sum(one["official_id"] == str(uid("戊")) for one in leads) == 2
    vacant = lead_of(leads, "应急局副局长", None)
    assert (vacant["status"], vacant["exercise"]) == ("open", True)
    assert [one["clause"] for one in vacant["basis"]] == ["art21.4", "art4"]


@pytest.mark.clause("art21.4")
async def test_story_5_a_revision_adds_new_leads_once_and_keeps_the_earlier_ones(after: House) -> None:
    before = await after.leads()
    await after.hear(cast.accident(AccidentRevised, REVISED, version=2, deaths=10, level="重大"))
    leads = await after.leads()
    assert [one for one in leads if one in before] == before
    added = [one for one in leads if one not in before]
    assert [one["post_id"] for one in added] == [str(uid("省长"))]
    await after.hear(cast.accident(ChainRevised, REVISED, version=3))
    assert await after.leads() == leads


@pytest.mark.parametrize("kind", ACCIDENT_EVENTS[1:], ids=lambda kind: kind.NAME)
async def test_every_event_of_an_accident_keeps_the_copy_current_and_repeats_no_lead(
    after: House, kind: type[AccidentState]
) -> None:
    leads = await after.leads()
    messages = after.feed.of(cast.accident(kind, version=2), cast.accident(kind, version=3))
    for message in (*reversed(messages), *messages):
        await after.apply([message])
    assert await after.leads() == leads
    assert await after.rows("SELECT version FROM discipline_accident") == [(3,)]
    assert await after.rows("SELECT count(*) FROM dead_letter") == [(0,)]


async def test_chains_twice_and_out_of_order_propose_each_lead_once(house: House) -> None:
    messages = house.feed.of(
        cast.accident(),
        cast.accident(AccidentRevised, REVISED, version=2),
        cast.accident(ChainRevised, REVISED, version=3),
    )
    shuffled = messages * 2
    random.Random(5).shuffle(shuffled)  # noqa: S311 - one fixed disorder
    for message in shuffled:
        await house.apply([message])
    assert await house.rows(LEDGER) == [("anze.discipline.lead.opened.v1", len(REVISED))]
    assert await house.rows("SELECT version FROM discipline_accident") == [(3,)]
    assert await house.rows("SELECT count(*) FROM dead_letter") == [(0,)]


@pytest.mark.clause("art21.4")
async def test_a_dropped_post_keeps_its_lead_with_a_note_and_loses_the_note_when_listed_again(after: House) -> None:
    without = tuple(post for post in cast.CHAIN if post != "市长")
    await after.hear(cast.accident(ChainRevised, without, version=2))
    dropped = lead_of(await after.leads(), "市长", "癸")
    assert (dropped["note"], dropped["status"]) == (UNLISTED, "open")
    await after.hear(cast.accident(ChainRevised, version=3))
    assert lead_of(await after.leads(), "市长", "癸")["note"] is None


@pytest.mark.clause("art21.1")
async def test_a_finding_of_non_performance_proposes_a_lead_and_one_that_clears_does_not(after: House) -> None:
    breach = after.feed.of(cast.found("己", "应急局局长", "art10.2a"))
    clears = after.feed.of(cast.found("丙", "县长", "art6.2", performed=True))
    await after.apply([*breach, *clears, *breach])
    await after.apply([*clears, *breach])
    proposed = [one for one in await after.leads() if one["ground"] == "art21.1"]
    assert [(one["official_id"], one["source"]) for one in proposed] == [(str(uid("己")), "non_performance_finding")]
    assert [one["clause"] for one in proposed[0]["basis"]] == ["art21.1", "art10.2a"]
    assert await after.rows("SELECT count(*) FROM discipline_nonperformance") == [(2,)]


@pytest.mark.clause("art21.1", "art28")
async def test_a_finding_revoked_on_appeal_leaves_its_lead_with_a_note_and_founds_no_new_one(after: House) -> None:
    decision = {"organ_id": uid("市纪委"), "outcome": "revoked", "reasons": "（演练）", "decided_on": "2026-09-20"}
    filed = {"filed_on": "2026-09-12", "statement": "（演练）不服", "recorded_at": cast.START}
    found = cast.found("己", "应急局局长", "art10.2a")
    appealed = NonPerformanceAppealed.model_validate(dict(found) | {"appeal": filed})
    revoked = NonPerformanceAppealDecided.model_validate(
        dict(found) | {"appeal": filed | {"decision": decision | {"recorded_at": cast.START}}}
    )
    messages = after.feed.of(found, appealed, revoked)
    for message in (messages[0], messages[2], *messages[::-1]):
        await after.apply([message])
    (lead,) = [one for one in await after.leads() if one["ground"] == "art21.1"]
    assert (lead["note"], lead["status"]) == (REVOKED, "open")
    assert await after.rows("SELECT version FROM discipline_nonperformance") == [(3,)]
    assert await after.rows("SELECT count(*) FROM dead_letter") == [(0,)]


@pytest.mark.clause("art26")
async def test_the_newest_attestation_is_kept_however_late_the_older_one_comes(after: House) -> None:
    lapsed = cast.obligation("art6.3c", cast.APRIL, "lapsed")
    done = cast.obligation("art6.3c", cast.APRIL, "fulfilled", "recorded_after_accident")
    issued = cast.attestation("戊", "管委会主任", lapsed)
    renewed = AttestationRenewed(**dict(cast.attestation("戊", "管委会主任", done)))
    first, second = after.feed.of(issued, renewed)
    for message in (second, first, second, first):
        await after.apply([message])
    rows = await after.rows("SELECT version, state->>'whole' FROM discipline_attestation")
    assert rows == [(2, "true")]
