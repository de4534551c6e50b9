"""Serves an application behind our protocol in a thread of this process, so that a test can make it impatient."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import uvicorn
from litestar.types import ASGIApp

from listingapi.infra.protocol import Protocol

STOP_SECONDS = 10.0
LEAVE_SECONDS = 1


class HastyProtocol(Protocol):
    """Waits for nobody for long."""

    head_seconds = 0.4
    body_seconds = 0.8
    stall_seconds = 0.4
    unread_seconds = 1.6
    linger_seconds = 0.4


@contextmanager
def listening(
    app: ASGIApp, protocol: type[Protocol] = HastyProtocol, *, port: int = 0, **options: Any
) -> Iterator[tuple[str, int]]:
    """Serve on a port, or on a free one, as `listingapi serve` does, until the end of the block; it is the address."""
    listener = socket.create_server(("127.0.0.1", port))
    given: dict[str, Any] = {
        "http": protocol, "ws": "none", "loop": "uvloop", "proxy_headers": False, "log_level": "critical",
        "access_log": False, "timeout_graceful_shutdown": LEAVE_SECONDS,
    }  # fmt: skip
    server = uvicorn.Server(uvicorn.Config(app, **given | options))
    thread = Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield listener.getsockname()
    finally:
        server.should_exit = True
        thread.join(STOP_SECONDS)
        assert not thread.is_alive()
