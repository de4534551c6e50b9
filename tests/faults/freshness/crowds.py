"""The processes of clients, from the side of who starts them."""

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import msgspec

from listingapi.infra.parent import stop_when_parent_dies
from tests.faults.freshness.clients import Task, count_of
from tests.faults.freshness.crowd import rows_of, told_of
from tests.faults.freshness.story import AllRows, Rows, Told
from tests.faults.freshness.trouble import Script

SAY_SECONDS = 10.0


class Crowds:
    """Clients at work, and how far they are."""

    def __init__(self, tasks: Sequence[Task], folder: Path) -> None:
        self._tasks = tasks
        self._folder = folder
        self._reads = sum(task.reads for task in tasks)
        self._processes: list[subprocess.Popen[bytes]] = []

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Have them work; at the end of the block they have ended, whether they were done or not."""
        with ExitStack() as stack:
            for task in self._tasks:
                process = stack.enter_context(self._started(task))
                stack.callback(process.kill)
                self._processes.append(process)
            yield

    @property
    def is_over(self) -> bool:
        """Whether all have ended by themselves."""
        return all(process.poll() is not None for process in self._processes)

    @property
    def have_failed(self) -> bool:
        """Whether one of them did not do what it was to do."""
        return any(process.returncode for process in self._processes)

    def is_beyond(self, share: float) -> bool:
        """Whether such a share of all reads was made."""
        return self.done >= share * self._reads

    @property
    def done(self) -> int:
        """How many reads were made, about."""
        return sum(count_of(task) for task in self._tasks)

    def say(self) -> Script:
        """Print how far they are, now and then."""
        began = time.monotonic()
        while True:
            yield SAY_SECONDS
            took = time.monotonic() - began
            print(f"{self.done} of {self._reads} reads in {took:.0f} s", flush=True)

    def told(self) -> Told:
        """What all were told together."""
        every = [msgspec.json.decode(told_of(task).read_bytes(), type=Told) for task in self._tasks]
        return Told(
            [each for told in every for each in told.acknowledged],
            [each for told in every for each in told.bodies],
            [each for told in every for each in told.failures],
            sum((Counter(told.reads) for told in every), Counter()),
        )

    def seen(self) -> AllRows:
        """What all their reads showed."""
        return AllRows([Rows(rows_of(task), list(task.places)) for task in self._tasks])

    def _started(self, task: Task) -> "subprocess.Popen[bytes]":
        path = self._folder / f"task-{task.number}.json"
        path.write_bytes(msgspec.json.encode(task))
        command = (sys.executable, "-m", "tests.faults.freshness.crowd", str(path))
        ends = partial(stop_when_parent_dies, signal.SIGTERM)
        return subprocess.Popen(command, start_new_session=True, preexec_fn=ends)
