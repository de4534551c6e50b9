"""The processes of the stack; one that ends is started again, as whatever runs them in production would."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from listingapi.infra.parent import stop_when_parent_dies

START_SECONDS = 60.0
STOP_SECONDS = 35.0
ANSWER_SECONDS = 5.0
LOOK_AGAIN_SECONDS = 0.05
# What ends as soon as it is started is not started all the time.
SECONDS_BETWEEN_STARTS = 1.0
PRINTED_BY_THE_READY = "Ctrl-C stops it."


class NotStarted(Exception):
    """A process of the stack does not start; the message says which, and what it said last."""


@dataclass(slots=True)
class Service:
    """A process: what runs it, where it logs, and how it is seen that it is ready. It hears no Ctrl-C of ours."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    is_ready: Callable[["Service"], bool]
    address: str = ""
    metrics: str = ""
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    _started: float = field(default=0.0, init=False)

    @property
    def pid(self) -> int:
        """The number of the process that runs, or ran last."""
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Start it; what it prints is added to its log."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=partial(stop_when_parent_dies, signal.SIGTERM),
            )
        self._started = time.monotonic()

    def await_ready(self) -> None:
        """Wait until it is ready.

        Raises:
            NotStarted: it ended, or took too long.
        """
        while not self.is_ready(self):
            if self._has_ended() or time.monotonic() > self._started + START_SECONDS:
                raise NotStarted(f"{self.name} does not start: {self._last_words()}")
            time.sleep(LOOK_AGAIN_SECONDS)

    def revive(self) -> bool:
        """Start it again if it has ended, and not just now; returns whether."""
        if not self._has_ended() or time.monotonic() < self._started + SECONDS_BETWEEN_STARTS:
            return False
        self._kill_group()
        self.start()
        return True

    def tell_to_stop(self) -> None:
        """Send SIGTERM."""
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def end(self) -> None:
        """Wait until it has stopped; what does not, and what it left behind, is killed."""
        if self._process:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
            self._kill_group()
            self._process.wait()

    def _has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def _kill_group(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it says nothing"


def answers_ready(service: Service) -> bool:
    """Whether it answers `/readyz` with 200."""
    connection = HTTPConnection(service.address, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200  # noqa: PLR2004
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def listens(service: Service) -> bool:
    """Whether it takes connections."""
    return takes_connections(service.address)


def takes_connections(address: str) -> bool:
    """Whether somebody listens at an address."""
    host, _, port = address.partition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def says_ready(service: Service) -> bool:
    """Whether it has printed that it is."""
    return PRINTED_BY_THE_READY in service.log.read_text(errors="replace")
