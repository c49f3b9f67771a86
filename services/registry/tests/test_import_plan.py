"""What the lines of a sheet would change: natural keys, corrections, and every refusal, without a database."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from services.registry.facts.answers import BarKind, PromotionBar
from services.registry.facts.imports import Kind, Known, Line, Planned, Register
from services.registry.rules.credit_codes import standard_code
from services.registry.rules.imports.planning import plan
from shared.roster.facts import OrganKind, PostKind, Region, Span, Tier
from shared.statute.decision import Basis

PATH = ("130000", "139901")
COUNTY = Region(
    UUID(int=1), "139901", "演练县", Tier.COUNTY, "139900", "139900", PATH, Span(date(2023, 1, 1)), exercise=True
)
LINE = Line(
    2,
    "139901",
    "演练县应急管理局",
    OrganKind.GOVERNMENT_DEPARTMENT,
    organ_first=date(2019, 1, 1),
    post_kind=PostKind.DEPARTMENT_PRINCIPAL,
    post="局长",
    post_first=date(2020, 2, 1),
    official="演练甲",
    person="aa",
    from_day=date(2020, 2, 1),
)
BESIDE = {"exercise": True, "path": PATH}
ORGAN = Known(
    UUID(int=2),
    {"name": LINE.organ, "from_day": date(2018, 1, 1), "to_day": None, "credit_code": None, **BESIDE},
)
POST = Known(
    UUID(int=3),
    {
        "organ_id": ORGAN.id,
        "kind": "department_principal",
        "title": "局长",
        "from_day": date(2018, 1, 1),
        "to_day": None,
        **BESIDE,
    },
)
OFFICIAL = Known(UUID(int=4), {"name": "演练甲", "reading": None, **BESIDE})
OTHER = Known(UUID(int=5), {"name": "演练乙", "reading": None, **BESIDE})
TENURE = Known(
    UUID(int=6),
    {
        "post_id": POST.id,
        "official_id": OFFICIAL.id,
        "from_day": LINE.from_day,
        "to_day": None,
        "acting": False,
        "promotion": False,
        "annulled": False,
        "end_reason": None,
        "source_recorded_at": None,
        "attested_by": None,
        **BESIDE,
    },
)
STANDING = Register(
    regions={"139901": (COUNTY,)},
    reachable=frozenset({"130000"}),
    organs={LINE.organ_key: ORGAN},
    posts={(ORGAN.id, PostKind.DEPARTMENT_PRINCIPAL, "局长"): POST},
    persons={"aa": OFFICIAL},
    officials={OFFICIAL.id: OFFICIAL, OTHER.id: OTHER},
    numbered=frozenset({OFFICIAL.id}),
    appointments={POST.id: (TENURE,)},
)
EMPTY = replace(STANDING, organs={}, posts={}, persons={}, officials={}, appointments={}, numbered=frozenset())


def planned(register: Register, *lines: Line) -> Planned:
    ids: Iterator[int] = iter(range(100, 200))
    return plan(lines, register, lambda: UUID(int=next(ids)), exercise=False)


def faults(register: Register, **changes: Any) -> list[tuple[str | None, str]]:
    return [(one.column, one.code) for one in planned(register, replace(LINE, **changes)).faults]


@pytest.mark.clause("art2")
def test_what_is_new_is_registered_from_organ_to_appointment_and_what_agrees_is_left_alone() -> None:
    new = planned(EMPTY, LINE)
    assert [one.kind for one in new.changes] == [Kind.ORGAN, Kind.POST, Kind.OFFICIAL, Kind.APPOINTMENT]
    assert all(one.new for one in new.changes)
    assert new.faults == ()
    assert planned(STANDING, LINE) == Planned()


@pytest.mark.clause("art2")
@pytest.mark.parametrize(
    ("changes", "kind", "fields"),
    [
        ({"to_day": date(2024, 1, 1)}, Kind.APPOINTMENT, {"to_day": date(2024, 1, 1)}),
        ({"acting": True}, Kind.APPOINTMENT, {"acting": True}),
        ({"official": "演练甲改"}, Kind.OFFICIAL, {"name": "演练甲改"}),
        ({"reading": "Yǎn"}, Kind.OFFICIAL, {"reading": "Yǎn"}),
        ({"organ_from": date(2017, 1, 1)}, Kind.ORGAN, {"from_day": date(2017, 1, 1)}),
        ({"credit_code": "91130000MA0000001W"}, Kind.ORGAN, {"credit_code": "91130000MA0000001W"}),
        ({"post_from": date(2017, 1, 1)}, Kind.POST, {"from_day": date(2017, 1, 1)}),
    ],
)
def test_a_line_that_differs_is_one_correction_of_what_differs(
    changes: dict[str, Any], kind: Kind, fields: dict[str, Any]
) -> None:
    (change,) = planned(STANDING, replace(LINE, **changes)).changes
    assert (change.kind, change.new, dict(change.fields)) == (kind, False, fields)


@pytest.mark.clause("art2", "art4.p2")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"official_id": OTHER.id}, ("citizen_number", "official_mismatch")),
        ({"person": "bb", "official_id": OFFICIAL.id}, ("citizen_number", "official_mismatch")),
        ({"official_id": UUID(int=99), "person": None}, ("official_id", "official_unknown")),
        ({"person": None}, ("citizen_number", "person_unidentified")),
        ({"person": "bb", "official": None}, ("official", "name_missing")),
        ({"person": "bb"}, ("from_day", "seat_taken")),
        ({"from_day": None}, ("from_day", "first_day_missing")),
        ({"attested_by": "档案室"}, ("attested_by", "source_incomplete")),
        ({"to_day": date(2019, 1, 1)}, ("to_day", "dates_out_of_order")),
        ({"post": None}, ("post", "post_incomplete")),
        ({"post_from": date(2021, 1, 1)}, ("post_from", "outside_post")),
    ],
)
def test_what_cannot_be_is_told_by_column(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in faults(STANDING, **changes)


@pytest.mark.clause("art2")
def test_a_number_is_put_on_file_of_an_official_who_had_none() -> None:
    line = replace(LINE, person="bb", official_id=OTHER.id, official=None, to_day=None)
    free = replace(STANDING, appointments={})
    touched = [one for one in planned(free, line).changes if one.kind is Kind.OFFICIAL]
    assert [(one.id, dict(one.fields)) for one in touched] == [(OTHER.id, {})]


def test_what_was_recorded_so_before_and_corrected_since_is_not_registered_again() -> None:
    (fault,) = planned(replace(EMPTY, renamed={LINE.organ_key: "演练县应急局"}), LINE).faults
    assert (fault.column, fault.code) == ("organ", "organ_renamed")
    assert "演练县应急局" in fault.zh
    key = (ORGAN.id, PostKind.DEPARTMENT_PRINCIPAL, "局长")
    assert faults(replace(STANDING, posts={}, former=frozenset({key}))) == [("post", "post_renamed")]
    tenure = (POST.id, OFFICIAL.id, date(2020, 2, 1))
    moved = replace(STANDING, appointments={}, former=frozenset({tenure}))
    assert faults(moved) == [("from_day", "first_day_corrected")]
    annulled = Known(TENURE.id, {**TENURE.fields, "annulled": True})
    assert faults(replace(STANDING, appointments={POST.id: (annulled,)})) == [("from_day", "annulled")]


@pytest.mark.clause("art23")
def test_a_promotion_into_a_running_veto_is_refused() -> None:
    bar = PromotionBar(OFFICIAL.id, BarKind.VETO, Span(date(2020, 1, 1), date(2021, 1, 1)), Basis("art23"))
    barred = replace(STANDING, appointments={}, bars={OFFICIAL.id: (bar,)})
    assert faults(barred, promotion=True) == [("promotion", "promotion_during_veto")]
    assert faults(barred) == []


@pytest.mark.clause("art2", "art23")
def test_a_line_that_names_a_merged_record_is_about_the_person() -> None:
    one = replace(STANDING, same={OTHER.id: OFFICIAL.id}, aliases={OFFICIAL.id: frozenset({"演练甲", "演练乙"})})
    by_other = replace(LINE, person=None, official_id=OTHER.id, official="演练乙")
    assert planned(one, by_other) == Planned()
    (change,) = planned(replace(one, appointments={}), by_other).changes
    assert (change.kind, change.fields["official_id"]) == (Kind.APPOINTMENT, OFFICIAL.id)
    bar = PromotionBar(OFFICIAL.id, BarKind.VETO, Span(date(2020, 1, 1), date(2021, 1, 1)), Basis("art23"))
    barred = replace(one, appointments={}, bars={OFFICIAL.id: (bar,)})
    assert [one.code for one in planned(barred, replace(by_other, promotion=True)).faults] == ["promotion_during_veto"]


@pytest.mark.clause("art2")
def test_nobody_attests_a_source_that_lies_ahead() -> None:
    now = datetime(2026, 5, 20, tzinfo=UTC)
    told = {"source_recorded_at": datetime(2026, 5, 21, tzinfo=UTC), "attested_by": "演练档案室"}
    assert faults(replace(STANDING, now=now), **told) == [("source_recorded_at", "source_in_the_future")]


@pytest.mark.clause("art2")
def test_external_organs_lie_outside_and_have_no_posts() -> None:
    outside = replace(LINE, organ_kind=OrganKind.EXTERNAL_ORGAN)
    assert [one.code for one in planned(EMPTY, outside).faults] == ["external_organ_outside"]
    province = replace(COUNTY, code="130000", path=("130000",))
    register = replace(EMPTY, regions={"130000": (province,)})
    placed = replace(outside, region_code="000000")
    assert [one.code for one in planned(register, placed).faults] == ["external_organ_has_no_posts"]


@pytest.mark.clause("art2")
def test_the_region_is_asked_for_on_the_organs_first_day_and_before_the_lists_begin_the_first_one_stands() -> None:
    assert faults(EMPTY) == [], "2019 lies before the list of 2023"
    ended = replace(COUNTY, span=Span(date(2010, 1, 1), date(2015, 1, 1)))
    assert faults(replace(EMPTY, regions={"139901": (ended,)})) == [("region_code", "region_unknown")]
    assert faults(replace(EMPTY, reachable=frozenset({"130100"}))) == [("region_code", "region_outside_grant")]
    assert faults(EMPTY, organ_first=None) == [("organ_from", "first_day_missing")]


def test_the_same_appointment_twice_in_a_file_is_told() -> None:
    found = planned(STANDING, LINE, replace(LINE, number=3))
    assert [(one.line, one.code) for one in found.faults] == [(3, "row_twice")]


def test_a_credit_code_with_any_character_changed_fails_its_check() -> None:
    code = "91130000MA0000001W"
    assert standard_code(code) == code
    for place in range(len(code)):
        other = "2" if code[place] != "2" else "3"
        with pytest.raises(ValueError, match="GB 32100"):
            standard_code(code[:place] + other + code[place + 1 :])
