"""Progress for whoever watches: a spinner for people, plain lines for everything else."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape


class Progress:
    """Says what is being done and how long it took."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=True)

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """One piece of work; a failing one is marked, and its error goes on."""
        begun = time.monotonic()
        shown = escape(title)
        if not self.console.is_terminal:
            self.console.print(f"… {shown}")
        try:
            if self.console.is_terminal:
                with self.console.status(shown):
                    yield
            else:
                yield
        except BaseException:
            self.console.print(f"[red]✗[/] {shown}")
            raise
        self.console.print(f"[green]✓[/] {shown} [dim]{time.monotonic() - begun:.1f} s[/]")

    def say(self, text: str) -> None:
        """One line as it is."""
        self.console.print(escape(text))
