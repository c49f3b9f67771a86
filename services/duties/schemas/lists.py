"""The yearly responsibility list."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.duties.facts.lists import Assessment, ItemOutcome, ItemResult, Publication, ResponsibilityList
from services.duties.facts.stored import Stored
from services.duties.schemas.common import DutyId, Request, Sha256, ShortText, Text, View, cited
from shared.kernel.problems import BasisView


class ListIn(Request):
    """拟定清单 · Whose list, for which year."""

    organ_id: UUID = Field(description="政府 · The government")
    year: int = Field(ge=2018, le=2100, examples=[2026])


class ListItemIn(Request):
    """清单事项 · One item."""

    id: UUID | None = None
    post_id: UUID
    text: ShortText
    duty_id: DutyId | None = None


class ListItemsIn(Request):
    """修订清单 · The items, whole."""

    items: list[ListItemIn] = Field(max_length=2000)
    reason: ShortText


class ListApprovalIn(Request):
    """批准 · An approval."""

    approved_on: date
    document: ShortText


class ListPublicationIn(Request):
    """公示 · A publication."""

    published_on: date
    channel: ShortText = Field(examples=["政府网站"])
    place: ShortText
    sha256: Sha256
    organised_by: UUID | None = Field(None, description="组织公示的政府主要负责人 · The principal who had it done")

    def fact(self) -> Publication:
        """The publication asked for."""
        return Publication(self.published_on, self.channel, self.place, self.sha256)


class ItemResultIn(Request):
    """逐项结果 · The result of one item."""

    item_id: UUID
    outcome: ItemOutcome = Field(examples=["carried_out"])
    note: Text = ""


class ListAssessmentIn(Request):
    """检查考核 · The assessment of a half-year."""

    half: Literal[1, 2]
    assessed_on: date
    results: list[ItemResultIn] = Field(max_length=2000)
    sha256: Sha256
    organised_by: UUID | None = Field(None, description="组织考核的政府主要负责人 · The principal who had it done")

    def fact(self) -> Assessment:
        """The assessment asked for."""
        results = tuple(ItemResult(one.item_id, one.outcome, one.note) for one in self.results)
        return Assessment(self.half, self.assessed_on, results, self.sha256)


class ListItemView(View):
    """清单事项 · One item."""

    id: UUID
    post_id: UUID
    text: str
    duty_id: str | None


class ListApprovalView(View):
    """批准 · An approval."""

    by: str
    approved_on: date
    document: str


class ListPublicationView(View):
    """公示 · A publication."""

    published_on: date
    channel: str
    place: str
    sha256: str
    performance_id: UUID | None


class ItemResultView(View):
    """逐项结果 · The result of one item."""

    item_id: UUID
    outcome: ItemOutcome
    note: str


class ListAssessmentView(View):
    """检查考核 · The assessment of a half-year."""

    half: int
    assessed_on: date
    results: list[ItemResultView]
    sha256: str
    performance_id: UUID | None
    filing_ids: list[UUID] = Field(description="已报备案，每一接收机关一件 · Its filings, one for each recipient")


class ListView(BaseModel):
    """年度安全生产工作责任清单 · A list; `version` names what `?version=` reads again."""

    id: UUID
    version: int
    organ_id: UUID
    year: int
    edition: int
    stage: str
    items: list[ListItemView]
    drafted_by: str
    approval: ListApprovalView | None
    publication: ListPublicationView | None
    assessments: list[ListAssessmentView]
    exercise: bool
    basis: list[BasisView]

    @classmethod
    def of(cls, stored: Stored[ResponsibilityList]) -> "ListView":
        """The view of a list."""
        fact = stored.fact
        return cls(
            id=fact.id,
            version=stored.version,
            organ_id=fact.organ_id,
            year=fact.year,
            edition=fact.edition,
            stage=fact.stage.value,
            items=[ListItemView.model_validate(one) for one in fact.items],
            drafted_by=fact.drafted_by,
            approval=ListApprovalView.model_validate(fact.approval) if fact.approval else None,
            publication=ListPublicationView.model_validate(fact.publication) if fact.publication else None,
            assessments=[ListAssessmentView.model_validate(one) for one in fact.assessments],
            exercise=fact.exercise,
            basis=cited(["art6.5"]),
        )
