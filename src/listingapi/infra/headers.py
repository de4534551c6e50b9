"""The headers that every answer has, whoever gives it."""

from collections.abc import Iterator
from http import HTTPStatus

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, HTTPScope, Message, Receive, Scope, Send

from listingapi.rendering import error_answer

Headers = tuple[tuple[bytes, bytes], ...]

SECURITY: Headers = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
)
# A page that needs more than an answer of the API has a policy of its own.
NOTHING_LOADED = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
ONLY_HTTPS = (b"strict-transport-security", b"max-age=31536000")
NOT_KEPT = (b"cache-control", b"no-store")
NOT_KEPT_OR_SHARED = (b"cache-control", b"private, no-store")


def header_in(scope: HTTPScope, name: bytes) -> bytes | None:
    """The first value of a request's header; its name in lower case."""
    return next((value for given, value in scope["headers"] if given == name), None)


class AnswerHeaders:
    """Gives every answer its security headers and those of `more`, and answers what nothing below could."""

    def __init__(self, app: ASGIApp, more: Headers = ()) -> None:
        self._app = app
        self._always = (*SECURITY, *more)

    @property
    def of_refusals(self) -> Headers:
        """The headers of what the server refuses before there is a request for the application."""
        return (*self._always, NOTHING_LOADED, NOT_KEPT)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return

        is_started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal is_started
            if message["type"] == "http.response.start":
                is_started = True
                message["headers"] = [*message["headers"], *self._always, *_needed(scope, message)]
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            if is_started:
                raise
            await error_answer(error, scope).send(send_with_headers)


def _needed(scope: HTTPScope, start: HTTPResponseStartEvent) -> Iterator[tuple[bytes, bytes]]:
    """The headers that depend on the request, or that the answer has not set itself."""
    own = {name for name, _ in start["headers"]}
    if NOTHING_LOADED[0] not in own:
        yield NOTHING_LOADED
    if NOT_KEPT[0] not in own:
        if header_in(scope, b"authorization") is not None:
            yield NOT_KEPT_OR_SHARED
        elif start["status"] >= HTTPStatus.BAD_REQUEST:
            yield NOT_KEPT
    if scope["scheme"] == "https":
        yield ONLY_HTTPS
