"""Runs a real nginx with the configuration of this repository before services of a test."""

import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deploy.stack.edge import Edge

START_SECONDS = 20.0
STOP_SECONDS = 10.0


@contextmanager
def nginx_before(
    folder: Path, api: str, prices: str, *, other_api: str | None = None, changes: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Run nginx until the end of the block before services, by their host and port; yields its own.

    `changes` are made in its configuration.
    """
    address = f"127.0.0.1:{_free_port()}"
    edge = Edge(folder, address, (api, other_api or api), prices, changes or {})
    process = subprocess.Popen(edge.command(), start_new_session=True)
    try:
        _wait_for(address, process)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(STOP_SECONDS)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    host, _, port = address.partition(":")
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "nginx did not start"
        with socket.socket() as connection:
            if connection.connect_ex((host, int(port))) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("nginx does not answer")
