"""`docs/asyncapi.json`: the system's events as an AsyncAPI 3.0 document, made from contracts, envelope and topology.

A channel is one producer, one aggregate type and one audience; a message is one contract as that audience reads it.
Every word that readers see is Chinese · English: a new aggregate or event gets its Chinese word in the tables below.
"""

import inspect
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shared.contracts.topology import DECLARATIONS, READERS, SERVICES
from shared.kernel.envelope import AGENCY, INTERNAL, PUBLIC, Event

Json = dict[str, Any]
Contracts = Mapping[str, type[Event]]
Reader = tuple[str, str, str, tuple[str, ...]]
AUDIENCES = {INTERNAL: "内部 · services", AGENCY: "有关部门 · other agencies", PUBLIC: "公众 · the public"}
ENVELOPES = {INTERNAL: "InternalEnvelope", AGENCY: "PublishedEnvelope", PUBLIC: "PublishedEnvelope"}
SERVICE_WORDS = {
    "registry": "登记",
    "duties": "履职",
    "inspection_tours": "巡查",
    "appraisal": "考核",
    "discipline": "问责",
}
AGGREGATE_WORDS = {
    "accident": "生产安全事故",
    "appointment": "任职",
    "appraisal": "考核",
    "attestation": "履职证明",
    "books": "履职账册",
    "case": "问责案件",
    "commendation": "表彰",
    "evaluation": "责任考核",
    "declaration": "登记事项",
    "exemption": "免责",
    "filing": "备案",
    "finding": "问题",
    "lead": "线索",
    "listing": "巡查对象名录",
    "measure": "问责方式",
    "nonperformance": "未履职认定",
    "official": "领导干部",
    "organ": "机关",
    "overlay": "细则解释与本地默认",
    "performance": "履职记录",
    "responsibility_list": "年度责任清单",
    "portfolio": "分管",
    "post": "岗位",
    "region": "行政区划与功能区",
    "standing_review": "经常性职责审查",
    "tour": "巡查",
    "vetting": "考察",
    "veto": "一票否决",
    "attachment": "附件",
    "impediment": "履职障碍",
    "notice": "履职提醒",
    "working_calendar": "工作日历",
    "calendar_feed": "日历订阅",
}
EVENT_WORDS = {
    "annulled": "宣告无效",
    "answered": "答复",
    "approval_extended": "延长批复时间",
    "approved": "批准",
    "assigned": "指定",
    "cancelled": "取消",
    "cast": "作出",
    "chain_revised": "修订责任链",
    "changed": "变更",
    "closed": "结束",
    "completed": "完成",
    "concluded": "得出结论",
    "confirmed": "确认",
    "corrected": "更正",
    "decided": "决定",
    "declined": "决定不开展",
    "dismissed": "决定不予立案",
    "ended": "终止",
    "finding_rechecked": "问题复查",
    "finding_recorded": "记录问题",
    "finding_rectified": "问题整改",
    "findings_recorded": "记录认定",
    "flagged": "标记",
    "found": "认定",
    "appealed": "申诉",
    "appeal_decided": "申诉决定",
    "drafted": "拟定",
    "amended": "修订",
    "assessed": "检查考核",
    "graded": "评定等次",
    "granted": "准予",
    "heard": "听取意见",
    "imposed": "施加",
    "investigation_extended": "延长调查期限",
    "investigation_opened": "成立调查组",
    "investigation_report_approved": "批复调查报告",
    "investigation_report_submitted": "提交调查报告",
    "issued": "出具",
    "jurisdiction_revised": "修订所属或管辖",
    "moved": "改正地点",
    "joined": "并案",
    "lifted": "解除",
    "merged": "合并",
    "noted": "注明",
    "opened": "启动",
    "opinion_recorded": "记录听取的意见",
    "opinion_sought": "征求意见",
    "planned": "列入计划",
    "proceeding_withdrawn": "撤回步骤",
    "promotion_flagged": "标记晋升",
    "proposed": "提出",
    "published": "公布",
    "rechecked": "复查",
    "outdated": "待重新出具",
    "questioned": "待复核",
    "voided": "失效",
    "recorded": "记录",
    "rectification_evaluated": "评估整改和责任追究",
    "rectified": "整改",
    "referred": "移送",
    "refused": "不予准许",
    "registered": "登记",
    "renewed": "重新出具",
    "reopened": "重新审议",
    "report_recorded": "记录报告时间",
    "report_withdrawn": "撤回报告环节",
    "reported": "述职",
    "requested": "提请",
    "resolved": "办结",
    "result_given": "给出结果",
    "result_published": "公布处理情况",
    "returned": "退回",
    "revised": "修订",
    "revoked": "撤销",
    "separated": "撤销合并",
    "started": "开始",
    "submitted": "提交",
    "suspended": "中止",
    "technical_appraisal_recorded": "记录技术鉴定",
    "succeeded": "机构沿革",
    "verified": "核实",
    "withdrawn": "撤回",
    "accepted": "采纳",
    "filed": "报送备案",
    "received": "收到",
    "stored": "存入",
    "given": "发出",
    "created": "建立",
}
#: name → (meaning, JSON schema, whether every message has it, whether it travels to the services only)
HEADERS: Mapping[str, tuple[str, Json, bool, bool]] = {
    "Nats-Msg-Id": ("去重标识 · deduplication id", {"type": "string"}, True, False),
    "ce-specversion": ("CloudEvents 版本 · CloudEvents version", {"const": "1.0"}, True, False),
    "ce-id": ("事件标识 · event id", {"type": "string"}, True, False),
    "ce-source": ("来源服务 · producer", {"type": "string", "pattern": "^anze/"}, True, False),
    "ce-type": ("事件类型 · event type", {"type": "string"}, True, False),
    "ce-subject": ("对象类型/标识 · aggregate type/id", {"type": "string"}, True, False),
    "ce-time": ("发生时间 · when it happened", {"type": "string", "format": "date-time"}, True, False),
    "ce-recordedat": ("登记时间 · when it was recorded", {"type": "string", "format": "date-time"}, True, False),
    "ce-version": ("对象版本 · version of the aggregate", {"type": "string", "pattern": "^[0-9]+$"}, True, False),
    "ce-exercise": ("是否演练 · exercise or not", {"enum": ["true", "false"]}, True, False),
    "ce-basis": ("依据条款，逗号分隔 · clauses, comma-separated", {"type": "string"}, True, False),
    "ce-seal": ("账本封印 · seal of the ledger", {"type": "string"}, True, False),
    "content-type": ("正文类型 · media type", {"const": "application/json"}, True, False),
    "traceparent": ("链路追踪 · W3C trace context", {"type": "string"}, False, False),
    "ce-seq": ("账本序号 · place in the ledger", {"type": "string", "pattern": "^[0-9]+$"}, True, True),
    "ce-place": ("行政路径 · administrative path", {"type": "string"}, True, True),
    "ce-transaction": ("事务标识 · transaction", {"type": "string", "format": "uuid"}, True, True),
    "ce-causedby": ("起因事件 · causing event, percent-encoded", {"type": "string"}, False, True),
    "ce-actor": ("操作者 · who acted, percent-encoded", {"type": "string"}, True, True),
    "ce-onbehalfof": ("代表何人 · on whose behalf, percent-encoded", {"type": "string"}, False, True),
    "ce-reason": ("理由 · why, percent-encoded", {"type": "string"}, False, True),
}
PLACES = {
    "province": "省级代码 · province",
    "city": "市级代码或 _ · city or _",
    "county": "县级代码或 _ · county or _",
    "fourth": "第四级代码或 _ · fourth level or _",
}


class Unnamed(Exception):  # noqa: N818 - it says what lacks a Chinese word
    """Something that the document would show has no Chinese word here, or no contract."""


def payload(contract: type[Event], audience: str) -> Json | None:
    """The JSON schema of what an audience reads, definitions inlined; `None` where it reads nothing."""
    fields = {AGENCY: contract.AGENCY_FIELDS, PUBLIC: contract.PUBLIC_FIELDS}
    schema = contract.model_json_schema(mode="serialization") | {"title": _of_aggregate(contract.AGGREGATE)}
    schema.pop("description", None)
    definitions = schema.pop("$defs", {})
    if audience != INTERNAL:
        only = fields[audience]
        if only is None:
            return None
        schema["properties"] = {name: part for name, part in schema["properties"].items() if name in only}
        schema["required"] = [name for name in schema.get("required", ()) if name in only]
    inlined: Json = _inlined(schema, definitions)
    if audience != INTERNAL:
        for name, kept in getattr(contract, "PUBLISHED_PARTS", {}).items():
            part = inlined["properties"][name]["items"]
            part["properties"] = {key: value for key, value in part["properties"].items() if key in kept}
            part["required"] = [key for key in part.get("required", ()) if key in kept]
    return inlined


def _inlined(schema: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_inlined(one, definitions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return _inlined(definitions[schema["$ref"].removeprefix("#/$defs/")] | beside, definitions)
    return {key: _inlined(value, definitions) for key, value in schema.items()}


def _named(contracts: Iterable[type[Event]], readers: Iterable[Reader]) -> None:
    found = list(contracts)
    wordless = {one.AGGREGATE for one in found} - set(AGGREGATE_WORDS) | {one.NAME for one in found} - set(EVENT_WORDS)
    written = {(one.PRODUCER, one.AGGREGATE) for one in found}
    unwritten = [
        f"{reader} reads {producer}'s {aggregate}, which no contract describes"
        for reader, _, producer, aggregates in readers
        for aggregate in aggregates
        if (producer, aggregate) not in written
    ]
    lacking = [*(f"{name} has no Chinese word in {__name__}" for name in sorted(wordless)), *unwritten]
    if lacking:
        raise Unnamed("; ".join(lacking))


def _of_aggregate(name: str) -> str:
    return f"{AGGREGATE_WORDS[name]} · {name}"


def _title(contract: type[Event]) -> str:
    zh = f"{AGGREGATE_WORDS[contract.AGGREGATE]}：{EVENT_WORDS[contract.NAME]}"
    return f"{zh} · {contract.AGGREGATE} {contract.NAME}".replace("_", " ")


def _payload_key(schemas: Json, contract: type[Event], audience: str, schema: Json) -> str:
    """Where the payload's schema stands: events of one aggregate share it as long as they are alike."""
    key = f"{contract.PRODUCER}.{contract.AGGREGATE}.{audience}"
    if schemas.setdefault(key, schema) != schema:
        key = f"{contract.type()}.{audience}"
        schemas[key] = schema
    return key


def _message(contract: type[Event], audience: str, payload_key: str) -> Json:
    return {
        "name": contract.type(),
        "title": _title(contract),
        "summary": f"{_title(contract).partition(' · ')[0]} · {(inspect.getdoc(contract) or '').splitlines()[0]}",
        "contentType": "application/json",
        "headers": {"$ref": f"#/components/schemas/{ENVELOPES[audience]}"},
        "payload": {"$ref": f"#/components/schemas/{payload_key}"},
        "tags": [{"name": _service(contract.PRODUCER)}],
        "x-legal-basis": list(contract.LEGAL_BASIS),
    }


def _service(name: str) -> str:
    return f"{SERVICE_WORDS[name]} · {name}"


def _channel(key: str, contracts: Iterable[type[Event]]) -> Json:
    audience, producer, aggregate = key.split(".")
    found = list(contracts)
    parameters = {name: {"description": words} for name, words in PLACES.items()}
    events: Json = {"description": "事件 · what happened", "enum": sorted(one.NAME for one in found)}
    return {
        "address": f"anze.v1.{key}.{{event}}.{{province}}.{{city}}.{{county}}.{{fourth}}",
        "title": _of_aggregate(aggregate),
        "description": f"{_service(producer)} → {AUDIENCES[audience]}",
        "messages": {one.type(): {"$ref": f"#/components/messages/{one.type()}.{audience}"} for one in found},
        "parameters": {"event": events, **parameters},
        "tags": [{"name": _service(producer)}],
        "x-stream": DECLARATIONS.stream_for(f"anze.v1.{key}.>"),
    }


def _operation(action: str, key: str, channel: Json, actor: str, title: str) -> Json:
    return {
        "action": action,
        "title": title,
        "channel": {"$ref": f"#/channels/{key}"},
        "messages": [{"$ref": f"#/channels/{key}/messages/{name}"} for name in channel["messages"]],
        "tags": [{"name": _service(actor)}],
    }


def _operations(channels: Json, readers: Iterable[Reader]) -> Json:
    made: Json = {}
    for key, channel in channels.items():
        audience, producer, _ = key.split(".")
        title = f"{SERVICE_WORDS[producer]}发布{channel['title'].partition(' · ')[0]} · {producer} publishes {key}"
        made[f"{producer}.send.{audience}.{key.split('.')[2]}"] = _operation("send", key, channel, producer, title)
    for reader, durable, producer, aggregates in readers:
        for aggregate in aggregates:
            key = f"{INTERNAL}.{producer}.{aggregate}"
            channel = channels[key]
            title = f"{SERVICE_WORDS[reader]}读取{channel['title'].partition(' · ')[0]} · {reader} reads {key}"
            operation = _operation("receive", key, channel, reader, title)
            made[f"{reader}.receive.{durable}.{aggregate}"] = operation | {"x-durable": f"{reader}-{durable}"}
    return made


def _envelope(*, internal: bool) -> Json:
    carried = {name: one for name, one in HEADERS.items() if internal or not one[3]}
    return {
        "title": "内部信封 · internal envelope" if internal else "对外信封 · published envelope",
        "type": "object",
        "required": [name for name, one in carried.items() if one[2]],
        "properties": {name: {**schema, "description": words} for name, (words, schema, *_) in carried.items()},
    }


def document(contracts: Contracts, readers: Sequence[Reader] = READERS) -> Json:
    """The whole document.

    Raises:
        Unnamed: something lacks a Chinese word, or a reader reads what no contract describes.
    """
    sent = [one for one in contracts.values() if one.PUBLISHED]
    _named(sent, readers)
    messages: Json = {}
    schemas: Json = {"InternalEnvelope": _envelope(internal=True), "PublishedEnvelope": _envelope(internal=False)}
    members: dict[str, list[type[Event]]] = {}
    for audience in AUDIENCES:
        for contract in sorted(sent, key=lambda one: (SERVICES.index(one.PRODUCER), one.AGGREGATE, one.NAME)):
            schema = payload(contract, audience)
            if schema is not None:
                messages[f"{contract.type()}.{audience}"] = _message(
                    contract, audience, _payload_key(schemas, contract, audience, schema)
                )
                members.setdefault(f"{audience}.{contract.PRODUCER}.{contract.AGGREGATE}", []).append(contract)
    channels = {key: _channel(key, found) for key, found in members.items()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "安责事件 · Anze events",
            "version": "1.0.0",
            "description": "五个服务之间的事件，以及供有关部门和公众读取的投影。"
            "事件载明对象变更后的全部状态；读者应忽略未知的字段和取值。"
            " · What the five services tell one another, and the projections that other agencies and the public read."
            " An event is the full state of its aggregate; readers ignore unknown fields and values.",
        },
        "defaultContentType": "application/json",
        "servers": {
            "nats": {"host": "nats:4222", "protocol": "nats", "description": "NATS JetStream ≥ 2.12"},
        },
        "channels": channels,
        "operations": _operations(channels, readers),
        "components": {"messages": messages, "schemas": schemas},
    }
