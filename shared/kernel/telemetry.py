"""Structured logs and spans; personal numbers and tokens of links are scrubbed from every line, and from paths."""

import logging
import os
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

_NUMBER = re.compile(r"(?<!\d)\d{6}(?:18|19|20)\d{9}[\dXx](?!\d)")
_TOKEN = re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])")  # 32 random bytes in a link


def scrub(text: str) -> str:
    """The text with anything shaped like a citizen number or a link's token replaced."""
    return _TOKEN.sub("[token]", _NUMBER.sub("[number]", text))


def _scrub_event(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: scrub(value) if isinstance(value, str) else value for key, value in event.items()}


class ScrubPaths(SpanProcessor):
    """Scrubs the path that a request's span begins with, before anything exports it."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Replace the path where it holds what no log may."""
        del parent_context
        path = (span.attributes or {}).get("url.path")
        if isinstance(path, str):
            span.set_attribute("url.path", scrub(path))


def configure(service: str) -> None:
    """JSON lines on stderr; spans to a collector where OTEL_EXPORTER_OTLP_ENDPOINT names one."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _scrub_event,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        provider = TracerProvider(resource=Resource.create({"service.name": f"anze-{service}"}))
        provider.add_span_processor(ScrubPaths())
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        trace.set_tracer_provider(provider)
