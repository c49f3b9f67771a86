"""Invented facts for the tests of appraisal: an exercise, no real person."""

from datetime import date
from uuid import UUID, uuid5

from shared.statute.decision import Basis
from shared.statute.effects import VETO_BARS, Bar, Effect, EffectKind

_ROOT = UUID("00000000-0000-0000-0000-000000139901")
START, LAST = date(2026, 12, 25), date(2027, 12, 24)
VETO = tuple(Effect(EffectKind.VETO, bar, "demerit", START, LAST, Basis("art23")) for bar in VETO_BARS)
DEMERIT = (
    Effect(EffectKind.EFFECT_PERIOD, Bar.PROMOTION, "demerit", START, LAST, Basis("政务处分法 第八条、第十九条")),
)


def uid(name: str) -> UUID:
    return uuid5(_ROOT, name)
