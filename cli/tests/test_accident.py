"""`anze accident level`: offline, JSON alone on stdout, exit 2 and a sentence for wrong input."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner, Result

from cli.main import app


def level(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["accident", "level", *arguments])


@pytest.mark.clause("art21.4")
@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (("--deaths", "3"), ("较大", ["deaths"], "较大")),
        (("--deaths", "9", "--missing", "5"), ("较大", ["deaths"], "重大")),
        (("--deaths", "3", "--serious-injuries", "12"), ("较大", ["deaths", "serious_injuries"], "较大")),
        (("--deaths", "9", "--loss-yuan", "50000000"), ("重大", ["direct_loss_yuan"], "重大")),
        (("--deaths", "0", "--loss-yuan", "9999999"), ("一般", ["direct_loss_yuan"], "一般")),
        (("--deaths", "0"), ("一般", [], "一般")),
        (("--missing", "30"), ("一般", [], "特别重大")),
        (("--serious-injuries", "100"), ("特别重大", ["serious_injuries"], "特别重大")),
    ],
)
def test_the_level_answers_as_json(arguments: tuple[str, ...], answer: tuple[str, list[str], str]) -> None:
    done = level(*arguments, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["level"], told["decided_by"], told["level_if_missing_dead"]) == answer
    assert done.stderr == ""


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--deaths", "-1"),
        ("--deaths", "3.5"),
        ("--deaths", "三"),
        ("--deaths", "３"),
        ("--deaths", "3", "--missing", "-2"),
        ("--loss-yuan", "1" + "0" * 16),
        ("--deaths", "3", "--day", "2007-05-31"),
        ("--deaths", "3", "--day", "yesterday"),
    ],
)
def test_wrong_input_exits_2_with_a_sentence_in_both_languages(arguments: tuple[str, ...]) -> None:
    done = level(*arguments, "--json")
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    assert "·" in done.stderr


def test_people_read_chinese_and_english() -> None:
    done = level("--deaths", "9", "--missing", "5")
    assert done.exit_code == 0
    for word in ("较大事故 · larger", "死亡 deaths", "重大 · major", "第493号"):
        assert word in done.stdout


def test_it_needs_no_server_and_no_settings() -> None:
    command = [sys.executable, "-m", "cli.main", "accident", "level", "--deaths", "10", "--json"]
    done = subprocess.run(command, env={"LANG": "C.UTF-8"}, capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(done.stdout)["level"] == "重大"
