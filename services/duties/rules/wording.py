"""What free text in a record must never hold: citizen numbers, and where somebody was to the metre."""

import re
from collections.abc import Iterable

from services.duties.facts.wording import holds_citizen_number
from shared.statute.clauses import cites
from shared.statute.decision import Basis, BasisKind, Decision, allow, refuse

_DEGREES = r"\d{1,3}\.\d{3,}\s*°?\s*[NSEWnsew北南东西]?"
_COORDINATES = re.compile(rf"(?<![\d.]){_DEGREES}\s*[,，;；/\s]\s*[北南东西]?[纬经]?\s*{_DEGREES}(?![\d.])")
_MINUTES = re.compile(r"\d{1,3}\s*°\s*\d{1,2}\s*[′'分]")
_PRIVACY = Basis("art28", BasisKind.DEFAULT, "a record tells what was done, not personal numbers or positions")


@cites("art28")
def may_say(texts: Iterable[str]) -> Decision:
    """Whether the texts may stand in a record: a place is a name, and nobody's number stands anywhere."""
    for text in texts:
        if holds_citizen_number(text):
            return refuse(
                "record.personal_number", "文本中不得含有公民身份号码", "a text holds a citizen number", _PRIVACY
            )
        if _COORDINATES.search(text) or _MINUTES.search(text):
            return refuse("record.coordinates", "不得登记坐标，请写地名", "no coordinates: name the place", _PRIVACY)
    return allow("record.sayable", "可以登记", "it may be recorded", _PRIVACY)
