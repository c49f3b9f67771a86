"""What every router here shares."""

from collections.abc import Collection
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

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
