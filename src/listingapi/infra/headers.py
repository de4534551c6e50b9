"""The headers that every answer has, whoever gives it."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus

from litestar.enums import HttpMethod, ScopeType
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
READING = frozenset({HttpMethod.GET, HttpMethod.HEAD})
MAY_BE_OWN = frozenset({NOTHING_LOADED[0], NOT_KEPT[0]})
VARY = b"vary"


def header_in(scope: HTTPScope, name: bytes) -> bytes | None:
    """The first value of a request's header; its name in lower case."""
    for given, value in scope["headers"]:
        if given == name:
            return value
    return None


def with_one_vary(headers: Iterable[tuple[bytes, bytes]]) -> Sequence[tuple[bytes, bytes]]:
    """Headers with all that an answer depends on in one line: some caches heed the last alone (nginx before 1.23)."""
    given = list(headers)
    varies = [value for name, value in given if name == VARY]
    if len(varies) <= 1:
        return given
    return [*(header for header in given if header[0] != VARY), (VARY, b", ".join(varies))]


class AnswerHeaders:
    """Gives every answer its security headers and those of `more`, and answers what nothing below could."""

    def __init__(self, app: ASGIApp, more: Headers = ()) -> None:
        self._app = app
        self._of_pages = (*SECURITY, *more)
        self._of_answers = (*self._of_pages, NOTHING_LOADED)

    @property
    def of_refusals(self) -> Headers:
        """The headers of what the server refuses before there is a request for the application."""
        return (*self._of_answers, NOT_KEPT)

    def of_shared(self, *, is_https: bool) -> Headers:
        """The headers of an answer that anybody may have, beside its own, which say how long it may be kept."""
        return (*self._of_answers, ONLY_HTTPS) if is_https else self._of_answers

    def of_own(self, *, is_https: bool) -> Headers:
        """The headers of an answer to who sent credentials, beside its own."""
        return (*self.of_shared(is_https=is_https), NOT_KEPT_OR_SHARED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return

        is_started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal is_started
            if message["type"] == "http.response.start":
                is_started = True
                message["headers"] = with_one_vary((*message["headers"], *self._added(scope, message)))
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            if is_started:
                raise
            await error_answer(error, scope).send(send_with_headers)

    def _added(self, scope: HTTPScope, start: HTTPResponseStartEvent) -> Headers:
        """What an answer is to have beside its own headers."""
        own = [name for name, _ in start["headers"] if name in MAY_BE_OWN]
        added = self._of_pages if NOTHING_LOADED[0] in own else self._of_answers
        if NOT_KEPT[0] not in own:
            if header_in(scope, b"authorization") is not None:
                added = (*added, NOT_KEPT_OR_SHARED)
            elif start["status"] >= HTTPStatus.BAD_REQUEST:
                added = (*added, NOT_KEPT)
            elif scope["method"] in READING:
                added = (*added, NOT_KEPT_OR_SHARED)
        return (*added, ONLY_HTTPS) if scope["scheme"] == "https" else added
