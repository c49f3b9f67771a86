"""Steps 4 to 6: leads and the special tour, the revision of the accident, the correction of the roster."""

from cli.story import cast
from cli.story.accident import AT_CITY_LEVEL, attested, expect_chain
from cli.story.client import Body, Refusal, Tale
from cli.story.proofs import applied

TOURS = "/inspection-tours/v1/tours"


def play(tale: Tale) -> None:
    """Steps 4, 5 and 6, from 2026-06-01 to 2026-06-12."""
    with tale.chapter("第4步 · step 4", "线索；专项巡查直至销号 · leads; the special tour"):
        one_lead_a_post(tale)
        special_tour(tale)
    with tale.chapter("第5步 · step 5", "2026-06-10 续报，重大事故，链条上延 · revision to 重大"):
        revise(tale)
    with tale.chapter("第6步 · step 6", "更正分管，仅重新公布链条 · the roster is corrected"):
        correct(tale)


def leads(tale: Tale, **more: str) -> list[Body]:
    """The exercise's leads."""
    query = {"exercise": True, "limit": 500, **more}
    items: list[Body] = tale.read("discipline_handler", "/discipline/v1/leads", **query)["items"]
    return items


def _chain_leads(tale: Tale, count: int) -> dict[tuple[str, str], Body]:
    """The leads by post and holder, when there are as many as listed posts."""
    query = {"accident_id": tale.accident["id"]}
    tale.until(f"{count} 条线索 · leads", lambda: len(leads(tale, **query)) >= count or None)
    found = leads(tale, **query)
    by_post = {(one["post_id"], one["official_id"]): one for one in found}
    listed = {(one["post_id"], one["official_id"]) for one in tale.accident["chain"]["entries"]}
    tale.expect("每岗一条线索 · one lead a post", (len(found), set(by_post)), (count, listed))
    return by_post


def one_lead_a_post(tale: Tale) -> None:
    """A lead per listed post on ground (四), none for the earlier holder, none among real ones (art21.4)."""
    found = _chain_leads(tale, len(cast.holders_at_accident(*AT_CITY_LEVEL)))
    kinds = {(one["ground"], one["source"], one["status"], one["exercise"]) for one in found.values()}
    tale.expect("线索 · leads", kinds, {("art21.4", "chain_entry", "open", True)})
    tale.expect("依据 · basis", {one["basis"][0]["clause"] for one in found.values()}, {"art21.4"})
    one = next(iter(found.values()))
    tale.expect("事件 · events", tale.events("discipline", "lead", one["id"]), ["opened"])
    tale.expect("默认列表 · default list", tale.read("auditor", "/discipline/v1/leads")["items"], [])


def _routine_day(tale: Tale) -> list[tuple[str, str, str]]:
    """When the zone's bodies were last routinely visited, and are due."""
    query = {"region": cast.COUNTY, "as_of": "2026-06-09", "exercise": True}
    bodies = tale.read("inspector", "/inspection-tours/v1/coverage", **query)["bodies"]
    zone = [one for one in bodies if one["region_code"] == cast.ZONE]
    return sorted((one["organ_id"], one["last_routine_on"], one["due_on"]) for one in zone)


def special_tours(tale: Tale) -> list[Body]:
    """The tours proposed because of the accident."""
    query = {"accident_id": tale.accident["id"], "exercise": True}
    items: list[Body] = tale.read("inspector", TOURS, **query)["items"]
    return items


def special_tour(tale: Tale) -> None:
    """Proposed by the program, then people's: planned, opened, found, rectified, re-checked by another, closed."""
    (tour,) = tale.until("专项巡查建议 · proposed tour", lambda: special_tours(tale) or None)
    seen = (tour["kind"], tour["state"], tour["region_code"], tour["exercise"])
    tale.expect("专项巡查 · special tour", seen, ("special", "proposed", cast.ZONE, True))
    tale.expect("依据 · basis", {one["clause"] for one in tour["basis"]}, {"art14"})
    before, path = _routine_day(tale), f"{TOURS}/{tour['id']}"
    tale.expect("常规巡查日 · routine day", {one[1] for one in before}, {"2025-09-17"})
    plan = {"planned_for": "2026-06-02", "team": ["dev:inspector"]}
    tour = tale.move("safety_office", f"{path}/plan", plan, seen=tour["version"])
    tale.turn("2026-06-02T09:00")
    tour = tale.move("inspector", f"{path}/open", {}, seen=tour["version"])
    problems = {"problems": ["（演练）危险化学品储罐区夜间无人值守"]}
    tour = tale.move("inspector", f"{path}/findings", problems, seen=tour["version"])
    tale.turn("2026-06-08T09:00")
    finding = f"{path}/findings/{tour['findings'][0]['id']}"
    done = {"rectification": "（演练）已设双岗值守"}
    tour = tale.move("inspector", f"{finding}/rectification", done, seen=tour["version"])
    check = {"solved": True, "words": "（演练）现场核实，已整改到位"}
    refusal = tale.refused("inspector", f"{finding}/recheck", check, seen=tour["version"])
    tale.expect("本人复查 · one's own re-check", refusal, Refusal(422, "same_person", ("art14",)))
    tale.turn("2026-06-09T09:00")
    tour = tale.move("rechecker", f"{finding}/recheck", check, seen=tour["version"])
    result = {"result": "（演练）发现一个问题，已整改", "samples": 4}
    tour = tale.move("inspector", f"{path}/result", result, seen=tour["version"])
    tour = tale.move("inspector", f"{path}/close", {}, seen=tour["version"])
    tale.expect("巡查结束 · closed", (tour["state"], tour["findings"][0]["state"]), ("closed", "closed"))
    tale.expect("结果及于 · officials of the result", tour["official_ids"], [tale.ids["戊"]])
    tale.expect("常规巡查日未动 · routine day unmoved", _routine_day(tale), before)
    names = ["proposed", "planned", "opened", "finding_recorded", "finding_rectified", "finding_rechecked"]
    events = tale.events("inspection-tours", "tour", tour["id"])
    tale.expect("事件 · events", events, [*names, "result_given", "closed"])


def _keys(found: dict[tuple[str, str], Body]) -> dict[str, int]:
    return {one["id"]: one["version"] for one in found.values()}


def revise(tale: Tale) -> None:
    """10 dead: 重大 and the province's; the chain grows, earlier leads stay, new ones appear once (art21.4)."""
    tale.turn("2026-06-10T10:00")
    before = _keys(_chain_leads(tale, len(tale.accident["chain"]["entries"])))
    days = ({"count": 3, "died_on": "2026-05-20"}, {"count": 4, "died_on": "2026-05-28"})
    casualties = {"deaths": [*days, {"count": 3, "died_on": "2026-06-05"}], "serious_injuries": 5}
    body = {"casualties": casualties, "reason": "（演练）续报：7人经救治无效死亡"}
    path = f"/registry/v1/accidents/{tale.accident['id']}/revisions"
    seen = tale.accident = tale.move("investigator", path, body, seen=tale.accident["version"])
    derived = (seen["level"], seen["deaths"], seen["investigated_by"], seen["investigating_region"])
    tale.expect("续报 · revision", derived, ("重大", 10, "province", cast.PROVINCE))
    expect_chain(tale, seen["chain"], *AT_CITY_LEVEL, cast.PROVINCE)
    tale.expect("事件 · events", tale.events("registry", "accident", seen["id"]), ["recorded", "revised"])
    after = _keys(_chain_leads(tale, len(seen["chain"]["entries"])))
    kept = {identity: version for identity, version in after.items() if identity in before}
    tale.expect("原有线索不变 · earlier leads stay", kept, before)
    wanted = len(seen["chain"]["entries"]) + 1
    tale.until("新增履职证明 · new attestations", lambda: len(attested(tale)) == wanted or None)
    tale.expect("专项巡查仍为一次 · still one special tour", len(special_tours(tale)), 1)


def _derived(tale: Tale) -> dict[str, list[tuple[str, int]]]:
    """What others made of the accident, by version."""
    made = {"leads": leads(tale), "attestations": attested(tale), "tours": special_tours(tale)}
    return {name: sorted((one["id"], one["version"]) for one in found) for name, found in made.items()}


def correct(tale: Tale) -> None:
    """辛's portfolio really began on 2025-01-05: a new chain is published and nothing else changes."""
    tale.turn("2026-06-12T10:00")
    path = f"/registry/v1/accidents/{tale.accident['id']}"
    before, made = tale.read("auditor", path), _derived(tale)
    body = {"industries": ["C26"], "from_day": "2025-01-05", "reason": "（演练）据分工文件更正"}
    portfolio = f"/registry/v1/portfolios/{tale.ids[f'{cast.CHEMICALS}/分管']}"
    tale.expect("更正 · correction", tale.move("registrar", portfolio, body, seen=1, method="PUT")["version"], 2)
    after = tale.accident = tale.read("auditor", path)
    tale.expect("链条版本 · chain version", (before["chain"]["version"], after["chain"]["version"]), (2, 3))
    tale.expect("链条 · chain", after["chain"]["entries"], before["chain"]["entries"])
    events = tale.events("registry", "accident", after["id"])
    tale.expect("事件 · events", events, ["recorded", "revised", "chain_revised"])
    former, latest = (one["data"] for one in tale.history("registry", "accident", after["id"])[-2:])
    changed = {name for name in latest if latest[name] != former.get(name)}
    tale.expect("变化的仅为链条版本 · what changed", changed, {"chain_version"})
    for service in ("discipline", "duties", "inspection-tours"):
        applied(tale, service, "accidents", len(events))
    tale.expect("其余不变 · nothing else changed", _derived(tale), made)
