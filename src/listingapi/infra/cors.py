"""CORS, as the Fetch standard has it: which pages of other origins may call, and what they may read."""

import re
from collections.abc import Iterable
from http import HTTPStatus

from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from listingapi.infra.headers import Headers, header_in

ANY_ORIGIN = "*"
METHODS = (b"access-control-allow-methods", b"DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT")
KEPT_SECONDS = (b"access-control-max-age", b"600")
ALWAYS_TAKEN = (b"Accept", b"Accept-Language", b"Content-Language", b"Content-Type")
HEADER_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def headers_of_all(origins: frozenset[str], exposed: Iterable[str]) -> Headers:
    """What every answer says, so that a cache may give it to any origin, or has to tell them apart."""
    if ANY_ORIGIN in origins:
        return ((b"access-control-allow-origin", b"*"), _exposed(exposed))
    return ((b"vary", b"Origin"),)


class Cors:
    """Answers preflights, and lets the origins that are listed read answers. Cookies are never asked for.

    A preflight from any other origin is answered as well, and grants nothing: the browser is who refuses, and whoever
    is no browser has no use for a refusal.
    """

    def __init__(self, app: ASGIApp, origins: frozenset[str], exposed: Iterable[str]) -> None:
        self._app = app
        self._is_open = ANY_ORIGIN in origins
        self._origins = frozenset(origin.encode() for origin in origins)
        self._exposed = _exposed(exposed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = header_in(scope, b"origin") if scope["type"] == ScopeType.HTTP else None
        if scope["type"] != ScopeType.HTTP or origin is None:
            await self._app(scope, receive, send)
            return

        is_listed = not self._is_open and origin in self._origins
        granted = ((b"access-control-allow-origin", origin), self._exposed) if is_listed else ()

        async def send_granted(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *granted]
            await send(message)

        if scope["method"] == HttpMethod.OPTIONS and header_in(scope, b"access-control-request-method"):
            asked = header_in(scope, b"access-control-request-headers") or b""
            await _answer_preflight(_grants(asked) if self._is_open or is_listed else (), send_granted)
        else:
            await self._app(scope, receive, send_granted if granted else send)


def _exposed(names: Iterable[str]) -> tuple[bytes, bytes]:
    return b"access-control-expose-headers", ", ".join(sorted(names)).encode()


def _grants(asked: bytes) -> Headers:
    names = sorted({*ALWAYS_TAKEN, *HEADER_NAME.findall(asked)})
    return (METHODS, (b"access-control-allow-headers", b", ".join(names)), KEPT_SECONDS)


async def _answer_preflight(headers: Headers, send: Send) -> None:
    await send({"type": "http.response.start", "status": HTTPStatus.NO_CONTENT, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
