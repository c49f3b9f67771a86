"""Facts of the development issuer: who may sign in, and what a code stands for until it is redeemed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Grant:
    """A role over a region and everything below it, for one organ or (``None``) for any."""

    role: str
    region: str
    organ: str | None = None


@dataclass(frozen=True)
class DevelopmentUser:
    """An invented user 开发用户: recognisable as such, known to no directory."""

    id: str
    name: str
    note: str
    grants: tuple[Grant, ...]

    @property
    def subject(self) -> str:
        """``sub`` of this user's tokens; the prefix keeps it apart from any real directory."""
        return f"dev:{self.id}"


@dataclass(frozen=True)
class Authorization:
    """What an authorization code was given for."""

    user: DevelopmentUser
    client_id: str
    redirect_uri: str
    challenge: str
    scope: str
    expires_at: float
