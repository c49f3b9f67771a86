"""`anze duties owed`, what a post of some kind owes, from the catalogue alone; `anze duties rebuild`, over REST."""

import json
import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Annotated, NoReturn, TypedDict, TypeVar
from uuid import UUID

import typer

from cli.letters import Token, Url
from cli.rosters import carried_out
from services.duties.catalogue import load_catalogue
from services.duties.facts import Obligation
from services.duties.facts.catalogue import ALWAYS
from services.duties.facts.wording import ACT_WORDS
from services.duties.rules.obligations import Seat, obligations_of_post
from shared.roster.facts import DatedRole, Organ, OrganKind, OrganRole, Post, PostKind, Region, Tier
from shared.statute.decision import BasisKind

duties_app = typer.Typer(help="The duties of Art. 5 to 12.", no_args_is_help=True)
W = TypeVar("W", bound=StrEnum)

_NOBODY = UUID(int=0)
_REGION = re.compile(r"\d{6}|\d{9}|\d{12}")
_XIONGAN = "133100"
_WORKING = {OrganKind.PARTY_WORKING_COMMITTEE, OrganKind.MANAGEMENT_COMMITTEE}
_BELOW = {Tier.SUBDISTRICT, Tier.ZONE}
_PARTY = {PostKind.PARTY_PRINCIPAL, PostKind.PARTY_STANDING_MEMBER}
_DEPARTMENT = {
    PostKind.DEPARTMENT_PRINCIPAL,
    PostKind.DEPARTMENT_SAFETY_DEPUTY,
    PostKind.DEPARTMENT_OTHER_LEADER,
}
_BASIS_WORDS = {BasisKind.TEXT: "条文", BasisKind.READING: "理解", BasisKind.DEFAULT: "默认"}


class Row(TypedDict):
    """One act that is owed in one period; where several kinds of act fulfil it, the first by name.

    `clause` is the duty's id: the clause, with a letter where it asks for several things (`art10.2a`).
    """

    clause: str
    act: str
    count: int
    period_start: str
    period_end: str
    basis: str


@duties_app.command()
def owed(
    post_kind: Annotated[str, typer.Option(help="岗位类别 · kind of post: " + ", ".join(PostKind))],
    tier: Annotated[str, typer.Option(help="层级 · tier: " + ", ".join(Tier))],
    first: Annotated[str, typer.Option("--from", help="起始日 · first day, YYYY-MM-DD")],
    last: Annotated[str, typer.Option("--to", help="终止日 · last day, YYYY-MM-DD")],
    organ_kind: Annotated[
        str | None, typer.Option(help="机关类别 · kind of organ; by default the tier's usual")
    ] = None,
    organ_role: Annotated[
        str | None, typer.Option(help="部门职能 · a department's role: " + ", ".join(OrganRole))
    ] = None,
    region_code: Annotated[str | None, typer.Option(help="区划代码 · region, e.g. 133100")] = None,
    *,
    with_readings: Annotated[bool, typer.Option("--with-readings", help="含理解 · also what a reading says")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="只输出 JSON · JSON alone")] = False,
) -> None:
    """List what is owed in every period that shares a day with the days given."""
    days = _day(first, "--from"), _day(last, "--to")
    if days[0] > days[1]:
        _wrong("起始日晚于终止日 · --from is later than --to")
    seat = _seat(
        _word(PostKind, post_kind, "--post-kind"),
        _word(Tier, tier, "--tier"),
        None if organ_kind is None else _word(OrganKind, organ_kind, "--organ-kind"),
        None if organ_role is None else _word(OrganRole, organ_role, "--organ-role"),
        region_code,
    )
    catalogue = load_catalogue()
    found = obligations_of_post(seat, catalogue, *days, adoptions=catalogue.overlays)
    shown = [one for one in found if with_readings or one.founds]
    typer.echo(json.dumps([_row(one) for one in shown]) if as_json else "\n".join(_table(shown)))


@duties_app.command()
def rebuild(url: Url, token: Token) -> None:
    """Make the projection of obligations again from roster, catalogue and records; what is right stays as it is."""
    typer.echo(json.dumps(carried_out(url, token, "/v1/projection/rebuilds", "岗位 · posts")))


def _row(one: Obligation) -> Row:
    return Row(
        clause=one.duty_id,
        act=min(one.acts).value,
        count=one.count,
        period_start=one.period.from_day.isoformat(),
        period_end=one.period.to_day.isoformat(),
        basis=one.basis.kind.value,
    )


def _table(found: Iterable[Obligation]) -> Iterable[str]:
    yield "条款 clause  期间 period              次数 count  依据 basis    活动 act"
    rows = list(found)
    for one in rows:
        days = f"{one.period.from_day}–{one.period.to_day}"
        basis = f"{_BASIS_WORDS[one.basis.kind]} {one.basis.kind}"
        acts = " / ".join(f"{ACT_WORDS[act]} {act}" for act in sorted(one.acts))
        yield f"{one.duty_id:<12} {days}  ≥ {one.count:<9} {basis:<11} {acts}"
    if not rows:
        yield "没有定期履职任务 · nothing is owed by a period"


def _seat(kind: PostKind, tier: Tier, organ: OrganKind | None, role: OrganRole | None, code: str | None) -> Seat:
    """A post of that kind where the options say; in no register."""
    place = organ or _usual(kind, tier)
    sits = {one for duty in load_catalogue().duties if kind in duty.post_kinds for one in duty.organ_kinds}
    if sits and place not in sits:
        _wrong(f"{kind} 不设于 {place} · a {kind} sits in one of: {', '.join(sorted(sits))}")
    if role and kind not in _DEPARTMENT:
        _wrong(f"只有部门才有职能 · only departments have a role, which are posts of: {', '.join(sorted(_DEPARTMENT))}")
    if kind in _DEPARTMENT and role is None:
        typer.echo(f"部门的职责由职能决定 · a department owes by its --organ-role: {', '.join(OrganRole)}", err=True)
    if code is not None and not _REGION.fullmatch(code):
        _wrong(f"区划代码应为 6、9 或 12 位数字，而不是 {code!r} · a region code has 6, 9 or 12 digits")
    where = code or (_XIONGAN if tier is Tier.CITY and place in _WORKING else "130000")
    path = tuple(dict.fromkeys((where[:2] + "0000", where)))
    region = Region(_NOBODY, where, where, tier, None, None, path, ALWAYS)
    roles = (DatedRole(role, ALWAYS),) if role else ()
    body = Organ(_NOBODY, place, place, where, ALWAYS, roles)
    return Seat(Post(_NOBODY, _NOBODY, kind, kind, ALWAYS), body, (region,))


def _usual(kind: PostKind, tier: Tier) -> OrganKind:
    """The organ in which such a post usually sits at a tier."""
    if kind in _DEPARTMENT:
        return OrganKind.GOVERNMENT_DEPARTMENT
    if kind in _PARTY:
        return OrganKind.PARTY_WORKING_COMMITTEE if tier in _BELOW else OrganKind.PARTY_COMMITTEE
    below = {Tier.SUBDISTRICT: OrganKind.SUBDISTRICT_OFFICE, Tier.ZONE: OrganKind.MANAGEMENT_COMMITTEE}
    return below.get(tier, OrganKind.GOVERNMENT)


def _word(kind: type[W], text: str, option: str) -> W:
    try:
        return kind(text)
    except ValueError:
        _wrong(f"{option} 不能是 {text!r} · {option} is one of: {', '.join(kind)}")


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        _wrong(f"{option} 应为日期 · {option} is a day, YYYY-MM-DD, not {text!r}")


def _wrong(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(2)
