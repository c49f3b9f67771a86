"""The environment of a service process; the same variables in the embedded run and in docker-compose.yml."""

from enum import StrEnum
from pathlib import Path

from pydantic import AnyHttpUrl, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(StrEnum):
    """Where the process runs; development alone has a settable clock, crash points and an issuer of its own."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """What main reads and hands on; nothing else looks at the environment."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)

    environment: Environment = Field(Environment.PRODUCTION, alias="ANZE_ENVIRONMENT")
    database_url: SecretStr = Field(alias="DATABASE_URL")
    nats_url: SecretStr = Field(alias="NATS_URL")
    issuer: AnyHttpUrl = Field(alias="ANZE_ISSUER")
    jwks_url: AnyHttpUrl = Field(alias="ANZE_JWKS_URL")
    audience: str = Field("anze", alias="ANZE_AUDIENCE")
    encryption_keys: SecretStr = Field(alias="ANZE_ENCRYPTION_KEYS")
    clock_file: Path | None = Field(None, alias="ANZE_CLOCK_FILE")
    crash_point: str | None = Field(None, alias="ANZE_CRASH_POINT")
    pool_size: int = Field(10, ge=1, alias="ANZE_POOL_SIZE")
    batch_size: int = Field(1000, ge=1, le=1000, alias="ANZE_BATCH_SIZE")
    handler_attempts: int = Field(5, ge=1, alias="ANZE_HANDLER_ATTEMPTS")
    reconcile_seconds: float = Field(3600, gt=0, alias="ANZE_RECONCILE_SECONDS")
    periodic_seconds: float = Field(60, gt=0, alias="ANZE_PERIODIC_SECONDS")

    @property
    def development(self) -> bool:
        """Whether development's conveniences are allowed."""
        return self.environment is Environment.DEVELOPMENT
