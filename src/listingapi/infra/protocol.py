"""What the server answers before there is a request that the application could answer."""

import re

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from listingapi.errors import APIError
from listingapi.infra.http import REFUSED_METHOD

METHODS = (b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS")
FIRST_WORD = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~-]+(?= )")
NOT_HTTP = msgspec.json.encode(APIError("This is not a valid HTTP/1.1 request."))


class Protocol(HttpToolsProtocol):
    """Uvicorn's protocol, whose own errors have the shape of all others.

    Its parser refuses methods that it has never heard of; they reach the application as one that every address refuses.
    """

    _is_between_requests = True

    def data_received(self, data: bytes) -> None:
        super().data_received(_with_known_method(data) if self._is_between_requests else data)

    def on_message_begin(self) -> None:
        self._is_between_requests = False
        super().on_message_begin()

    def on_message_complete(self) -> None:
        self._is_between_requests = True
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 uvicorn's signature
        head = (
            b"HTTP/1.1 400 Bad Request",
            *(name + b": " + value for name, value in self.server_state.default_headers),
            b"content-type: application/json",
            b"content-length: %d" % len(NOT_HTTP),
            b"connection: close",
        )
        self.transport.write(b"\r\n".join((*head, b"", NOT_HTTP)))
        self.transport.close()


def _with_known_method(data: bytes) -> bytes:
    word = FIRST_WORD.match(data)
    return REFUSED_METHOD.encode() + data[word.end() :] if word and word[0] not in METHODS else data
