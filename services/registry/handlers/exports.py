"""Lists as Excel or CSV files: the same rows that the lists answer with, page by page, in one snapshot."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import IO, Any

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from services.registry.facts.answers import Stored
from services.registry.handlers import files, reading, roster_pages
from services.registry.handlers.imports.sheet import ORGAN_KINDS, PORTFOLIOS, POST_KINDS, ROLES, ROSTER
from services.registry.handlers.reading import Scope
from services.registry.handlers.roster_pages import Page, Row, local
from shared.contracts.registry import (
    AccidentState,
    AppointmentState,
    DeclarationState,
    OfficialState,
    OrganState,
    PortfolioState,
    PostState,
    RegionState,
    RegistryEvent,
)
from shared.kernel import clock
from shared.kernel.pagination import Paging
from shared.kernel.problems import Refused
from shared.sheets import Column, Sheet, export_csv, export_xlsx
from shared.statute.decision import Decision

MOST_ROWS = 1_000_000
_PAGE, _LINES = 500, 500
Fetch = Callable[[AsyncSession, Paging, Scope], Awaitable[Page]]


class List(StrEnum):
    """What can be exported; `roster…` are the import's own sheets, without citizen numbers, in Excel one file."""

    ROSTER = "roster"
    ROSTER_ROLES = "roster-roles"
    ROSTER_PORTFOLIOS = "roster-portfolios"
    REGIONS = "regions"
    ORGANS = "organs"
    POSTS = "posts"
    OFFICIALS = "officials"
    APPOINTMENTS = "appointments"
    PORTFOLIOS = "portfolios"
    ACCIDENTS = "accidents"
    DECLARATIONS = "declarations"
    ALARMS = "accident-alarms"


_WORDS = {
    "id": ("编号", "Id"),
    "version": ("版本", "Version"),
    "recorded_at": ("登记时间", "Recorded at"),
    "code": ("区划代码", "Code"),
    "region_code": ("区划代码", "Region code"),
    "name": ("名称", "Name"),
    "title": ("名称", "Title"),
    "tier": ("层级", "Tier"),
    "kind": ("类别", "Kind"),
    "admin_parent": ("行政上级", "Administrative parent"),
    "competence": ("管辖级别", "Competence"),
    "credit_code": ("统一社会信用代码", "Credit code"),
    "reading": ("姓氏读音", "Surname reading"),
    "organ_id": ("机关编号", "Organ id"),
    "post_id": ("岗位编号", "Post id"),
    "official_id": ("人员登记号", "Official id"),
    "from_day": ("起始日", "From"),
    "to_day": ("终止日", "To"),
    "acting": ("主持工作", "Acting"),
    "promotion": ("属于晋升", "Promotion"),
    "end_reason": ("离任原因", "End reason"),
    "industries": ("行业", "Industries"),
    "fields": ("领域", "Fields"),
    "organ_ids": ("分管机关", "Organs"),
    "source_recorded_at": ("来源登记时间", "Recorded at source"),
    "attested_by": ("证明人", "Attested by"),
    "occurred_at": ("发生时间", "Occurred at"),
    "industry": ("行业", "Industry"),
    "level": ("等级", "Level"),
    "deaths": ("死亡", "Deaths"),
    "missing": ("下落不明", "Missing"),
    "serious_injuries": ("重伤", "Serious injuries"),
    "direct_loss_yuan": ("直接经济损失（元）", "Direct loss, yuan"),
    "document": ("文件", "Document"),
    "year": ("年度", "Year"),
    "fund_yuan": ("专项资金（元）", "Fund, yuan"),
    "revenue_yuan": ("一般公共预算收入（元）", "Revenue, yuan"),
    "alarms": ("警示", "Alarms"),
    "exercise": ("演练", "Exercise"),
}
_DATED = ("from_day", "to_day")
_SOURCE = ("source_recorded_at", "attested_by")
_END = ("exercise", "version", "recorded_at")
_COLUMNS: dict[List, tuple[type[RegistryEvent], tuple[str, ...]]] = {
    List.REGIONS: (RegionState, ("id", "code", "name", "tier", "admin_parent", "competence", *_DATED, *_END)),
    List.ORGANS: (OrganState, ("id", "region_code", "name", "kind", "credit_code", *_DATED, *_END)),
    List.POSTS: (PostState, ("id", "organ_id", "kind", "title", *_DATED, *_END)),
    List.OFFICIALS: (OfficialState, ("id", "name", "reading", *_END)),
    List.APPOINTMENTS: (
        AppointmentState,
        ("id", "post_id", "official_id", *_DATED, "acting", "promotion", "end_reason", *_SOURCE, *_END),
    ),
    List.PORTFOLIOS: (
        PortfolioState,
        ("id", "post_id", "industries", "fields", "organ_ids", *_DATED, *_SOURCE, *_END),
    ),
    List.ACCIDENTS: (
        AccidentState,
        (
            *("id", "title", "region_code", "occurred_at", "industry", "level", "deaths", "missing"),
            *("serious_injuries", "direct_loss_yuan", *_END),
        ),
    ),
    List.ALARMS: (
        AccidentState,
        ("id", "title", "region_code", "occurred_at", "industry", "level", "alarms", *_END),
    ),
    List.DECLARATIONS: (
        DeclarationState,
        (
            *("id", "kind", "region_code", "document", "post_id", "organ_id", "name", "industry"),
            *("year", "fund_yuan", "revenue_yuan", *_DATED, *_END),
        ),
    ),
}
_KINDS = {List.ORGANS: ORGAN_KINDS, List.POSTS: POST_KINDS}
_SHEETS = {
    List.ROSTER: Sheet(ROSTER.title, tuple(one for one in ROSTER.columns if one.name != "citizen_number")),
    List.ROSTER_ROLES: ROLES,
    List.ROSTER_PORTFOLIOS: PORTFOLIOS,
}
_PAGES: dict[List, Fetch] = {
    List.ROSTER: roster_pages.seats,
    List.ROSTER_ROLES: roster_pages.roles,
    List.ROSTER_PORTFOLIOS: roster_pages.portfolios,
}


def sheet_of(name: List) -> Sheet:
    """The columns of an export; those of the roster are the import's, but for the citizen number."""
    if name in _SHEETS:
        return _SHEETS[name]
    labels = {"kind": _KINDS.get(name, {})}
    columns = tuple(Column(one, *_WORDS[one], allowed=labels.get(one, {})) for one in _COLUMNS[name][1])
    return Sheet(name.value, columns)


async def _page(name: List, session: AsyncSession, paging: Paging, scope: Scope) -> Page:
    kind, columns = _COLUMNS[name]
    found: Sequence[Stored[Any]]
    if name is List.OFFICIALS:
        found, cursor = await reading.officials(session, paging, scope, name=None)
    elif name is List.ALARMS:
        when = files.When(clock.now(), scope.as_of, scope.known_at)
        alarming, cursor = await files.alarming(session, paging, scope, when)
        return [_row(one.stored, columns, alarms=_alarms(one.alarms)) for one in alarming], cursor
    elif name is List.REGIONS:
        found, cursor = await reading.regions(session, paging, scope)
    elif name is List.ORGANS:
        found, cursor = await reading.organs(session, paging, scope, undocumented=False)
    else:
        found, cursor = await reading.listed(session, kind, paging, scope, {})
    return [_row(one, columns) for one in found], cursor


def _alarms(found: Sequence[Decision]) -> list[str]:
    return [f"{one.reason_zh} · {one.reason_en}" for one in found]


def _row(stored: Stored[Any], columns: Sequence[str], **more: Any) -> Row:
    own = {"version": stored.version, "recorded_at": stored.recorded_at, **more}
    return {name: local(own[name] if name in own else getattr(stored.state, name)) for name in columns}


@dataclass(frozen=True, slots=True)
class Export:
    """One list, as a caller may see it, in one snapshot of the register."""

    name: List
    scope: Scope
    sessions: async_sessionmaker[AsyncSession]

    async def csv(self) -> AsyncIterator[bytes]:
        """The file piece by piece; nothing but one page is ever in memory."""
        async with self.sessions() as session:
            await _snapshot(session)
            lines = export_csv(sheet_of(self.name), self._rows(self.name, session, asyncio.get_running_loop()))
            while piece := await asyncio.to_thread(lambda: b"".join(islice(lines, _LINES))):
                yield piece

    async def xlsx(self) -> IO[bytes]:
        """The finished file, on disk; 422 where it has more rows than a sheet can hold."""
        target = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
        async with self.sessions() as session:
            await _snapshot(session)
            names = [self.name, *(one for one in _SHEETS if self.name is List.ROSTER and one is not self.name)]
            loop = asyncio.get_running_loop()
            first, *more = [(sheet_of(one), self._rows(one, session, loop, most=MOST_ROWS)) for one in names]
            await asyncio.to_thread(export_xlsx, *first, target, more=more)
        target.seek(0)
        return target

    def _rows(
        self, name: List, session: AsyncSession, loop: asyncio.AbstractEventLoop, most: int | None = None
    ) -> Iterator[Row]:
        """Rows for a writer in another thread; each page is fetched in the loop."""
        cursor, count = None, 0
        while True:
            page = self._fetch(name, session, Paging(_PAGE, cursor))
            rows, cursor = asyncio.run_coroutine_threadsafe(page, loop).result()
            count += len(rows)
            if most is not None and count > most:
                raise Refused(
                    "too_many_rows", "超过一张表可容纳的行数，请导出 CSV", "too many rows; export CSV instead"
                )
            yield from rows
            if cursor is None:
                return

    async def _fetch(self, name: List, session: AsyncSession, paging: Paging) -> Page:
        if name in _PAGES:
            return await _PAGES[name](session, paging, self.scope)
        return await _page(name, session, paging, self.scope)


async def _snapshot(session: AsyncSession) -> None:
    await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
