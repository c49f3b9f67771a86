"""Clock, vault, scrubbing, drift, cursors, settings: the kernel's edges."""

import json
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel import clock, pagination, streams
from shared.kernel.app import create_app
from shared.kernel.problems import Malformed
from shared.kernel.settings import Settings
from shared.kernel.telemetry import scrub
from shared.kernel.testing import Stack
from shared.kernel.tests import toy
from shared.kernel.vault import Vault


def test_the_development_clock_moves_now_but_not_tokens(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    clock.follow(file)
    try:
        before = clock.now()
        for days in (10, 400):
            fresh = tmp_path / "new"
            fresh.write_text(json.dumps({"offset_seconds": days * 86_400}))
            os.replace(fresh, file)  # noqa: PTH105 - as the console replaces it
            assert (clock.now() - before).days == days
        assert (clock.wall() - before).days == 0
    finally:
        clock.follow(None)


def test_a_day_is_a_day_in_shanghai() -> None:
    assert clock.day_of(datetime(2026, 5, 20, 16, 30, tzinfo=UTC)) == date(2026, 5, 21)
    with pytest.raises(ValueError, match="offset"):
        clock.day_of(datetime(2026, 5, 20, 16, 30))  # noqa: DTZ001 - that is the point


@given(st.text(min_size=1, max_size=40), st.text(max_size=20))
def test_what_is_encrypted_opens_in_its_own_place_only(plain: str, context: str) -> None:
    vault = Vault.parse(Vault.fresh())
    sealed = vault.encrypt(plain, context)
    assert vault.decrypt(sealed, context) == plain
    assert plain.encode() not in sealed or len(plain) < 4
    with pytest.raises(InvalidTag):
        vault.decrypt(sealed, context + "x")
    with pytest.raises(InvalidTag):
        vault.decrypt(sealed[:-1] + bytes([sealed[-1] ^ 1]), context)


def test_keys_rotate_without_losing_what_was_encrypted() -> None:
    old, new = json.loads(Vault.fresh()), json.loads(Vault.fresh())
    sealed = Vault.parse(json.dumps(old)).encrypt("990000199001010011", "one")
    both = {"keys": {"k2": new["keys"]["k1"], "k1": old["keys"]["k1"]}, "index": old["index"]}
    vault = Vault.parse(json.dumps(both))
    assert vault.decrypt(sealed, "one") == "990000199001010011"
    assert vault.encrypt("x", "y")[1:3] == b"k2"
    assert vault.blind_index("99000019900101001x") == Vault.parse(json.dumps(old)).blind_index("99000019900101001X")


@pytest.mark.parametrize("text", ["身份证 990000199001010011 无效", "x=99000019900101001X", "990000199001010011"])
def test_a_personal_number_never_reaches_a_log_line(text: str) -> None:
    assert "99000019900101001" not in scrub(text)


def test_other_numbers_stay_readable() -> None:
    assert scrub("seq 123456789012345678 at 2026-05-20") == "seq 123456789012345678 at 2026-05-20"


@given(st.text(max_size=60))
def test_a_cursor_that_is_not_ours_is_malformed(cursor: str) -> None:
    with pytest.raises(Malformed):
        pagination._decode(cursor, 2)


@pytest.mark.parametrize(
    ("pattern", "subject", "fits"),
    [
        ("a.>", "a.b.c", True),
        ("a.>", "a", False),
        ("a.*.c", "a.b.c", True),
        ("a.*", "a.b.c", False),
        ("a.b", "a.b", True),
        ("a.b", "a.c", False),
    ],
)
def test_subject_filters_match_as_the_server_matches(pattern: str, subject: str, fits: bool) -> None:
    assert streams.matches([pattern], subject) is fits


async def test_provisioning_twice_changes_nothing_and_drift_is_seen(toys: Stack) -> None:
    client = await streams.connect(toys.nats_url, name="drift")
    try:
        js = client.jetstream()
        await streams.provision(toys.nats_url, toy.DECLARED)
        assert await streams.drift(js, toy.DECLARED) == []
        changed = toy.DECLARED.consumers[0].config()
        changed.max_ack_pending = 7
        await js.add_consumer("TOY", changed)
        (found,) = await streams.drift(js, toy.DECLARED)
        assert found.startswith("echo-counters: max_ack_pending is 7")
        await js.delete_stream("ECHO")
        assert "ECHO: missing stream" in await streams.drift(js, toy.DECLARED)
    finally:
        await client.close()


@pytest.mark.parametrize("convenience", ["ANZE_CLOCK_FILE", "ANZE_CRASH_POINT"])
async def test_development_conveniences_are_refused_in_production(toys: Stack, convenience: str) -> None:
    environment = toys.environment("toy") | {"ANZE_ENVIRONMENT": "production", convenience: "x"}
    with pytest.raises(ValueError, match="development only"):
        create_app(toy.TOY, Settings.model_validate(environment), toy.DECLARED)
