"""Runs a command of `listingapi` that goes on until it is stopped, in a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 60.0
STOP_SECONDS = 30.0
READY = "Ctrl-C stops it."


class Process:
    """A running command; all that it prints goes to a file."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self._process = process
        self._log = log

    @property
    def printed(self) -> str:
        """What it has printed so far."""
        return self._log.read_text()

    def await_start(self) -> None:
        """Wait until it says that it is ready."""
        deadline = time.monotonic() + START_SECONDS
        while READY not in self.printed:
            assert self._process.poll() is None, f"it did not start: {self.printed}"
            assert time.monotonic() < deadline, f"it took too long to start: {self.printed}"
            time.sleep(0.05)

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def kill(self) -> None:
        """End it as `kill -9` does: it has no chance to tidy up."""
        self._process.kill()
        self._process.wait(STOP_SECONDS)

    def stop(self) -> int:
        """Tell it to stop; returns its exit status."""
        self._process.terminate()
        return self._process.wait(STOP_SECONDS)


@contextmanager
def running(*arguments: str, environment: Mapping[str, str], log: Path) -> Iterator[Process]:
    """Run `listingapi` with some arguments from when it is ready until the end of the block."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LISTINGAPI_")}
    with log.open("wb") as output:
        started = subprocess.Popen(
            [sys.executable, "-m", "listingapi", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**inherited, **environment},
        )
    process = Process(started, log)
    try:
        process.await_start()
        yield process
    finally:
        process.kill()
