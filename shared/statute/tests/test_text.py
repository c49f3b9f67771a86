"""Nothing of the statute is lost, and every id leads to its words."""

import hashlib
import re
from importlib.resources import files

import pytest

from shared.statute.text import UnknownClause, cite, load, numeral, parse, quote_is_verbatim

SOURCE = files("shared.statute") / "data" / "hebei.txt"
ITEM_COUNTS = {5: 9, 6: 10, 8: 6, 9: 6, 10: 4, 11: 3, 12: 2, 21: 7}
MINIATURE = "细则\n第一章 总则\n第一条 甲：\n（一）乙。\n丙。\n（二）丁。\n第二条 戊。\n己。"


def _pieces() -> list[str]:
    pieces = [load().title]
    for chapter in load().chapters:
        pieces += [chapter.label, chapter.title]
        for article in chapter.articles:
            pieces += [article.label, *article.paragraphs]
            for item in article.items:
                pieces += [item.marker, *item.paragraphs]
    return pieces


def test_the_source_is_the_one_whose_provenance_is_recorded() -> None:
    provenance = (files("shared.statute") / "data" / "PROVENANCE.md").read_text(encoding="utf-8")
    assert hashlib.sha256(SOURCE.read_bytes()).hexdigest() in provenance


def test_there_are_seven_chapters_with_their_titles() -> None:
    assert [chapter.title for chapter in load().chapters] == [
        "总则",
        "党委、政府领导干部职责",
        "部门领导干部职责",
        "考核考察",
        "表彰奖励",
        "责任追究",
        "附 则",
    ]


def test_thirty_one_articles_stand_in_their_chapters() -> None:
    assert [article.number for article in load().articles] == list(range(1, 32))
    bounds = [(c.articles[0].number, c.articles[-1].number) for c in load().chapters]
    assert bounds == [(1, 4), (5, 9), (10, 12), (13, 18), (19, 20), (21, 29), (30, 31)]


def test_only_the_articles_with_items_have_them_and_as_many_as_the_source() -> None:
    assert {a.number: len(a.items) for a in load().articles if a.items} == ITEM_COUNTS


def test_articles_5_to_12_hold_41_items_when_article_7_counts_as_one() -> None:
    assert sum(max(1, len(article.items)) for article in load().articles[4:12]) == 41


def test_the_pieces_put_together_are_the_source_without_whitespace() -> None:
    parsed, source = ("".join(text.split()) for text in ("".join(_pieces()), SOURCE.read_text(encoding="utf-8")))
    assert parsed == source


def test_paragraphs_after_an_item_of_article_10_belong_to_that_item() -> None:
    article = load().articles[9]
    assert len(article.paragraphs) == 1
    assert [len(item.paragraphs) for item in article.items] == [1, 2, 2, 1]
    assert quote_is_verbatim("art10.2", "主要负责人每半年至少带队检查1次安全生产工作")
    assert quote_is_verbatim("art10.3", "分管安全生产的负责人每季度至少带队检查1次安全生产工作")
    assert not quote_is_verbatim("art10.2", "每季度")


def test_ids_are_stable() -> None:
    assert [chapter.id for chapter in load().chapters] == [f"ch{n}" for n in range(1, 8)]
    assert [article.id for article in load().articles] == [f"art{n}" for n in range(1, 32)]
    assert [i.id for a in load().articles for i in a.items] == [
        f"art{art}.{item}" for art, count in ITEM_COUNTS.items() for item in range(1, count + 1)
    ]


@pytest.mark.parametrize(
    ("clause_id", "resolved", "label", "phrase"),
    [
        ("ch2", "ch2", "第二章", "第九条 各级政府其他领导干部"),
        ("art4", "art4", "第四条", "党政同责、一岗双责、齐抓共管、失职追责"),
        ("art4", "art4", "第四条", "第一责任人"),
        ("art4.p2", "art4.p2", "第四条第二款", "市级及以下各级党委书记任安全生产委员会第一主任"),
        ("art5", "art5", "第五条", "（九）支持人大、政协监督安全生产工作"),
        ("art5.2", "art5.2", "第五条（二）", "每半年至少主持召开1次党委常委会"),
        ("art5.2a", "art5.2", "第五条（二）", "每月至少召开1次党政联席会"),
        ("art6.10", "art6.10", "第六条（十）", "领导本地安全生产委员会工作"),
        ("art10.2.p2", "art10.2.p2", "第十条（二）第二段", "打非治违"),
        ("art21.7", "art21.7", "第二十一条（七）", "有其他应当问责情形的"),
        ("art31", "art31", "第三十一条", "自印发之日起施行"),
    ],
)
def test_an_id_leads_to_its_label_and_words(clause_id: str, resolved: str, label: str, phrase: str) -> None:
    clause = cite(clause_id)
    assert (clause.id, clause.label) == (resolved, label)
    assert quote_is_verbatim(clause_id, phrase)


@pytest.mark.parametrize(
    "clause_id",
    [
        "",
        "art0",
        "art32",
        "art05",
        "art5.10",
        "art5.0",
        "art7.1",
        "art4.p3",
        "art5.2ab",
        "art5.10a",
        "ch8",
        "ART5",
        "第五条",
    ],
)
def test_an_id_that_the_statute_lacks_is_unknown(clause_id: str) -> None:
    with pytest.raises(UnknownClause, match=re.escape(repr(clause_id))):
        cite(clause_id)
    with pytest.raises(KeyError):
        quote_is_verbatim(clause_id, "安全")


@pytest.mark.parametrize("phrase", ["", "每季度至少主持召开1次党委常委会", "每半年至少主持召开一次党委常委会"])
def test_a_phrase_the_clause_does_not_say_is_not_verbatim(phrase: str) -> None:
    assert not quote_is_verbatim("art5.2", phrase)


def test_a_paragraph_after_an_item_continues_it_and_one_after_an_article_does_not() -> None:
    first, second = parse(MINIATURE).articles
    assert (first.paragraphs, second.paragraphs) == (("甲：",), ("戊。", "己。"))
    assert [item.text for item in first.items] == ["乙。\n丙。", "丁。"]
    assert first.text == "甲：\n（一）乙。\n丙。\n（二）丁。"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("（二）丁", "（三）丁", "items of article 1"),
        ("第二条", "第三条", "articles are not numbered"),
        ("第一章 总则", "第二章 总则", "chapters are not numbered"),
        ("细则\n", "", "one title"),
        ("第一条 甲", "甲", "outside its articles"),
    ],
)
def test_a_damaged_source_is_refused(old: str, new: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse(MINIATURE.replace(old, new))


@pytest.mark.parametrize(
    ("number", "written"),
    [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (31, "三十一"), (99, "九十九")],
)
def test_numerals_are_written_as_statutes_write_them(number: int, written: str) -> None:
    assert numeral(number) == written


@pytest.mark.parametrize("number", [0, 100, -1])
def test_there_is_no_numeral_outside_1_to_99(number: int) -> None:
    with pytest.raises(ValueError, match="no numeral"):
        numeral(number)
