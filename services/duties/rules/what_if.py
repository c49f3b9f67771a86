"""What an amended catalogue would change over the same roster and records; it decides nothing and changes nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.duties.facts import Adoption, Catalogue, Duty, Obligation, ObligationStatus
from services.duties.rules.catalogue.source import RefusedError, Source
from services.duties.rules.obligations import Seat, fits, obligations_of_post
from services.duties.rules.status import Records, View, report
from shared.roster.facts import Span
from shared.statute.clauses import cites

_DATES = ("from", "to")


class Effect(StrEnum):
    """What happens to an obligation, or to a duty."""

    ADDED = "added"
    DROPPED = "dropped"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Pair:
    """The duties that differ, as they are and as they would be, each with what puts its readings into force."""

    before: Catalogue
    after: Catalogue
    adopted_before: Sequence[Adoption] = ()
    adopted_after: Sequence[Adoption] = ()

    def concerns(self, seat: Seat) -> bool:
        """Whether any of the duties may be the post's; of others nothing need be read."""
        return any(fits(duty, seat) for duty in (*self.before.duties, *self.after.duties))


@dataclass(frozen=True, slots=True)
class Difference:
    """One obligation that would be added, dropped or changed, with its status under either catalogue."""

    effect: Effect
    obligation: Obligation
    before: ObligationStatus | None
    after: ObligationStatus | None
    officials: frozenset[UUID]

    @property
    def lapse_appears(self) -> bool:
        """Whether only the amended catalogue would show a lapse."""
        return self.after is ObligationStatus.LAPSED and self.before is not ObligationStatus.LAPSED

    @property
    def lapse_vanishes(self) -> bool:
        """Whether only the present catalogue shows a lapse."""
        return self.before is ObligationStatus.LAPSED and self.after is not ObligationStatus.LAPSED


@dataclass(slots=True)
class Tally:
    """The differences of one region, or of several, counted; it holds no obligation."""

    effects: dict[Effect, int] = field(default_factory=lambda: dict.fromkeys(Effect, 0))
    posts: int = 0
    officials: int = 0
    lapses_appear: int = 0
    lapses_vanish: int = 0

    @classmethod
    def of(cls, differences: Sequence[Difference]) -> "Tally":
        """The tally of one region."""
        made = cls(
            posts=len({one.obligation.post_id for one in differences}),
            officials=len({official for one in differences for official in one.officials}),
            lapses_appear=sum(one.lapse_appears for one in differences),
            lapses_vanish=sum(one.lapse_vanishes for one in differences),
        )
        for one in differences:
            made.effects[one.effect] += 1
        return made

    def add(self, other: "Tally") -> None:
        """Count another region too; an official with posts in both counts twice."""
        for effect, number in other.effects.items():
            self.effects[effect] += number
        self.posts += other.posts
        self.officials += other.officials
        self.lapses_appear += other.lapses_appear
        self.lapses_vanish += other.lapses_vanish

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        return not any(self.effects.values())


def patched(source: Source, change: Iterable[Mapping[str, Any]], drop: Iterable[str]) -> Source:
    """The catalogue with entries changed, added or dropped by id; of several versions of an id the last is changed.

    Raises:
        RefusedError: a change without id, an id to drop that is not there, a date that is none.
    """
    duties = [dict(entry) for entry in source.data.get("duty", ())]
    for entry in change:
        fields = _dated(entry)
        if not isinstance(fields.get("id"), str):
            raise RefusedError("a change names the id of its entry", "id")
        same = [one for one in duties if one.get("id") == fields["id"]]
        if same:
            same[-1].update(fields)
        else:
            duties.append(fields)
    for identity in drop:
        if not any(one.get("id") == identity for one in duties):
            raise RefusedError(f"{identity} has no entry to drop", "id")
        duties = [one for one in duties if one.get("id") != identity]
    return Source(f"{source.file} + patch", {**source.data, "duty": duties})


def _dated(entry: Mapping[str, Any]) -> dict[str, Any]:
    fields = dict(entry)
    for key in _DATES:
        if isinstance(fields.get(key), str):
            try:
                fields[key] = date.fromisoformat(fields[key])
            except ValueError as error:
                raise RefusedError(f"{key} is a day", key) from error
    return fields


def substituted(whole: Catalogue, amended: Catalogue) -> Catalogue:
    """The catalogue with one statute's part replaced by its amended one; where that names no region, they stay."""
    name = amended.name

    def kept(rows: Iterable[Any]) -> tuple[Any, ...]:
        return tuple(one for one in rows if one.statute != name)

    ids = {one.id for one in whole.duties if one.statute == name}
    return replace(
        whole,
        version=amended.version,
        duties=(*kept(whole.duties), *amended.duties),
        governs=(*kept(whole.governs), *amended.governs) if amended.governs else whole.governs,
        interpreters=(*kept(whole.interpreters), *amended.interpreters),
        overlays=(*(one for one in whole.overlays if one.duty_id not in ids), *amended.overlays),
    )


def differing(before: Catalogue, after: Catalogue, recorded: Sequence[Adoption]) -> Pair:
    """Only the duties that differ: everything else is owed alike, so that nobody need look at it."""
    effects = duty_effects(before, after)

    def narrowed(catalogue: Catalogue) -> Catalogue:
        return replace(catalogue, duties=tuple(one for one in catalogue.duties if one.id in effects))

    return Pair(narrowed(before), narrowed(after), (*recorded, *before.overlays), (*recorded, *after.overlays))


def duty_effects(before: Catalogue, after: Catalogue) -> dict[str, Effect]:
    """Which duties are added, dropped or changed, by id; whoever is governed otherwise has all of them changed."""
    old, new = _versions(before), _versions(after)
    overlaid = {one.duty_id for one in {*before.overlays} ^ {*after.overlays}}
    regoverned = set(before.governs) != set(after.governs)
    effects: dict[str, Effect] = {}
    for identity in sorted(old.keys() | new.keys()):
        if identity not in old:
            effects[identity] = Effect.ADDED
        elif identity not in new:
            effects[identity] = Effect.DROPPED
        elif old[identity] != new[identity] or identity in overlaid or regoverned:
            effects[identity] = Effect.CHANGED
    return effects


def _versions(catalogue: Catalogue) -> dict[str, list[Duty]]:
    found: dict[str, list[Duty]] = {}
    for duty in catalogue.duties:
        found.setdefault(duty.id, []).append(duty)
    return found


@cites("art5", "art6", "art9", "art10", "art11")
def differences(seat: Seat, pair: Pair, during: Span, records: Records, view: View) -> tuple[Difference, ...]:
    """What one post would owe otherwise in the periods that share a day with `during`, an interval with an end."""
    last = during.to_day or during.from_day
    old = _owed(seat, pair.before, during.from_day, last, pair.adopted_before)
    new = _owed(seat, pair.after, during.from_day, last, pair.adopted_after)
    return tuple(
        _difference(old.get(key), new.get(key), records, view)
        for key in sorted(old.keys() | new.keys())
        if old.get(key) != new.get(key)
    )


def _owed(
    seat: Seat, catalogue: Catalogue, first: date, last: date, adopted: Sequence[Adoption]
) -> dict[str, Obligation]:
    return {one.key: one for one in obligations_of_post(seat, catalogue, first, last, adoptions=adopted)}


def _difference(old: Obligation | None, new: Obligation | None, records: Records, view: View) -> Difference:
    shown = new or old
    if shown is None:
        raise ValueError("a difference is of an obligation")
    period = shown.period
    records = replace(records, performances=[act for act in records.performances if period.contains(act.day)])
    return Difference(
        effect=Effect.ADDED if old is None else Effect.DROPPED if new is None else Effect.CHANGED,
        obligation=shown,
        before=None if old is None else report(old, records, view).status,
        after=None if new is None else report(new, records, view).status,
        officials=frozenset(
            item.official_id
            for item in records.incumbencies
            if item.post_id == shown.post_id and item.span.days_within(period.from_day, period.to_day)
        ),
    )
