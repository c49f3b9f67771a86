"""The catalogue and what follows from it."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query, Request

from services.duties.handlers import catalogue
from services.duties.handlers.obligations import Question, obligations
from services.duties.routes.common import Exercise, may, regions_of, router
from services.duties.schemas.duties import CatalogueView, DutyView
from services.duties.schemas.obligations import ObligationPage, ObligationView, Status
from shared.kernel.moments import At, Day
from shared.kernel.pagination import Paged
from shared.kernel.routing import Reading

_CHAPTERS = ("art5", "art6", "art7", "art8", "art9", "art10", "art11", "art12")
_PERIODIC = ("art5.2", "art5.3", "art6.2", "art6.3", "art6.5", "art9.4", "art9.6", "art10.2", "art10.3", "art11.3")
_WHEN = ("art28", "art31")

duties = router("duties", "职责 · Duties")
obligation_routes = router("obligations", "履职任务 · Obligations")


@duties.get("", summary="职责目录 · The duty catalogue", **may("duty", "read", *_CHAPTERS))
async def list_duties() -> CatalogueView:
    """第五条至第十二条的全部职责：条款、原文、各层级依据、活动、期间 · Every duty of Art. 5 to 12."""
    return CatalogueView.of(catalogue.catalogue())


@duties.get("/{id}", summary="一项职责 · One duty", **may("duty", "read", *_CHAPTERS))
async def read_duty(
    id: Annotated[str, Path(max_length=60, examples=["art6.2"])],  # noqa: A002 - the path says {id}
) -> DutyView:
    """职责编号即条款编号，多项时加字母 · A duty's id is its clause, with a letter where there are several."""
    return DutyView.of(catalogue.duty_by_id(id))


def _asked(
    at: At,
    post_id: UUID | None = None,
    official_id: Annotated[UUID | None, Query(description="本人任期内 · Within the own tenure")] = None,
    region: Annotated[str | None, Query(max_length=12, pattern=r"^\d+$", examples=["139901"])] = None,
    from_day: Annotated[Day | None, Query(alias="from", description="默认当年首日 · By default 1 January")] = None,
    to_day: Annotated[Day | None, Query(alias="to", description="默认当年末日 · By default 31 December")] = None,
    status: Status | None = None,
    exercise: Exercise = False,
) -> Question:
    return Question(
        as_of=at.as_of,
        known_at=at.known_at,
        from_day=from_day or date(at.as_of.year, 1, 1),
        to_day=to_day or date(at.as_of.year, 12, 31),
        exercise=exercise,
        post_id=post_id,
        official_id=official_id,
        region=region,
        status=status,
    )


@obligation_routes.get("", summary="履职任务及状态 · Obligations", **may("obligation", "read", *_PERIODIC, *_WHEN))
async def list_obligations(
    request: Request,
    session: Reading,
    paging: Paged,
    asked: Annotated[Question, Depends(_asked, scope="function")],
) -> ObligationPage:
    """按岗位、人员或区划三选一；状态逐项说明，不归责于任何人 · By post, official or region; it attributes nothing."""
    found, following = await obligations(session, asked, paging, regions_of(request))
    items = [ObligationView.of(one) for one in found]
    return ObligationPage(items=items, next_cursor=following, as_of=asked.as_of, known_at=asked.known_at)
