"""One level up follows administration."""

from dataclasses import replace
from datetime import date

import pytest

from services.duties.facts import Recipient
from services.duties.facts.records import Filing
from services.duties.rules.filings import may_file, recipient_in_words, right_recipients
from services.duties.tests.builders import (
    ALWAYS,
    BAODING,
    COUNTY,
    DIGEST,
    DINGZHOU,
    HEBEI,
    REGIONS,
    TOWN,
    XINJI,
    XIONGAN,
    XIONGXIAN,
    ZONE,
    noon,
    owed,
    seat,
    uid,
)
from shared.roster.facts import Organ, OrganKind, PostKind, Region, Roster, Span

UP, SAME = Recipient.SAFETY_COMMITTEE_ONE_LEVEL_UP, Recipient.SAME_LEVEL_PARTY_COMMITTEE
DAY = date(2024, 7, 5)
WORKING = {XIONGAN.code, ZONE.code}
SAFETY = tuple(
    Organ(uid(f"安{one.code}"), f"{one.name}安委会", OrganKind.SAFETY_COMMITTEE, one.code, ALWAYS) for one in REGIONS
)
PARTIES = tuple(
    Organ(
        uid(f"党{one.code}"),
        f"{one.name}委",
        OrganKind.PARTY_WORKING_COMMITTEE if one.code in WORKING else OrganKind.PARTY_COMMITTEE,
        one.code,
        ALWAYS,
    )
    for one in REGIONS
)
NATIONAL = Organ(uid("国"), "国务院安委会", OrganKind.EXTERNAL_ORGAN, "000000", ALWAYS)
ROSTER = Roster(regions=REGIONS, organs=(*SAFETY, *PARTIES, NATIONAL))


@pytest.mark.parametrize(
    ("region", "upper"),
    [
        (DINGZHOU, "河北省安委会"),
        (XINJI, "河北省安委会"),
        (BAODING, "河北省安委会"),
        (XIONGAN, "河北省安委会"),
        (XIONGXIAN, "雄安新区安委会"),
        (COUNTY, "保定市安委会"),
        (TOWN, "涞水县安委会"),
        (ZONE, "涞水县安委会"),
        (HEBEI, "国务院安委会"),
    ],
)
@pytest.mark.clause("art6.5", "art9.6")
def test_one_level_up(region: Region, upper: str) -> None:
    assert [organ.name for organ in right_recipients(UP, region, ROSTER, DAY)] == [upper]
    assert [organ.region_code for organ in right_recipients(SAME, region, ROSTER, DAY)] == [region.code]


HEAD = seat(COUNTY, PostKind.GOVERNMENT_PRINCIPAL)
ASSESSMENT = owed(HEAD, date(2024, 1, 1), date(2024, 6, 30), "art6.5b")[0]
FILING = Filing(uid("f"), ASSESSMENT.id, UP, uid("安130600"), DAY, noon(DAY), DIGEST)


@pytest.mark.clause("art6.5")
def test_a_filing_with_the_right_body_is_accepted_and_others_are_refused() -> None:
    assert may_file(FILING, ASSESSMENT, ROSTER, today=DAY)
    own_level = may_file(replace(FILING, recipient_organ_id=uid("安130623")), ASSESSMENT, ROSTER, today=DAY)
    assert own_level.code == "filing.wrong_body"
    assert "保定市安委会" in own_level.reason_zh
    swapped = may_file(replace(FILING, relation=SAME), ASSESSMENT, ROSTER, today=DAY)
    assert "涞水县委" in swapped.reason_zh
    assert may_file(FILING, ASSESSMENT, ROSTER, today=date(2024, 7, 4)).code == "filing.in_future"


@pytest.mark.clause("art6.5")
def test_an_unregistered_recipient_is_named_and_never_replaced_by_another() -> None:
    missing = may_file(FILING, ASSESSMENT, replace(ROSTER, organs=PARTIES), today=DAY)
    assert missing.code == "filing.recipient_not_registered"
    assert "保定市安全生产委员会" in missing.reason_zh
    closed = tuple(replace(organ, span=Span(date(2010, 1, 1), date(2024, 7, 4))) for organ in SAFETY)
    assert right_recipients(UP, COUNTY, replace(ROSTER, organs=closed), DAY) == ()
    nothing = Roster(regions=REGIONS)
    assert recipient_in_words(UP, HEBEI, nothing, DAY) == "国务院安全生产委员会"
    assert recipient_in_words(SAME, COUNTY, nothing, DAY) == "涞水县党委（党工委）"
    with pytest.raises(ValueError, match="no region"):
        may_file(FILING, ASSESSMENT, Roster(), today=DAY)


@pytest.mark.clause("art6.5", "art9.6")
def test_a_duty_without_that_filing_takes_none() -> None:
    inspection = owed(HEAD, date(2024, 4, 1), date(2024, 6, 30), "art6.3b")[0]
    assert may_file(FILING, inspection, ROSTER, today=DAY).code == "filing.not_asked"
