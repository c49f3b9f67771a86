"""Events and their envelope: CloudEvents attributes in NATS headers, the event's full state as JSON body.

A contract is a frozen `Event` subclass in `shared/contracts`. Its audience projections are declared beside its
fields and computed when it is appended, so that nothing internal can slip out later (I7).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any, ClassVar, NamedTuple, Protocol, Self
from urllib.parse import quote, unquote
from uuid import UUID

from pydantic import BaseModel, ConfigDict

INTERNAL, AGENCY, PUBLIC = "internal", "agency", "public"

_types: dict[str, type["Event"]] = {}


class Event(BaseModel):
    """A past-tense public fact: the full state of one aggregate after the change.

    Consumers ignore unknown fields and values; a published contract only grows.

    Attributes:
        PRODUCER: the service that alone emits it.
        AGGREGATE: the kind of thing that changed.
        NAME: what happened, a past participle.
        AGENCY_FIELDS: top-level fields that other agencies may read; `None` publishes nothing to them.
        PUBLIC_FIELDS: the same for the public.
        PUBLISHED: false for facts that never leave the service (recorded reads).
        LEGAL_BASIS: the clauses because of which the event exists.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    PRODUCER: ClassVar[str]
    AGGREGATE: ClassVar[str]
    NAME: ClassVar[str]
    VERSION: ClassVar[int] = 1
    AGENCY_FIELDS: ClassVar[frozenset[str] | None] = None
    PUBLIC_FIELDS: ClassVar[frozenset[str] | None] = None
    PUBLISHED: ClassVar[bool] = True
    LEGAL_BASIS: ClassVar[tuple[str, ...]] = ()

    id: UUID

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Register concrete contracts by their type, so that a consumer finds the class."""
        super().__init_subclass__(**kwargs)
        if "NAME" in cls.__dict__:
            _types[cls.type()] = cls

    @classmethod
    @cache
    def type(cls) -> str:
        """The stable `ce-type`, e.g. `anze.registry.accident.recorded.v1`."""
        return f"anze.{cls.PRODUCER}.{cls.AGGREGATE}.{cls.NAME}.v{cls.VERSION}"

    @classmethod
    def for_agencies(cls, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """What other agencies read of an event's JSON, or `None`."""
        return _only(body, cls.AGENCY_FIELDS)

    @classmethod
    def for_the_public(cls, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """What anybody may read of an event's JSON, or `None`."""
        return _only(body, cls.PUBLIC_FIELDS)


def _only(body: Mapping[str, Any], names: frozenset[str] | None) -> dict[str, Any] | None:
    return None if names is None else {name: body[name] for name in names if name in body}


def contract(event_type: str) -> type[Event] | None:
    """The class of a `ce-type`; `None` for a type that this process does not know."""
    return _types.get(event_type)


def contracts() -> Mapping[str, type[Event]]:
    """Every registered contract by type."""
    return dict(_types)


class Ref(NamedTuple):
    """Names one aggregate; refs sort, because aggregates are locked in sorted order."""

    type: str
    id: UUID


class Row(Protocol):
    """A database row by column name, whichever library read it."""

    def __getitem__(self, name: str, /) -> Any:
        """The value of a column."""


class Entry(NamedTuple):
    """One row of the ledger, whole but for its `seq`."""

    id: UUID
    transaction: UUID
    caused_by: str | None
    aggregate_type: str
    aggregate_id: UUID
    version: int
    type: str
    place: str
    data: dict[str, Any]
    agency_data: dict[str, Any] | None
    public_data: dict[str, Any] | None
    actor: str
    on_behalf_of: str | None
    reason: str | None
    basis: list[str]
    exercise: bool
    occurred_at: datetime
    recorded_at: datetime
    traceparent: str | None

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The columns, in ledger order."""
        return cls._fields

    @classmethod
    def of(cls, row: "Row") -> "Entry":
        """The entry in a ledger row."""
        return cls._make(_COLUMNS(row))


_COLUMNS = itemgetter(*Entry.names())


def place(path: tuple[str, ...]) -> str:
    """Four subject tokens from an administrative path, `_` where it ends: `130000.130100._._`."""
    return ".".join((*path[:4], "_", "_", "_", "_")[:4])


def subject(entry: Entry, producer: str, audience: str) -> str:
    """`anze.v1.<audience>.<service>.<aggregate>.<event>.<province>.<city>.<county>.<fourth>`."""
    return f"{_kind(entry.type, producer, audience)}.{entry.place}"


@cache
def _kind(event_type: str, producer: str, audience: str) -> str:
    _anze, _producer, aggregate_type, name, _version = event_type.split(".")
    return f"anze.v1.{audience}.{producer}.{aggregate_type}.{name}"


_PLAIN = re.compile(r"[!-$&-~]*").fullmatch  # printable ASCII without the percent sign


def _ascii(value: str) -> str:
    """A header's value: percent-encoded where it is not plain already."""
    return value if _PLAIN(value) else quote(value)


def instant(value: datetime) -> str:
    """A moment as it is sealed and as it travels: UTC, to the microsecond."""
    return _written(value.astimezone(UTC))  # here, because moments of two zones compare slowly


@lru_cache(maxsize=8)  # the moments of a transaction are few
def _written(value: datetime) -> str:
    return value.isoformat(timespec="microseconds")


def headers(entry: Entry, producer: str, audience: str, seq: int, seal: str) -> dict[str, str]:
    """The message headers; who acted and why travel to the services only."""
    identity = f"{producer}:{entry.id!s}" + ("" if audience == INTERNAL else f":{audience}")
    out = {
        "Nats-Msg-Id": identity,
        "ce-specversion": "1.0",
        "ce-id": identity,
        "ce-source": f"anze/{producer}",
        "ce-type": entry.type,
        "ce-subject": f"{entry.aggregate_type}/{entry.aggregate_id!s}",
        "ce-time": instant(entry.occurred_at),
        "ce-recordedat": instant(entry.recorded_at),
        "ce-version": str(entry.version),
        "ce-exercise": "true" if entry.exercise else "false",
        "ce-basis": ",".join(entry.basis),
        "ce-seal": seal,
        "content-type": "application/json",
    }
    if entry.traceparent:
        out["traceparent"] = entry.traceparent
    if audience == INTERNAL:
        out["ce-seq"] = str(seq)
        out["ce-place"] = entry.place
        out["ce-transaction"] = str(entry.transaction)
        out["ce-actor"] = _ascii(entry.actor)
        if entry.caused_by is not None:
            out["ce-causedby"] = _ascii(entry.caused_by)
        if entry.on_behalf_of is not None:
            out["ce-onbehalfof"] = _ascii(entry.on_behalf_of)
        if entry.reason is not None:
            out["ce-reason"] = _ascii(entry.reason)
    return out


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message as a consumer sees it."""

    event_id: str
    source: str
    type: str
    ref: Ref
    version: int
    occurred_at: datetime
    recorded_at: datetime
    exercise: bool
    path: tuple[str, ...]
    headers: dict[str, str]
    body: dict[str, Any]

    @classmethod
    def of(cls, headers: Mapping[str, str], body: dict[str, Any]) -> Self:
        """Read a message.

        Raises:
            KeyError, ValueError: it is no envelope of ours.
        """
        aggregate_type, _, aggregate_id = headers["ce-subject"].partition("/")
        return cls(
            event_id=headers["ce-id"],
            source=headers["ce-source"].removeprefix("anze/"),
            type=headers["ce-type"],
            ref=Ref(aggregate_type, UUID(aggregate_id)),
            version=int(headers["ce-version"]),
            occurred_at=datetime.fromisoformat(headers["ce-time"]),
            recorded_at=datetime.fromisoformat(headers["ce-recordedat"]),
            exercise=headers["ce-exercise"] == "true",
            path=tuple(code for code in headers.get("ce-place", "").split(".") if code and code != "_"),
            headers=dict(headers),
            body=body,
        )

    def event(self) -> Event | None:
        """The contract with its data, or `None` for a type that this process does not know."""
        known = contract(self.type)
        return None if known is None else known.model_validate(self.body)

    def entry(self) -> tuple[int, Entry]:
        """The producer's ledger row that this message carries, with its `seq`; the internal audience only."""
        h, event = self.headers, self.event()
        if event is None:
            raise ValueError(f"unknown event type {self.type}")
        return int(h["ce-seq"]), Entry(
            id=UUID(self.event_id.split(":")[1]),
            transaction=UUID(h["ce-transaction"]),
            caused_by=unquote(h["ce-causedby"]) if "ce-causedby" in h else None,
            aggregate_type=self.ref.type,
            aggregate_id=self.ref.id,
            version=self.version,
            type=self.type,
            place=h["ce-place"],
            data=self.body,
            agency_data=event.for_agencies(self.body),
            public_data=event.for_the_public(self.body),
            actor=unquote(h["ce-actor"]),
            on_behalf_of=unquote(h["ce-onbehalfof"]) if "ce-onbehalfof" in h else None,
            reason=unquote(h["ce-reason"]) if "ce-reason" in h else None,
            basis=[clause for clause in h["ce-basis"].split(",") if clause],
            exercise=self.exercise,
            occurred_at=self.occurred_at,
            recorded_at=self.recorded_at,
            traceparent=h.get("traceparent"),
        )
