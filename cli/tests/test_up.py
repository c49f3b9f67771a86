"""`anze up` and `anze story` with real servers and a real console, under signals and failures."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import typer
from typer.testing import CliRunner

from cli import reaching, up
from cli.main import app
from cli.progress import Progress
from cli.stage import Control, Steps, StoryFailedError
from cli.state import opened
from cli.supervisor import Supervisor
from shared.embedded.places import CHECKOUT, PlaceError, scratch_home
from shared.embedded.processes import wait_until
from shared.embedded.servers import Servers
from shared.kernel import clock

ENDLESS = """
import signal, sys
from cli import up
from cli.main import app
class Story:
    VERSION = "endless"
    def play(self, *_):
        print("in the middle", flush=True)
        signal.pause()
up.story_module, up.present = Story, lambda: ("console",)
app(["up", "--home", sys.argv[1]])
"""
STARTS_OVER = "it starts over"
PRIVATE = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "NATS_URL"}}


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def anze(*arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "cli.main", *arguments]
    return subprocess.Popen(command, cwd=CHECKOUT, env=PRIVATE, stdout=subprocess.PIPE, text=True)


@pytest.fixture(autouse=True)
def ctrl_c() -> Iterator[None]:
    """Ctrl-C is heard by what a test starts, also where the tests themselves were started in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def home() -> Iterator[Path]:
    with scratch_home() as folder:
        yield folder / "home"


@contextmanager
def running(home: Path) -> Iterator["subprocess.Popen[str]"]:
    """A console that is up on a data folder."""
    with anze("up", "--home", str(home), "--services", "console") as process:
        assert process.stdout is not None
        seen = []
        while "Ctrl-C" not in (line := process.stdout.readline()):
            seen.append(line)
            assert line, seen
        try:
            yield process
        finally:
            process.kill()


def process_with(argument: str) -> int:
    """The process that was started with this argument."""
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if argument.encode() in (place / "cmdline").read_bytes().split(b"\0"):
                return int(place.name)
        except (FileNotFoundError, ProcessLookupError):
            continue
    raise LookupError(argument)


def ports(home: Path) -> list[int]:
    """The console's, PostgreSQL's and the broker's."""
    console = json.loads((home / "state.json").read_text())["ports"]["console"]
    database = (home / "postgres/data/postmaster.pid").read_text().splitlines()[3]
    broker = (home / "nats/nats.conf").read_text().partition("listen: 127.0.0.1:")[2].split()[0]
    return [int(console), int(database), int(broker)]


def test_a_second_up_starts_warm_on_the_same_address(home: Path) -> None:
    states = []
    for _ in range(2):
        with running(home) as process:
            inside = ports(home)
            assert all(map(listening, inside))
            process.send_signal(signal.SIGINT)
            assert process.wait() == 0
        assert not any(map(listening, inside))
        states.append((home / "state.json").read_text())
    assert states[0] == states[1]
    assert (home / "state.json").stat().st_mode & 0o077 == 0


def test_a_killed_up_leaves_nothing_and_a_second_on_the_folder_waits_its_turn(home: Path) -> None:
    with running(home) as process:
        inside = ports(home)
        for more in ([], ["--fresh"]):
            with anze("up", "--home", str(home), "--services", "console", *more) as second:
                assert "another anze uses" in second.communicate()[0]
                assert second.returncode == 2
        assert ports(home) == inside
        assert all(map(listening, inside))
        process.kill()
    assert wait_until(lambda: not any(map(listening, inside)))


def test_an_up_whose_service_dies_says_so_and_stops_the_rest(home: Path) -> None:
    with running(home) as process:
        inside = ports(home)
        os.kill(process_with(str(inside[0])), signal.SIGKILL)
        assert "console ended with code -9" in process.communicate()[0]
        assert process.returncode == 1
    assert not any(map(listening, inside))


@dataclass
class InventedStory:
    """A story that tries every lever, and fails at its last step if told to."""

    failing: bool = False
    plays: int = 0
    VERSION: str = "invented-1"

    def play(self, addresses: Mapping[str, str], progress: Steps, control: Control) -> None:
        self.plays += 1
        with progress.step("levers"):
            control.stop_broker()
            control.kill("console")
            with pytest.raises(httpx.TransportError):
                httpx.get(f"{addresses['console']}/healthz", trust_env=False)
            control.start_broker()
            control.start("console")
            assert httpx.get(f"{addresses['console']}/healthz", trust_env=False).is_success
        if self.failing:
            raise StoryFailedError("step 7", "the decision was not refused")


@pytest.fixture
def invented(monkeypatch: pytest.MonkeyPatch) -> InventedStory:
    story = InventedStory()
    monkeypatch.setattr(up, "story_module", lambda: story)
    monkeypatch.setattr(up, "present", lambda: ("console",))
    monkeypatch.setattr(os, "environ", PRIVATE)
    return story


def test_a_story_that_comes_out_ends_with_0_and_leaves_no_data(invented: InventedStory) -> None:
    result = CliRunner().invoke(app, ["story"])
    assert result.exit_code == 0, result.output
    assert invented.plays == 1
    assert "演练通过" in result.output


def test_a_story_that_fails_ends_with_1_and_names_the_step(invented: InventedStory) -> None:
    invented.failing = True
    result = CliRunner().invoke(app, ["story"])
    assert result.exit_code == 1
    assert "step 7: the decision was not refused" in result.output


@pytest.fixture
def stopped_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask_to_stop(_system: object) -> None:
        raise up.StopAskedError

    monkeypatch.setattr(up, "watch", ask_to_stop)


@pytest.mark.usefixtures("stopped_at_once")
def test_a_story_is_played_once_per_data_folder_and_version(invented: InventedStory, home: Path) -> None:
    for version, plays in (("invented-1", 1), ("invented-1", 1), ("invented-2", 2)):
        invented.VERSION = version
        result = CliRunner().invoke(app, ["up", "--home", str(home)])
        assert result.exit_code == 0, result.output
        assert invented.plays == plays
    CliRunner().invoke(app, ["up", "--home", str(home), "--fresh"])
    assert invented.plays == 3


def test_the_clock_of_every_process_is_turned_by_its_file(tmp_path: Path) -> None:
    file, then = tmp_path / "clock.json", datetime(2026, 5, 20, 6, 30, tzinfo=UTC)
    control = Control(Servers("", "", None, None), Supervisor([], tmp_path), clock_file=file)
    control.turn_clock(then)
    clock.follow(file)
    try:
        assert timedelta() <= clock.now() - then < timedelta(seconds=30)
    finally:
        clock.follow(None)
    with pytest.raises(ValueError, match="offset"):
        control.turn_clock(then.replace(tzinfo=None))


def interrupted(home: Path, ending: signal.Signals) -> str:
    """What an `anze up` said whose story was ended in its middle."""
    command = [sys.executable, "-c", ENDLESS, str(home)]
    with subprocess.Popen(command, cwd=CHECKOUT, env=PRIVATE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        seen = []
        while "in the middle" not in (line := process.stdout.readline()):
            seen.append(line)
            assert line, seen
        process.send_signal(ending)
        process.communicate()
        assert process.returncode == (130 if ending == signal.SIGINT else -ending)
    return "".join(seen)


@pytest.mark.usefixtures("stopped_at_once")
def test_an_interrupted_story_starts_over_on_an_emptied_folder(invented: InventedStory, home: Path) -> None:
    clusters = set()
    for ending, starts_over in ((signal.SIGKILL, False), (signal.SIGINT, True)):
        assert (STARTS_OVER in interrupted(home, ending)) is starts_over
        clusters.add((home / "postgres/password").read_text())
    result = CliRunner().invoke(app, ["up", "--home", str(home)])
    assert result.exit_code == 0, result.output
    assert STARTS_OVER in result.output
    assert invented.plays == 1
    clusters.add((home / "postgres/password").read_text())
    assert len(clusters) == 3
    assert json.loads((home / "state.json").read_text())["holds"] == "anything"


@pytest.mark.parametrize(
    ("holds", "given", "asked", "playing", "goes", "after"),
    [
        ("exercise", {}, False, True, True, "nothing"),
        ("exercise", {}, False, False, False, "anything"),
        ("exercise", {"DATABASE_URL": "postgresql://db"}, False, True, False, "anything"),
        ("exercise", {"NATS_URL": "nats://broker"}, False, True, False, "anything"),
        ("nothing", {}, False, True, False, "nothing"),
        ("nothing", {}, False, False, False, "anything"),
        ("anything", {}, False, True, False, "anything"),
        (None, {}, False, True, False, "anything"),  # a folder of before this was remembered
        ("anything", {}, True, True, True, "nothing"),
        ("anything", {}, True, False, True, "anything"),
    ],
)
def test_only_a_folder_that_holds_nothing_but_the_exercise_is_emptied_unasked(
    home: Path, holds: str | None, given: Mapping[str, str], *, asked: bool, playing: bool, goes: bool, after: str
) -> None:
    with opened(home):
        (home / "postgres").mkdir()
        (home / "postgres/data").touch()
    file = home / "state.json"
    before = json.loads(file.read_text())
    assert before.pop("holds") == "nothing"
    file.write_text(json.dumps(before | ({"holds": holds} if holds else {})))
    up.settle(home, Progress(), given, fresh=asked, playing=playing)
    assert (home / "postgres").exists() is not goes
    left = json.loads(file.read_text())
    assert left["holds"] == after
    assert (left["password"] != before["password"]) is goes


@pytest.mark.usefixtures("invented")
@pytest.mark.parametrize("more", [(), ("--fresh",)])
def test_a_folder_that_is_not_ours_is_refused_and_left_as_it_is(home: Path, more: tuple[str, ...]) -> None:
    home.mkdir()
    (home / "precious").touch()
    result = CliRunner().invoke(app, ["up", "--home", str(home), *more])
    assert result.exit_code == 2, result.output
    assert "holds something else than data of anze" in result.output
    assert [one.name for one in home.iterdir()] == ["precious"]


def test_a_state_that_cannot_be_read_is_named_and_kept(home: Path) -> None:
    home.mkdir()
    file = home / "state.json"
    file.write_text('{"password":')
    with pytest.raises(PlaceError, match=r"state\.json cannot be used"), opened(home):
        pass
    assert file.read_text() == '{"password":'


@pytest.mark.usefixtures("invented")
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "postgresql://somebody:secret@127.0.0.1:9/nowhere"),
        ("DATABASE_URL", "secret, and no address"),
        ("NATS_URL", "nats://somebody:secret@127.0.0.1:9"),
        ("NATS_URL", "://secret"),
    ],
)
def test_a_named_server_that_cannot_be_used_is_told_by_its_variable_and_not_by_its_value(
    home: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setattr(reaching, "NAMED_SECONDS", 1)
    monkeypatch.setattr(os, "environ", PRIVATE | {variable: value})
    result = CliRunner().invoke(app, ["up", "--home", str(home)])
    assert result.exit_code == 2, result.output
    assert f"the server that {variable} names" in result.output
    assert "secret" not in result.output


def test_a_service_that_does_not_exist_is_refused() -> None:
    with pytest.raises(typer.BadParameter, match="no such service: weather"):
        up.chosen("weather")
