"""Runs the real command `listingapi serve` in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Thread

START_SECONDS = 60.0
STOP_SECONDS = 30.0


@dataclass(slots=True)
class ServeProcess:
    """A running `listingapi serve`: where it listens, and what it has printed."""

    process: "subprocess.Popen[str]"
    address: tuple[str, int] = ("", 0)
    printed: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where to send requests."""
        host, port = self.address
        return f"http://{host}:{port}"

    def kill(self) -> None:
        """End it as `kill -9` does: it has no chance to tidy up."""
        self.process.kill()
        self.process.wait(STOP_SECONDS)


@contextmanager
def serving(
    *arguments: str, environment: Mapping[str, str] | None = None, module: str = "listingapi"
) -> Iterator[ServeProcess]:
    """Run `listingapi serve` on a free port until the end of the block; `module` is what has the command."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LISTINGAPI_")}
    process = subprocess.Popen(
        [sys.executable, "-m", module, "serve", "--port", "0", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**inherited, **(environment or {})},
    )
    server = ServeProcess(process)
    reader = Thread(target=_read, args=(server, announced := SimpleQueue[list[str] | None]()))
    reader.start()
    try:
        server.address = _address(announced.get(timeout=START_SECONDS), server)
        yield server
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)
        reader.join(STOP_SECONDS)
        if process.stdout:
            process.stdout.close()


def _read(server: ServeProcess, announced: "SimpleQueue[list[str] | None]") -> None:
    for line in server.process.stdout or ():
        server.printed.append(line)
        if line.startswith("Ctrl-C "):
            announced.put(server.printed)
    announced.put(None)


def _address(announcement: list[str] | None, server: ServeProcess) -> tuple[str, int]:
    assert announcement, f"listingapi serve did not start: {''.join(server.printed)}"
    where = next(line for line in announcement if line.startswith("ListingAPI "))
    host, _, port = where.split()[1].removeprefix("http://").partition("/")[0].partition(":")
    return host, int(port)
