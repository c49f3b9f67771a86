"""Words that people read, and what a citizen number looks like among them."""

import re
from collections.abc import Mapping

from services.duties.facts.catalogue import ActKind

_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")

#: What people call each kind of act.
ACT_WORDS: Mapping[str, str] = {
    ActKind.STANDING_COMMITTEE_MEETING: "党委常委会",
    ActKind.WORKING_COMMITTEE_MEETING: "党工委会议",
    ActKind.JOINT_MEETING: "党政联席会",
    ActKind.RESEARCH_TRIP: "调研",
    ActKind.LED_INSPECTION: "带队检查",
    ActKind.EXECUTIVE_MEETING: "政府常务会议",
    ActKind.MANAGEMENT_COMMITTEE_MEETING: "管委会会议",
    ActKind.OFFICE_MEETING: "办公会议",
    ActKind.LIST_PUBLISHED: "责任清单公示",
    ActKind.LIST_ASSESSMENT: "清单检查考核",
    ActKind.SITUATION_ANALYSIS: "形势分析",
    ActKind.PORTFOLIO_REPORT: "分管履职报告",
    ActKind.SPECIAL_STUDY: "专题研究",
    ActKind.ORGANISED_STUDY: "组织研究",
    ActKind.PARTY_GROUP_MEETING: "党委(党组)会议",
    ActKind.SAFETY_SPECIAL_MEETING: "安全生产专题会议",
    ActKind.INDUSTRY_REPORT_HEARD: "听取汇报",
}


def holds_citizen_number(text: str) -> bool:
    """Whether the text holds something written like a citizen number."""
    return _NUMBER.search(text) is not None
