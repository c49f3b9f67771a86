"""The law's text: 7 chapters, 31 articles and their items, with ids that never change.

Ids: chapter `ch2`, article `art5` 第五条, item `art5.2` 第五条（二）, paragraph `art4.p2`, `art10.2.p2`.
Line breaks separate paragraphs. A paragraph after an item belongs to that item (Art. 10 has two such).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_DIGITS = "一二三四五六七八九"
_DUTY_ID = re.compile(r"(art\d+(?:\.\d+)?)[a-z]")


def numeral(number: int) -> str:
    """Chinese numeral of 1 to 99 as statutes write it: 十, 二十一."""
    if not 1 <= number <= 99:
        raise ValueError(f"no numeral for {number}")
    tens, units = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens - 1]}十"
    return head + (_DIGITS[units - 1] if units else "")


_NUMBERS = {numeral(number): number for number in range(1, 100)}
_CHAPTER = re.compile(r"第([一二三四五六七八九十]+)章\s+(.+)")
_ARTICLE = re.compile(r"第([一二三四五六七八九十]+)条\s+(.+)")
_ITEM = re.compile(r"（([一二三四五六七八九十]+)）(.+)")


class UnknownClause(KeyError):  # noqa: N818 - it names what is wrong, as `KeyError`'s callers expect a lookup to
    """The statute has no clause of this id."""

    def __init__(self, clause_id: str) -> None:
        """`clause_id` as it was asked for."""
        super().__init__(clause_id)
        self.clause_id = clause_id

    def __str__(self) -> str:
        """A sentence; KeyError would print the bare key."""
        return f"the statute has no clause {self.clause_id!r}"


@dataclass(frozen=True, slots=True)
class Clause:
    """Any citable piece of the statute: its id, its Chinese label such as 第五条（二）, its text."""

    id: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """项: `（二）…` of an article, with the paragraphs that continue it."""

    number: int
    article: int
    paragraphs: tuple[str, ...]

    @property
    def id(self) -> str:
        """For example `art5.2`."""
        return f"art{self.article}.{self.number}"

    @property
    def marker(self) -> str:
        """How the source numbers it: （二）."""
        return f"（{numeral(self.number)}）"

    @property
    def label(self) -> str:
        """How it is cited: 第五条（二）."""
        return f"第{numeral(self.article)}条{self.marker}"

    @property
    def text(self) -> str:
        """Its paragraphs, one a line, without the marker."""
        return "\n".join(self.paragraphs)


@dataclass(frozen=True, slots=True)
class Article:
    """条: its own paragraphs, then its items, if it has any."""

    number: int
    chapter: int
    paragraphs: tuple[str, ...]
    items: tuple[Item, ...] = ()

    @property
    def id(self) -> str:
        """For example `art5`."""
        return f"art{self.number}"

    @property
    def label(self) -> str:
        """第五条."""
        return f"第{numeral(self.number)}条"

    @property
    def text(self) -> str:
        """All its paragraphs, one a line: its own, then its items with their markers."""
        return "\n".join((*self.paragraphs, *(f"{item.marker}{item.text}" for item in self.items)))


@dataclass(frozen=True, slots=True)
class Chapter:
    """章: a title and articles."""

    number: int
    title: str
    articles: tuple[Article, ...]

    @property
    def id(self) -> str:
        """For example `ch2`."""
        return f"ch{self.number}"

    @property
    def label(self) -> str:
        """第二章."""
        return f"第{numeral(self.number)}章"

    @property
    def text(self) -> str:
        """Its title, then its articles with their labels."""
        return "\n".join((self.title, *(f"{article.label} {article.text}" for article in self.articles)))


@dataclass(frozen=True, slots=True)
class Statute:
    """The whole of 《河北省党政领导干部安全生产责任制实施细则》."""

    title: str
    chapters: tuple[Chapter, ...]

    @property
    def articles(self) -> tuple[Article, ...]:
        """All articles in order."""
        return tuple(article for chapter in self.chapters for article in chapter.articles)


def _sections(lines: list[str], heading: re.Pattern[str]) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The lines before the first heading; then per heading its number and lines, its own words first."""
    before: list[str] = []
    sections: list[tuple[int, list[str]]] = []
    for line in lines:
        if match := heading.fullmatch(line):
            sections.append((_NUMBERS[match[1]], [match[2]]))
        else:
            (sections[-1][1] if sections else before).append(line)
    return before, sections


def _in_sequence(numbers: list[int], what: str) -> None:
    if numbers != list(range(1, len(numbers) + 1)):
        raise ValueError(f"{what} are not numbered in sequence: {numbers}")


def _article(number: int, chapter: int, lines: list[str]) -> Article:
    own, sections = _sections(lines, _ITEM)
    _in_sequence([item for item, _ in sections], f"items of article {number}")
    items = tuple(Item(item, number, tuple(paragraphs)) for item, paragraphs in sections)
    return Article(number, chapter, tuple(own), items)


def parse(source: str) -> Statute:
    """The statute in `source`. ValueError when a chapter, article or item is missing from the sequence."""
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    preamble, sections = _sections(lines, _CHAPTER)
    if len(preamble) != 1:
        raise ValueError("one title stands before the first chapter")
    chapters = []
    for number, chapter_lines in sections:
        (title, *stray), articles = _sections(chapter_lines, _ARTICLE)
        if stray:
            raise ValueError(f"text of chapter {number} stands outside its articles")
        chapters.append(Chapter(number, title, tuple(_article(art, number, body) for art, body in articles)))
    statute = Statute(preamble[0], tuple(chapters))
    _in_sequence([chapter.number for chapter in statute.chapters], "chapters")
    _in_sequence([article.number for article in statute.articles], "articles")
    return statute


@cache
def load() -> Statute:
    """The statute that ships with the project; parsed once."""
    return parse((files("shared.statute") / "data" / "hebei.txt").read_text(encoding="utf-8"))


def _clauses(statute: Statute) -> Iterator[Clause]:
    for chapter in statute.chapters:
        yield Clause(chapter.id, chapter.label, chapter.text)
    for article in statute.articles:
        yield Clause(article.id, article.label, article.text)
        for position, text in enumerate(article.paragraphs, start=1):
            yield Clause(f"{article.id}.p{position}", f"{article.label}第{numeral(position)}款", text)
        for item in article.items:
            yield Clause(item.id, item.label, item.text)
            for position, text in enumerate(item.paragraphs, start=1):
                yield Clause(f"{item.id}.p{position}", f"{item.label}第{numeral(position)}段", text)


def clauses_in(statute: Statute) -> dict[str, Clause]:
    """Every chapter, article, paragraph and item of a statute by its id."""
    return {clause.id: clause for clause in _clauses(statute)}


@cache
def _index() -> dict[str, Clause]:
    return clauses_in(load())


def cite(clause_id: str) -> Clause:
    """The clause of this id; a duty id (`art5.2a`) names the clause it stands under. Else UnknownClause."""
    duty = _DUTY_ID.fullmatch(clause_id)
    clause = _index().get(duty[1] if duty else clause_id)
    if clause is None:
        raise UnknownClause(clause_id)
    return clause


def quote_is_verbatim(clause_id: str, phrase: str) -> bool:
    """Whether the clause says exactly `phrase`, which is not empty. UnknownClause as for `cite`."""
    return bool(phrase) and phrase in cite(clause_id).text
