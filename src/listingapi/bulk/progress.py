"""Shows how far a long job is: a bar on a terminal, a plain line every few seconds elsewhere; always on stderr."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

SECONDS_BETWEEN_LINES = 5.0


class Report(Protocol):
    """Is told how many more units are done, and, where that is only known on the way, how many there are in all."""

    def __call__(self, count: int, total: int | None = None) -> None:
        """Count what was done."""


@contextmanager
def progress(
    title: str, *, total: int | None = None, console: Console | None = None, clock: Callable[[], float] = time.monotonic
) -> Iterator[Report]:
    """Show the progress of a job until the block ends.

    Yields a function that is told how many more units are done; `total` is None where nobody knows it.
    """
    console = console or Console(file=sys.stderr, force_terminal=sys.stderr.isatty())
    if console.is_terminal and not console.is_dumb_terminal:
        with _bar(console) as bar:
            task = bar.add_task(title, total=total)
            yield lambda count, total=None: bar.update(task, advance=count, total=total)
    else:
        yield PlainLines(title, total, console, clock)


class PlainLines:
    """Writes a line every few seconds; what is called often costs little."""

    def __init__(self, title: str, total: int | None, console: Console, clock: Callable[[], float]) -> None:
        self._title = title
        self._total = total
        self._console = console
        self._clock = clock
        self._done = 0
        self._started = self._last_line = clock()

    def __call__(self, count: int, total: int | None = None) -> None:
        """Count what was done, and say so if it is time."""
        self._done += count
        self._total = total or self._total
        now = self._clock()
        if now - self._last_line >= SECONDS_BETWEEN_LINES:
            self._last_line = now
            self._console.print(self._line(now - self._started), markup=False, highlight=False, soft_wrap=True)

    def _line(self, seconds: float) -> str:
        rate = self._done / seconds
        line = f"{self._title}: {grouped(self._done)}"
        if self._total:
            line += f" of {grouped(self._total)} ({self._done * 100 // self._total} %)"
        line += f", {grouped(rate)} a second"
        if self._total and rate:
            line += f", {max(0, self._total - self._done) / rate:.0f} s left"
        return line


def grouped(number: float) -> str:
    """Write a number as people read it: whole, its digits in threes."""
    return f"{number:,.0f}".replace(",", " ")


def _bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), _Count(), _Rate(), TimeRemainingColumn())
    return Progress(*columns, console=console, speed_estimate_period=10)


class _Count(ProgressColumn):
    def render(self, task: Task) -> Text:
        of_all = f" of {grouped(task.total)}" if task.total is not None else ""
        return Text(grouped(task.completed) + of_all)


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        rate = task.finished_speed or task.speed
        return Text(f"{grouped(rate)} a second" if rate else "")
