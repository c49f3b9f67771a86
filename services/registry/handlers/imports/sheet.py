"""The sheets of a roster file, and how their cells become lines.

花名册 has one row for each appointment (or vacant post, or organ), 部门职责 one for each role of a department, 分管 one
for each portfolio of a post.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, time
from typing import IO, Any
from uuid import UUID

from services.registry.facts import SHANGHAI
from services.registry.facts.imports import Fault, Part
from services.registry.facts.names import plain
from services.registry.handlers.officials import Numbers
from services.registry.rules.credit_codes import standard_code
from services.registry.rules.imports.beside import BOTH
from services.registry.rules.industries import normalise
from shared.kernel.problems import Refused
from shared.roster.facts import OrganKind, OrganRole, PostKind, Side
from shared.sheets import (
    Cell,
    CellError,
    CellProblem,
    Column,
    Row,
    Sheet,
    UnreadableError,
    day,
    many,
    read,
    shown,
    text,
    titles,
    uuid,
    yes_or_no,
)

SIDES: dict[str, str] = {Side.PARTY: "党委", Side.GOVERNMENT: "政府"}
ROLE_KINDS: dict[str, str] = {
    OrganRole.NAMED_REGULATOR: "列名监管部门",
    OrganRole.OTHER_REGULATOR: "其他监管部门",
    OrganRole.INDUSTRY_COMPETENT: "行业主管部门",
    BOTH: "监管兼行业主管",
    OrganRole.OTHER: "其他有关部门",
}
MASK = "（已遮盖 · masked）"
ORGAN_KINDS: dict[str, str] = {
    OrganKind.PARTY_COMMITTEE: "党委",
    OrganKind.PARTY_WORKING_COMMITTEE: "党工委",
    OrganKind.GOVERNMENT: "政府",
    OrganKind.MANAGEMENT_COMMITTEE: "管委会",
    OrganKind.SUBDISTRICT_OFFICE: "街道办事处",
    OrganKind.PARTY_DEPARTMENT: "党委部门",
    OrganKind.GOVERNMENT_DEPARTMENT: "政府部门",
    OrganKind.DISCIPLINE_ORGAN: "纪检监察机关",
    OrganKind.ORGANIZATION_DEPARTMENT: "组织部门",
    OrganKind.SAFETY_COMMITTEE: "安全生产委员会",
    OrganKind.SAFETY_COMMITTEE_OFFICE: "安全生产委员会办公室",
    OrganKind.STATE_ENTERPRISE: "国有企业",
    OrganKind.EXTERNAL_ORGAN: "外部机关",
}
POST_KINDS: dict[str, str] = {
    PostKind.PARTY_PRINCIPAL: "党委主要负责人",
    PostKind.GOVERNMENT_PRINCIPAL: "政府主要负责人",
    PostKind.PARTY_STANDING_MEMBER: "党委常委会成员",
    PostKind.GOVERNMENT_SAFETY_LEAD: "分管安全生产的政府领导",
    PostKind.GOVERNMENT_OTHER_LEADER: "政府其他领导",
    PostKind.LEADING_BODY_MEMBER: "领导班子成员",
    PostKind.DEPARTMENT_PRINCIPAL: "部门主要负责人",
    PostKind.DEPARTMENT_SAFETY_DEPUTY: "部门分管安全生产负责人",
    PostKind.DEPARTMENT_OTHER_LEADER: "部门其他负责人",
}


def credit_code(cell: Cell) -> str:
    """统一社会信用代码 of 18 characters with its check character (GB 32100-2015)."""
    try:
        return standard_code(str(text(24)(cell)))
    except ValueError as error:
        raise CellError("credit_code_invalid", "统一社会信用代码校验不符（GB 32100）", str(error)) from error


def industry(cell: Cell) -> str:
    """A GB/T 4754 code of any depth, with its section letter."""
    try:
        return normalise(str(text(5)(cell)))
    except ValueError as error:
        raise CellError("unknown_industry", "不是 GB/T 4754 行业代码，例如 C26", str(error)) from error


def pinyin(cell: Cell) -> str:
    """Pinyin with or without tones, syllables parted by spaces."""
    found = str(text(100)(cell))
    if not all(part.isascii() and part.isalpha() for part in (plain(one) for one in found.split())):
        raise CellError("not_pinyin", "不是拼音，例如 Shàn", "not pinyin; write it like Shàn")
    return found


def instant(cell: Cell) -> datetime:
    """A moment in Asia/Shanghai; a day counts from its beginning."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=SHANGHAI) if cell.tzinfo is None else cell
    return datetime.combine(day(cell), time(), SHANGHAI)


ROSTER = Sheet(
    "花名册 Roster",
    (
        Column("region_code", "区划代码", "Region code", text(12, r"[0-9]{6,12}"), required=True, example="139901"),
        Column("organ", "机关名称", "Organ", text(200), required=True, example="演练县应急管理局", width=30),
        Column("organ_kind", "机关类别", "Organ kind", required=True, allowed=ORGAN_KINDS),
        Column("organ_from", "机关设立日", "Organ since", day, note="新机关不填的，以本表中最早的日期为准"),
        Column("credit_code", "统一社会信用代码", "Credit code", credit_code, note="GB 32100", width=22),
        Column("post_kind", "岗位类别", "Post kind", allowed=POST_KINDS),
        Column("post", "岗位名称", "Post", text(200), example="局长"),
        Column("post_from", "岗位设立日", "Post since", day, note="新岗位不填的，以本表中最早的任职日为准"),
        Column("official", "姓名", "Name", text(200), example="演练甲"),
        Column("reading", "姓氏读音", "Surname reading", pinyin, note="读音特殊的填写，例如 单 Shàn", example="Shàn"),
        Column("citizen_number", "公民身份号码", "Citizen number", text(24), note="加密保存，不显示", width=22),
        Column("official_id", "人员登记号", "Official id", uuid, note="已登记人员可填此号代替身份号码", width=38),
        Column("from_day", "任职日", "From", day, example="2025-01-10"),
        Column("to_day", "离任日", "To", day, note="最后任职日；空白表示不作说明"),
        Column("acting", "主持工作", "Acting", yes_or_no, allowed={"true": "是", "false": "否"}),
        Column("promotion", "属于晋升", "Promotion", yes_or_no, allowed={"true": "是", "false": "否"}),
        Column("end_reason", "离任原因", "End reason", text(2000)),
        Column("source_recorded_at", "来源登记时间", "Recorded at source", instant, note="补录时填写"),
        Column("attested_by", "证明人", "Attested by", text(200), note="补录时填写"),
    ),
    (
        "每行一项任职；岗位空缺的只填机关和岗位。空白单元格不作说明，不会清除已登记的内容。",
        "One appointment a row; a vacant post has organ and post only. An empty cell says nothing and clears nothing.",
        "同一表可重复导入：已登记且一致的行不变，不一致的行作为更正。",
        "The same sheet may be sent again: rows that agree change nothing, rows that differ are corrections.",
    ),
)
_ORGAN = ROSTER.columns[:3]
_POST = tuple(replace(one, required=True) for one in ROSTER.columns if one.name in {"post_kind", "post"})
_FROM = Column("from_day", "起始日", "From", day, required=True, example="2025-01-10")
_TO = Column("to_day", "终止日", "To", day, note="最后一日；空白表示不作说明")
_MANY = "多项以分号分隔"
_INDUSTRIES = Column(
    "industries", "行业", "Industries", many(industry, 200), note=f"GB/T 4754，{_MANY}", example="C26；B06"
)
_FIELDS = Column("fields", "领域", "Fields", many(text(50), 100), note=_MANY, example="消防；特种设备")
_NAMES = f"同一地区机关的名称或登记号，{_MANY}"
_ORGANS = Column("organs", "分管机关", "Organs", many(text(200), 100), note=_NAMES, width=30)
_SOURCE = ROSTER.columns[-2:]
ROLES = Sheet(
    "部门职责 Roles",
    (
        *_ORGAN,
        Column("role", "职责", "Role", required=True, allowed=ROLE_KINDS),
        _FROM,
        _TO,
        _INDUSTRIES,
        _FIELDS,
        Column("function", "职能", "Function", text(200), note="同一职责按职能分列时填写"),
        Column("document", "文号", "Document", text(200), example="演练办〔2019〕1号"),
        Column("issuer", "发文机关", "Issuer", text(200)),
        Column("issued_on", "发文日期", "Issued on", day),
        Column("side", "党政", "Side", allowed=SIDES),
    ),
)
PORTFOLIOS = Sheet(
    "分管 Portfolios",
    (
        *_ORGAN,
        *_POST,
        _FROM,
        _TO,
        _INDUSTRIES,
        _FIELDS,
        Column(
            "organs", "分管机关", "Organs", many(text(200), 100), note=f"同一地区机关的名称或登记号，{_MANY}", width=30
        ),
        *_SOURCE,
    ),
)
SHEETS = {Part.ROSTER: ROSTER, Part.ROLES: ROLES, Part.PORTFOLIOS: PORTFOLIOS}
_NUMBER = "citizen_number"
_KEYS = ("region_code", "organ", "organ_kind", "post_kind", "post")
_BY_NAME = {part: {column.name: column for column in sheet.columns} for part, sheet in SHEETS.items()}


class Lines:
    """Rows of a file as lines for staging; numbers are sealed on the way, and repeated nowhere.

    `letters` says which column of which sheet holds what, once a row was read.
    """

    def __init__(self, identity: UUID, numbers: Numbers, file: IO[bytes]) -> None:
        self._identity, self._numbers, self._file = identity, numbers, file
        self.letters: dict[str, dict[str, str]] = {}

    def __iter__(self) -> Iterator[tuple[dict[str, Any] | None, list[CellProblem]]]:
        """Each row's line (`None` where a sheet as a whole is wrong) and its problems; the first's if none is ours."""
        there = titles(self._file)
        for part in [one for one, sheet in SHEETS.items() if sheet.title in there] or [Part.ROSTER]:
            try:
                yield from self._of(part)
            except UnreadableError as error:
                if part is Part.ROSTER or error.code != "sheet_empty":
                    raise

    def _of(self, part: Part) -> Iterator[tuple[dict[str, Any] | None, list[CellProblem]]]:
        for row in read(self._file, SHEETS[part]):
            if part not in self.letters:
                self.letters[part] = {name: letter for name, (letter, _) in row.cells.items()}
            problems = [self._masked(one) for one in row.problems]
            if not row.values:
                yield None, problems
                continue
            line = {name: value for name, value in row.values.items() if name != _NUMBER}
            problems += self._take_number(row, line) if part is Part.ROSTER else []
            line |= {name: line.get(name) or "" for name in _KEYS}
            state = "unreadable" if problems else "open"
            yield {**line, "sheet": part, "number": row.number, "state": state}, problems

    def _take_number(self, row: Row, line: dict[str, Any]) -> list[CellProblem]:
        """Put the number into the line as its seal and blind index."""
        line["person"] = line["sealed"] = None
        if row.values[_NUMBER] is None:
            return []
        try:
            number = self._numbers.checked(row.values[_NUMBER])
        except Refused as refused:
            zh, _, en = refused.detail.partition(" · ")
            error = CellError(refused.code, zh, en)
            return [self._masked(row.problem(ROSTER, _NUMBER, error))]
        line["person"] = self._numbers.vault.blind_index(number).hex()
        line["sealed"] = self._numbers.vault.encrypt(number, context(self._identity, row.number))
        return []

    @staticmethod
    def _masked(problem: CellProblem) -> CellProblem:
        hidden = problem.column == _BY_NAME[Part.ROSTER][_NUMBER].zh and problem.text
        return replace(problem, text=MASK) if hidden else problem


def context(identity: UUID, number: int) -> str:
    """Where a number in staging is sealed for."""
    return f"import {identity} line {number}"


def cell_problem(fault: Fault, shown: Any, letters: Mapping[str, Mapping[str, str]]) -> CellProblem:
    """A fault by sheet, row, column and cell text, `shown` being the staged value; a citizen number is not repeated."""
    name, columns = fault.column, _BY_NAME[fault.sheet]
    column = columns.get(name) if name else None
    title, letter = SHEETS[fault.sheet].title, letters.get(fault.sheet, {}).get(name or "")
    told = MASK if name == _NUMBER and shown else "" if column is None else _label(column, shown)
    return CellProblem(title, fault.line, letter, column.zh if column else "", told, fault.code, fault.zh, fault.en)


def _label(column: Column, value: Any) -> str:
    if isinstance(value, list | tuple):
        return "；".join(map(str, value))[:200]
    if isinstance(value, datetime):
        return shown(value.astimezone(SHANGHAI).replace(tzinfo=None))
    return "" if value is None else str(column.allowed.get(str(value), value))[:200]
