"""What the routes share: the moment of knowledge, the scope of a list, how citizen numbers are kept."""

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response

from services.registry.handlers.officials import Numbers
from services.registry.handlers.reading import Scope
from shared.kernel import clock
from shared.kernel.auth import requires
from shared.kernel.moments import Day, Instant, settled
from shared.kernel.problems import Forbidden, Malformed
from shared.kernel.routing import Reading

Exercise = Annotated[bool, Query(description="只看演练 · Exercises only; excluded by default")]
Search = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=100,
        description="名称、拼音、首字母或代码的开头 · How a name, its pinyin, its initials or a code begins",
        examples=["shan"],
    ),
]
Code = Annotated[str, Query(pattern=r"^[0-9]{6,12}$", description="区划代码 · Region code", examples=["139901"])]
RegionCode = Annotated[str, Path(pattern=r"^[0-9]{6,12}$", examples=["139901"])]


async def _moment(session: Reading, named: datetime | None, what: str) -> datetime | None:
    if named is None:
        return None
    if named.tzinfo is None:
        raise Malformed("offset_required", f"{what} 须带时差", f"{what} needs an offset")
    try:
        return await settled(session, named)
    except OverflowError as error:
        raise Malformed(f"invalid_{what}", f"{what} 超出范围", f"{what} is out of range") from error


async def _known_at(
    session: Reading,
    response: Response,
    known_at: Annotated[
        Instant | None,
        Query(description="截至何时已登记，须带时差 · Recorded by which instant, with offset"),
    ] = None,
) -> datetime | None:
    """The moment asked about; the effective one is echoed in the header `Known-At`."""
    effective = await _moment(session, known_at, "known_at")
    if effective is not None:
        response.headers["Known-At"] = effective.isoformat()
    return effective


async def _compared(
    session: Reading,
    compared_with: Annotated[
        Instant | None,
        Query(description="对照的知悉时点，须带时差 · The moment of knowledge to compare with, with offset"),
    ] = None,
) -> datetime | None:
    return await _moment(session, compared_with, "compared_with")


def _on_day(
    as_of: Annotated[Day | None, Query(description="截至哪一天的事实，默认今日 · True on which day")] = None,
) -> date:
    return as_of or clock.today()


OnDay = Annotated[date, Depends(_on_day)]
Compared = Annotated[datetime | None, Depends(_compared, scope="function")]
KnownAt = Annotated[datetime | None, Depends(_known_at, scope="function")]


def _world(
    request: Request,
    known_at: KnownAt,
    exercise: Exercise = False,
    region: Annotated[
        str | None, Query(pattern=r"^[0-9]{6,12}$", description="该地区及其下级 · In or below this region")
    ] = None,
) -> Scope:
    return Scope(request.state.actor.regions, known_at, exercise=exercise, under=region)


InWorld = Annotated[Scope, Depends(_world)]


def _scope(
    world: InWorld,
    as_of: Annotated[Day | None, Query(description="截至哪一天的事实，默认今日 · True on which day")] = None,
    history: Annotated[bool, Query(description="不限日期 · Of all days, past and to come")] = False,
) -> Scope:
    return world if history else replace(world, as_of=as_of or clock.today())


InScope = Annotated[Scope, Depends(_scope)]


def whole_regions(request: Request) -> frozenset[str]:
    """Where the caller may act for any organ, as whoever sends a file does; 403 where each grant is for one organ."""
    found = frozenset(one.region for one in request.state.actor.grants if one.organ is None)
    if not found:
        raise Forbidden("organ_outside_grant", "授权仅及于一个机关", "a file is of many organs, your grants of one")
    return found


def _numbers(request: Request) -> Numbers:
    return Numbers(request.app.state.vault, request.app.state.runtime.settings.development)


KeptNumbers = Annotated[Numbers, Depends(_numbers)]


def may(resource: str, action: str, *basis: str, **more: Any) -> dict[str, Any]:
    """A route's rights and, where it exists because of the statute, the clauses."""
    extra = {"openapi_extra": {"x-legal-basis": list(basis)}} if basis else {}
    return {"dependencies": [Depends(requires(resource, action))], **extra, **more}
