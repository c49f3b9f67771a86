"""The derived level: boundaries, windows, monotony, real accidents, and who investigates."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.facts import (
    SHANGHAI,
    Accident,
    AccidentNature,
    Authority,
    Figure,
    Figures,
    Level,
    shanghai_day,
)
from services.registry.rules.level import (
    THRESHOLDS,
    NoRuleInForceError,
    check_investigator,
    decide_level,
    investigating_organ,
    level_of,
)
from services.registry.tests.rosters import ACCIDENT_AT, BY_CODE, accident, dead

DAY = ACCIDENT_AT.date()
CURRENT = THRESHOLDS[-1]
COUNTS = st.integers(min_value=0, max_value=200)
YUAN = st.integers(min_value=0, max_value=200_000_000)


@pytest.mark.clause("art21.4")
@pytest.mark.parametrize(
    ("deaths", "injuries", "loss", "level"),
    [
        (0, 0, 0, Level.ORDINARY),
        (2, 9, 9_999_999, Level.ORDINARY),
        (3, 0, 0, Level.LARGER),
        (0, 10, 0, Level.LARGER),
        (0, 0, 10_000_000, Level.LARGER),
        (9, 49, 49_999_999, Level.LARGER),
        (10, 0, 0, Level.MAJOR),
        (0, 50, 0, Level.MAJOR),
        (0, 0, 50_000_000, Level.MAJOR),
        (29, 99, 99_999_999, Level.MAJOR),
        (30, 0, 0, Level.EXCEPTIONAL),
        (0, 100, 0, Level.EXCEPTIONAL),
        (0, 0, 100_000_000, Level.EXCEPTIONAL),
        (2, 0, 0, Level.ORDINARY),
        (9, 0, 0, Level.LARGER),
        (29, 0, 0, Level.MAJOR),
        (0, 9, 0, Level.ORDINARY),
        (0, 49, 0, Level.LARGER),
        (0, 99, 0, Level.MAJOR),
        (0, 0, 9_999_999, Level.ORDINARY),
        (0, 0, 49_999_999, Level.LARGER),
        (0, 0, 99_999_999, Level.MAJOR),
    ],
)
def test_above_includes_the_number_and_below_does_not(deaths: int, injuries: int, loss: int, level: Level) -> None:
    answer = decide_level(accident(deaths=(dead(deaths),), serious_injuries=injuries, direct_loss_yuan=loss))
    assert answer.level is level


@pytest.mark.clause("art21.4")
def test_scenario_12_nine_dead_five_missing_and_loss_of_exactly_fifty_million() -> None:
    nine = decide_level(accident(deaths=(dead(9),), missing=5))
    assert (nine.level, nine.level_if_missing_dead) == (Level.LARGER, Level.MAJOR)
    loss = decide_level(accident(deaths=(dead(9),), direct_loss_yuan=50_000_000))
    assert (loss.level, loss.decided_by) == (Level.MAJOR, (Figure.DIRECT_LOSS,))


@pytest.mark.clause("art21.4")
def test_story_three_dead_twelve_injured_is_larger_by_both_then_major_by_deaths() -> None:
    first = accident(deaths=(dead(3),), serious_injuries=12)
    answer = decide_level(first)
    assert (answer.level, answer.decided_by) == (Level.LARGER, (Figure.DEATHS, Figure.SERIOUS_INJURIES))
    assert (answer.investigated_by, answer.reported_up_to) == (Authority.CITY, Authority.PROVINCE)
    assert answer.unknown == (Figure.DIRECT_LOSS,)
    revised = decide_level(replace(first, deaths=(dead(3), dead(7, date(2026, 6, 8))), serious_injuries=5))
    assert (revised.level, revised.decided_by) == (Level.MAJOR, (Figure.DEATHS,))
    assert (revised.investigated_by, revised.reported_up_to) == (Authority.PROVINCE, Authority.STATE_COUNCIL)


@given(st.tuples(COUNTS, COUNTS, YUAN), st.tuples(COUNTS, COUNTS, YUAN))
def test_no_figure_that_grows_lowers_the_level(base: tuple[int, ...], more: tuple[int, ...]) -> None:
    lower = level_of(Figures(*base), CURRENT)[0].level
    for at in range(3):
        grown = [value + (more[at] if index == at else 0) for index, value in enumerate(base)]
        assert level_of(Figures(*grown), CURRENT)[0].level.rank >= lower.rank


@given(st.tuples(COUNTS, COUNTS, YUAN))
def test_the_level_is_the_highest_that_a_single_figure_reaches(values: tuple[int, int, int]) -> None:
    deaths, injuries, loss = values
    alone = (Figures(deaths, 0, 0), Figures(0, injuries, 0), Figures(0, 0, loss))
    ranks = [level_of(figures, CURRENT)[0].level.rank for figures in alone]
    row, decided_by = level_of(Figures(*values), CURRENT)
    assert row.level.rank == max(ranks)
    assert set(decided_by) == {
        figure for figure, rank, value in zip(Figure, ranks, values, strict=True) if rank == max(ranks) and value
    }


@given(st.integers(0, 40), st.integers(0, 40))
def test_missing_people_never_change_the_level_itself(deaths: int, missing: int) -> None:
    with_missing = decide_level(accident(deaths=(dead(deaths),), missing=missing))
    assert with_missing.level is decide_level(accident(deaths=(dead(deaths),))).level
    assert with_missing.level_if_missing_dead is decide_level(accident(deaths=(dead(deaths + missing),))).level


@pytest.mark.parametrize(
    ("nature", "days"),
    [(AccidentNature.GENERAL, 30), (AccidentNature.ROAD_TRAFFIC, 7), (AccidentNature.FIRE, 7)],
)
def test_a_death_counts_through_the_last_day_of_its_window(nature: AccidentNature, days: int) -> None:
    last = DAY + timedelta(days=days)
    inside = decide_level(accident(nature=nature, deaths=(dead(2), dead(1, last))))
    outside = decide_level(accident(nature=nature, deaths=(dead(2), dead(1, last + timedelta(days=1)))))
    assert inside.window_last_day == last
    assert (inside.level, inside.deaths_after_window) == (Level.LARGER, 0)
    assert (outside.level, outside.deaths_after_window) == (Level.ORDINARY, 1)


@given(st.integers(0, 90), st.sampled_from(AccidentNature), st.booleans())
def test_a_death_counts_by_its_day_however_late_it_is_recorded(
    after: int, nature: AccidentNature, concealed: bool
) -> None:
    death = dead(1, DAY + timedelta(days=after), concealed=concealed)
    late = replace(death, recorded_at=death.recorded_at + timedelta(days=999))
    answer = decide_level(accident(nature=nature, deaths=(late,)))
    window = 30 if nature is AccidentNature.GENERAL else 7
    assert answer.figures.deaths == int(concealed or after <= window)
    assert answer.figures.deaths + answer.deaths_after_window == 1


def test_concealed_injuries_and_loss_come_on_top() -> None:
    answer = decide_level(
        accident(
            serious_injuries=8,
            concealed_serious_injuries=2,
            direct_loss_yuan=None,
            concealed_loss_yuan=50_000_000,
        )
    )
    assert answer.figures == Figures(0, 10, 50_000_000)
    assert answer.level is Level.MAJOR


def test_before_june_2007_the_question_cannot_be_asked() -> None:
    assert decide_level(accident(occurred_at=datetime(2007, 6, 1, tzinfo=SHANGHAI))).level is Level.ORDINARY
    with pytest.raises(NoRuleInForceError):
        decide_level(accident(occurred_at=datetime(2007, 5, 31, 23, 59, tzinfo=SHANGHAI)))


@pytest.mark.parametrize(
    "impossible",
    [
        accident(deaths=(dead(-1),)),
        accident(missing=-1),
        accident(direct_loss_yuan=-1),
        accident(deaths=(dead(1, DAY - timedelta(days=1)),)),
    ],
)
def test_figures_that_cannot_be_are_an_error(impossible: Accident) -> None:
    with pytest.raises(ValueError, match="accident"):
        decide_level(impossible)


def test_a_day_is_a_shanghai_day_and_an_instant_needs_its_offset() -> None:
    assert shanghai_day(datetime.fromisoformat("2026-05-19T16:30:00+00:00")) == DAY
    with pytest.raises(ValueError, match="offset"):
        shanghai_day(datetime(2026, 5, 20))  # noqa: DTZ001 - the missing offset is what is refused


@pytest.mark.clause("art21.4")
@pytest.mark.parametrize(
    ("place", "authority", "organ", "ask"),
    [
        ("130123100", Authority.COUNTY, "130123", ()),
        ("130123100", Authority.CITY, "130100", ()),
        ("130123100", Authority.PROVINCE, "130000", ()),
        ("130123100", Authority.STATE_COUNCIL, None, ()),
        ("130682100", Authority.COUNTY, None, ("130682",)),
        ("130682100", Authority.CITY, None, ("130682",)),
        ("130181100", Authority.COUNTY, None, ("130181",)),
        ("130181100", Authority.CITY, None, ("130181",)),
        ("130638100", Authority.COUNTY, "130638", ()),
        ("130638100", Authority.CITY, None, ("133100",)),
        ("139901400", Authority.CITY, "139900", ()),
    ],
)
def test_unconfirmed_competence_is_asked_for_not_guessed(
    place: str, authority: Authority, organ: str | None, ask: tuple[str, ...]
) -> None:
    found = investigating_organ(authority, [BY_CODE[code] for code in BY_CODE[place].path])
    assert (found.region_code, found.unconfirmed) == (organ, ask)


def test_a_confirmed_competence_answers_whatever_the_tier() -> None:
    path = [BY_CODE["130000"], replace(BY_CODE["130682"], competence=BY_CODE["130100"].competence)]
    assert investigating_organ(Authority.CITY, path).region_code == "130682"


@pytest.mark.clause("art21.4")
@pytest.mark.parametrize(
    ("actual", "code", "fine"),
    [
        (Authority.COUNTY, "investigated_too_low", False),
        (Authority.CITY, "investigated_as_demanded", True),
        (Authority.PROVINCE, "taken_over", True),
    ],
)
def test_investigated_lower_than_demanded_is_an_alarm(actual: Authority, code: str, fine: bool) -> None:
    decision = check_investigator(Authority.CITY, actual)
    assert (decision.code, bool(decision)) == (code, fine)
