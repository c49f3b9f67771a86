"""Who answered for what, and who sits on a safety committee."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from services.registry.facts import ChainEntry
from services.registry.facts.answers import Answer, AnswerChange, Difference, LeadingBodies, OtherMember, Seat
from services.registry.schemas.common import EntryView, GapView, GroundView, MergedInto, OtherIds
from shared.roster.facts import Official

CITED = GroundView(clause="art4.p2", kind="text")


def entry_view(entry: ChainEntry, officials: Mapping[UUID, Official]) -> EntryView:
    """The view of an entry that a rule answered."""
    holder = None if entry.official_id is None else officials.get(entry.official_id)
    return EntryView(
        post_id=entry.post_id,
        post_kind=entry.post_kind,
        title=entry.title,
        organ_id=entry.organ_id,
        region_code=entry.region_code,
        tier=entry.tier,
        appointment_id=entry.appointment_id,
        official_id=entry.official_id,
        official_name=holder and holder.name,
        official_merged_into=holder and holder.merged_into,
        acting=entry.acting,
        vacant=entry.vacant,
        held_from=entry.tenure and entry.tenure.from_day,
        held_to=entry.tenure and entry.tenure.to_day,
        basis=[GroundView.of(one) for one in entry.basis],
        reason_zh=entry.reason_zh,
        reason_en=entry.reason_en,
        other_official_ids=list(entry.other_official_ids),
    )


def gap_views(gaps: Iterable[Any]) -> list[GapView]:
    """The views of seats that nobody registered."""
    return [GapView(region_code=gap.region_code, post_kind=str(gap.post_kind)) for gap in gaps]


class CauseView(BaseModel):
    """登记事件 · The recorded fact that made the change: which event, when, by whom, why."""

    event_id: UUID
    event_type: str = Field(examples=["anze.registry.appointment.corrected.v1"])
    aggregate_id: UUID
    version: int
    recorded_at: datetime
    actor: str
    reason: str | None


class AnswerChangeView(BaseModel):
    """一处差别 · An entry that the answer has, had, or has otherwise than at the other moment, and what made it so."""

    change: Literal["added", "dropped", "changed"]
    before: EntryView | None
    after: EntryView | None
    causes: list[CauseView]

    @classmethod
    def of(cls, change: AnswerChange, officials: Mapping[UUID, Official]) -> "AnswerChangeView":
        """The view of a change."""
        before, after = change.before, change.after
        return cls(
            change="added" if before is None else "dropped" if after is None else "changed",
            before=before and entry_view(before, officials),
            after=after and entry_view(after, officials),
            causes=[
                CauseView(
                    event_id=one.event_id,
                    event_type=one.event_type,
                    aggregate_id=one.fact.id,
                    version=one.version,
                    recorded_at=one.recorded_at,
                    actor=one.actor,
                    reason=one.reason,
                )
                for one in change.causes
            ],
        )


class DifferenceView(BaseModel):
    """与另一时点的差别 · What the answer has otherwise than the same question at `compared_with`."""

    compared_with: datetime = Field(description="实际采用的对照时点 · the effective moment")
    changes: list[AnswerChangeView]
    gaps_opened: list[GapView]
    gaps_closed: list[GapView]


class ResponsibilityView(BaseModel):
    """谁负责 · Who answered for a matter on a day, as known at `known_at`; no judgement about anybody."""

    region_code: str = Field(examples=["139901"])
    industry: str | None = Field(examples=["C26"])
    fields: list[str]
    as_of: date
    known_at: datetime = Field(description="实际采用的知悉时点 · the effective moment; asked again it answers the same")
    entries: list[EntryView]
    gaps: list[GapView]
    difference: DifferenceView | None = Field(description="未给对照时点则为空 · null unless `compared_with` is named")
    basis: list[GroundView]

    @classmethod
    def of(cls, found: Answer, known_at: datetime, compared_with: datetime | None) -> "ResponsibilityView":
        """The view of the answer."""
        answer, officials = found.found, found.officials
        return cls(
            region_code=answer.region_code,
            industry=answer.matter.industry,
            fields=list(answer.matter.fields),
            as_of=answer.day,
            known_at=known_at,
            entries=[entry_view(entry, officials) for entry in answer.entries],
            gaps=gap_views(answer.gaps),
            difference=found.difference and _difference(found.difference, officials, compared_with or known_at),
            basis=[CITED],
        )


def _difference(found: Difference, officials: Mapping[UUID, Official], compared_with: datetime) -> DifferenceView:
    return DifferenceView(
        compared_with=compared_with,
        changes=[AnswerChangeView.of(one, officials) for one in found.changes],
        gaps_opened=gap_views(found.gaps_opened),
        gaps_closed=gap_views(found.gaps_closed),
    )


class SeatView(BaseModel):
    """席位 · A seat that a post brings with it."""

    kind: str = Field(examples=["first_director"])
    post_id: UUID
    appointment_id: UUID | None
    official_id: UUID | None
    official_name: str | None
    official_merged_into: UUID | None = MergedInto
    other_official_ids: list[UUID] = OtherIds
    acting: bool
    vacant: bool

    @classmethod
    def of(cls, seat: Seat, officials: Mapping[UUID, Official]) -> Self:
        """The view of a seat."""
        return cls.model_validate(_seat(seat, officials))


def _seat(seat: Seat, officials: Mapping[UUID, Official]) -> dict[str, Any]:
    holder = None if seat.official_id is None else officials.get(seat.official_id)
    return {
        "kind": seat.kind,
        "post_id": seat.post_id,
        "appointment_id": seat.appointment_id,
        "official_id": seat.official_id,
        "official_name": holder and holder.name,
        "official_merged_into": holder and holder.merged_into,
        "other_official_ids": seat.other_official_ids,
        "acting": seat.acting,
        "vacant": seat.vacant,
    }


class MemberView(SeatView):
    """领导班子其他成员 · Another member of the leading bodies, and what the post answers for on the day."""

    industries: list[str]
    fields: list[str]
    organ_ids: list[UUID]

    @classmethod
    def of_member(cls, member: OtherMember, officials: Mapping[UUID, Official]) -> Self:
        """The view of a member."""
        portfolio = {
            "industries": [code for one in member.portfolios for code in one.industries],
            "fields": [field for one in member.portfolios for field in one.fields],
            "organ_ids": [organ for one in member.portfolios for organ in one.organ_ids],
        }
        return cls.model_validate(_seat(member.seat, officials) | portfolio)


class FindingView(BaseModel):
    """登记情况 · Why a seat could not be derived: a fact about the register, never a lapse."""

    finding: str = Field(examples=["no organ"])
    seat: str | None = Field(examples=["director"])


class CommitteeView(BaseModel):
    """安委会席位（依第四条推定）· The seats of a safety committee, derived from Art. 4."""

    region_code: str
    organ_id: UUID | None
    as_of: date
    known_at: datetime
    seats: list[SeatView]
    findings: list[FindingView]
    first_responsible: list[SeatView] = Field(description="第一责任人 · first responsible persons")
    other_members: list[MemberView] = Field(description="领导班子其他成员 · other members, each for the portfolio")
    basis: list[GroundView]

    @classmethod
    def of(
        cls, bodies: LeadingBodies, officials: Mapping[UUID, Official], as_of: date, known_at: datetime
    ) -> "CommitteeView":
        """The view of the seats."""
        seats = bodies.committee
        return cls(
            region_code=seats.region_code,
            organ_id=seats.organ_id,
            as_of=as_of,
            known_at=known_at,
            seats=[SeatView.of(seat, officials) for seat in seats.seats],
            findings=[FindingView(finding=finding, seat=seat) for finding, seat in seats.findings],
            first_responsible=[SeatView.of(seat, officials) for seat in bodies.first_responsible],
            other_members=[MemberView.of_member(one, officials) for one in bodies.others],
            basis=[CITED],
        )
