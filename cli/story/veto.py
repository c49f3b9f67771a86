"""Steps 10 to 13: the measure while the broker is down and discipline is killed, its veto, the vetting, the past."""

from datetime import date

import httpx

from cli.story import cast
from cli.story.accident import attested
from cli.story.aftermath import leads
from cli.story.client import Body, Refusal, Tale
from cli.story.decisions import CASES, finding, open_case, proposal
from cli.story.preparation import appoint
from cli.story.proofs import nothing_lost

APPRAISALS, VETTINGS, VETOES = "/appraisal/v1/appraisals", "/appraisal/v1/vettings", "/discipline/v1/vetoes"
PROMOTED_TO = "演练市应急管理局副局长"
EFFECTIVE, LAST_DAY = date(2026, 12, 25), "2027-12-24"
LAPSE = ("art10.2a", "2025-07-01")


def play(tale: Tale) -> None:
    """Steps 10 to 13, from 2026-12-20 to 2027-12-25; all of step 10 is done while the broker is down (step 12)."""
    ours = tale.control.broker_is_ours  # one that NATS_URL names is not ours to stop
    with tale.chapter("第10步 · step 10", "消息服务停、问责服务被杀时记过；否决与标记 · the measure and its veto"):
        if ours:
            tale.control.stop_broker()
        appraise(tale)
        case = demerit(tale)
        if ours:
            tale.control.start_broker()
        flagged(tale, case)
        end_the_late_lead(tale)
    with tale.chapter("第11步 · step 11", "己的考察：2027-03-01 与 2027-12-25 · vetting"):
        vet(tale)
    with tale.chapter("第12步 · step 12", "消息服务停启、服务重启之后：不重不漏 · the same end state, nothing twice"):
        nothing_twice(tale, case)
        nothing_lost(tale)
    with tale.chapter("第13步 · step 13", "以第2步的知悉时点再问，答复逐字节相同 · asked again"):
        ask_again(tale)


def appraise(tale: Tale) -> None:
    """己 is graded 优秀 for 2026 on 2026-12-20, after the yearly report (art16)."""
    tale.turn("2026-12-20T10:00")
    body = {"organ_id": tale.ids["演练县应急管理局"], "official_id": tale.ids["己"], "year": 2026}
    seen = tale.record("organization", APPRAISALS, body)
    path, tale.appraisal_id = f"{APPRAISALS}/{seen['id']}", seen["id"]
    empty = tale.refused("organization", f"{path}/report", {"work_safety_section": " "}, seen=seen["version"])
    tale.expect("述职缺安全生产 · no section", empty, Refusal(422, "work_safety_section_missing", ("art16",)))
    section = {"work_safety_section": "（演练）全年履行安全生产工作责任情况"}
    seen = tale.move("organization", f"{path}/report", section, seen=seen["version"])
    grade = {"grade": "优秀", "reason": "（演练）年度考核"}
    seen = tale.move("organization", f"{path}/grade", grade, seen=seen["version"])
    given = (seen["status"], seen["grade"]["grade"], seen["grade"]["given_on"])
    tale.expect("考核等次 · grade", given, ("graded", "优秀", "2026-12-20"))


def demerit(tale: Tale) -> Body:
    """A finding after hearing; 记过 because of the accident, by two people; discipline is killed in between."""
    tale.turn("2026-12-22T10:00")
    finding(tale, "己", cast.BUREAU_HEAD, LAPSE, "2026-12-21", "2026-12-22")
    tale.turn("2026-12-24T10:00")
    promotion = appoint(tale, "己", PROMOTED_TO, date(2027, 1, 5), promotion=True)
    tale.promotion_id = promotion["id"]
    tale.expect("晋升登记 · promotion", (promotion["promotion"], promotion["flags"]), (True, []))
    grounds = (("art21.4", "（演练）对事故负有领导责任"), ("art21.1", "（演练）2025年下半年未专题研究"))
    case = open_case(tale, "己", cast.DISCIPLINE, *grounds)
    path = f"{CASES}/{case['id']}"
    fact = ("（演练）2025年下半年未专题研究，经听取本人陈述后认定", "art10.2a")
    body = proposal(tale, "demerit", EFFECTIVE, cast.PARTY, fact=fact, art23=True)
    body |= {"decided_on": "2026-12-24", "organ": body["organ"] | {"met_on": "2026-12-24"}}
    case = tale.move("discipline_both", f"{path}/propose", body, seen=case["version"])
    same = tale.refused("discipline_both", f"{path}/approve", seen=case["version"])
    tale.expect("同一人提出又批准 · the same person", same, Refusal(422, "same_person", ("art28",)))
    tale.control.kill("discipline")
    _expect_away(tale, f"{path}/approve", case["version"])
    tale.control.start("discipline")
    kept = tale.read("discipline_approver", path)
    tale.expect("重启后案件 · after the restart", (kept["status"], kept["version"]), ("proposed", case["version"]))
    case = tale.move("discipline_approver", f"{path}/approve", seen=kept["version"])
    tale.control.kill("discipline")  # once more, with the decision committed and nothing of it published
    tale.control.start("discipline")
    again = tale.read("discipline_approver", path)
    tale.expect("决定已存 · the decision is kept", (again["status"], again["version"]), ("decided", case["version"]))
    _expect_bars(tale, again)
    return dict(again)


def _expect_away(tale: Tale, path: str, seen: int) -> None:
    """A killed service does not answer, and the console says so."""
    try:
        answer = tale.send("discipline_approver", "POST", path, seen=seen)
    except httpx.TransportError:
        return
    tale.expect("服务已停 · the service is away", answer.status_code, 502)


def _expect_bars(tale: Tale, case: Body) -> None:
    """A veto through 2027-12-24 (art23) beside the measure's own effect period."""
    bars = {one["kind"]: (one["from_day"], one["through_day"], "promotion" in one["bars"]) for one in case["vetoes"]}
    days = (str(EFFECTIVE), LAST_DAY, True)
    tale.expect("否决与影响期 · bars", bars, {"veto": days, "effect_period": days})
    veto = next(one for one in case["vetoes"] if one["kind"] == "veto")
    basis = {one["clause"] for one in veto["basis"]}
    tale.expect("依据 · basis", (basis, veto["accident_id"]), ({"art23"}, tale.accident["id"]))
    by = (case["proposal"]["proposed_by"], case["approved_by"])
    tale.expect("提出与批准 · proposed and approved by", by, ("dev:discipline_both", "dev:discipline_approver"))


def flagged(tale: Tale, case: Body) -> None:
    """The grade is flagged and reopened by a person; the promotion under way is flagged, not cancelled (art23)."""
    tale.turn("2026-12-28T10:00")
    path = f"{APPRAISALS}/{tale.appraisal_id}"

    def flag() -> Body | None:
        seen: Body = tale.read("organization", path)
        return seen if seen["flag"] else None

    def promotion() -> Body | None:
        seen: Body = tale.read("registrar", f"/registry/v1/appointments/{tale.promotion_id}")
        return seen if len(seen["flags"]) == len(case["vetoes"]) else None

    wanted = {one["kind"]: one["id"] for one in case["vetoes"]}
    appraisal = tale.until("等次已标记 · the grade is flagged", flag)
    tale.expect("标记原因 · flagged by", appraisal["flag"]["veto_ids"], [wanted["veto"]])
    tale.expect("等次未自动改变 · the grade stands", appraisal["grade"]["grade"], "优秀")
    reason = {"reason": "（演练）一票否决期间涉及2026年度"}
    appraisal = tale.move("organization", f"{path}/reopen", reason, seen=appraisal["version"])
    excellent = {"grade": "优秀", "reason": "（演练）"}
    refusal = tale.refused("organization", f"{path}/grade", excellent, seen=appraisal["version"])
    tale.expect("再评优秀 · excellent again", (refusal.code, "art23" in refusal.clauses), ("excellence_barred", True))
    grade = {"grade": "称职", "reason": "（演练）重新评定"}
    appraisal = tale.move("organization", f"{path}/grade", grade, seen=appraisal["version"])
    tale.expect("重新评定 · graded again", (appraisal["status"], appraisal["grade"]["grade"]), ("graded", "称职"))
    by = appraisal["reopenings"][0]["by"]
    tale.expect("由人重新评定 · reopened by", by, "dev:organization")
    seen = tale.until("晋升已标记 · the promotion is flagged", promotion)
    flags = sorted(f"promotion_during_{kind}:{identity}" for kind, identity in wanted.items())
    tale.expect("晋升标记 · flags", (seen["flags"], seen["annulled"]), (flags, False))


def end_the_late_lead(tale: Tale) -> None:
    """The finding's lead came with the broker, after its case: a person ends it with the reason (art21)."""
    query = {"official_id": tale.ids["己"], "status": "open"}
    (late,) = tale.until("认定线索 · the finding's lead", lambda: leads(tale, **query) or None)
    tale.expect(
        "认定线索 · the finding's lead", (late["ground"], late["source"]), ("art21.1", "non_performance_finding")
    )
    body = {"reason": "（演练）所涉事实已在对本人的案件中一并处理"}
    path = f"/discipline/v1/leads/{late['id']}/dismiss"
    ended = tale.move("discipline_handler", path, body, seen=late["version"])
    tale.expect("线索办结 · ended", ended["status"], "dismissed")


def nothing_twice(tale: Tale, case: Body) -> None:
    """One veto, one effect period, one flag for each, one lead and attestation for each cause, each event once."""
    query = {"exercise": True, "official_id": tale.ids["己"]}
    found = tale.read("discipline_handler", VETOES, **query)["items"]
    tale.expect("否决与影响期 · bars", sorted(one["id"] for one in found), sorted(one["id"] for one in case["vetoes"]))
    for one in found:
        tale.expect("事件 · events", tale.events("discipline", "veto", one["id"]), ["imposed"])
    names = ["opened", "proposed", "decided"]
    tale.expect("案件事件 · events of the case", tale.events("discipline", "case", case["id"]), names)
    names = ["opened", "reported", "graded", "flagged", "reopened", "graded"]
    tale.expect("考核事件 · events of the appraisal", tale.events("appraisal", "appraisal", tale.appraisal_id), names)
    events = tale.events("registry", "appointment", tale.promotion_id)
    names = ["recorded", *["promotion_flagged"] * len(found)]
    tale.expect("晋升事件 · events of the promotion", events, names)
    listed = len(tale.accident["chain"]["entries"])
    causes = [(one["source"], one["post_id"], one["official_id"]) for one in leads(tale)]
    tale.expect("线索不重不漏 · leads", (len(causes), len(set(causes))), (listed + 2, listed + 2))
    papers = [(one["post_id"], one["official_id"]) for one in attested(tale)]
    tale.expect("证明不重不漏 · attestations", (len(papers), len(set(papers))), (listed + 1, listed + 1))
    tale.expect("实际否决 · vetoes of real people", tale.read("organization", VETOES)["items"], [])


def vet(tale: Tale) -> None:
    """己 may not be promoted on 2027-03-01, with clause and last blocked day; on 2027-12-25 nothing stands (art17)."""
    tale.turn("2027-03-01T10:00")
    body = {
        "official_id": tale.ids["己"],
        "organ_id": tale.ids["演练市应急管理局"],
        "post_kind": "department_other_leader",
        "promotion": True,
        "performance_record": "（演练）履行安全生产职责情况",
    }
    opened = tale.record("organization", VETTINGS, body)
    path = f"{VETTINGS}/{opened['id']}"
    seen = tale.read("organization", f"{path}/answer")
    standing = {(one["kind"], one["last_blocked_day"]) for one in seen["standing"] if one["bar"] == "promotion"}
    tale.expect("最后受限日 · last blocked day", standing, {("veto", LAST_DAY), ("effect_period", LAST_DAY)})
    (sought,) = [one for one in seen["sought"] if one["bar"] == "promotion"]
    told = (seen["as_of"], seen["clear"], sought["allowed"], "art23" in {one["clause"] for one in sought["basis"]})
    tale.expect("不得提拔 · not to be promoted", told, ("2027-03-01", False, False, True))
    favourable = {"favourable": True, "words": "（演练）同意提拔"}
    refusal = tale.refused("organization", f"{path}/conclude", favourable, seen=opened["version"])
    tale.expect("不得作出同意结论 · refused", (refusal.status, "art23" in refusal.clauses), (422, True))
    adverse = {"favourable": False, "words": "（演练）影响期内，不予提拔"}
    tale.move("organization", f"{path}/conclude", adverse, seen=opened["version"])
    tale.expect("事件 · events", tale.events("appraisal", "vetting", opened["id"]), ["opened", "concluded"])
    tale.turn("2027-12-25T10:00")
    later = tale.read("organization", f"{path}/answer")
    free = (later["as_of"], later["clear"], {one["allowed"] for one in later["sought"]})
    tale.expect("期满 · no veto", free, ("2027-12-25", True, {True}))
    query = {"exercise": True, "official_id": tale.ids["己"], "on": "2027-12-25"}
    tale.expect("期满 · no veto", tale.read("organization", VETOES, **query)["items"], [])


def ask_again(tale: Tale) -> None:
    """What was known at step 2 is answered as at step 2, byte for byte; what is known now differs."""
    again = tale.send("auditor", "GET", "/registry/v1/responsibility", query=tale.question)
    tale.expect("同一答复 · the same answer", again.content, tale.answered)
    path = f"/registry/v1/accidents/{tale.accident['id']}"
    then = tale.read("auditor", path, known_at=tale.question["known_at"])
    seen = (then["level"], then["version"], then["chain"]["version"], len(then["chain"]["entries"]))
    wanted = ("较大", 1, 1, len(cast.holders_at_accident(cast.ZONE, cast.COUNTY, cast.CITY)))
    tale.expect("当时的事故 · the accident as known then", seen, wanted)
    now = {name: value for name, value in tale.question.items() if name != "known_at"}
    held = {
        one["title"]: one["held_to"] for one in tale.read("auditor", "/registry/v1/responsibility", **now)["entries"]
    }
    tale.expect("现在知悉丙已退休 · known now", held[cast.MAGISTRATE], "2026-06-30")
