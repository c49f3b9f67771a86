"""`anze duties owed`: the table of the law, offline, as JSON alone or for people."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from services.duties.facts import ActKind
from services.duties.facts.wording import ACT_WORDS

YEAR = ("--from", "2024-01-01", "--to", "2024-12-31")


def anze(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["duties", "owed", *arguments])


def rows(post_kind: str, tier: str, *more: str, days: tuple[str, ...] = YEAR) -> list[dict[str, Any]]:
    done = anze("--post-kind", post_kind, "--tier", tier, *days, *more, "--json")
    assert done.exit_code == 0, done.output
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def counts(found: list[dict[str, Any]]) -> dict[tuple[str, str, str], int]:
    made: dict[tuple[str, str, str], int] = {}
    for one in found:
        key = (one["clause"], one["act"], one["basis"])
        made[key] = made.get(key, 0) + 1
    return made


XIONGAN = ("--organ-kind", "party_working_committee")
XIONGAN_GOVERNMENT = ("--organ-kind", "management_committee")
TEXT, READING = "text", "reading"


@pytest.mark.clause("art5.2", "art5.3", "art6.2", "art6.3", "art6.5", "art9.4", "art9.6")
@pytest.mark.parametrize(
    ("post_kind", "tier", "more", "expected"),
    [
        (
            "party_principal",
            "city",
            (),
            {("art5.2a", "standing_committee_meeting", TEXT): 2, ("art5.3a", "research_trip", TEXT): 2},
        ),
        ("party_principal", "city", XIONGAN, {("art5.3a", "research_trip", TEXT): 2}),
        (
            "party_principal",
            "city",
            (*XIONGAN, "--with-readings"),
            {("art5.2a", "working_committee_meeting", READING): 2, ("art5.3a", "research_trip", TEXT): 2},
        ),
        ("government_principal", "city", XIONGAN_GOVERNMENT, {("art6.3a", "led_inspection", TEXT): 2}),
        (
            "government_principal",
            "province",
            (),
            {
                ("art6.2", "executive_meeting", TEXT): 4,
                ("art6.5a", "list_published", TEXT): 1,
                ("art6.5b", "list_assessment", TEXT): 2,
            },
        ),
        (
            "party_principal",
            "zone",
            (),
            {("art5.2b", "joint_meeting", TEXT): 12, ("art5.3c", "led_inspection", TEXT): 12},
        ),
        ("government_principal", "subdistrict", ("--with-readings",), {("art6.3c", "led_inspection", TEXT): 12}),
        ("government_safety_lead", "city", ("--with-readings",), {}),
        (
            "government_other_leader",
            "town",
            (),
            {("art9.4", "situation_analysis", TEXT): 4, ("art9.6", "portfolio_report", TEXT): 1},
        ),
    ],
)
def test_a_leaders_year_is_that_of_the_table(
    post_kind: str, tier: str, more: tuple[str, ...], expected: dict[tuple[str, str, str], int]
) -> None:
    assert counts(rows(post_kind, tier, *more)) == expected


@pytest.mark.clause("art10.2")
def test_inspection_and_study_are_two_rows_of_each_half_year() -> None:
    found = rows("department_principal", "county", "--organ-role", "named_regulator")
    assert [(one["act"], one["period_start"], one["period_end"]) for one in found] == [
        ("led_inspection", "2024-01-01", "2024-06-30"),
        ("special_study", "2024-01-01", "2024-06-30"),
        ("led_inspection", "2024-07-01", "2024-12-31"),
        ("special_study", "2024-07-01", "2024-12-31"),
    ]
    assert {one["clause"] for one in found} == {"art10.2a"}
    assert rows("department_principal", "town", "--organ-role", "named_regulator") == []
    without = anze("--post-kind", "department_principal", "--tier", "county", *YEAR, "--json")
    assert (without.exit_code, json.loads(without.stdout)) == (0, [])
    assert "named_regulator" in without.stderr


def test_a_row_has_exactly_the_keys_that_were_agreed() -> None:
    (one, *_) = rows("party_principal", "county")
    assert list(one) == ["clause", "act", "count", "period_start", "period_end", "basis"]
    assert (one["count"], one["basis"]) == (1, "text")


@pytest.mark.clause("art6.2")
def test_a_region_code_refines_the_tier() -> None:
    by_organ = rows("government_principal", "city", *XIONGAN_GOVERNMENT, "--with-readings")
    by_code = rows("government_principal", "city", *XIONGAN_GOVERNMENT, "--with-readings", "--region-code", "133100")
    assert by_organ == by_code
    assert ("art6.2", "executive_meeting", READING) in counts(by_code)


@pytest.mark.clause("art31")
def test_nothing_is_owed_before_the_rules_were_published() -> None:
    assert rows("party_principal", "county", days=("--from", "2017-01-01", "--to", "2018-06-30")) == []


WRONG = (
    (("--post-kind", "mayor", "--tier", "city"), "party_principal, government_principal"),
    (("--post-kind", "party_principal", "--tier", "village"), "province, city, county, town, subdistrict, zone"),
    (("--post-kind", "party_principal", "--tier", "city", "--organ-kind", "court"), "party_committee"),
    (("--post-kind", "party_principal", "--tier", "city", "--organ-kind", "government"), "party_working_committee"),
    (("--post-kind", "department_principal", "--tier", "city", "--organ-role", "boss"), "named_regulator"),
    (("--post-kind", "party_principal", "--tier", "city", "--organ-role", "other"), "department_principal"),
    (("--post-kind", "party_principal", "--tier", "city", "--region-code", "13"), "6, 9 or 12 digits"),
)


@pytest.mark.parametrize(("arguments", "words"), WRONG)
def test_wrong_input_is_refused_with_the_words_that_are_allowed(arguments: tuple[str, ...], words: str) -> None:
    done = anze(*arguments, *YEAR, "--json")
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr


def test_wrong_days_and_missing_options_are_refused() -> None:
    kind = ("--post-kind", "party_principal", "--tier", "city")
    for days in (("--from", "soon", "--to", "2024-01-01"), ("--from", "2024-02-01", "--to", "2024-01-01")):
        assert anze(*kind, *days).exit_code == 2
    assert anze(*kind, "--from", "2024-01-01").exit_code == 2


def test_people_read_both_languages() -> None:
    shown = anze("--post-kind", "party_principal", "--tier", "county", *YEAR).stdout
    assert "调研 research_trip" in shown
    assert "条文 text" in shown
    nothing = anze("--post-kind", "government_safety_lead", "--tier", "city", *YEAR).stdout
    assert "nothing is owed" in nothing
    assert set(ACT_WORDS) == set(ActKind)


def test_it_answers_without_server_or_settings() -> None:
    command = [sys.executable, "-m", "cli.main", "duties", "owed", "--post-kind", "party_principal", "--tier", "city"]
    bare = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    done = subprocess.run([*command, *YEAR, "--json"], capture_output=True, text=True, env=bare, check=True)
    assert len(json.loads(done.stdout)) == 4
