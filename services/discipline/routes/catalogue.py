"""Dated data: measures with their figures, who handles and decides."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.discipline.handlers import reading
from services.discipline.schemas.catalogue import AuthoritiesView, MeasuresView
from shared.kernel.auth import requires
from shared.kernel.moments import Day
from shared.kernel.routing import TransactionalRoute

router = APIRouter(prefix="/v1", tags=["问责依据 · Catalogue"], route_class=TransactionalRoute)
On = Annotated[Day | None, Query(description="哪一天作出的决定，默认今日 · For decisions of which day")]


@router.get(
    "/measures",
    summary="问责方式及影响期 · Measures with their figures on a day",
    dependencies=[Depends(requires("catalogue", "read"))],
    openapi_extra={"x-legal-basis": ["art22", "art23"]},
)
async def measures(on: On = None) -> MeasuresView:
    """The open list of Art. 22 with dated figures."""
    return MeasuresView.of(reading.measures(), on or reading.today())


@router.get(
    "/authorities",
    summary="承办和决定权限 · Who handles and who decides on a day",
    dependencies=[Depends(requires("catalogue", "read"))],
    openapi_extra={"x-legal-basis": ["art29"]},
)
async def authorities(on: On = None) -> AuthoritiesView:
    """The dated table of Art. 29."""
    return AuthoritiesView.of(reading.authorities(), on or reading.today())
