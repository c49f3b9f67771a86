"""One person, one record: when two may be merged and parted; why an appointment ended; how it stands on a day."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry import data
from services.registry.facts import SHANGHAI
from services.registry.facts.answers import EndCause, Ending, Standing
from services.registry.rules.appointments import check_source, standing
from services.registry.rules.end_causes import check_ending, end_causes, ending
from services.registry.rules.merging import Persons, check_merge, check_separation
from services.registry.tests.rosters import named
from shared.roster.facts import Appointment, Official, Span

SPRING, SUMMER = Span(date(2026, 1, 1), date(2026, 3, 31)), Span(date(2026, 4, 1))
CAUSES: Mapping[str, EndCause] = end_causes(data.rows(data.END_CAUSES))


def held(who: str, seat: str, span: Span, *, acting: bool = False) -> Appointment:
    return Appointment(named(f"{who}{seat}{span}"), named(seat), named(who), span, acting=acting)


@pytest.mark.clause("art2", "art4.p2")
@pytest.mark.parametrize(
    ("first", "second", "numbers", "code"),
    [
        ((), (), (), "merge_allowed"),
        ((), (), (b"1",), "merge_allowed"),
        ((), (), (b"1", b"2"), "citizen_numbers_differ"),
        ((held("甲", "县长", SPRING),), (held("乙", "县长", SUMMER),), (), "merge_allowed"),
        ((held("甲", "县长", SPRING),), (held("乙", "书记", SPRING),), (), "merge_allowed"),
        ((held("甲", "县长", SPRING),), (held("乙", "县长", SPRING),), (), "seat_held_by_both"),
        ((held("甲", "县长", SPRING),), (held("乙", "县长", SPRING, acting=True),), (), "seat_held_by_both"),
        (
            (replace(held("甲", "县长", SPRING), annulled=True),),
            (held("乙", "县长", SPRING),),
            (),
            "merge_allowed",
        ),
    ],
)
def test_records_are_merged_unless_numbers_differ_or_one_seat_is_held_by_both(
    first: tuple[Appointment, ...], second: tuple[Appointment, ...], numbers: tuple[bytes, ...], code: str
) -> None:
    assert check_merge(first, second, numbers=numbers).code == code
    assert check_merge(second, first, numbers=numbers).code == code


def test_a_merge_is_undone_only_while_nothing_rests_on_it() -> None:
    assert check_separation(())
    assert check_separation((named("任"),)).code == "merge_relied_upon"


def test_a_person_answers_as_the_record_that_is_merged_into_none() -> None:
    chain = [Official(named(one), one, merged_into=named(into)) for one, into in (("丙", "乙"), ("乙", "甲"))]
    people = [*chain, Official(named("甲"), "甲")]
    persons = Persons(people)
    assert {persons.of(one.id) for one in people} == {named("甲")}
    assert set(persons.others(named("乙"))) == {named("甲"), named("丙")}
    assert (persons.of(named("丁")), persons.others(named("丁"))) == (named("丁"), ())


@pytest.mark.clause("art27")
@pytest.mark.parametrize(
    ("cause", "words", "kept", "code"),
    [
        (None, None, Ending(None, None), "ending_allowed"),
        ("retirement", None, Ending("retirement", "退休"), "ending_allowed"),
        (None, "退休", Ending("retirement", "退休"), "ending_allowed"),
        (None, "retired", Ending("retirement", "retired"), "ending_allowed"),
        (None, "赴省外挂职", Ending("other", "赴省外挂职"), "ending_allowed"),
        ("transfer", "调省直机关", Ending("transfer", "调省直机关"), "ending_allowed"),
        ("other", None, Ending("other", None), "end_reason_needed"),
        ("vanished", None, Ending("vanished", None), "unknown_end_cause"),
    ],
)
def test_an_end_has_a_cause_of_the_list_and_words(
    cause: str | None, words: str | None, kept: Ending, code: str
) -> None:
    assert ending(cause, words, CAUSES) == kept
    assert check_ending(kept, SPRING, CAUSES).code == code


@pytest.mark.clause("art27")
def test_only_what_has_a_last_day_has_ended() -> None:
    assert check_ending(Ending("transfer", "调任"), SUMMER, CAUSES).code == "end_without_day"
    assert len({one.zh for one in CAUSES.values()}) == len(CAUSES), "a name means one cause"


@given(st.dates(date(2025, 1, 1), date(2027, 1, 1)), st.booleans())
def test_a_record_is_held_on_exactly_its_days(day: date, annulled: bool) -> None:
    found = standing(SPRING, day, annulled=annulled)
    assert (found is Standing.ANNULLED) is annulled
    assert (found is Standing.IN_FORCE) is (SPRING.covers(day) and not annulled)
    if found in {Standing.UPCOMING, Standing.ENDED}:
        assert (found is Standing.UPCOMING) is (day < SPRING.from_day)


@given(st.integers(-1000, 1000))
def test_a_source_is_never_later_than_now(seconds: int) -> None:
    now = datetime(2026, 5, 20, 18, tzinfo=SHANGHAI)
    assert bool(check_source(now + timedelta(seconds=seconds), now)) is (seconds <= 0)
    assert check_source(None, now)
