"""`anze up` and `anze story`: a whole system on this machine, and the exercise played on it."""

import importlib
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Annotated, cast

import typer

from cli.progress import Progress
from cli.stage import Story, StoryFailedError
from cli.state import emptied, opened
from cli.system import System, present, running_system
from shared.embedded.places import PlaceError, default_home, scratch_home
from shared.embedded.postgres import DataFolderError
from shared.embedded.processes import ServerFailedError, end_with_parent

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
Home = Annotated[Path | None, typer.Option(envvar="ANZE_HOME", help="data folder; kept between runs")]


UnderMake = Annotated[bool, typer.Option("--under-make", hidden=True, help="end when the parent ends")]


class StopAskedError(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal; no `except Exception` may keep it."""


@contextmanager
def ending_on_signals() -> Iterator[None]:
    """Turn the first such signal into an orderly end; later ones change nothing: stopping is bounded."""

    def end(_number: int, _frame: FrameType | None) -> None:
        for one in STOPPING:
            signal.signal(one, signal.SIG_IGN)
        raise StopAskedError

    heard = [number for number in STOPPING if signal.getsignal(number) is not signal.SIG_IGN]  # nohup stays nohup
    before = {number: signal.signal(number, end) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def explained(progress: Progress) -> Iterator[None]:
    """End with a sentence and a code, not a trace: 1 failed, 2 cannot run here, 130 stopped by the user."""
    try:
        with ending_on_signals():
            yield
    except StopAskedError:
        progress.say("已停止 · stopped")
        raise typer.Exit(130) from None
    except StoryFailedError as failure:
        progress.say(f"演练未通过 · the story failed at {failure.step}: {failure.reason}")
        raise typer.Exit(1) from None
    except ServerFailedError as failure:
        progress.say(f"启动失败 · {failure}")
        raise typer.Exit(1) from None
    except (PlaceError, DataFolderError) as refusal:
        progress.say(f"无法在此运行 · {refusal}")
        raise typer.Exit(2) from None


def story_module() -> Story:
    """The story player.

    Raises:
        PlaceError: this checkout has none.
    """
    if find_spec("cli.story") is None:
        raise PlaceError("this checkout has no cli/story yet: use `anze up --no-story`")
    return cast("Story", importlib.import_module("cli.story"))


def play(system: System, progress: Progress) -> None:
    """Play the story once per data folder and story version."""
    story, state = story_module(), system.state
    if state.story == story.VERSION:
        progress.say("演练已在此数据目录完成 · the story was played on this data folder before")
        return
    if state.holds == "nothing":
        state.holds = "exercise"
        state.save()
    story.play(system.addresses, progress, system.control)
    state.story, state.holds = story.VERSION, "anything"
    state.save()


def announce(system: System, progress: Progress) -> None:
    """Say where everything answers."""
    for name, address in system.addresses.items():
        progress.say(f"  {name:17} {address}")
    progress.say(f"  {'data · logs':17} {system.state.home} · {system.state.logs}")
    progress.say("按 Ctrl-C 停止 · Ctrl-C stops everything")


def watch(system: System) -> None:
    """Stay until asked to end.

    Raises:
        ServerFailedError: a process ended by itself.
    """
    never = threading.Event()
    while not never.wait(0.5):
        if dead := system.supervisor.dead():
            raise ServerFailedError("\n".join(dead.values()))


def chosen(services: str | None) -> tuple[str, ...]:
    """The services named in a comma-separated list, by default all.

    Raises:
        typer.BadParameter: one of them does not exist.
    """
    names = tuple(services.split(",")) if services else present()
    if unknown := set(names) - set(present()):
        raise typer.BadParameter(f"no such service: {', '.join(sorted(unknown))}")
    return names


def settle(home: Path, progress: Progress, given: Mapping[str, str], *, fresh: bool, playing: bool) -> None:
    """Empty a data folder if asked, or if it holds nothing but a story that was begun and not finished.

    Args:
        home: the data folder.
        progress: where it is said.
        given: the environment; what `DATABASE_URL` and `NATS_URL` in it name is never emptied.
        fresh: it was asked.
        playing: the run to come begins with the story; without it, people may record what is theirs.

    Raises:
        PlaceError: the folder is not ours, or in use.
    """
    ours_alone = playing and not (given.get("DATABASE_URL") or given.get("NATS_URL"))
    with opened(home) as found:
        again = ours_alone and found.holds == "exercise" and not fresh
        if again:
            progress.say(
                "上次演练未完成，数据目录中只有演练，清空后重来"
                " · the last story was not finished, and the data folder holds nothing else: it starts over"
            )
        state = emptied(found) if fresh or again else found
        if not ours_alone:
            state.holds = "anything"
            state.save()


def up(
    home: Home = None,
    story: Annotated[bool, typer.Option(help="play the exercise once on this data folder")] = True,
    fresh: Annotated[bool, typer.Option("--fresh", help="forget the data folder first")] = False,
    services: Annotated[str | None, typer.Option(help="only these, comma-separated; no story")] = None,
    under_make: UnderMake = False,
) -> None:
    """Set everything up, play the story, and stay until Ctrl-C. A second run starts warm."""
    folder, progress, names = home or default_home(), Progress(), chosen(services)
    playing = story and services is None
    with explained(progress):
        if under_make:
            end_with_parent()
        if playing:
            story_module()
        settle(folder, progress, os.environ, fresh=fresh, playing=playing)
        with running_system(folder, names, progress, os.environ) as system:
            if playing:
                play(system, progress)
            try:
                announce(system, progress)
                watch(system)
            except StopAskedError:
                progress.say("正在停止 · stopping")
    progress.say("全部已停止 · everything has stopped")


def story(under_make: UnderMake = False) -> None:
    """Play the story on a fresh data folder; exit 0, or say which step failed. Leaves no process behind."""
    progress = Progress()
    with explained(progress), ExitStack() as stack:
        if under_make:
            end_with_parent()
        story_module()
        home = stack.enter_context(scratch_home(keep_on_failure=True))
        try:
            with running_system(home, present(), progress, os.environ) as system:
                play(system, progress)
        except (StoryFailedError, ServerFailedError):
            progress.say(f"日志保留至下次运行 · logs are kept until the next run in {home / 'logs'}")
            raise
    progress.say("演练通过 · the story came out as written")
