"""Runs what answers HTTP requests on a loopback address, each request in a thread of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class Silent:
    """What handles requests so says nothing of them."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def answering(handler: type[BaseHTTPRequestHandler], *, look_seconds: float = 0.01) -> Iterator[str]:
    """Have requests handled on a free port until the end of the block, which is looked for so often; it is the URL."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=(look_seconds,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
