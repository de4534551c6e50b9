"""Takes what is traced, as a collector would, and forgets it."""

from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler

from tests.answering import Silent, answering

# Seldom, so that it takes nothing from what is measured.
LOOK_SECONDS = 0.5


class _Taking(Silent, BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Thank for traces."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()


def collecting() -> AbstractContextManager[str]:
    """A collector until the end of the block, by its address."""
    return answering(_Taking, look_seconds=LOOK_SECONDS)
