"""Pure ASGI middleware."""

from http import HTTPStatus

from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

# A method that no address takes.
REFUSED_METHOD = HttpMethod.TRACE
SAYS_WHAT_IS_ALLOWED = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.METHOD_NOT_ALLOWED})


class AnswerHead:
    """Answers `HEAD` wherever `GET` is answered, with the same headers and no body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return

        is_head = scope["method"] == HttpMethod.HEAD
        is_ended = False

        async def send_headers_only(message: Message) -> None:
            nonlocal is_ended
            if message["type"] == "http.response.start" and message["status"] in SAYS_WHAT_IS_ALLOWED:
                _allow_head(message)
            elif message["type"] == "http.response.body" and is_head:
                if is_ended:
                    return
                message["body"], message["more_body"] = b"", False
                is_ended = True  # a body that has no end is not waited for
            await send(message)

        if is_head:
            scope = {**scope, "method": HttpMethod.GET}
        await self._app(scope, receive, send_headers_only)


class AnswerOptions:
    """Answers `OPTIONS` with every method of the address; Litestar's own answer knows only those registered first."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["method"] != HttpMethod.OPTIONS:
            await self._app(scope, receive, send)
            return

        is_known = False

        async def send_what_is_allowed(message: Message) -> None:
            nonlocal is_known
            if message["type"] == "http.response.start" and message["status"] == HTTPStatus.METHOD_NOT_ALLOWED:
                is_known = True
                message["status"] = HTTPStatus.NO_CONTENT
                message["headers"] = [(name, value) for name, value in message["headers"] if name.lower() == b"allow"]
            elif message["type"] == "http.response.body" and is_known:
                message["body"] = b""
            await send(message)

        scope = {**scope, "method": REFUSED_METHOD}
        await self._app(scope, receive, send_what_is_allowed)


def _allow_head(start: HTTPResponseStartEvent) -> None:
    start["headers"] = [
        (name, _with_head(value) if name.lower() == b"allow" else value) for name, value in start["headers"]
    ]


def _with_head(allowed: bytes) -> bytes:
    """The methods in one order for all processes: the framework's is that of a set."""
    methods = set(allowed.split(b", "))
    return b", ".join(sorted(methods | {b"HEAD"} if b"GET" in methods else methods))
