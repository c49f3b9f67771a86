"""Acts from Excel: the sheet's columns, its template for a region, and its rows as drafts."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from services.duties.catalogue import load_catalogue
from services.duties.facts import ActKind, Adoption, Capacity, Evidence, EvidenceKind, Incumbency, Manner
from services.duties.facts.books import Books
from services.duties.facts.records import Draft
from services.duties.facts.wording import ACT_WORDS
from services.duties.handlers.entry import Known
from services.duties.handlers.seats import Seating
from services.duties.rules.obligations import Seat, seats_in
from services.duties.rules.persons import persons_among
from services.duties.rules.status import incumbencies_of
from services.duties.rules.wording import may_say
from shared.roster.facts import Roster
from shared.sheets import CellError, Column, Row, Sheet, day, many, text

T = TypeVar("T")
_SHA = text(64, r"[0-9a-f]{64}", hint=("应为 64 位小写十六进制摘要", "64 lower-case hex digits"))
_PROOFS: Mapping[EvidenceKind, tuple[str, str]] = {
    EvidenceKind.MINUTES: ("会议纪要摘要", "minutes"),
    EvidenceKind.REPORT: ("报告摘要", "report"),
    EvidenceKind.RECORD: ("记录摘要", "record"),
    EvidenceKind.RESPONSIBILITY_LIST: ("责任清单摘要", "responsibility list"),
    EvidenceKind.PUBLICATION: ("公示件摘要", "publication"),
    EvidenceKind.ASSESSMENT_RESULT: ("考核结果摘要", "assessment result"),
}
_LINES = many(text(1000), 50)
SHEET = Sheet(
    "履职记录",
    (
        Column("act", "活动类别", "act", required=True, allowed=ACT_WORDS, note="从下拉列表选择", example="带队检查"),
        Column("day", "履职日期", "day", day, required=True, note="不得晚于今天", example="2026-02-10", width=14),
        Column(
            "posts",
            "履职岗位",
            "posts",
            many(text(200), 10),
            required=True,
            note="以何岗位履职；一人以多个岗位履职的逐一写明，用分号分隔",
            example="演练县政府/县长",
            width=32,
        ),
        Column("who", "履职人", "who", text(50), note="不填则为当日任职者；同名的填编号", example="甲某"),
        Column("place", "地点", "place", text(200), note="地名，不得填坐标", example="演练县应急指挥中心"),
        Column("participants", "参加人", "participants", many(text(50), 200), note="姓名，用分号分隔；同名的填编号"),
        Column("agenda", "议题", "agenda", _LINES, note="用分号分隔", width=32),
        Column("findings", "发现的问题", "findings", _LINES, note="用分号分隔", width=32),
        *(Column(kind, zh, en, _SHA, note="SHA-256，先上传附件") for kind, (zh, en) in _PROOFS.items()),
        Column("publication_day", "公示日期", "publication day", day),
        Column("publication_place", "公示地点", "publication place", text(200)),
        Column("reviewer", "核实人", "reviewer", text(200), note="账册已关闭的期间须填写；为登录账号"),
    ),
    help=(
        "每行一次活动，登记一次，凡接受此类活动的职责均予计入 · One act a row; it serves every duty that accepts it.",
        "同一文件重复提交不会重复登记；带批注的副本改正后可直接再次提交 · Sent again, nothing is recorded twice.",
    ),
)

#: In which column people should look when an act is refused with a code.
_COLUMN_OF = {
    "performance.in_future": "day",
    "performance.closed_period": "reviewer",
    "performance.own_reviewer": "reviewer",
    "performance.outside_appointment": "day",
    "performance.not_holder": "who",
    "performance.no_actor": "who",
    "performance.kind_not_accepted": "act",
    "performance.evidence_missing": "act",
}
_FREE_TEXT = ("place", "agenda", "findings", "publication_place")


def column_of(code: str, row: Row) -> str:
    """The column that a refusal with that code is about; the posts where it is about none in particular."""
    if code.startswith("record."):
        return next(one for one in _FREE_TEXT if not may_say(_texts(row.values[one])))
    return _COLUMN_OF.get(code, "posts")


def _texts(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value or ()


@dataclass(frozen=True, slots=True)
class Directory:
    """What names in a sheet of a region mean: seats by label, officials by name."""

    seats: Mapping[str, Seat]
    officials: Mapping[str, Collection[UUID]]
    known: Known

    @classmethod
    def of(cls, roster: Roster, books: tuple[Books, ...] = (), adopted: tuple[Adoption, ...] = ()) -> "Directory":
        """The directory of a slice of the roster; both a label and an id find a seat, a name and an id an official."""
        seats = seats_in(roster)
        by_label: dict[str, Seat] = {}
        for seat in sorted(seats.values(), key=lambda seat: seat.post.id):
            by_label.setdefault(_label(seat), seat)
            by_label[str(seat.post.id)] = seat
        persons = persons_among(roster.officials)
        people: dict[str, set[UUID]] = {}
        for official in roster.officials:
            people.setdefault(official.name, set()).add(persons.get(official.id, (official.id,))[0])
            people[str(official.id)] = {official.id}
        seating = Seating(seats, incumbencies_of(roster.appointments, roster.officials))
        return cls(by_label, people, Known(seating, frozenset(), books, adopted))

    def labels(self) -> list[str]:
        """What a dropdown offers."""
        ids = {str(seat.post.id) for seat in self.seats.values()}
        return sorted(label for label in self.seats if label not in ids)

    def seat(self, label: str) -> Seat:
        """The seat of a label; raises `CellError`."""
        if label not in self.seats:
            raise CellError("post_unknown", f"本区域没有岗位“{label[:50]}”", "the region has no such post")
        return self.seats[label]

    def official(self, name: str) -> UUID:
        """The official of a name or id; raises `CellError` where there is none, or more than one."""
        found = self.officials.get(name, ())
        if not found:
            raise CellError("official_unknown", f"名册中没有“{name[:20]}”", "nobody of that name is in the register")
        if len(found) > 1:
            raise CellError("official_ambiguous", "有同名者，请填编号", "several bear that name; give the id")
        return next(iter(found))


def _label(seat: Seat) -> str:
    return f"{seat.organ.name}/{seat.post.title}"


class WrongCellError(Exception):
    """A cell that means nothing in this region: its column, and why."""

    def __init__(self, column: str, error: CellError) -> None:
        super().__init__(str(error))
        self.column, self.error = column, error


def draft_of(row: Row, directory: Directory) -> Draft:
    """A row as a draft; raises `WrongCellError`."""
    values = row.values
    act, on = ActKind(values["act"]), values["day"]
    seats = [_cell("posts", directory.seat, label) for label in values["posts"]]
    if values["who"]:
        actor: UUID | None = _cell("who", directory.official, values["who"])
    else:
        actor = _holder(seats, on, directory.known.seating.incumbencies)
    manners = _manners(act)
    if actor is None and Manner.BODY not in manners:
        raise WrongCellError("who", CellError("who_unclear", "请写明履职人", "say who did it"))
    return Draft(
        act=act,
        day=on,
        capacities=tuple(Capacity(seat.post.id) for seat in seats),
        evidence=_evidence(row),
        presided_by=actor if manners & {Manner.PRESIDES, Manner.BODY} else None,
        led_by=actor if Manner.LEADS in manners else None,
        performed_by=actor if Manner.PERFORMS in manners else None,
        place=values["place"] or "",
        participants=tuple(_cell("participants", directory.official, name) for name in values["participants"] or ()),
        agenda=values["agenda"] or (),
        findings=values["findings"] or (),
        reviewer=values["reviewer"],
    )


def _cell(column: str, find: Callable[[str], T], said: str) -> T:
    try:
        return find(said)
    except CellError as error:
        raise WrongCellError(column, error) from error


def _holder(seats: Iterable[Seat], on: date, incumbencies: Sequence[Incumbency]) -> UUID | None:
    """Who held all of the posts that day, where it is one person."""
    each = [
        {one.person_id for one in incumbencies if one.post_id == seat.post.id and one.span.covers(on)} for seat in seats
    ]
    found = set.intersection(*each) if each else set()
    return found.pop() if len(found) == 1 else None


def _manners(act: ActKind) -> set[Manner]:
    """In which manners the catalogue's duties want such an act done."""
    return {
        item.manner
        for duty in load_catalogue().duties
        for item in duty.requirements
        if act in item.acts or any(act in acts for acts in duty.acts_in.values())
    }


def _evidence(row: Row) -> tuple[Evidence, ...]:
    on, place = row.values["publication_day"], row.values["publication_place"]
    return tuple(
        Evidence(kind, digest, on, place) if kind is EvidenceKind.PUBLICATION else Evidence(kind, digest)
        for kind in _PROOFS
        if (digest := row.values[kind]) is not None
    )
