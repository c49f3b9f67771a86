"""The least application that a service process is compared with: FastAPI and a pool, nothing of ours."""

import os
from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


class State(BaseModel):
    """What the one route answers."""

    status: str


def create_app() -> FastAPI:
    """An application with one route, which asks the database as a service's `/readyz` does."""
    made = FastAPI()
    pool = create_async_engine(os.environ["DATABASE_URL"])

    def engine() -> AsyncEngine:
        return pool

    @made.get("/readyz")
    async def ready(bound: Annotated[AsyncEngine, Depends(engine)]) -> State:
        async with bound.connect() as connection:
            await connection.execute(sa.text("SELECT 1"))
        return State(status="ready")

    return made
