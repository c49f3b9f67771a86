"""The story: an exercise (演练) on fixed dates, played through the public REST APIs of the running services.

Chapters, in the order played: `preparation` (divisions, cast, records), `accident` (steps 1 to 3), `aftermath`
(4 to 6), `decisions` (7 to 9), `veto` (10 to 13). Each step asserts state, event and basis and fails by name. The
development clock is turned forward to each fixed date before anything is recorded.
"""

from collections.abc import Mapping

import httpx

from cli.stage import Control, Steps
from cli.story import accident, aftermath, decisions, preparation, veto
from cli.story.client import VERSION, Tale

__all__ = ["VERSION", "play"]


def play(addresses: Mapping[str, str], progress: Steps, control: Control) -> None:
    """Play every step, through the console's one origin.

    Raises:
        StoryFailedError: at the first step that did not come out as specified.
    """
    with httpx.Client(base_url=addresses["console"], timeout=60, trust_env=False) as http:
        tale = Tale(http, progress, control)
        for chapter in (preparation, accident, aftermath, decisions, veto):
            chapter.play(tale)
