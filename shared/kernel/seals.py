"""The chain over the ledger: each seal hashes its predecessor and the digest of one row (I6).

A row's digest is SM3 or SHA-256 over the RFC 8785 canonical JSON of its named columns, computed when the row is
appended and again by `verify`. Seals are written in `seq` order by the relay that holds the advisory lock; a
second relay that believes itself the leader fails on the unique `prev_hash`.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from struct import Struct
from typing import Any, NamedTuple

import orjson
import rfc8785
from cryptography.hazmat.primitives import hashes

from shared.kernel.envelope import Entry, instant

_BLANK = {"sm3": hashes.Hash(hashes.SM3()), "sha256": hashes.Hash(hashes.SHA256())}  # to copy, twice as fast as anew
DEFAULT = "sm3"
_NUMBERS = Struct(">qq").pack


def _hash(algorithm: str, *parts: bytes) -> bytes:
    running = _BLANK[algorithm].copy()
    running.update(b"".join(parts))
    return running.finalize()


#: What may stand in a body for orjson to write it as RFC 8785 does; of whole numbers it refuses those beyond a double.
_SAME = frozenset((str, bool, int, type(None)))
_STRICT = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


def _same_in_both(value: Any) -> bool:
    """Whether orjson is canonical for it: no floats, keys that sort alike."""
    if type(value) is dict:
        if not "".join(value).isascii():
            return False
        value = value.values()
    elif type(value) is not list:
        return type(value) in _SAME
    return all(map(_same_in_both, [one for one in value if type(one) not in _SAME]))


def canonical(value: Any) -> bytes:
    """The RFC 8785 canonical JSON of plain data; many times faster than the library where nothing is lost."""
    try:
        return orjson.dumps(value, option=_STRICT) if _same_in_both(value) else rfc8785.dumps(value)
    except orjson.JSONEncodeError:
        return rfc8785.dumps(value)


_DATA = Entry.names().index("data")  # the other audiences' follow it


def _bodies(entry: Entry) -> list[bytes]:
    return [canonical(entry.data), canonical(entry.agency_data), canonical(entry.public_data)]


def _written(entry: Entry, bodies: Iterable[bytes]) -> bytes:
    """The canonical JSON of all columns; none but the bodies holds a number that is not whole."""
    told: dict[str, Any] = dict(zip(Entry.names(), entry, strict=True))
    told["data"], told["agency_data"], told["public_data"] = map(orjson.Fragment, bodies)
    told["occurred_at"], told["recorded_at"] = instant(entry.occurred_at), instant(entry.recorded_at)
    return orjson.dumps(told, default=str, option=_STRICT)  # the driver's own UUIDs are told by str


def _canonical(entry: Entry) -> bytes:
    return _written(entry, _bodies(entry))


def digest(entry: Entry, algorithm: str = DEFAULT) -> bytes:
    """The digest of a ledger row: over the canonical JSON of it all."""
    return _hash(algorithm, _canonical(entry))


def with_digest(entry: Entry) -> str:
    """A ledger row and its digest as one JSON object: what is hashed is what is inserted, written once."""
    written = _canonical(entry)
    return f'{written[:-1].decode()},"digest":"\\\\x{_hash(DEFAULT, written).hex()}"}}'


def record(entry: Entry) -> tuple[Any, ...]:
    """A ledger row and its digest as COPY takes them; the text of its JSON is written once for both."""
    bodies = _bodies(entry)
    told = (None if one == b"null" else one.decode() for one in bodies)
    return (*entry[:_DATA], *told, *entry[_DATA + 3 :], _hash(DEFAULT, _written(entry, bodies)))


def genesis(service: str, algorithm: str = DEFAULT) -> bytes:
    """What the first seal of a service follows."""
    return _hash(algorithm, f"anze:{service}".encode())


class Seal(NamedTuple):
    """One link: `position` has no gap, `seq` names the ledger row."""

    position: int
    seq: int
    prev_hash: bytes
    hash: bytes

    def __str__(self) -> str:
        """As it travels in `ce-seal`."""
        return travelling(self.position, self.hash, self.prev_hash)


def travelling(position: int, value: bytes, previous: bytes) -> str:
    """The text of `ce-seal`: position, hash, and the hash before it."""
    return f"{position}:{value.hex()}:{previous.hex()}"


def parse(text: str) -> tuple[int, bytes, bytes]:
    """Position, hash and previous hash of a `ce-seal`."""
    position, value, previous = text.split(":")
    return int(position), bytes.fromhex(value), bytes.fromhex(previous)


def link(position: int, seq: int, previous: bytes, row_digest: bytes, algorithm: str = DEFAULT) -> Seal:
    """The seal at `position` over one row."""
    value = _hash(algorithm, previous, _NUMBERS(position, seq), row_digest)
    return Seal(position, seq, previous, value)


def chain(after: Seal | None, service: str, rows: Iterable[tuple[int, bytes]]) -> list[Seal]:
    """Seals for `(seq, digest)` rows that follow the seal `after`."""
    out: list[Seal] = []
    position, previous = (after.position, after.hash) if after else (0, genesis(service))
    for seq, row_digest in rows:
        out.append(link(position + 1, seq, previous, row_digest))
        position, previous = out[-1].position, out[-1].hash
    return out


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a ledger, and at which seq or position."""

    kind: str
    where: int
    detail: str


async def verify(
    service: str,
    sealed: AsyncIterator[Mapping[str, Any]],
    *,
    unsealed: int = 0,
    head: tuple[int, bytes] | None = None,
) -> list[Fault]:
    """Walk the chain and name every fault.

    Args:
        service: whose ledger it is.
        sealed: seal rows joined with their ledger rows, by position; ledger columns are `None` where the row is gone.
        unsealed: ledger rows that have neither a seal nor a place in the outbox.
        head: position and hash that an outside witness holds (a `ce-seal` of the stream); finds a cut tail.
    """
    faults: list[Fault] = []
    position, previous, witness = 0, genesis(service), head is None
    async for row in sealed:
        position += 1
        if row["position"] != position:
            faults.append(Fault("gap", position, f"seal {position} is missing"))
            position = row["position"]
        if row["prev_hash"] != previous:
            faults.append(Fault("reordered", position, "the seal does not follow its predecessor"))
        if row["id"] is None:
            faults.append(Fault("deleted", row["seq"], "the ledger row is gone"))
        else:
            recomputed = digest(Entry.of(row), row["algorithm"])
            if recomputed != row["digest"]:
                faults.append(Fault("changed", row["seq"], "the row is not what was recorded"))
            if link(position, row["seq"], row["prev_hash"], recomputed, row["algorithm"]).hash != row["hash"]:
                faults.append(Fault("forged", position, "the seal is not over this row"))
        previous = row["hash"]
        witness = witness or (head is not None and (position, previous) == head)
    if unsealed:
        faults.append(Fault("inserted", unsealed, "rows without seal that nothing waits to seal"))
    if not witness and head is not None:
        faults.append(Fault("cut", head[0], "the witness's head is not in this chain"))
    return faults
