"""Where documents lie: a folder, or a bucket of any S3-compatible store; the same code for both."""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives import hashes
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, S3Store


class MissingError(Exception):
    """The store holds no document of that digest."""


class AlteredError(Exception):
    """What the store holds under a digest does not have that digest."""


class UnreachableError(Exception):
    """The store cannot be reached, or refuses."""


@dataclass(frozen=True, slots=True)
class Digests:
    """What names a document: SHA-256, and SM3 (GB/T 32905) where it is asked for; lower-case hex."""

    sha256: str
    sm3: str | None = None

    @classmethod
    def of(cls, data: bytes, *, sm3: bool = False) -> Self:
        """The digests of a document."""
        return cls(hashlib.sha256(data).hexdigest(), _sm3(data) if sm3 else None)


def _sm3(data: bytes) -> str:
    made = hashes.Hash(hashes.SM3())
    made.update(data)
    return made.finalize().hex()


@dataclass(frozen=True, slots=True)
class S3Settings:
    """How to reach an S3-compatible store; without keys, those of the process's own environment are used.

    Attributes:
        endpoint: its address where it is not Amazon's; plain HTTP is accepted only where the address says so.
    """

    bucket: str
    prefix: str = ""
    endpoint: str | None = None
    region: str = "us-east-1"
    access_key: str | None = None
    secret_key: str | None = None


class Store:
    """Keeps documents under their SHA-256 and gives them back only unaltered."""

    def __init__(self, store: LocalStore | S3Store | None = None, folder: Path | None = None) -> None:
        self._store, self._folder = store, folder
        self._scratch: tempfile.TemporaryDirectory[str] | None = None

    @classmethod
    def folder(cls, folder: Path) -> Self:
        """A local folder, made when the first document comes."""
        return cls(folder=folder)

    @classmethod
    def scratch(cls) -> Self:
        """A folder that goes with the process: for development and tests."""
        return cls()

    @classmethod
    def s3(cls, settings: S3Settings) -> Self:
        """A bucket."""
        keys = {"access_key_id": settings.access_key, "secret_access_key": settings.secret_key}
        reach = {"endpoint": settings.endpoint, "region": settings.region}
        plain = settings.endpoint is not None and settings.endpoint.startswith("http://")
        return cls(
            S3Store(
                settings.bucket,
                prefix=settings.prefix or None,
                config={name: value for name, value in (keys | reach).items() if value is not None},  # type: ignore[arg-type] # a typed dict with every key optional
                client_options={"allow_http": plain, "timeout": "30s"},
            )
        )

    def _opened(self) -> LocalStore | S3Store:
        if self._store is None:
            if self._folder is None:
                self._scratch = tempfile.TemporaryDirectory(prefix="anze-attachments-")
                self._folder = Path(self._scratch.name)
            self._store = LocalStore(self._folder, mkdir=True)
        return self._store

    async def keep(self, data: bytes) -> None:
        """Store a document; one that is there already is written again, which also heals an altered one.

        Raises:
            UnreachableError: it could not be stored.
        """
        try:
            await self._opened().put_async(_place(Digests.of(data).sha256), data)
        except (BaseError, OSError) as error:
            raise UnreachableError(type(error).__name__) from error

    async def fetch(self, digests: Digests) -> bytes:
        """The document, every digest of it checked.

        Raises:
            MissingError: there is none.
            AlteredError: it is not what was stored.
            UnreachableError: the store does not answer.
        """
        try:
            found = await self._opened().get_async(_place(digests.sha256))
            data = bytes(await found.bytes_async())
        except (NotFoundError, FileNotFoundError) as error:
            raise MissingError(digests.sha256) from error
        except (BaseError, OSError) as error:
            raise UnreachableError(type(error).__name__) from error
        if Digests.of(data, sm3=digests.sm3 is not None) != digests:
            raise AlteredError(digests.sha256)
        return data


def _place(sha256: str) -> str:
    return f"sha256/{sha256[:2]}/{sha256}"
