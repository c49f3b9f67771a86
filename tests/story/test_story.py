"""The story on six real processes, private servers and a scratch folder; then a second, warm start on that folder."""

import faulthandler
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli import story, up
from cli.progress import Progress
from cli.stage import StoryFailedError
from cli.story import cast
from cli.story.client import Tale
from cli.system import System, present, running_system
from shared.embedded.places import scratch_home

PRIVATE = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "NATS_URL"}}
LISTS = (
    ("investigator", "/registry/v1/accidents"),
    ("investigator", "/duties/v1/attestations"),
    ("inspector", "/inspection-tours/v1/tours"),
    ("discipline_handler", "/discipline/v1/leads"),
    ("discipline_handler", "/discipline/v1/cases"),
    ("discipline_handler", "/discipline/v1/exemptions"),
    ("discipline_handler", "/discipline/v1/vetoes"),
    ("organization", "/appraisal/v1/appraisals"),
    ("organization", "/appraisal/v1/vettings"),
)
SECONDS = 300


class Told(Progress):
    """Progress that remembers what it showed."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[str] = []
        self.said: list[str] = []

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        self.steps.append(title)
        with super().step(title):
            yield

    def say(self, text: str) -> None:
        self.said.append(text)


@dataclass
class Played:
    """A folder on which the story was played, what was shown, and what the lists answered afterwards."""

    home: Path
    told: Told
    lists: dict[str, Any] = field(default_factory=dict)
    names: frozenset[str] = frozenset()


def tale(system: System, http: httpx.Client) -> Tale:
    """A client of the running system."""
    return Tale(http, Told(), system.control, step="afterwards")


def lists(system: System, *, exercise: bool) -> dict[str, Any]:
    """Every list, whole."""
    with httpx.Client(base_url=system.addresses["console"], timeout=60, trust_env=False) as http:
        reader = tale(system, http)
        return {path: reader.read(user, path, exercise=exercise, limit=500)["items"] for user, path in LISTS}


def names(system: System) -> frozenset[str]:
    """How the registered officials are called."""
    with httpx.Client(base_url=system.addresses["console"], timeout=60, trust_env=False) as http:
        found = tale(system, http).read("registrar", "/registry/v1/officials", exercise=True, limit=500)
        return frozenset(one["name"] for one in found["items"])


def more_time() -> None:
    """A start and a story take longer than one test may."""
    faulthandler.dump_traceback_later(SECONDS, exit=True, file=sys.__stderr__ or 2)


@pytest.fixture(scope="module")
def played() -> Iterator[Played]:
    more_time()
    with scratch_home() as home:
        made = Played(home, Told())
        with running_system(home, present(), made.told, PRIVATE) as system:
            up.play(system, made.told)
            made.lists, made.names = lists(system, exercise=True), names(system)
            assert not any(lists(system, exercise=False).values()), "exercises stay out of default answers"
        yield made


@pytest.mark.clause("art2", "art4", "art5.3", "art6.2", "art6.3", "art10.2", "art14", "art16", "art17", "art21.1")
@pytest.mark.clause("art21.3", "art21.4", "art22", "art23", "art26", "art27", "art28", "art29")
def test_the_story_comes_out_as_written(played: Played) -> None:
    played_steps = [title.split("  ")[0] for title in played.told.steps if "  " in title]
    assert played_steps == ["准备 · preparation"] * 2 + [f"第{number}步 · step {number}" for number in range(1, 14)]
    counts = {path.split("/")[-1]: len(found) for path, found in played.lists.items()}
    listed = len(cast.holders_at_accident(cast.ZONE, cast.COUNTY, cast.CITY, cast.PROVINCE))
    assert counts == {
        "accidents": 1,
        "attestations": listed + 1,
        "tours": 2,
        "leads": listed + 2,
        "cases": 2,
        "exemptions": 3,
        "vetoes": 2,
        "appraisals": 1,
        "vettings": 1,
    }


def test_no_citizen_number_is_kept_readable_and_names_travel_in_the_registrys_events_only(played: Played) -> None:
    files = {path: path.read_bytes() for path in played.home.rglob("*") if path.is_file()}
    number = re.compile(rb"990000\d{11}[\dXx]")
    assert [path for path, content in files.items() if number.search(content)] == []
    assert len(played.names) > 10
    streams, logs = played.home / "nats", played.home / "logs"
    naming = {
        path
        for path, content in files.items()
        if path.is_relative_to(streams) or path.is_relative_to(logs)
        if any(name.encode() in content for name in played.names)
    }
    assert {path.relative_to(streams).parts[4] for path in naming} == {"REGISTRY"}


def test_a_second_start_is_warm_and_plays_nothing_again(played: Played) -> None:
    more_time()
    told = Told()
    with running_system(played.home, present(), told, PRIVATE) as system:
        assert system.state.story == story.VERSION
        steps = list(told.steps)
        up.play(system, told)
        assert told.steps == steps
        assert ["played on this data folder before" in line for line in told.said] == [True]
        assert lists(system, exercise=True) == played.lists
        with pytest.raises(StoryFailedError, match="--fresh"):
            story.play(system.addresses, told, system.control)
        assert lists(system, exercise=True) == played.lists
