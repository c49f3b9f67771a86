"""Documents are written once, checked afterwards, and the same on every run."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.goldens import golden, published_contracts
from shared.contracts.registry import AccidentRecorded
from shared.kernel.app import Service
from shared.kernel.tests.toy import TOY
from tools import asyncapi, documents

GOLDEN = f"{documents.GOLDEN}/{AccidentRecorded.type()}.json"
SAME_TWICE = """
from tools import asyncapi, documents
from shared.contracts.goldens import golden, published_contracts
from shared.kernel.tests.toy import TOY
contracts = published_contracts()
print(documents.openapi(TOY), asyncapi.document(contracts), [golden(one) for one in contracts.values()])
"""


@pytest.fixture
def wanted(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the tool wants to stand; tests change it."""
    made = {"docs/openapi/toy.json": "{}\n", "docs/asyncapi.json": "{}\n", GOLDEN: text(golden(AccidentRecorded))}
    monkeypatch.setattr(documents, "documents", lambda _root: dict(made))
    return made


def text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False)


def check(root: Path) -> int:
    return documents.main(["--check"], root)


def write(root: Path) -> int:
    return documents.main([], root)


def test_what_was_written_passes_the_check(tmp_path: Path, wanted: dict[str, str]) -> None:
    assert check(tmp_path) == 1
    assert (write(tmp_path), check(tmp_path)) == (0, 0)
    assert documents.committed(tmp_path) == wanted


def test_a_difference_is_shown_and_fails(
    tmp_path: Path, wanted: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path)
    wanted["docs/asyncapi.json"] = '{"asyncapi": "3.0.0"}\n'
    assert check(tmp_path) == 1
    assert '+{"asyncapi": "3.0.0"}' in capsys.readouterr().err
    assert (tmp_path / "docs/asyncapi.json").read_text(encoding="utf-8") == "{}\n"


def test_a_document_of_a_service_that_is_gone_fails_and_is_removed(tmp_path: Path, wanted: dict[str, str]) -> None:
    write(tmp_path)
    del wanted["docs/openapi/toy.json"]
    assert check(tmp_path) == 1
    assert write(tmp_path) == 0
    assert not (tmp_path / "docs/openapi/toy.json").exists()


@pytest.mark.parametrize("run", [check, write])
def test_a_removed_field_is_caught_and_never_written(
    tmp_path: Path, wanted: dict[str, str], capsys: pytest.CaptureFixture[str], run: Any
) -> None:
    write(tmp_path)
    without = golden(AccidentRecorded)
    del without["properties"]["deaths"]
    wanted[GOLDEN] = text(without)
    assert run(tmp_path) == 1
    assert "$.deaths: lost field" in capsys.readouterr().err
    assert "deaths" in json.loads((tmp_path / GOLDEN).read_text(encoding="utf-8"))["properties"]


@pytest.mark.parametrize("run", [check, write])
def test_a_removed_contract_is_caught(
    tmp_path: Path, wanted: dict[str, str], capsys: pytest.CaptureFixture[str], run: Any
) -> None:
    write(tmp_path)
    del wanted[GOLDEN]
    assert run(tmp_path) == 1
    assert "lost contract" in capsys.readouterr().err
    assert (tmp_path / GOLDEN).exists()


def test_an_optional_field_passes_once_the_golden_is_regenerated(tmp_path: Path, wanted: dict[str, str]) -> None:
    write(tmp_path)
    more = golden(AccidentRecorded)
    more["properties"]["weather"] = {"type": "string", "default": ""}
    wanted[GOLDEN] = text(more)
    assert (check(tmp_path), write(tmp_path), check(tmp_path)) == (1, 0, 0)


def test_a_word_without_chinese_fails_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(asyncapi, "EVENT_WORDS", {})
    monkeypatch.setattr(documents, "services", lambda _root: iter(()))
    assert check(tmp_path) == 1
    assert "has no Chinese word" in capsys.readouterr().err


def test_a_service_is_described_without_database_or_broker() -> None:
    document = documents.openapi(TOY)
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": "/toy"}]
    assert "/v1/counters/{counter_id}" in document["paths"]
    assert document["paths"]["/v1/counters"]["post"]["responses"]["409"]


def test_services_are_those_whose_main_offers_one() -> None:
    offered = [one.name for one in documents.services(documents.ROOT)]
    assert offered == sorted(offered)
    assert "console" not in offered
    folders = {main.parent.name for main in documents.ROOT.glob("services/*/main.py")}
    assert set(offered) == folders - {"console"}
    assert all(isinstance(one, Service) for one in documents.services(documents.ROOT))


def test_documents_are_the_same_whatever_the_order_of_sets() -> None:
    def made(seed: str) -> str:
        environment = os.environ | {"PYTHONHASHSEED": seed}
        return subprocess.check_output(
            [sys.executable, "-c", SAME_TWICE], cwd=documents.ROOT, env=environment, text=True
        )

    assert published_contracts()
    first = made("1")
    assert len(first) > 10_000
    assert first == made("2")
