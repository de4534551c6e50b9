"""Talks HTTP over a bare socket: sends what no client library would, and insists on an answer."""

import json
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPMessage, HTTPResponse
from typing import Any

TIMEOUT_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, as it came."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)

    @property
    def pointers(self) -> list[str]:
        """What a problem points at."""
        return [error["pointer"] for error in self.json["errors"]]


def request(
    method: bytes, path: bytes, body: bytes = b"", *, content_type: bytes = b"application/json", headers: bytes = b""
) -> bytes:
    """The bytes of a request; nothing of it is checked or escaped."""
    return b"%b %b HTTP/1.1\r\nHost: test\r\nContent-Type: %b\r\nContent-Length: %d\r\n%b\r\n%b" % (
        method,
        path,
        content_type,
        len(body),
        headers,
        body,
    )


def chunked(method: bytes, path: bytes, chunks: Iterable[bytes]) -> bytes:
    """The bytes of a request that does not say how long it is."""
    head = b"%b %b HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head % (method, path) + b"".join(b"%x\r\n%b\r\n" % (len(c), c) for c in chunks) + b"0\r\n\r\n"


def exchange(address: tuple[str, int], sent: bytes) -> Answer:
    """Send bytes on a new connection and read the one answer to them."""
    with socket.create_connection(address, TIMEOUT_SECONDS) as connection:
        connection.sendall(sent)
        return read_answer(connection, sent)


def read_answer(connection: socket.socket, sent: bytes) -> Answer:
    """Read the answer to what was sent."""
    with HTTPResponse(connection, method=sent.partition(b" ")[0].decode("latin-1")) as response:
        response.begin()
        return Answer(response.status, response.headers, response.read())


def next_answer(connection: socket.socket) -> Answer:
    """Read the next answer to a GET, and leave what follows it for whoever reads next."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        assert byte, "the connection was closed"
        head += byte
    [line] = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(head + connection.recv(int(line.partition(b":")[2]), socket.MSG_WAITALL))
        return read_answer(theirs, b"GET")
