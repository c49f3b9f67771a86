"""What the page and the scripts read from the console."""

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class ServiceView(BaseModel):
    """一个服务 · One service as the page lists it."""

    key: str
    path: str
    zh: str
    en: str


class ConfigurationView(BaseModel):
    """页面配置 · What the page must know before it can draw anything."""

    environment: str
    issuer: str
    client_id: str
    development: bool
    services: list[ServiceView]


class ClockView(BaseModel):
    """开发时钟 · The shared development clock."""

    now: datetime
    offset_seconds: float


class ClockMove(BaseModel):
    """拨快开发时钟 · Where the shared development clock shall stand."""

    model_config = ConfigDict(extra="forbid")

    now: AwareDatetime = Field(examples=["2026-05-20T14:30:00+08:00"])
