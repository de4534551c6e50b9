"""Runs a real Redis in a process of its own, and does to it what happens to one."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from listingapi.infra.parent import stop_when_parent_dies

STOP_SECONDS = 30.0
PATIENTLY = Retry(ConstantBackoff(0.02), 500)


class RedisServer:
    """A Redis that listens on a socket in a folder, and keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"unix://{self._folder}/redis.sock"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = ("redis-server", "--port", "0", "--unixsocket", "redis.sock", "--save", "", "--appendonly", "no")
        self._process = subprocess.Popen(
            command,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is not for it
            preexec_fn=partial(stop_when_parent_dies, signal.SIGKILL),
        )
        self.flush()

    def stop(self) -> None:
        """End it at once, as `kill -9` does."""
        if self._process:
            self._process.kill()
            self._process.wait(STOP_SECONDS)
            self._process = None

    def freeze(self) -> None:
        """Have it take connections and say nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def flush(self) -> None:
        """Have it forget everything."""
        with self.client() as client:
            client.flushall()

    def client(self) -> "redis.Redis":
        """A client to look into it; it waits until the server is there."""
        return redis.Redis.from_url(self.url, retry=PATIENTLY, decode_responses=True)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process, "it does not run"
        self._process.send_signal(number)


@contextmanager
def redis_in(folder: Path) -> Iterator[RedisServer]:
    """Run a Redis until the end of the block."""
    server = RedisServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
