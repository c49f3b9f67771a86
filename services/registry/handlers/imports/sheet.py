"""The roster sheet 花名册: one row for each appointment (or vacant post, or organ), and how its cells become lines."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time
from typing import IO, Any
from uuid import UUID

from services.registry.facts import SHANGHAI
from services.registry.facts.names import plain
from services.registry.handlers.officials import Numbers
from services.registry.rules.credit_codes import standard_code
from shared.kernel.problems import Refused
from shared.roster.facts import OrganKind, PostKind
from shared.sheets import Cell, CellError, CellProblem, Column, Row, Sheet, day, read, text, uuid, yes_or_no

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
_NUMBER = "citizen_number"
_KEYS = ("region_code", "organ", "organ_kind", "post_kind", "post")
_BY_NAME = {column.name: column for column in ROSTER.columns}


class Lines:
    """Rows of a file as lines for staging; numbers are sealed on the way, and repeated nowhere.

    `letters` says which column of the file holds what, once a row was read.
    """

    def __init__(self, identity: UUID, numbers: Numbers, file: IO[bytes]) -> None:
        self._identity, self._numbers, self._file = identity, numbers, file
        self.letters: dict[str, str] = {}

    def __iter__(self) -> Iterator[tuple[dict[str, Any] | None, list[CellProblem]]]:
        """Each row's line (`None` where the sheet as a whole is wrong) and its problems."""
        for row in read(self._file, ROSTER):
            self.letters = self.letters or {name: letter for name, (letter, _) in row.cells.items()}
            problems = [self._masked(one) for one in row.problems]
            if not row.values:
                yield None, problems
                continue
            line = {name: value for name, value in row.values.items() if name != _NUMBER}
            problems += self._take_number(row, line)
            line |= {name: line[name] or "" for name in _KEYS}
            yield {**line, "number": row.number, "state": "unreadable" if problems else "open"}, problems

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
        return replace(problem, text=MASK) if problem.column == _BY_NAME[_NUMBER].zh and problem.text else problem


def context(identity: UUID, number: int) -> str:
    """Where a number in staging is sealed for."""
    return f"import {identity} line {number}"


def heading(name: str | None) -> str:
    """The Chinese heading of a column."""
    return "" if name is None else _BY_NAME[name].zh


def label(name: str, value: Any) -> str:
    """A staged value as the sheet shows it."""
    if value is None or value == "":
        return ""
    return str(_BY_NAME[name].allowed.get(str(value), value))[:200]
