"""A running stack in the hand of a test or a benchmark: where everything is, and what is done to its processes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

START_SECONDS = 180.0
STOP_SECONDS = 90.0
RESTART_SECONDS = 90.0
LOOK_AGAIN_SECONDS = 0.05


class Trouble(Exception):
    """The stack, or a part of it, does not do what it was told to."""


@dataclass(frozen=True, slots=True)
class Handle:
    """A stack that runs in a process of its own."""

    data_dir: Path
    process: "subprocess.Popen[bytes]"

    @property
    def state(self) -> Mapping[str, Any]:
        """What `stack.json` says; nothing if it is not up."""
        try:
            found: Mapping[str, Any] = json.loads((self.data_dir / "stack.json").read_text())
        except FileNotFoundError:
            return {}
        return found

    def address(self, name: str = "nginx") -> tuple[str, int]:
        """Where a service listens."""
        host, _, port = self.state["services"][name]["address"].partition(":")
        return host, int(port)

    def url(self, name: str = "nginx") -> str:
        """The same for HTTP clients."""
        return f"http://{self.state['services'][name]['address']}"

    def pid(self, name: str) -> int:
        """The process of a service."""
        pid: int = self.state["services"][name]["pid"]
        return pid

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a service a signal."""
        os.kill(self.pid(name), number)

    def restart(self, name: str, number: signal.Signals = signal.SIGTERM) -> float:
        """Have a server process end by a signal, and wait until the next one is ready; returns the seconds it took."""
        start, ended = time.monotonic(), self.pid(name)
        os.kill(ended, number)
        while self.pid(name) == ended or not self.is_ready(name):
            if time.monotonic() > start + RESTART_SECONDS:
                raise Trouble(f"{name} was not ready again within {RESTART_SECONDS:.0f} seconds.")
            time.sleep(LOOK_AGAIN_SECONDS)
        return time.monotonic() - start

    def is_ready(self, name: str) -> bool:
        """Whether a server process is to get requests."""
        connection = HTTPConnection(*self.address(name), timeout=RESTART_SECONDS)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200  # noqa: PLR2004
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def new_key(self, account: str = "default") -> str:
        """A new API key of an account."""
        environment = {**os.environ, "LISTINGAPI_DATABASE_URL": self.state["database_url"]}
        command = [sys.executable, "-m", "listingapi", "keys", "create", "--account", account]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Have all of it stop, as Ctrl-C does; returns the exit status."""
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)


@contextmanager
def started(data_dir: Path, **environment: str) -> Iterator[Handle]:
    """Run a stack on a data directory, nginx on a free port, until the end of the block.

    Raises:
        Trouble: it did not start.
    """
    log = data_dir / "stack.log"
    command = [sys.executable, "-m", "deploy.stack", "--data-dir", str(data_dir), "--port", "0"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=output, stderr=output)
    handle = Handle(data_dir, process)
    try:
        _await_start(handle, log)
        yield handle
    finally:
        with suppress(ProcessLookupError):
            handle.stop()


def _await_start(handle: Handle, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while handle.state.get("pid") != handle.process.pid:
        if handle.process.poll() is not None or time.monotonic() > deadline:
            raise Trouble(f"The stack did not start: {log.read_text()}")
        time.sleep(LOOK_AGAIN_SECONDS)
