"""Starts what is measured, each in processes of its own, and looks at what they use."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from signal import SIGTERM

import httpx
import psutil

from listingapi.infra.parent import stop_when_parent_dies

ROOT = Path(__file__).parents[2]
WORKERS = "2"
MB = 1_000_000
START_SECONDS = 60.0
STOP_SECONDS = 30.0
SETTLE_SECONDS = 30.0
LOOK_SECONDS = 0.5
IDLE = 0.1


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and all its processes."""

    url: str
    process: psutil.Process

    def processor_seconds(self) -> float:
        """The time on the processors that its processes have taken so far."""
        times = [process.cpu_times() for process in self._processes()]
        return sum(time.user + time.system for time in times)

    def memory_mb(self) -> float:
        """The resident memory of its largest process."""
        return max(process.memory_info().rss for process in self._processes()) / MB

    def settle(self) -> None:
        """Wait until it has done what the requests left it to do, such as handing events to consumers."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline:
            before = self.processor_seconds()
            time.sleep(LOOK_SECONDS)
            if self.processor_seconds() - before < IDLE * LOOK_SECONDS:
                return

    def _processes(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


@contextmanager
def running(
    name: str, command: Sequence[str], port: int, environment: Mapping[str, str], logs: Path
) -> Iterator[Server]:
    """Run a server until the end of the block, from when it answers."""
    print(f"starting {name}", file=sys.stderr)
    log = logs / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=partial(stop_when_parent_dies, SIGTERM),
        )
    try:
        server = Server(f"http://127.0.0.1:{port}", psutil.Process(process.pid))
        _wait_for(server, process, log)
        yield server
    finally:
        _stop(process)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def plain_environment() -> dict[str, str]:
    """Our environment, without what configures a service of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith("LISTINGAPI_")}


def _wait_for(server: Server, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(f"{server.url}/listings/1").status_code < 500:  # noqa: PLR2004 - it answers
                return
        time.sleep(0.1)
    sys.exit(f"{log.stem} does not answer:\n{log.read_text()}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """Tell it to stop, and end by force what of it does not."""
    several = [psutil.Process(process.pid)] if process.poll() is None else []
    several += [child for parent in several for child in parent.children(recursive=True)]
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    for left in several:
        with suppress(psutil.NoSuchProcess):
            left.kill()
    process.wait(STOP_SECONDS)
