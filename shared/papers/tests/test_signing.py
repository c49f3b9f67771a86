"""A paper verifies offline, and one changed byte undoes it."""

import base64
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, KeySet

from shared.papers import ForgedPaperError, Signer, verify

CONTENT: dict[str, Any] = {"说明": "仅反映记录", "lapses": [{"duty_id": "art6.2"}], "whole": False}
SIGNER = Signer.fresh()
KEYS = SIGNER.public_keys()
PAPER = SIGNER.sign(CONTENT)


def test_a_paper_verifies_with_the_public_keys_alone() -> None:
    assert verify(SIGNER.sign(CONTENT), KEYS) == CONTENT
    assert "d" not in KEYS["keys"][0]


def test_every_changed_byte_is_noticed() -> None:
    paper = SIGNER.sign({"a": 1})
    for position, character in enumerate(paper):
        for other in ("A" if character != "A" else "B", chr(ord(character) ^ 1)):
            with pytest.raises(ForgedPaperError):
                verify(paper[:position] + other + paper[position + 1 :], KEYS)


def test_a_last_character_that_decodes_to_the_same_signature_is_noticed() -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    paper = SIGNER.sign(CONTENT)
    twin = alphabet[alphabet.index(paper[-1]) + 1]  # the last of 86 characters carries two bits only
    with pytest.raises(ForgedPaperError):
        verify(paper[:-1] + twin, KEYS)


@given(st.data())
def test_no_other_text_verifies(data: st.DataObject) -> None:
    """Any byte to any other value, added anywhere, or lost."""
    place = data.draw(st.integers(0, len(PAPER) - 1))
    other = data.draw(st.characters(max_codepoint=255).filter(lambda one: one != PAPER[place]))
    for forged in (PAPER[:place] + other + PAPER[place + 1 :], PAPER[:place] + other + PAPER[place:]):
        with pytest.raises(ForgedPaperError):
            verify(forged, KEYS)
    with pytest.raises(ForgedPaperError):
        verify(PAPER[:place] + PAPER[place + 1 :], KEYS)


def test_the_other_signature_that_the_curve_allows_is_noticed() -> None:
    """Whoever knows (r, s) knows (r, order - s) too, without the key: a changed file that a plain check accepts."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    signed, _, signature = PAPER.rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    twin = raw[:32] + (order - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    forged = f"{signed}.{base64.urlsafe_b64encode(twin).decode().rstrip('=')}"
    known = KeySet.import_key_set({"keys": KEYS["keys"]})
    assert jws.deserialize_compact(forged, known, algorithms=["ES256"]).payload
    with pytest.raises(ForgedPaperError):
        verify(forged, KEYS)


@pytest.mark.parametrize(
    "mangled",
    ["", ".", "a.b", "…", SIGNER.sign(CONTENT) + "\n", " " + SIGNER.sign(CONTENT), SIGNER.sign(CONTENT)[:-1]],
)
def test_what_is_no_paper_is_refused(mangled: str) -> None:
    with pytest.raises(ForgedPaperError):
        verify(mangled, KEYS)


def test_another_key_does_not_verify() -> None:
    with pytest.raises(ForgedPaperError):
        verify(SIGNER.sign(CONTENT), Signer.fresh().public_keys())
    with pytest.raises(ForgedPaperError):
        verify(SIGNER.sign(CONTENT), {})


def test_a_signature_of_the_same_key_over_something_else_is_no_paper() -> None:
    key = ECKey.generate_key("P-256")
    token = jws.serialize_compact({"alg": "ES256", "typ": "JWT"}, b"{}", key, algorithms=["ES256"])
    with pytest.raises(ForgedPaperError):
        verify(token, Signer(key).public_keys())


def test_a_kept_key_is_made_once_and_is_the_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "papers.pem"
    first, second = Signer.kept(file), Signer.kept(file)
    assert first.key_id == second.key_id
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["papers.pem"]
    assert verify(first.sign(CONTENT), Signer.load(file).public_keys()) == CONTENT


def test_a_key_of_another_curve_or_without_its_private_part_signs_nothing() -> None:
    public = ECKey.import_key(ECKey.generate_key("P-256").as_dict(private=False))
    for key in (ECKey.generate_key("P-384"), public):
        with pytest.raises(ValueError, match="private P-256"):
            Signer(key)
