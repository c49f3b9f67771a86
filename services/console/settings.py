"""What the environment says to the console; only ``main`` reads it."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, HttpUrl
from pydantic_settings import BaseSettings, SettingsConfigDict

HERE = Path(__file__).resolve().parent


class ConsoleSettings(BaseSettings):
    """Variables ``ANZE_*``: the same names in the embedded run, in compose and in the chart."""

    model_config = SettingsConfigDict(env_prefix="ANZE_", extra="ignore", hide_input_in_errors=True)

    environment: str = "production"
    issuer: str = Field(description="issuer of the access tokens; in development <origin>/issuer")
    issuer_key_file: Path | None = Field(None, description="signing key of the development issuer, mode 0600")
    client_id: str = "anze-console"
    services: dict[str, HttpUrl] = Field(
        default_factory=dict, description="base URL per service to forward to; empty behind another proxy"
    )
    clock_file: Path | None = Field(None, description="shared development clock")
    asyncapi_file: Path = HERE.parent.parent / "docs" / "asyncapi.json"
    users_file: Path = HERE / "data" / "users.toml"

    @property
    def development(self) -> bool:
        """Whether development aids (issuer, clock) may exist at all."""
        return self.environment == "development"

    @property
    def issuer_origin(self) -> str:
        """Scheme, host and port of the issuer."""
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc}"
