"""A catalogue that contradicts itself or misquotes the text does not load: file, line, entry, reason."""

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.duties.rules.catalogue import CatalogueError, parse_catalogue

HEBEI = (files("services.duties.catalogue") / "hebei" / "catalogue.toml").read_text(encoding="utf-8")
HEAD = (
    'name = "t"\nchapters = []\n[who.p]\nposts = ["party_principal"]\n'
    'organs = ["party_committee"]\nscope = { city = "text", zone = "off" }\nnotes = { zone = "why" }\n'
)
GOOD = (
    '[[duty]]\nid = "art5.3b"\nwho = "p"\n'
    'phrase = "县（市、区）党委主要负责人每季度至少调研1次安全生产工作"\n'
    'en = "trip"\nperiod = "quarter"\ncount = 1\nmanner = "performs"\n'
    'requirements = [{ acts = ["research_trip"], evidence = ["report"] }]\n'
)
STANDING = '[[duty]]\nid = "art5.5"\nwho = "p"\nphrase = "配齐配强领导班子"\nen = "staff"\n'
PRESIDED = (
    '[[duty]]\nid = "art5.2a"\nwho = "p"\nphrase = "每半年至少主持召开1次党委常委会研究安全生产工作"\n'
    'en = "meeting"\nperiod = "half_year"\ncount = 1\nmanner = "presides"\n'
    'requirements = [{ acts = ["standing_committee_meeting"], evidence = ["minutes"] }]\n'
)
ANALYSIS = (
    '[[duty]]\nid = "art9.4"\nwho = "p"\nphrase = "每季度组织分析安全生产形势"\n'
    'en = "analysis"\nperiod = "quarter"\ncount = 1\nmanner = "performs"\n'
    'requirements = [{ acts = ["situation_analysis"], evidence = ["record"] }]\n'
)
LED = (
    '[[duty]]\nid = "art6.3b"\nwho = "p"\nphrase = "县（市、区）政府主要负责人每季度至少带队检查1次安全生产工作"\n'
    'en = "led"\nperiod = "quarter"\ncount = 1\nmanner = "leads"\n'
    'requirements = [{ acts = ["led_inspection"], evidence = ["record"] }]\n'
)
INTERPRETATION = (
    '[interpretation]\nclause = "art30"\nphrase = "本细则具体解释工作由省安全生产监督管理局商省委组织部承担"\n'
    'tier = "province"\nfunctions = ["安全监管", "应急管理"]\nconsulting = "organization_department"\n'
)
OVERLAY = (
    '[[overlay]]\nduty = "art5.3b"\nscope = "zone"\nissuer = "应急管理"\nconsulted = "organization_department"\n'
    'document = "演练应急〔2025〕1号"\nissued_on = 2025-01-10\nfrom = 2025-04-01\n'
)
OVERLAID = GOOD + INTERPRETATION + OVERLAY
TWICE = 'requirements = [{ acts = ["research_trip"], evidence = ["report"] }, { acts = ["joint_meeting"] }]'

#: body, the entry at fault, the text of the line at fault, what the reason says
WRONG = {
    "misquote": (GOOD.replace("每季度至少", "每季度最少"), "art5.3b", "phrase =", "does not say"),
    "phrase of another clause": (GOOD.replace("art5.3b", "art5.4"), "art5.4", "phrase =", "does not say"),
    "unknown clause": (GOOD.replace("art5.3b", "art5.77"), "art5.77", "id =", "no clause"),
    "duplicate": (GOOD + GOOD, "art5.3b", "[[duty]]", "twice for the same days"),
    "versions that share a day": (
        GOOD + "to = 2025-06-30\n" + GOOD + "from = 2025-06-30\n",
        "art5.3b",
        "[[duty]]",
        "twice for the same days",
    ),
    "same words under two ids": (GOOD + GOOD.replace("art5.3b", "art5.3c"), "art5.3c", "[[duty]]", "contradicts"),
    "same act at two rhythms": (
        GOOD
        + GOOD.replace("art5.3b", "art5.3a")
        .replace("县（市、区）党委主要负责人每季度", "雄安新区党工委主要负责人每半年")
        .replace('"quarter"', '"half_year"'),
        "art5.3a",
        "[[duty]]",
        "contradicts art5.3b",
    ),
    "count against the words": (GOOD.replace("count = 1", "count = 2"), "art5.3b", "count =", "count is not 2"),
    "count without words": (ANALYSIS.replace("count = 1", "count = 2"), "art9.4", "count =", "count is not 2"),
    "count that is no number": (GOOD.replace("count = 1", 'count = "1"'), "art5.3b", "count =", "whole number"),
    "count that is true": (GOOD.replace("count = 1", "count = true"), "art5.3b", "count =", "whole number"),
    "period against the words": (GOOD.replace('"quarter"', '"month"'), "art5.3b", "period =", "do not say"),
    "period that does not exist": (GOOD.replace('"quarter"', '"week"'), "art5.3b", "period =", "no PeriodKind"),
    "period without acts": (GOOD[: GOOD.index("requirements")], "art5.3b", "count =", "its acts"),
    "act without proof": (GOOD.replace(', evidence = ["report"]', ""), "art5.3b", "requirements", "acts and evidence"),
    "who presides": (PRESIDED.replace('"presides"', '"performs"'), "art5.2a", "manner =", "who presides"),
    "who leads": (LED.replace('"leads"', '"performs"'), "art6.3b", "manner =", "who leads"),
    "led where the words lead nothing": (
        GOOD.replace("research_trip", "led_inspection"),
        "art5.3b",
        "manner =",
        "who leads",
    ),
    "act that does not exist": (GOOD.replace('"research_trip"', '"stroll"'), "art5.3b", "requirements", "no ActKind"),
    "evidence that does not exist": (GOOD.replace('"report"', '"rumour"'), "art5.3b", "requirements", "EvidenceKind"),
    "recipient that does not exist": (GOOD + 'filings = ["emperor"]\n', "art5.3b", "filings", "no Recipient"),
    "kind of post that does not exist": (STANDING + 'posts = ["mayor"]\n', "art5.5", "posts", "no PostKind"),
    "organ that does not exist": (STANDING + 'organs = ["court"]\n', "art5.5", "organs", "no OrganKind"),
    "tier that does not exist": (STANDING + 'scope = { village = "text" }\n', "art5.5", "scope", "no Tier"),
    "firmness that does not exist": (STANDING + 'scope = { city = "maybe" }\n', "art5.5", "scope", "no Firmness"),
    "reading without a note": (STANDING + 'scope = { town = "reading" }\n', "art5.5", "scope", "what is read how"),
    "posts left out without a note": (
        STANDING + 'off_posts = ["government_safety_lead"]\n',
        "art5.5",
        "off_posts",
        "why posts are left out",
    ),
    "note that is no text": (STANDING + "notes = { zone = 1 }\n", "art5.5", "notes", "notes are text"),
    "standing with a count": (STANDING + "count = 1\n", "art5.5", "count", "standing duty has no count"),
    "role outside departments": (STANDING + 'roles = ["other"]\n', "art5.5", "roles", "departments have roles"),
    "post in and left out": (STANDING + 'off_posts = ["party_principal"]\n', "art5.5", "off_posts", "left out"),
    "unknown key": (STANDING + "often = true\n", "art5.5", "often", "unknown keys"),
    "nobody": (STANDING.replace('"p"', '"q"'), "art5.5", "who =", "nobody is called"),
    "two requirements without keys": (GOOD[: GOOD.index("requirements")] + TWICE, "art5.3b", "requirements", "a key"),
    "id with two letters": (GOOD.replace("art5.3b", "art5.3bb"), "art5.3bb", "id =", "one letter"),
    "no English": (STANDING.replace('en = "staff"\n', ""), "art5.5", "[[duty]]", "en is missing"),
    "dates out of order": (GOOD + "from = 2025-01-01\nto = 2024-12-31\n", "art5.3b", "to =", "dates out of order"),
    "a date that is none": (GOOD + 'from = "2025"\n', "art5.3b", "from =", "is a day"),
    "overlay by a wrong issuer": (
        OVERLAID.replace('issuer = "应急管理"', 'issuer = "市场监管"'),
        "overlay on art5.3b",
        "issuer",
        "lets only",
    ),
    "overlay without consultation": (
        OVERLAID.replace('consulted = "organization_department"', 'consulted = "nobody"'),
        "overlay on art5.3b",
        "consulted",
        "to be consulted",
    ),
    "overlay without document": (
        OVERLAID.replace("演练应急〔2025〕1号", " "),
        "overlay on art5.3b",
        "document",
        "document is missing",
    ),
    "overlay for the past": (
        OVERLAID.replace("from = 2025-04-01", "from = 2024-04-01"),
        "overlay on art5.3b",
        "from =",
        "past periods",
    ),
    "overlay on what the text says": (
        OVERLAID.replace('"zone"\nissuer', '"city"\nissuer'),
        "overlay on art5.3b",
        "scope",
        "the text says it",
    ),
    "overlay on no duty": (
        OVERLAID.replace('duty = "art5.3b"', 'duty = "art5.1"'),
        "overlay on art5.1",
        "duty",
        "no such",
    ),
    "overlay for a tier without scope": (
        OVERLAID.replace('"zone"\nissuer', '"town"\nissuer'),
        "overlay on art5.3b",
        "scope",
        "says nothing of town",
    ),
    "overlay for a post that is not left out": (
        OVERLAID + 'post = "government_safety_lead"\n',
        "overlay on art5.3b",
        "scope",
        "not left out",
    ),
    "two overlays": (OVERLAID + OVERLAY, "overlay on art5.3b", "from =", "two overlays"),
    "overlay without an interpreter": (GOOD + OVERLAY, "overlay on art5.3b", "issuer", "nobody is named"),
    "interpreter misquoted": (
        GOOD + INTERPRETATION.replace("商省委", "问省委"),
        "interpretation",
        "phrase",
        "does not say",
    ),
    "region that is none": (GOOD + '[[governs]]\nregion = "Hebei"\n', "governs", "region", "no region code"),
    "region governed twice": (GOOD + '[[governs]]\nregion = "130000"\n' * 2, "governs", "region", "twice"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_catalogue_that_contradicts_or_misquotes_does_not_load(name: str) -> None:
    body, entry, at_fault, reason = WRONG[name]
    with pytest.raises(CatalogueError) as caught:
        parse_catalogue("t.toml", HEAD + body)
    assert (caught.value.file, caught.value.entry) == ("t.toml", entry)
    assert reason in caught.value.reason
    assert (HEAD + body).splitlines()[caught.value.line - 1].startswith(at_fault)
    assert str(caught.value).startswith(f"t.toml:{caught.value.line}: {entry}: ")


def test_what_the_wrong_ones_were_made_from_loads() -> None:
    for body in (GOOD, STANDING, PRESIDED, ANALYSIS, LED, OVERLAID):
        assert parse_catalogue("t.toml", HEAD + body).duties
    (overlay,) = parse_catalogue("t.toml", HEAD + OVERLAID).overlays
    assert (overlay.duty_id, overlay.scope, overlay.binding) == ("t:art5.3b", "zone", True)


HEADS = {
    "no name": ("chapters = []\nduty = []\n", "name"),
    "a name that is no word": ('name = "河北"\nchapters = []\nduty = []\n', "name"),
    "no chapters": ('name = "t"\nduty = []\n', "chapters"),
    "unknown keys": ('name = "t"\nchapters = []\nitems = 41\n', "file"),
    "duties that are no tables": ('name = "t"\nchapters = []\nduty = 1\n', "duty"),
}


@pytest.mark.parametrize("name", HEADS)
def test_a_file_without_its_head_is_refused(name: str) -> None:
    text, entry = HEADS[name]
    with pytest.raises(CatalogueError) as caught:
        parse_catalogue("t.toml", text)
    assert caught.value.entry == entry


def test_broken_toml_is_refused_with_file_and_line() -> None:
    with pytest.raises(CatalogueError, match=r"^t\.toml:3: toml"):
        parse_catalogue("t.toml", 'name = "t"\nchapters = []\nwho = \n')


def _blocks() -> list[str]:
    head, *blocks = HEBEI.split("[[duty]]\n")
    return [head, *("[[duty]]\n" + block for block in blocks)]


def _id(block: str) -> str:
    return block.split('id = "')[1].split('"', maxsplit=1)[0]


@pytest.mark.clause("art5", "art6", "art7", "art8", "art9", "art10", "art11", "art12")
def test_leaving_out_any_of_the_41_items_is_noticed() -> None:
    head, *blocks = _blocks()
    clauses = {_id(block).rstrip("abcs") for block in blocks}
    assert len(clauses) == 41
    for clause in sorted(clauses):
        left = [block for block in blocks if _id(block).rstrip("abcs") != clause]
        with pytest.raises(CatalogueError) as caught:
            parse_catalogue("hebei.toml", head + "".join(left))
        assert (caught.value.entry, caught.value.reason) == (clause, "has no entry")


PHRASES = [block.split('phrase = "')[1].split('"')[0] for block in _blocks()[1:]]


@given(st.integers(0, len(PHRASES) - 1), st.data())
def test_any_character_changed_in_any_quotation_is_noticed(position: int, data: st.DataObject) -> None:
    phrase = PHRASES[position]
    place = data.draw(st.integers(0, len(phrase) - 1))
    wrong = phrase[:place] + "※" + phrase[place + 1 :]
    with pytest.raises(CatalogueError, match="does not say"):
        parse_catalogue("hebei.toml", HEBEI.replace(f'phrase = "{phrase}"', f'phrase = "{wrong}"'))


def test_the_version_follows_the_content_and_not_the_layout() -> None:
    plain = parse_catalogue("t.toml", HEAD + GOOD)
    spaced = parse_catalogue("t.toml", "# a comment\n\n" + HEAD + "\n\n" + GOOD)
    other = parse_catalogue("t.toml", HEAD + GOOD.replace('"report"', '"record"'))
    assert plain.version == spaced.version != other.version
    assert len(plain.version) == 64
