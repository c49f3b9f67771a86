"""Encryption at rest for citizen numbers: AES-GCM with rotating keys, and a keyed blind index for look-ups."""

import base64
import hashlib
import hmac
import json
import os
from typing import Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class Vault:
    """Keys by id; the first one encrypts, all decrypt, so that rotation needs no stop.

    Args:
        keys: 32-byte keys by id (at most 8 ASCII characters), the current one first.
        index_key: keys the blind index; it cannot rotate without re-indexing.
    """

    def __init__(self, keys: dict[str, bytes], index_key: bytes) -> None:
        self._keys = {name: AESGCM(key) for name, key in keys.items()}
        self._current = next(iter(keys))
        self._index_key = index_key

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `{"keys": {"k1": "<base64>"}, "index": "<base64>"}`."""
        given = json.loads(text)
        keys = {name: base64.b64decode(value) for name, value in given["keys"].items()}
        return cls(keys, base64.b64decode(given["index"]))

    @staticmethod
    def fresh() -> str:
        """New keys, in the form that `parse` reads."""
        key, index = (base64.b64encode(os.urandom(32)).decode() for _ in range(2))
        return json.dumps({"keys": {"k1": key}, "index": index})

    def encrypt(self, plain: str, context: str) -> bytes:
        """Encrypt for one place (`context`, e.g. the official's id); it opens nowhere else."""
        nonce = os.urandom(12)
        name = self._current.encode()
        return (
            bytes([len(name)])
            + name
            + nonce
            + self._keys[self._current].encrypt(nonce, plain.encode(), context.encode())
        )

    def decrypt(self, sealed: bytes, context: str) -> str:
        """Decrypt.

        Raises:
            cryptography.exceptions.InvalidTag: altered, or of another context.
            KeyError: the key is no longer held.
        """
        end = 1 + sealed[0]
        name, nonce, cipher = sealed[1:end].decode(), sealed[end : end + 12], sealed[end + 12 :]
        return self._keys[name].decrypt(nonce, cipher, context.encode()).decode()

    def blind_index(self, plain: str) -> bytes:
        """Equal for equal numbers, and useless without the key."""
        return self.keyed(plain.upper().encode())

    def keyed(self, data: bytes) -> bytes:
        """A digest that nobody without the key can guess the data from."""
        return hmac.digest(self._index_key, data, hashlib.sha256)
