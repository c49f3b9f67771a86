"""Nothing is attested on a hole: neither where the roster's copy lacks an event, nor beyond the moment it prints."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from services.duties import tables
from services.duties.tests import story as cast
from services.duties.tests.builders import uid
from services.duties.tests.story import Story, at
from shared.contracts.registry import (
    AppointmentCorrected,
    AppointmentRecorded,
    OfficialMerged,
    OrganChanged,
    PortfolioAssigned,
    PostChanged,
    PostRegistered,
    RegionChanged,
    RegistryEvent,
)
from shared.kernel import dead_letters
from shared.kernel.problems import Unavailable
from shared.kernel.unit_of_work import UnitOfWork
from shared.roster import facts_of
from shared.roster.facts import Appointment, Portfolio, PostKind, Span

pytestmark = pytest.mark.clause("art26")
DAY = cast.ACCIDENT_AT.date()
TERM = next(one for one in cast.APPOINTMENTS if one.post_id == cast.MAGISTRATE.id)
ENDED = replace(TERM, span=Span(TERM.span.from_day, date(2026, 5, 10)))
ONE = cast.accident(type(cast.RECORDED), cast.chain(cast.MAGISTRATE))


def unknown(post: Any) -> Appointment:
    return Appointment(uid("任"), post.id, uid("癸"), Span(date(2026, 1, 1)), exercise=True)


CONCERNING: dict[str, RegistryEvent] = {
    "the holder's own appointment": facts_of.appointment_event(AppointmentCorrected, ENDED),
    "an unknown appointment to the post": facts_of.appointment_event(AppointmentRecorded, unknown(cast.MAGISTRATE)),
    "a post beside it": facts_of.post_event(
        PostRegistered, replace(cast.DEPUTY, id=uid("第二正职"), kind=PostKind.GOVERNMENT_PRINCIPAL)
    ),
    "the post": facts_of.post_event(PostChanged, cast.MAGISTRATE),
    "the organ": facts_of.organ_event(OrganChanged, cast.GOVERNMENT),
    "the region": facts_of.region_event(RegionChanged, cast.REGIONS[2]),
    "the region above": facts_of.region_event(RegionChanged, cast.REGIONS[1]),
    "a merge into the holder": OfficialMerged(id=uid("癸"), name="某", exercise=True, merged_into=TERM.official_id),
    "a merge of the holder": OfficialMerged(id=TERM.official_id, name="某", exercise=True, merged_into=uid("癸")),
}
ELSEWHERE: dict[str, RegistryEvent] = {
    "an appointment elsewhere": facts_of.appointment_event(AppointmentRecorded, unknown(cast.CITY_SECRETARY)),
    "a post elsewhere": facts_of.post_event(PostChanged, cast.CITY_SECRETARY),
    "an organ elsewhere": facts_of.organ_event(OrganChanged, cast.CITY_PARTY),
    "a region elsewhere": facts_of.region_event(RegionChanged, cast.REGIONS[4]),
    "two others merged": OfficialMerged(id=uid("癸"), name="某", exercise=True, merged_into=uid("壬")),
    "a portfolio": facts_of.portfolio_event(
        PortfolioAssigned, Portfolio(uid("分管"), cast.MAGISTRATE.id, Span(date(2026, 1, 1)), exercise=True)
    ),
}


async def dies(story: Story, event: RegistryEvent) -> None:
    """The roster's consumer gives the event up."""
    letter = story.registry.envelope(event, at(DAY, 10))
    async with story.running.app.state.sessions() as session:
        await dead_letters.count_failure(session, "duties-roster", letter, ValueError("演练"), attempts=1)
        await session.commit()


async def letters(story: Story) -> list[dict[str, Any]]:
    answer = await story.running.http.get("/v1/dead-letters", headers=story.running.acting("administrator"))
    found: list[dict[str, Any]] = answer.json()
    return found


async def attested(story: Story) -> int:
    async with story.running.app.state.sessions() as session:
        return int(await session.scalar(sa.select(sa.func.count()).select_from(tables.attestation)) or 0)


@pytest.mark.parametrize("event", CONCERNING.values(), ids=CONCERNING.keys())
async def test_an_accident_waits_while_an_event_that_it_rests_on_could_not_be_taken(
    story: Story, event: RegistryEvent
) -> None:
    story.turn(at(DAY))
    await dies(story, event)
    accident = story.registry.envelope(ONE, at(DAY, 15))
    with pytest.raises(Unavailable) as waits:
        await story.registry.deliver(accident)
    assert waits.value.code == "roster_incomplete"
    assert f"{event.AGGREGATE} {event.id}" in waits.value.detail
    assert await attested(story) == 0
    (letter,) = await letters(story)
    url = f"/v1/dead-letters/{letter['id']}/discard"
    decided = await story.running.http.post(url, headers=story.running.acting("administrator"))
    assert decided.status_code == 200, decided.text
    await story.registry.deliver(accident)
    assert await attested(story) == 1, "a person decided to go on without it"


async def test_an_event_elsewhere_holds_nothing_back(story: Story) -> None:
    story.turn(at(DAY))
    for event in ELSEWHERE.values():
        await dies(story, event)
    await story.registry.say(ONE, at=at(DAY, 15))
    assert await attested(story) == 1


async def renewal(story: Story) -> Any:
    before = await story.attestation("丙", cast.MAGISTRATE)
    headers = story.running.acting("investigator")
    return await story.running.http.post(f"/v1/attestations/{before['id']}/renewals", json={}, headers=headers)


async def test_a_renewal_is_refused_until_the_dead_letter_is_settled_and_then_shows_what_it_said(
    story: Story,
) -> None:
    story.turn(at(DAY))
    await story.registry.say(ONE, at=at(DAY, 15))
    await dies(story, facts_of.appointment_event(AppointmentCorrected, ENDED))
    refused = await renewal(story)
    assert (refused.status_code, refused.json()["code"]) == (409, "roster_incomplete"), refused.text
    assert f"appointment {TERM.id}" in refused.json()["detail"]
    (letter,) = await letters(story)
    url = f"/v1/dead-letters/{letter['id']}/replay"
    replayed = await story.running.http.post(url, headers=story.running.acting("administrator"))
    assert replayed.status_code == 200, replayed.text
    assert (await renewal(story)).status_code == 201


async def test_an_attestation_reads_the_roster_at_the_moment_it_prints(story: Story) -> None:
    """A slow transaction holds `known_at` back; what the roster learns meanwhile belongs to a later answer."""
    story.turn(at(DAY))
    await story.registry.say(ONE, at=at(DAY, 15))
    annulled = facts_of.appointment_event(AppointmentCorrected, TERM).model_copy(update={"annulled": True})
    story.turn(at(DAY, 20))
    async with UnitOfWork(story.running.app.state.sessions, service="duties", actor="slow"):
        await story.registry.say(annulled, at=at(DAY, 19))
        early = (await renewal(story)).json()
        again = (await renewal(story)).json()
    late = (await renewal(story)).json()
    assert early["appointment_ids"] == [str(TERM.id)]
    assert early["obligations"]
    assert (late["appointment_ids"], late["obligations"]) == ([], [])
    apart = {"version", "digest", "seal"}
    assert early["known_at"] == again["known_at"]
    assert {key: one for key, one in again.items() if key not in apart} == {
        key: one for key, one in early.items() if key not in apart
    }
