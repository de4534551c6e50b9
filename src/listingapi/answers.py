"""Answers that are ready to send, so that what is recorded of a write is exactly what was answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import MediaType, Response
from litestar.types import Send

from listingapi.money import Euros, TwoDecimals, euros_on_the_wire
from listingapi.percent import Percent

TYPE_ENCODERS = dict.fromkeys((Euros, TwoDecimals, Percent), euros_on_the_wire)
REPLAYED = "Idempotency-Replayed"


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a JSON body (empty for none) and headers."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = MediaType.JSON

    def response(self) -> Response[Any]:
        """The same for the framework."""
        if not self.body:
            return Response(None, status_code=self.status, headers=dict(self.headers))
        return Response(self.body, status_code=self.status, headers=dict(self.headers), media_type=self.media_type)

    async def send(self, send: Send) -> None:
        """The same in ASGI."""
        headers = [(name.lower().encode(), value.encode()) for name, value in self.headers.items()]
        if self.body:
            headers.append((b"content-type", self.media_type.encode()))
        headers.append((b"content-length", b"%d" % len(self.body)))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": False})


class AlreadyAnswered(Exception):
    """The request was answered before, and is to get that answer again."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer

    def again(self) -> Answer:
        """The same answer, which says so."""
        return replace(self.answer, headers={**self.answer.headers, REPLAYED: "true"})


def answer(body: Any = None, *, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None) -> Answer:
    """Write a body as JSON, once."""
    return Answer(status, b"" if body is None else to_json(body), headers or {})


def to_json(value: Any) -> bytes:
    """Write a value as it stands on the wire."""
    return msgspec.json.encode(value, enc_hook=_encode_custom)


def replay(_: Any, replayed: AlreadyAnswered) -> Response[Any]:
    """Send an answer once more, and say so."""
    return replayed.again().response()


def _encode_custom(value: Any) -> Any:
    return TYPE_ENCODERS[type(value)](value)
