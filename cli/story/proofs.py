"""That every event arrived, once: by each service's own reconciliation and its dead letters."""

from cli.story.client import Body, Tale

SERVICES = ("registry", "duties", "inspection-tours", "appraisal", "discipline")


def reconciled(tale: Tale, service: str) -> Body:
    """What a service's reconciliation answers, waited for."""
    started = tale.send("administrator", "POST", f"/{service}/v1/reconciliations")
    tale.expect(f"{service} 核对 · reconciliation", started.status_code, 202)
    path = f"/{service}{started.headers['location']}"

    def ended() -> Body | None:
        operation: Body = tale.read("administrator", path)
        return None if operation["status"] == "running" else operation

    done = tale.until(f"{service} 核对 · reconciliation", ended)
    tale.expect(f"{service} 核对结果 · outcome", (done["status"], done["error"]), ("succeeded", None))
    return dict(done["result"])


def applied(tale: Tale, service: str, consumer: str, count: int) -> None:
    """Wait until a durable has applied so many events."""
    durable = f"{service.replace('-', '_')}-{consumer}"

    def reached() -> bool | None:
        accounts = {one["consumer"]: one for one in reconciled(tale, service)["consumers"]}
        return accounts[durable]["applied"] >= count or None

    tale.until(f"{durable}：{count} 件事件 · events applied", reached)


def nothing_lost(tale: Tale) -> None:
    """Every event of every durable was applied: none dead, waiting, lost or pending (I5)."""
    for service in SERVICES:

        def settled(service: str = service) -> Body | None:
            answer = reconciled(tale, service)
            return answer if not any(one["pending"] for one in answer["consumers"]) else None

        answer = tale.until(f"{service} 事件全部办理 · every event settled", settled)
        tale.expect(f"{service} 须补发 · to be republished", answer["republished"], 0)
        for one in answer["consumers"]:
            wrong = {name: one[name] for name in ("dead", "waiting", "discarded", "lost", "ahead") if one[name]}
            tale.expect(f"{one['consumer']} 未办理 · not applied", wrong, {})
        letters = tale.read("auditor", f"/{service}/v1/dead-letters")
        tale.expect(f"{service} 死信 · dead letters", letters, [])
