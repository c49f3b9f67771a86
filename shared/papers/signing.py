"""Signing and verifying papers. A paper is text: one changed, added or missing byte and it verifies no more."""

import base64
import binascii
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import rfc8785
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

ALGORITHM = "ES256"
TYPE = "anze-paper+jws"
MEDIA_TYPE = "application/jose"
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256


class ForgedPaperError(ValueError):
    """The text is no paper signed by one of these keys, or not any more."""


class Signer:
    """Holds the private key that papers are signed with; the key's thumbprint is its id."""

    def __init__(self, key: ECKey) -> None:
        if key.curve_name != "P-256" or not key.is_private:
            raise ValueError("papers are signed with a private P-256 key")
        self._key = key
        self.key_id = key.thumbprint()

    @classmethod
    def fresh(cls) -> Self:
        """A new key that lives as long as the process."""
        return cls(ECKey.generate_key("P-256"))

    @classmethod
    def load(cls, file: Path) -> Self:
        """The key in a PEM file. FileNotFoundError, or ValueError where it is no private P-256 key."""
        return cls(ECKey.import_key(file.read_text(encoding="ascii")))

    @classmethod
    def kept(cls, file: Path) -> Self:
        """The key in a PEM file, made on first use and readable by its owner only (development)."""
        if not file.exists():
            pem = ECKey.generate_key("P-256").as_pem(private=True)
            draft = file.with_suffix(f".{os.getpid()}")
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(pem)
            try:
                os.link(draft, file)  # whole or not at all, and the first process wins
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return cls.load(file)

    def sign(self, content: Mapping[str, Any]) -> str:
        """The content, JSON values only, as a compact JWS over its canonical JSON."""
        header = {"alg": ALGORITHM, "kid": self.key_id, "typ": TYPE}
        text = jws.serialize_compact(header, rfc8785.dumps(dict(content)), self._key, algorithms=[ALGORITHM])
        signed, _, signature = text.rpartition(".")
        return f"{signed}.{_encoded(_lower(_decoded(signature)))}"

    def public_keys(self) -> dict[str, Any]:
        """The JWK Set that verifies its papers."""
        key = self._key.as_dict(private=False)
        return {"keys": [{**key, "kid": self.key_id, "use": "sig", "alg": ALGORITHM}]}


def verify(text: str, keys: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a paper, checked offline against a JWK Set.

    Raises:
        ForgedPaperError: not signed by one of these keys, or changed since, be it in a byte that decodes the same.
    """
    try:
        parts = text.split(".")
        if any(_encoded(_decoded(part)) != part for part in parts) or _s_of(_decoded(parts[-1])) > _ORDER // 2:
            raise ForgedPaperError("not written the one way in which papers are written")
        known = KeySet.import_key_set({"keys": list(keys["keys"])})
        paper = jws.deserialize_compact(text, known, algorithms=[ALGORITHM])
        if paper.headers().get("typ") != TYPE:
            raise ForgedPaperError("no paper of this system")
        content: dict[str, Any] = json.loads(paper.payload)
    except (JoseError, ValueError, KeyError, TypeError, binascii.Error) as error:
        if isinstance(error, ForgedPaperError):
            raise
        raise ForgedPaperError("not signed by one of these keys, or changed since") from error
    return content


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part.encode("ascii") + b"=" * (-len(part) % 4))


def _encoded(raw: bytes) -> str:
    """Base64url in its one spelling: the last character of a signature has bits that a decoder ignores."""
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def _lower(signature: bytes) -> bytes:
    """Of the two signatures that verify alike, (r, s) and (r, order - s), the one whose s is in the lower half."""
    s = _s_of(signature)
    return signature[:32] + min(s, _ORDER - s).to_bytes(32, "big")


def _s_of(signature: bytes) -> int:
    return int.from_bytes(signature[32:], "big")
