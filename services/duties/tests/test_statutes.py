"""A second statute loads beside the first from files alone; entries, statutes and overlays hold from a day to a day."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.duties import catalogue as catalogue_files
from services.duties.catalogue import load_catalogue, load_from
from services.duties.facts import Adoption, Catalogue, Obligation
from services.duties.rules.catalogue import CatalogueError, parse_catalogue
from services.duties.rules.obligations import Seat, duties_of_post, obligations_of_post
from services.duties.tests.builders import ALWAYS, CATALOGUE, COUNTY, STREET, XIONGAN, ZONE, noon, owed, region, seat
from services.duties.tests.registry import Registry
from services.duties.tests.test_catalogue_refusals import GOOD, HEAD, OVERLAY
from shared.contracts.registry import OrganRegistered, PostRegistered, RegionRegistered
from shared.kernel.testing import Running
from shared.roster import facts_of
from shared.roster.facts import PostKind, Region, Span, Tier
from shared.statute.decision import Basis, BasisKind

HEBEI = files("services.duties.catalogue") / "hebei" / "catalogue.toml"
TEXT = """演练省领导干部安全生产责任制办法

第一章 总则

第一条 为演练第二部规定的载入，制定本办法。

第二章 职责

第二条 党委主要负责人安全生产职责主要包括：

（一）每月至少调研1次安全生产工作；

（二）支持安全生产工作。

第三条 本办法由演练省应急管理厅负责解释。
"""
OTHER = """name = "yanlian"
chapters = [2]

[[governs]]
region = "140000"
from = 2025-01-01

[[duty]]
id = "art2.1"
phrase = "每月至少调研1次安全生产工作"
en = "Makes a research trip"
posts = ["party_principal"]
organs = ["party_committee"]
scope = { county = "text" }
period = "month"
count = 1
manner = "performs"
requirements = [{ acts = ["research_trip"], evidence = ["report"] }]

[[duty]]
id = "art2.2"
phrase = "支持安全生产工作"
en = "Supports work safety"
posts = ["party_principal"]
organs = ["party_committee"]
scope = { county = "text" }

[[duty]]
id = "art3"
phrase = "本办法由演练省应急管理厅负责解释"
en = "Who interprets it"
posts = ["party_principal"]
organs = ["party_committee"]
scope = { county = "text" }
"""
THERE = region("140123", Tier.COUNTY, "140000", "演练邻县", "140000")
SECRETARY = PostKind.PARTY_PRINCIPAL
Y25 = (date(2025, 1, 1), date(2025, 12, 31))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Hebei's catalogue, and a second statute in a folder of its own."""
    for name in ("hebei", "yanlian"):
        (tmp_path / name).mkdir()
    (tmp_path / "hebei" / "catalogue.toml").write_text(HEBEI.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "yanlian" / "catalogue.toml").write_text(OTHER, encoding="utf-8")
    (tmp_path / "yanlian" / "text.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def of(where: Seat, catalogue: Catalogue, first: date, last: date) -> list[Obligation]:
    return list(obligations_of_post(where, catalogue, first, last))


def test_a_second_statute_loads_beside_the_first_and_governs_its_own_region(folder: Path) -> None:
    both = load_from(folder)
    assert {duty.statute for duty in both.duties} == {"hebei", "yanlian"}
    here, there = (of(seat(where, SECRETARY), both, *Y25) for where in (COUNTY, THERE))
    assert here == of(seat(COUNTY, SECRETARY), CATALOGUE, *Y25)
    assert {one.duty_id for one in there} == {"yanlian:art2.1"}
    assert len(there) == 12
    assert there[0].basis == Basis("yanlian:art2.1", BasisKind.TEXT)
    assert {one.id for one in duties_of_post(seat(THERE, SECRETARY), both, Y25[0])} == {
        "yanlian:art2.1",
        "yanlian:art2.2",
        "yanlian:art3",
    }
    assert both.version != CATALOGUE.version


def test_a_region_that_no_statute_governs_owes_nothing(folder: Path) -> None:
    elsewhere = seat(region("150123", Tier.COUNTY, "150000", "演练远县", "150000"), SECRETARY)
    assert of(elsewhere, load_from(folder), *Y25) == []


def test_a_statute_governs_from_its_day_and_the_period_that_runs_then_owes_nothing(folder: Path) -> None:
    later = OTHER.replace("from = 2025-01-01", "from = 2025-03-15")
    (folder / "yanlian" / "catalogue.toml").write_text(later, encoding="utf-8")
    found = of(seat(THERE, SECRETARY), load_from(folder), *Y25)
    assert [one.period.label for one in found] == [f"2025-{month:02d}" for month in range(4, 13)]


def test_the_nearest_region_that_is_named_decides(folder: Path) -> None:
    inside = OTHER.replace('region = "140000"', f'region = "{COUNTY.code}"')
    (folder / "yanlian" / "catalogue.toml").write_text(inside, encoding="utf-8")
    both = load_from(folder)
    assert {one.duty_id for one in of(seat(COUNTY, SECRETARY), both, *Y25)} == {"yanlian:art2.1"}
    assert of(seat(STREET, SECRETARY), both, *Y25) == []
    before = of(seat(COUNTY, SECRETARY), both, date(2024, 1, 1), date(2024, 12, 31))
    assert {one.duty_id for one in before} == {"art5.2a", "art5.3b"}


def _rewrite(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        file = folder / "yanlian" / name
        file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    return change


def _without_text(folder: Path) -> None:
    (folder / "yanlian" / "text.txt").unlink()


def _empty(folder: Path) -> None:
    for file in folder.glob("*/catalogue.toml"):
        file.unlink()


TOML, WORDS = "yanlian/catalogue.toml", "yanlian/text.txt"
AGAIN = OTHER[OTHER.index("[[duty]]") :].split("[[duty]]")[1]
#: What is broken, in which file the refusal stands, the line of that file, the entry, and the reason.
BROKEN: dict[str, tuple[Callable[[Path], None], str, str, str, str]] = {
    "misquotes its own text": (
        _rewrite("catalogue.toml", "每月至少调研1次", "每月至少检查1次"),
        *(TOML, "phrase = ", "art2.1", "does not say"),
    ),
    "has another text than it quotes": (
        _rewrite("text.txt", "每月至少调研1次", "每季度至少调研1次"),
        *(TOML, "phrase = ", "art2.1", "does not say"),
    ),
    "says a period that the words do not": (
        _rewrite("catalogue.toml", '"month"', '"quarter"'),
        *(TOML, "period = ", "art2.1", "do not say"),
    ),
    "says a count that the words do not": (
        _rewrite("catalogue.toml", "count = 1", "count = 2"),
        *(TOML, "count = ", "art2.1", "count"),
    ),
    "contradicts itself": (
        _rewrite("catalogue.toml", '[[duty]]\nid = "art3"', f'[[duty]]{AGAIN}[[duty]]\nid = "art3"'),
        *(TOML, "[[duty]]", "art2.1", "stands twice"),
    ),
    "asks one act at two rhythms": (
        _rewrite(
            "catalogue.toml",
            '[[duty]]\nid = "art3"',
            f'[[duty]]{AGAIN.replace("art2.1", "art2.1b")}[[duty]]\nid = "art3"',
        ),
        *(TOML, "[[duty]]", "art2.1b", "contradicts art2.1"),
    ),
    "leaves out an item": (_rewrite("catalogue.toml", "[2]", "[1, 2]"), TOML, "chapters = ", "art1", "has no entry"),
    "governs what is governed": (
        _rewrite("catalogue.toml", '"140000"', '"130000"'),
        *(TOML, "region = ", "governs", "another statute"),
    ),
    "governs a region twice": (
        _rewrite("catalogue.toml", "from = 2025-01-01\n", 'from = 2025-01-01\n[[governs]]\nregion = "140000"\n'),
        *(TOML, "region = ", "governs", "stands twice"),
    ),
    "governs nothing": (
        _rewrite("catalogue.toml", '[[governs]]\nregion = "140000"\nfrom = 2025-01-01\n', ""),
        *(TOML, "name = ", "governs", "which region it governs"),
    ),
    "lies in a folder of another name": (
        _rewrite("catalogue.toml", '"yanlian"', '"lianyan"'),
        *(TOML, "name = ", "name", "lies in the folder"),
    ),
    "has a text that skips an article": (
        _rewrite("text.txt", "第三条", "第四条"),
        *(WORDS, "", "text", "not numbered in sequence"),
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_second_statute_lets_nothing_load_and_says_file_line_and_reason(folder: Path, name: str) -> None:
    change, file, at_fault, entry, reason = BROKEN[name]
    change(folder)
    with pytest.raises(CatalogueError, match=reason) as caught:
        load_from(folder)
    told = caught.value
    assert (told.file, told.entry.removeprefix("yanlian:")) == (file, entry)
    line = (folder / file).read_text(encoding="utf-8").splitlines()[told.line - 1]
    assert line.startswith(at_fault)
    assert str(told).startswith(f"{file}:{told.line}: ")


@pytest.mark.parametrize(("change", "reason"), [(_without_text, "text is missing"), (_empty, "holds no statute")])
def test_what_is_not_there_is_not_guessed(folder: Path, change: Callable[[Path], None], reason: str) -> None:
    change(folder)
    with pytest.raises(CatalogueError, match=reason):
        load_from(folder)


VERSIONS = (
    HEAD.replace('city = "text"', 'county = "text"')
    + GOOD
    + "to = 2025-05-31\n"
    + GOOD.replace('"report"', '"record"')
    + "from = 2025-06-01\n"
)


@pytest.mark.clause("art31")
def test_past_periods_keep_the_version_of_a_duty_that_was_in_force_then() -> None:
    dated = parse_catalogue("t.toml", VERSIONS)
    found = of(seat(COUNTY, SECRETARY), dated, *Y25)
    assert [one.period.label for one in found] == ["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"]
    assert {kind.value for kind in dated.duty("t:art5.3b").requirements[0].evidence} == {"record"}
    before = dated.duty("t:art5.3b", date(2025, 5, 31))
    assert {kind.value for kind in before.requirements[0].evidence} == {"report"}
    assert duties_of_post(seat(COUNTY, SECRETARY), dated, date(2025, 5, 31)) == (before,)


def test_a_duty_that_ends_or_begins_within_a_period_is_not_owed_for_it() -> None:
    ended = parse_catalogue("t.toml", VERSIONS[: VERSIONS.rindex("[[duty]]")])
    assert [one.period.label for one in of(seat(COUNTY, SECRETARY), ended, *Y25)] == ["2025-Q1"]
    begun = parse_catalogue("t.toml", HEAD.replace('city = "text"', 'county = "text"') + GOOD + "from = 2025-06-01\n")
    assert [one.period.label for one in of(seat(COUNTY, SECRETARY), begun, *Y25)] == ["2025-Q3", "2025-Q4"]


LEAD = PostKind.GOVERNMENT_SAFETY_LEAD


@pytest.mark.clause("art9.4", "art30")
def test_the_safety_lead_owes_article_9_only_once_a_reading_puts_him_in() -> None:
    lead = seat(COUNTY, LEAD)
    plain = Adoption("art9.4", "county", ALWAYS, "演练应急〔2025〕2号")
    assert owed(lead, *Y25) == owed(lead, *Y25, adoptions=[plain]) == []
    in_ = replace(plain, span=Span(date(2025, 7, 1)), post_kind=LEAD)
    found = owed(lead, *Y25, adoptions=[in_])
    assert [(one.duty_id, one.period.label, one.basis.kind, one.founds) for one in found] == [
        ("art9.4", "2025-Q3", BasisKind.READING, True),
        ("art9.4", "2025-Q4", BasisKind.READING, True),
    ]
    assert found[0].bases[1] == Basis("art30", BasisKind.TEXT, "演练应急〔2025〕2号")


@pytest.mark.clause("art9.4", "art30")
def test_an_overlay_in_the_file_binds_from_its_day() -> None:
    overlay = OVERLAY.replace('"art5.3b"', '"art9.4"').replace('scope = "zone"', 'scope = "county"')
    text = HEBEI.read_text(encoding="utf-8") + "\n" + overlay + 'post = "government_safety_lead"\n'
    overlaid = parse_catalogue("hebei.toml", text)
    found = obligations_of_post(seat(COUNTY, LEAD), overlaid, *Y25, adoptions=overlaid.overlays)
    assert [(one.duty_id, one.period.label) for one in found] == [
        ("art9.4", "2025-Q2"),
        ("art9.4", "2025-Q3"),
        ("art9.4", "2025-Q4"),
    ]
    assert {one.adopted_by for one in found} == {"演练应急〔2025〕1号"}


@pytest.mark.clause("art30")
def test_a_local_default_makes_something_owed_but_founds_nothing() -> None:
    zone, xiongan = seat(ZONE, PostKind.GOVERNMENT_PRINCIPAL), seat(XIONGAN, SECRETARY)
    local = Adoption("art6.2", "zone", ALWAYS, "县安委〔2025〕3号", binding=False, within="130623")
    found = owed(zone, *Y25, "art6.2", adoptions=[local])
    assert {(one.basis.kind, one.founds, one.adopted_by, one.default_by) for one in found} == {
        (BasisKind.DEFAULT, False, None, "县安委〔2025〕3号")
    }
    assert found[0].bases[1] == Basis("art30", BasisKind.DEFAULT, "县安委〔2025〕3号")
    assert owed(zone, *Y25, "art6.2", adoptions=[replace(local, within="130683")]) == []
    reading = replace(local, duty_id="art5.2a", scope="133100", within="133100")
    shown = owed(xiongan, *Y25, "art5.2a", adoptions=[reading])
    assert {(one.basis.kind, one.founds) for one in shown} == {(BasisKind.READING, False)}


@pytest.mark.clause("art30")
def test_an_interpretation_goes_before_a_local_default_in_any_order() -> None:
    zone = seat(ZONE, PostKind.GOVERNMENT_PRINCIPAL)
    local = Adoption("art6.2", "zone", ALWAYS, "县安委〔2025〕3号", binding=False)
    above = Adoption("art6.2", "zone", ALWAYS, "演练应急〔2025〕1号")
    for order in ((local, above), (above, local)):
        assert {one.adopted_by for one in owed(zone, *Y25, "art6.2", adoptions=order)} == {above.document}


@pytest.mark.clause("art30")
def test_an_overlay_of_an_exercise_stays_in_the_exercise_and_a_real_one_holds_there_too() -> None:
    zone = seat(ZONE, PostKind.GOVERNMENT_PRINCIPAL)
    exercise = replace(zone, post=replace(zone.post, exercise=True))
    real = Adoption("art6.2", "zone", ALWAYS, "演练应急〔2025〕1号")
    drilled = replace(real, exercise=True)
    assert owed(zone, *Y25, "art6.2", adoptions=[drilled]) == []
    assert owed(exercise, *Y25, "art6.2", adoptions=[drilled])
    assert owed(exercise, *Y25, "art6.2", adoptions=[real])


DAYS = st.dates(date(2019, 1, 1), date(2027, 12, 31))


@pytest.mark.clause("art30")
@given(DAYS, st.none() | st.integers(0, 900))
def test_exactly_the_periods_whose_first_day_an_overlay_covers_are_bound_by_it(first: date, length: int | None) -> None:
    span = Span(first, None if length is None else first + timedelta(days=length))
    overlay = Adoption("art6.2", "zone", span, "演练应急〔2025〕1号")
    zone = seat(ZONE, PostKind.GOVERNMENT_PRINCIPAL)
    found = owed(zone, date(2019, 1, 1), date(2028, 12, 31), "art6.2", adoptions=[overlay])
    starts = [date(year, month, 1) for year in range(2019, 2029) for month in (1, 4, 7, 10)]
    assert [one.period.from_day for one in found] == [day for day in starts if span.covers(day)]
    assert all(one.founds for one in found)


@given(DAYS)
def test_on_every_day_each_region_of_hebei_is_governed_by_hebei(day: date) -> None:
    catalogue = load_catalogue()
    for where in (COUNTY, STREET, ZONE, XIONGAN):
        assert isinstance(where, Region)
        assert catalogue.statute_of(where.path, day) == "hebei"
    assert catalogue.statute_of(THERE.path, day) is None


@pytest.fixture
def beside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The service finds both statutes in its folder."""
    monkeypatch.setattr(catalogue_files, "FOLDER", folder)
    load_catalogue.cache_clear()
    yield
    load_catalogue.cache_clear()


@pytest.mark.usefixtures("beside")
async def test_a_service_that_finds_a_second_statute_answers_by_it(running: Running) -> None:
    headers = running.acting("viewer")
    whole = (await running.http.get("/v1/duties", headers=headers)).json()
    assert [(one["statute"], one["region"], one["from_day"]) for one in whole["governs"]] == [
        ("hebei", "130000", None),
        ("yanlian", "140000", "2025-01-01"),
    ]
    duty = (await running.http.get("/v1/duties/yanlian:art2.1", headers=headers)).json()
    assert (duty["period"], duty["statute"], duty["clause"]) == ("month", "yanlian", "yanlian:art2.1")
    registry = Registry(running)
    post, organ = seat(THERE, SECRETARY).post, seat(THERE, SECRETARY).organ
    await registry.say(
        facts_of.region_event(RegionRegistered, THERE),
        facts_of.organ_event(OrganRegistered, organ),
        facts_of.post_event(PostRegistered, post),
        at=noon(date(2024, 12, 1)),
    )
    asked = {"post_id": str(post.id), "from": "2025-01-01", "to": "2025-12-31"}
    there = running.acting("viewer", regions=("140000",))
    page = (await running.http.get("/v1/obligations", params=asked, headers=there)).json()
    assert [one["duty_id"] for one in page["items"]] == ["yanlian:art2.1"] * 12
    assert page["items"][0]["basis"] == [{"clause": "yanlian:art2.1", "kind": "text", "note": None}]
