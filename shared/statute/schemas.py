"""What the statute's routes answer."""

from pydantic import BaseModel, Field

from shared.statute.text import Article, Chapter, Clause, Item, Statute


class ItemView(BaseModel):
    """项 · Item."""

    id: str = Field(examples=["art5.2"])
    label: str = Field(examples=["第五条（二）"])
    text: str = Field(
        description="各段以换行分隔 · Paragraphs, one a line",
        examples=["负责人每半年至少调研1次安全生产工作；"],
    )

    @classmethod
    def of(cls, item: Item) -> "ItemView":
        """The view of an item."""
        return cls(id=item.id, label=item.label, text=item.text)


class ArticleView(BaseModel):
    """条 · Article: `text` is all of it, `items` are its numbered parts."""

    id: str = Field(examples=["art5"])
    number: int = Field(ge=1, examples=[5])
    label: str = Field(examples=["第五条"])
    chapter_id: str = Field(examples=["ch2"])
    text: str = Field(examples=["各级党委主要负责人安全生产职责主要包括：\n（一）……"])
    items: list[ItemView]

    @classmethod
    def of(cls, article: Article) -> "ArticleView":
        """The view of an article."""
        return cls(
            id=article.id,
            number=article.number,
            label=article.label,
            chapter_id=f"ch{article.chapter}",
            text=article.text,
            items=[ItemView.of(item) for item in article.items],
        )


class ChapterView(BaseModel):
    """章 · Chapter."""

    id: str = Field(examples=["ch2"])
    number: int = Field(ge=1, examples=[2])
    label: str = Field(examples=["第二章"])
    title: str = Field(examples=["党委、政府领导干部职责"])
    articles: list[ArticleView]

    @classmethod
    def of(cls, chapter: Chapter) -> "ChapterView":
        """The view of a chapter with its articles."""
        return cls(
            id=chapter.id,
            number=chapter.number,
            label=chapter.label,
            title=chapter.title,
            articles=[ArticleView.of(article) for article in chapter.articles],
        )


class StatuteView(BaseModel):
    """实施细则全文 · The whole statute."""

    title: str = Field(examples=["河北省党政领导干部安全生产责任制实施细则"])
    chapters: list[ChapterView]

    @classmethod
    def of(cls, statute: Statute) -> "StatuteView":
        """The view of the statute."""
        return cls(title=statute.title, chapters=[ChapterView.of(chapter) for chapter in statute.chapters])


class ClauseView(BaseModel):
    """条款 · Clause: a chapter, an article, an item or a paragraph."""

    id: str = Field(examples=["art5.2"])
    label: str = Field(examples=["第五条（二）"])
    text: str = Field(examples=["把安全生产纳入党委议事日程和向全会报告工作的内容……"])

    @classmethod
    def of(cls, clause: Clause) -> "ClauseView":
        """The view of a clause."""
        return cls(id=clause.id, label=clause.label, text=clause.text)
