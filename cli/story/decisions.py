"""Steps 7 to 9: the case against the retired, and the exemptions."""

import base64
from datetime import date

from cli.story import cast
from cli.story.accident import attestation, renewed
from cli.story.aftermath import leads
from cli.story.client import Body, Refusal, Tale
from cli.story.preparation import end
from shared.papers import ForgedPaperError, verify

CASES, EXEMPTIONS = "/discipline/v1/cases", "/discipline/v1/exemptions"
EVIDENCE = [f"sha256:{'a' * 64}"]
POINTS = ("duties", "other_law", "deployments")


def play(tale: Tale) -> None:
    """Steps 7, 8 and 9, from 2026-06-30 to 2026-09-11."""
    with tale.chapter("第7步 · step 7", "丙退休后立案：无认定不得决定，免职不适用 · the retired"):
        retired(tale)
    with tale.chapter("第8步 · step 8", "丁免责，证明离线可验 · exemption and offline proof"):
        exempt(tale)
    with tale.chapter("第9步 · step 9", "戊（主任）不予免责，乙不受甲影响 · refused; the newcomer untouched"):
        refuse_exemption(tale)


def open_case(tale: Tale, who: str, organ: str, *grounds: tuple[str, str]) -> Body:
    """A case from the open leads about somebody, on grounds given with their facts."""
    found = leads(tale, official_id=tale.ids[who], status="open")
    body = {
        "lead_ids": [one["id"] for one in found],
        "grounds": [{"ground": ground, "facts": facts, "evidence": EVIDENCE} for ground, facts in grounds],
        "handling_organ_id": tale.ids[organ],
    }
    case: Body = tale.record("discipline_handler", CASES, body)
    return case


def proposal(tale: Tale, measure: str, on: date, organ: str, *, fact: tuple[str, str], art23: bool) -> Body:
    """A complete proposal; `fact` is its reason with the clause."""
    return {
        "measure": measure,
        "decided_on": str(on),
        "effective_on": str(on),
        "organ": {
            "organ_id": tale.ids[organ],
            "cadre_authority": True,
            "meeting": "（演练）党委常委会会议",
            "met_on": str(on),
        },
        "contents": {
            "post_duties": "（演练）岗位职责",
            "performance": "（演练）履职情况",
            "conditions": "（演练）履职条件",
            "statement": "（演练）本人陈述",
            "service": "（演练）当面送达",
            "appeal_deadline": str(on.replace(year=on.year + 1, month=1)),
            "reasons": [{"fact": fact[0], "source": "（演练）认定书、台账", "clause": fact[1]}],
        },
        "art23_applies": art23,
    }


def retired(tale: Tale) -> None:
    """丙 retired on 2026-06-30: Art. 27 needs three findings in words, and 免职 needs a post."""
    tale.turn("2026-06-30T17:00")
    end(tale, "丙", cast.MAGISTRATE, date(2026, 6, 30), "退休")
    tale.turn("2026-07-15T10:00")
    case = open_case(tale, "丙", cast.CITY_DISCIPLINE, ("art21.4", "（演练）一季度无常务会议研究安全生产的记录"))
    path = f"{CASES}/{case['id']}"

    def known() -> Body | None:
        seen: Body = tale.read("discipline_handler", path)
        return seen if seen["retired_on"] else None

    case = tale.until("退休已知 · retirement known", known)
    tale.expect("退休日 · retired on", (case["retired_on"], case["exercise"]), ("2026-07-01", True))
    fact = ("（演练）一季度无记录", "art6.2")
    removal = proposal(tale, "removal", date(2026, 7, 15), cast.PARTY, fact=fact, art23=True)
    missing = Refusal(422, "art27_findings_missing", ("art27",))
    seen = tale.refused("discipline_handler", f"{path}/propose", removal, seen=case["version"])
    tale.expect("未作认定 · without findings", seen, missing)
    bare = {"organ_id": tale.ids[cast.INVESTIGATOR], "found_on": "2026-07-10", "findings": "（演练）调查报告"}
    case = tale.move("investigator", f"{path}/findings", bare, seen=case["version"], method="PUT")
    seen = tale.refused("discipline_handler", f"{path}/propose", removal, seen=case["version"])
    tale.expect("认定不足 · findings without Art. 27", seen, missing)
    whole = bare | {
        "leadership_responsibility": "（演练）负有主要领导责任",
        "vile_nature": "（演练）性质恶劣",
        "serious_consequences": "（演练）后果严重",
    }
    case = tale.move("investigator", f"{path}/findings", whole, seen=case["version"], method="PUT")
    seen = tale.refused("discipline_handler", f"{path}/propose", removal, seen=case["version"])
    tale.expect("免职不适用 · removal", seen, Refusal(422, "measure_needs_post", ("art22", "art27")))
    names = ["opened", "findings_recorded", "findings_recorded"]
    tale.expect("事件 · events", tale.events("discipline", "case", case["id"]), names)


def request(tale: Tale, who: str, title: str) -> Body:
    """Ask for an exemption and have the investigating organ's three findings recorded."""
    body = {
        "official_id": tale.ids[who],
        "post_id": tale.ids[title],
        "accident_id": tale.accident["id"],
        "investigating_organ_id": tale.ids[cast.INVESTIGATOR],
        "statement": "（演练）本人陈述",
    }
    asked: Body = tale.record("investigator", EXEMPTIONS, body)
    return asked


def find_points(tale: Tale, asked: Body) -> Body:
    """The investigating organ finds all three points performed."""
    findings = [{"point": one, "performed": True, "reasons": "（演练）调查报告"} for one in POINTS]
    body = {"organ_id": tale.ids[cast.INVESTIGATOR], "findings": findings}
    path = f"{EXEMPTIONS}/{asked['id']}/findings"
    found: Body = tale.move("investigator", path, body, seen=asked["version"], method="PUT")
    return found


def assessed(tale: Tale, asked: Body, outcome: str) -> Body:
    """The exemption, once the file carries this outcome."""

    def carried() -> Body | None:
        seen: Body = tale.read("discipline_handler", f"{EXEMPTIONS}/{asked['id']}")
        return seen if seen["assessment"]["outcome"] == outcome else None

    return tale.until(f"免责评定 {outcome} · assessment", carried)


def answer(tale: Tale, asked: Body, outcome: str) -> Body:
    """A person records the outcome."""
    body = {"outcome": outcome, "reasons": "（演练）依在案证明和认定"}
    path = f"{EXEMPTIONS}/{asked['id']}/answer"
    answered: Body = tale.move("discipline_approver", path, body, seen=asked["version"])
    return answered


def exempt(tale: Tale) -> None:
    """丁: nothing granted before the three findings; granted after; the signed attestation verifies offline."""
    tale.turn("2026-08-10T10:00")
    asked = request(tale, "丁", cast.LEAD)
    grant = {"outcome": "granted", "reasons": "（演练）经查实已全面履职"}
    seen = tale.refused("discipline_approver", f"{EXEMPTIONS}/{asked['id']}/answer", grant, seen=asked["version"])
    tale.expect("尚未查实 · before the findings", seen, Refusal(422, "findings_missing", ("art26", "art26")))
    asked = find_points(tale, asked)
    tale.expect(
        "评定 · assessment", (asked["assessment"]["outcome"], asked["assessment"]["code"]), ("granted", "exempted")
    )
    granted = answer(tale, asked, "granted")
    tale.expect("免责 · exemption", (granted["status"], granted["code"]), ("granted", "exempted"))
    tale.expect("依据 · basis", {one["clause"] for one in granted["basis"]}, {"art26"})
    names = ["requested", "findings_recorded", "granted"]
    tale.expect("事件 · events", tale.events("discipline", "exemption", granted["id"]), names)
    whole = attestation(tale, "丁", cast.LEAD)
    tale.expect("所依据的证明 · attestation", granted["attestation_digest"], whole["digest"])
    _verify_offline(tale, whole)


def _verify_offline(tale: Tale, whole: Body) -> None:
    """With the public keys alone; with one byte changed, anywhere, it fails."""
    path = f"/duties/v1/attestations/{whole['id']}"

    def sealed() -> Body | None:
        seal: Body | None = tale.read("investigator", path)["seal"]
        return seal

    seal = tale.until("封印 · seal", sealed)
    text = tale.send("investigator", "GET", f"{path}/document").text
    keys = tale.http.get("/duties/v1/attestations/keys").json()
    try:
        paper = verify(text, keys)
    except ForgedPaperError as error:
        raise tale.failed(f"证明未通过验证 · the document does not verify: {error}") from error
    said = (paper["attestation"]["digest"], paper["seal"], paper["basis"])
    tale.expect("证明内容 · document", said, (whole["digest"], seal, ["art26", "art28"]))
    header, body, signature = text.split(".")
    raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).replace(b'"whole":true', b'"whole":null')
    changed = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    forgeries = [f"{header}.{changed}.{signature}"]
    forgeries += [text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :] for at in range(0, len(text), 997)]
    for forged in forgeries:
        try:
            verify(forged, keys)
        except ForgedPaperError:
            continue
        raise tale.failed("改动一个字节后仍通过验证 · it verifies with a byte changed")


def finding(tale: Tale, who: str, title: str, lapse: tuple[str, str], heard: str, decided: str) -> Body:
    """The competent organ finds non-performance of a lapsed obligation, after hearing the person (art21.1)."""
    whole = attestation(tale, who, title)
    (open_lapse,) = [one for one in whole["lapses"] if (one["duty_id"], one["period_start"]) == lapse]
    body = {
        "official_id": tale.ids[who],
        "post_id": tale.ids[title],
        "duty_id": lapse[0],
        "obligation_id": open_lapse["obligation_id"],
        "period_start": open_lapse["period_start"],
        "period_end": open_lapse["period_end"],
        "organ_id": tale.ids[cast.DISCIPLINE],
        "reasons": "（演练）经查台账无记录，听取本人陈述后认定",
        "heard_on": heard,
        "statement": "（演练）本人陈述",
        "decided_on": decided,
        "accident_id": tale.accident["id"],
    }
    path = "/duties/v1/nonperformance-findings"
    unheard = tale.refused("discipline_handler", path, body | {"heard_on": None})
    tale.expect("未听取本人陈述 · not heard", unheard, Refusal(422, "finding.not_heard", ("art28",)))
    made: Body = tale.record("discipline_handler", path, body)
    tale.expect("未履职认定 · finding", (made["outcome"], made["exercise"]), ("not_performed", True))
    tale.expect("依据 · basis", [one["clause"] for one in made["basis"]], ["art21.1", "art29"])
    return made


def refuse_exemption(tale: Tale) -> None:
    """戊 as director: the lapse suspends; the finding, after hearing, refuses and names the obligation."""
    tale.turn("2026-09-01T10:00")
    asked = find_points(tale, request(tale, "戊", cast.ZONE_DIRECTOR))
    told = (asked["assessment"]["outcome"], asked["assessment"]["code"], asked["assessment"]["duties"])
    tale.expect("到期无记录 · lapse", told, ("suspended", "lapse_not_clarified", ["art6.3c"]))
    asked = answer(tale, asked, "suspended")
    tale.expect("中止 · suspended", (asked["status"], asked["duties"]), ("suspended", ["art6.3c"]))
    tale.turn("2026-09-10T10:00")
    lapse = ("art6.3c", "2026-04-01")
    made = finding(tale, "戊", cast.ZONE_DIRECTOR, lapse, "2026-09-08", "2026-09-10")
    asked = assessed(tale, asked, "refused")
    grant = {"outcome": "granted", "reasons": "（演练）"}
    seen = tale.refused("discipline_approver", f"{EXEMPTIONS}/{asked['id']}/answer", grant, seen=asked["version"])
    tale.expect("不得免责 · cannot be granted", seen, Refusal(422, "found_not_performed", ("art26", "art6.3c")))
    refused = answer(tale, asked, "refused")
    said = (refused["status"], refused["duties"], "art6.3c" in refused["assessment"]["reason"])
    tale.expect("不予免责 · refused", said, ("refused", ["art6.3c"], True))
    tale.expect("依据 · basis", {one["clause"] for one in refused["basis"]}, {"art26", "art6.3c"})
    names = ["requested", "findings_recorded", "suspended", "refused"]
    tale.expect("事件 · events", tale.events("discipline", "exemption", refused["id"]), names)
    whole = renewed(tale, "戊", cast.ZONE_DIRECTOR)
    tale.expect("证明载明认定 · in the attestation", [one["id"] for one in whole["findings"]], [made["id"]])
    yi = find_points(tale, request(tale, "乙", cast.SECRETARY))
    of_yi = (yi["assessment"]["outcome"], yi["assessment"]["duties"])
    tale.expect("乙 不受甲任期影响 · untouched by the predecessor", of_yi, ("granted", []))
    tale.expect("乙 免责 · exemption", answer(tale, yi, "granted")["status"], "granted")
