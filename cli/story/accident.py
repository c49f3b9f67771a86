"""Steps 1 to 3: the accident, the chain of posts to examine, and what the records attest of each member."""

import hashlib
from datetime import date

from cli.story import cast
from cli.story.client import Body, Tale
from cli.story.preparation import Act, keep

AT_CITY_LEVEL = (cast.ZONE, cast.COUNTY, cast.CITY)
LATE = Act(date(2026, 4, 28), "led_inspection", "戊", (cast.ZONE_SECRETARY,))


def play(tale: Tale) -> None:
    """Steps 1, 2 and 3, on 2026-05-20 and 2026-06-01."""
    with tale.chapter("第1步 · step 1", "2026-05-20 爆炸，较大事故 · explosion in the zone"):
        explode(tale)
    with tale.chapter("第2步 · step 2", "责任链条：应予核查的岗位 · the chain of posts to examine"):
        examine_chain(tale)
    with tale.chapter("第3步 · step 3", "履职证明：本人任期、当时与现在 · attestations, then and now"):
        attest(tale)


def _step(receiver: str, time: str, sender: str | None = None) -> Body:
    return {"receiver": receiver, "received_at": f"2026-05-20T{time}:00+08:00", "sender": sender}


def explode(tale: Tale) -> None:
    """较大 by deaths and by serious injuries; reported within the limits; investigated by the city (art21.4)."""
    tale.turn("2026-05-20T17:40")
    body = {
        "title": "（演练）演练经济开发区爆炸事故",
        "region_code": cast.ZONE,
        "occurred_at": "2026-05-20T14:30:00+08:00",
        "industry": "C26",
        "casualties": {"deaths": [{"count": 3, "died_on": "2026-05-20"}], "serious_injuries": 12},
        "report_steps": [
            _step("unit", "14:35"),
            _step("county", "15:20", "unit"),
            _step("city", "16:00", "county"),
            _step("province", "17:30", "city"),
        ],
    }
    seen = tale.accident = tale.record("safety_office", "/registry/v1/accidents", body)
    tale.expect("等级 · level", (seen["level"], seen["decided_by"]), ("较大", ["deaths", "serious_injuries"]))
    tale.expect("报告时限 · report clock", seen["clock"]["within_limits"], wanted=True)
    tale.expect(
        "调查机关 · investigated by", (seen["investigated_by"], seen["investigating_region"]), ("city", "139900")
    )
    tale.expect("报告至 · reported up to", (seen["reported_up_to"], seen["alarms"]), ("province", []))
    tale.expect("依据 · basis", "art21.4" in {one["clause"] for one in seen["basis"]}, wanted=True)
    tale.expect("事件 · events", tale.events("registry", "accident", seen["id"]), ["recorded"])
    tale.expect("默认列表 · default list", tale.read("auditor", "/registry/v1/accidents")["items"], [])


def expect_chain(tale: Tale, chain: Body, *regions: str) -> None:
    """Exactly the posts of these regions, each with its holder on the day, its clauses and its reason."""
    name = {identity: who for who, identity in tale.ids.items() if who in cast.PEOPLE}
    holders = {one["title"]: name.get(one["official_id"] or "") for one in chain["entries"]}
    tale.expect("链条 · chain", holders, cast.holders_at_accident(*regions))
    tale.expect("每岗一项 · one entry a post", (len(chain["entries"]), chain["gaps"]), (len(holders), []))
    for one in chain["entries"]:
        clauses = [ground["clause"] for ground in one["basis"]]
        tale.expect(f"{one['title']} 条款 · clauses", clauses, cast.clauses_of(one["title"]))
        tale.expect(f"{one['title']} 理由 · reason", bool(one["reason_zh"] and one["reason_en"]), wanted=True)
    earlier = [(one["title"], name.get(one["official_id"])) for one in chain["earlier_holders"]]
    tale.expect("往任 · earlier holders", earlier, [(cast.SECRETARY, "甲")])
    clauses = [ground["clause"] for ground in chain["earlier_holders"][0]["basis"]]
    tale.expect("往任条款 · clauses of an earlier holder", clauses[-1], "art27")


def examine_chain(tale: Tale) -> None:
    """As of the accident: 乙 not 甲, 丙 in post, 戊 twice, no town; and the question that step 13 asks again."""
    tale.turn("2026-05-20T18:00")
    expect_chain(tale, tale.accident["chain"], *AT_CITY_LEVEL)
    tale.expect("窗口 · window", tale.accident["chain"]["window_from"], "2025-05-20")
    question = {"region": cast.COUNTY, "industry": "C26", "as_of": "2026-05-20", "exercise": "true"}
    first = tale.read("auditor", "/registry/v1/responsibility", **question)
    tale.question = question | {"known_at": first["known_at"]}
    tale.answered = tale.send("auditor", "GET", "/registry/v1/responsibility", query=tale.question).content
    titles = {one["title"] for one in first["entries"]}
    tale.expect("谁负责 · who answered", titles, set(cast.holders_at_accident(cast.COUNTY)))


def attestation(tale: Tale, who: str, title: str) -> Body:
    """The newest attestation of somebody in a post, whole."""

    def made() -> Body | None:
        query = {"accident_id": tale.accident["id"], "official_id": tale.ids[who], "exercise": True}
        page = tale.read("investigator", "/duties/v1/attestations", **query)
        return next((one for one in page["items"] if one["post_id"] == tale.ids[title]), None)

    found = tale.until(f"{who} 的履职证明 · attestation", made)
    whole: Body = tale.read("investigator", f"/duties/v1/attestations/{found['id']}")
    return whole


def renewed(tale: Tale, who: str, title: str) -> Body:
    """The attestation computed again, as known now."""
    path = f"/duties/v1/attestations/{attestation(tale, who, title)['id']}/renewals"
    whole: Body = tale.record("investigator", path, {})
    return whole


def attested(tale: Tale) -> list[Body]:
    """All attestations of the accident."""
    query = {"accident_id": tale.accident["id"], "exercise": True, "limit": 500}
    items: list[Body] = tale.read("investigator", "/duties/v1/attestations", **query)["items"]
    return items


def lapses(whole: Body) -> list[tuple[str, str]]:
    """The open lapses of an attestation: duty and first day."""
    return [(one["duty_id"], one["period_start"]) for one in whole["lapses"]]


def row(tale: Tale, whole: Body, duty_id: str, period_start: str) -> Body:
    """The one obligation of an attestation with this duty and period."""
    rows: list[Body] = [
        one for one in whole["obligations"] if (one["duty_id"], one["period_start"]) == (duty_id, period_start)
    ]
    tale.expect(f"{duty_id} {period_start} 任务数 · obligations", len(rows), 1)
    return rows[0]


def attest(tale: Tale) -> None:
    """Everybody listed, 甲 among them, is attested for the own tenure (art26)."""
    wanted = len(cast.holders_at_accident(*AT_CITY_LEVEL)) + 1
    tale.until("履职证明 · attestations", lambda: len(attested(tale)) == wanted or None)
    for who, title in (("丁", cast.LEAD), ("庚", cast.BUREAU_DEPUTY)):
        whole = attestation(tale, who, title)
        nothing_open = (whole["whole"], whole["lapses"], whole["unexamined"], whole["findings"])
        tale.expect(f"{who} 履职完整 · whole", nothing_open, (True, [], [], []))
        outcomes = {one["outcome"] for one in whole["standing"]}
        tale.expect(f"{who} 常设职责 · standing duties", outcomes, {"performed"})
    bing = attestation(tale, "丙", cast.MAGISTRATE)
    window = (bing["look_back_months"], bing["window_from"], bing["window_to"])
    tale.expect("回溯期 · look-back", window, (12, "2025-05-20", "2026-05-20"))
    tale.expect("丙 到期无记录 · lapses", lapses(bing), [("art6.2", "2026-01-01")])
    tale.expect("丙 常设职责未审查 · not examined", bool(bing["unexamined"]), wanted=True)
    ji = attestation(tale, "己", cast.BUREAU_HEAD)
    tale.expect("己 到期无记录 · lapses", lapses(ji), [("art10.2a", "2025-07-01")])
    tale.expect("依据 · basis", [one["clause"] for one in ji["basis"]], ["art26", "art28"])
    tale.expect("事件 · events", tale.events("duties", "attestation", ji["id"]), ["issued"])
    _own_tenure(tale)
    _late_record(tale)


def _own_tenure(tale: Tale) -> None:
    """乙 answers for 乙's own days only; 甲's first-quarter trip is on record."""
    yi, jia = attestation(tale, "乙", cast.SECRETARY), attestation(tale, "甲", cast.SECRETARY)
    tale.expect("乙 任务 · obligations", (yi["obligations"], yi["whole"]), ([], True))
    trip = row(tale, jia, "art5.3b", "2026-01-01")
    tale.expect("甲 一季度调研 · first-quarter trip", trip["now"]["status"], "fulfilled")


def _late_record(tale: Tale) -> None:
    """April's inspection, recorded on 2026-06-01 in one capacity only, is marked and needs to be verified."""
    tale.turn("2026-06-01T10:00")
    late = keep(tale, LATE)
    tale.expect("摘要 · digest", late["evidence"][0]["sha256"], hashlib.sha256(f"{LATE}".encode()).hexdigest())
    party = row(tale, renewed(tale, "戊", cast.ZONE_SECRETARY), "art5.3c", "2026-04-01")
    tale.expect("戊 书记四月检查 · as party principal", party["then"]["status"], "lapsed")
    tale.expect("补记标记 · marks", sorted(party["differences"]), ["not_verified", "recorded_after_accident"])
    director = row(tale, renewed(tale, "戊", cast.ZONE_DIRECTOR), "art6.3c", "2026-04-01")
    state = (director["now"]["status"], director["now"]["counted"], director["differences"])
    tale.expect("戊 主任四月检查 · as director", state, ("lapsed", [], []))
    reasons = {one["reason"] for one in director["now"]["not_counted"] if one["performance_id"] == late["id"]}
    tale.expect("未以该岗位履职 · capacity", reasons, {"capacity_not_named"})
