"""What leaves a process as log or span holds no personal number and no link's token."""

import secrets

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.kernel.telemetry import ScrubPaths, scrub

NUMBER = "990000199001011234"
TOKENS = [secrets.token_urlsafe(32) for _ in range(20)]
HARMLESS = ("0f" * 32, "6f6e6c79-616e-7a65-8000-000000000001", "/v1/notices/sweeps")


@pytest.mark.parametrize("secret", [NUMBER, *TOKENS], ids=range(21))
def test_a_secret_is_replaced_wherever_it_stands(secret: str) -> None:
    for text in (secret, f"/v1/feeds/{secret}.ics", f'"{secret}" {secret}'):
        assert secret not in scrub(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_digests_ids_and_paths_stay_as_they_are(text: str) -> None:
    assert scrub(text) == text


def test_a_span_is_exported_with_its_path_scrubbed() -> None:
    provider, exported = TracerProvider(), InMemorySpanExporter()
    provider.add_span_processor(ScrubPaths())
    provider.add_span_processor(SimpleSpanProcessor(exported))
    provider.get_tracer("test").start_span("GET", attributes={"url.path": f"/v1/feeds/{TOKENS[0]}.ics"}).end()
    (span,) = exported.get_finished_spans()
    assert span.attributes is not None
    assert span.attributes["url.path"] == "/v1/feeds/[token].ics"
