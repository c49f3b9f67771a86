"""The only place that commits: state, ledger, outbox and the answer to the caller in one transaction (I1).

Order inside a transaction: the floor (a shared advisory lock that tells readers of `known_at` what may still
commit), the aggregates' locks in sorted order, then the versions, read under those locks (I2), then state, then
ledger and outbox.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self
from uuid import UUID, uuid4, uuid5

import sqlalchemy as sa
from opentelemetry import propagate
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.kernel import clock, copying, crash, seals
from shared.kernel.envelope import Entry, Event, Ref, place
from shared.kernel.problems import Forbidden, NotFound, PreconditionRequired, StaleVersion, Unavailable
from shared.kernel.tables import idempotency

REACTIONS = UUID("6f6e6c79-616e-7a65-8000-000000000001")
FLOOR_CLASS = 0x414E  # high 16 bits of the bigint advisory keys that hold floors

_FLOOR = sa.text("SELECT pg_advisory_xact_lock_shared(:floor), (SELECT reason FROM halt)")
_LOCK = sa.text(
    "SELECT pg_advisory_xact_lock(hashtext(t.kind), hashtext(t.id))"
    " FROM unnest(string_to_array(:kinds, ','), string_to_array(:ids, ',')) AS t(kind, id)"
)
_VERSIONS = sa.text(
    "SELECT t.kind, t.id, l.version, l.recorded_at"
    " FROM unnest(string_to_array(:kinds, ','), CAST(string_to_array(:ids, ',') AS uuid[])) AS t(kind, id)"
    " CROSS JOIN LATERAL (SELECT version, recorded_at FROM ledger"
    "  WHERE aggregate_type = t.kind AND aggregate_id = t.id ORDER BY version DESC LIMIT 1) AS l"
)
_COLUMNS = ", ".join((*Entry.names(), "digest"))
#: One statement for many rows: at thousands of them, a statement each would be most of the time.
_APPEND = sa.text(
    f"WITH added AS (INSERT INTO ledger ({_COLUMNS}) SELECT {_COLUMNS}"
    " FROM jsonb_populate_recordset(NULL::ledger, CAST(CAST(:rows AS text) AS jsonb)) WITH ORDINALITY"
    " ORDER BY ordinality RETURNING seq, id),"
    " queued AS (INSERT INTO outbox (seq, publish) SELECT seq, id <> ALL (CAST(:unpublished AS uuid[])) FROM added)"
    " SELECT pg_notify('anze_outbox', '')"
)
_SEQS = "nextval(pg_get_serial_sequence('ledger', 'seq'))"
_RESERVE = sa.text(f"SELECT ARRAY(SELECT {_SEQS} FROM generate_series(1, :count)), pg_notify('anze_outbox', '')")
_CHUNK = 1_000


def reaction_id(consumer: str, event_id: str, ordinal: int = 0) -> UUID:
    """The id of the n-th entry of a consumer's reaction to an event."""
    return uuid5(REACTIONS, f"{consumer}|{event_id}|{ordinal}")


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What a caller was told, kept with its idempotency key."""

    actor: str
    key: str
    fingerprint: bytes
    status: int
    headers: dict[str, str]
    body: bytes


class UnitOfWork:
    """One transaction: `lock` what will change, change state through `session`, `emit` what happened, `commit`.

    Leaving the block without `commit` rolls back.

    Args:
        sessions: where transactions come from.
        service: the producer of the events.
        actor: who acts (a subject, or a consumer's name).
        regions: the codes that the actor may act in; `None` for a consumer, which may act everywhere.
        grants: what the actor may act by, each with a `region` and, where it names one, the `organ` to act for.
    """

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        *,
        service: str,
        actor: str,
        regions: frozenset[str] | None = None,
        grants: Sequence[Any] | None = None,
    ) -> None:
        self._sessions = sessions
        self.service = service
        self.actor = actor
        self.regions, self.grants = regions, grants
        self.transaction = uuid4()
        self.on_behalf_of: str | None = None
        self.answer_version: int | None = None
        self._cause: tuple[str, str] | None = None
        self._reactions = 0
        self._versions: dict[Ref, int] = {}
        self._recorded_at: datetime | None = None
        self._entries: list[tuple[Entry, bool]] = []
        self._carrier: dict[str, str] = {}
        self._last: list[Callable[[], Awaitable[object]]] = []
        self.session: AsyncSession

    async def __aenter__(self) -> Self:
        """Open the transaction; raises `Unavailable` while the ledger is halted."""
        self.session = self._sessions()
        try:
            floor = FLOOR_CLASS << 48 | int(clock.now().timestamp() * 1000)
            halted = (await self.session.execute(_FLOOR, {"floor": floor})).one()[1]
        except BaseException:
            await self.session.close()
            raise
        if halted is not None:
            await self.session.close()
            raise Unavailable("ledger_halted", f"写入已停止：{halted}", f"writes are stopped: {halted}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Roll back whatever was not committed."""
        await self.session.close()

    @property
    def recorded_at(self) -> datetime:
        """When this transaction's facts are recorded: one instant, later than any before it of what is locked."""
        if self._recorded_at is None:
            self._recorded_at = clock.now()
        return self._recorded_at

    def caused_by(self, consumer: str, event_id: str) -> None:
        """What follows is a consumer's reaction to that event; its entries get ids derived from it."""
        self._cause = (consumer, event_id)
        self._reactions = 0
        if self._recorded_at is not None:  # a batch: each reaction is recorded in its own moment
            self._recorded_at = max(clock.now(), self._recorded_at + timedelta(microseconds=1))

    def reaction_id(self, ordinal: int = 0) -> UUID:
        """The id of the reaction's n-th entry: the same whenever the same event is handled again."""
        if self._cause is None:
            raise RuntimeError("not a reaction")
        return reaction_id(*self._cause, ordinal)

    async def lock(self, *refs: Ref) -> None:
        """Lock aggregates and learn their versions (0 for one that does not exist yet)."""
        wanted = sorted(set(refs) - self._versions.keys(), key=lambda ref: (ref.type, ref.id.int))
        if not wanted:
            return
        kinds, ids = (",".join(map(str, each)) for each in zip(*wanted, strict=True))  # a list costs the driver more
        await self.session.execute(_LOCK, {"kinds": kinds, "ids": ids})
        self._versions |= dict.fromkeys(wanted, 0)
        latest = self._recorded_at or clock.now()
        for row in await self.session.execute(_VERSIONS, {"kinds": kinds, "ids": ids}):
            self._versions[Ref(row.kind, row.id)] = row.version
            if not self._entries:
                latest = max(latest, row.recorded_at + timedelta(microseconds=1))
        self._recorded_at = latest

    def version(self, ref: Ref) -> int:
        """The version of a locked aggregate, counting what was emitted here."""
        return self._versions[ref]

    async def lock_existing(self, ref: Ref, expected: int | None) -> None:
        """Lock an aggregate that a caller has seen at version `expected`.

        Raises:
            PreconditionRequired: no version was named (428).
            NotFound: there is no such aggregate (404).
            StaleVersion: it has moved on (412).
        """
        await self.lock(ref)
        if self._versions[ref] == 0:
            raise NotFound("not_found", "没有这项记录", "there is no such record")
        if expected is None:
            raise PreconditionRequired(
                "if_match_required", "请以 If-Match 注明所见版本", "name the version in If-Match"
            )
        if expected != self._versions[ref]:
            raise StaleVersion("stale_version", "记录已被更新，请重新读取", "the record has changed; read it again")

    def may_act_in(self, path: Sequence[str]) -> bool:
        """Whether the actor's regions contain an administrative path."""
        return self.regions is None or not self.regions.isdisjoint(path)

    def act_for(self, organ: UUID, path: Sequence[str]) -> None:
        """Raise `Forbidden` where no grant reaches the organ that acts: its place, and itself if it names one."""
        reaching = (one.organ for one in self.grants or () if one.region in path)
        if self.grants is not None and {None, str(organ)}.isdisjoint(reaching):
            raise Forbidden("organ_outside_grant", "授权不及于该机关", "your grants do not reach that organ")

    def emit(
        self,
        event: Event,
        *,
        path: Sequence[str],
        basis: Iterable[str] = (),
        reason: str | None = None,
        exercise: bool = False,
        occurred_at: datetime | None = None,
    ) -> int:
        """Append what happened to a locked aggregate; returns its new version.

        Args:
            event: the full state after the change.
            path: codes of the administrative ancestors on the event's day, province first.
            basis: the clauses because of which it happened; the contract's own by default.
            reason: why, in the words of who did it.
            exercise: an exercise (演练), inherited by whatever is derived.
            occurred_at: when it happened in the world; the recording moment by default.

        Raises:
            KeyError: the aggregate is not locked.
        """
        ref = Ref(event.AGGREGATE, event.id)
        version = self._versions[ref] = self._versions[ref] + 1
        body = event.model_dump(mode="json")
        if not self._entries:  # what is appended together has one trace
            self._carrier = {}
            propagate.inject(self._carrier)
        entry = Entry(
            id=self.reaction_id(self._reactions) if self._cause else uuid4(),
            transaction=self.transaction,
            caused_by=self._cause[1] if self._cause else None,
            aggregate_type=ref.type,
            aggregate_id=ref.id,
            version=version,
            type=event.type(),
            place=place(tuple(path)),
            data=body,
            agency_data=event.for_agencies(body),
            public_data=event.for_the_public(body),
            actor=self.actor,
            on_behalf_of=self.on_behalf_of,
            reason=reason,
            basis=list(basis) or list(event.LEGAL_BASIS),
            exercise=exercise,
            occurred_at=occurred_at or self.recorded_at,
            recorded_at=self.recorded_at,
            traceparent=self._carrier.get("traceparent"),
        )
        self._reactions += 1
        self._entries.append((entry, event.PUBLISHED))
        return version

    def at_last(self, step: Callable[[], Awaitable[object]]) -> None:
        """Take a step before the commit, after all else: what a batch of events needs once. Its failure is theirs."""
        self._last.append(step)

    async def append(self) -> None:
        """Write state and the emitted entries; commit does it, a consumer does it after each event of a batch."""
        await self.session.flush()
        for start in range(0, len(self._entries), _CHUNK):
            chunk = self._entries[start : start + _CHUNK]
            if len(chunk) >= copying.WORTH:
                await self._copy(chunk)
                continue
            rows = f"[{','.join(seals.with_digest(entry) for entry, _ in chunk)}]"
            unpublished = [entry.id for entry, published in chunk if not published]
            await self.session.execute(_APPEND, {"rows": rows, "unpublished": unpublished})
        self._entries.clear()

    async def _copy(self, chunk: Sequence[tuple[Entry, bool]]) -> None:
        seqs = (await self.session.execute(_RESERVE, {"count": len(chunk)})).scalar_one()
        rows = ((seq, *seals.record(entry)) for seq, (entry, _) in zip(seqs, chunk, strict=True))
        await copying.copy(self.session, "ledger", ("seq", *Entry.names(), "digest"), rows)
        queued = ((seq, published) for seq, (_, published) in zip(seqs, chunk, strict=True))
        await copying.copy(self.session, "outbox", ("seq", "publish"), queued)

    async def commit(self, answer: StoredAnswer | None = None) -> None:
        """Write everything, remember the answer under its key, and commit."""
        for step in self._last:
            await step()
        await self.append()
        if answer is not None:
            values = {name: getattr(answer, name) for name in answer.__slots__}
            await self.session.execute(idempotency.insert().values(**values, recorded_at=self.recorded_at))
        crash.point("unit.before_commit")
        await self.session.commit()
        crash.point("unit.after_commit")
