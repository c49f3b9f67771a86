"""What every router here shares."""

from collections.abc import Collection
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from services.duties.handlers.seats import Mandate
from shared.kernel.auth import Actor, requires
from shared.kernel.routing import TransactionalRoute

Exercise = Annotated[bool, Query(description="只看演练；默认不含演练 · Only exercises; by default none of them")]


def router(prefix: str, tag: str) -> APIRouter:
    """A router under /v1."""
    return APIRouter(prefix=f"/v1/{prefix}", tags=[tag], route_class=TransactionalRoute)


def may(resource: str, action: str, *clauses: str) -> dict[str, Any]:
    """The options of a route: who may call it, and the clauses because of which it exists."""
    made: dict[str, Any] = {"dependencies": [Depends(requires(resource, action))]}
    if clauses:
        made["openapi_extra"] = {"x-legal-basis": list(clauses)}
    return made


def regions_of(request: Request) -> Collection[str]:
    """The regions of the caller's grants that carry the needed role."""
    actor: Actor = request.state.actor
    return actor.regions


def mandates_of(request: Request, resource: str, action: str) -> tuple[Mandate, ...]:
    """For which organs the caller may do this: region and organ of each grant with a role for it; no organ is any."""
    actor: Actor = request.state.actor
    roles = request.app.state.policy[resource, action]
    return tuple(Mandate(one.region, one.organ) for one in actor.grants if one.role in roles)
