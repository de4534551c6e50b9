"""Pure ASGI middleware."""

from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send


class AnswerHead:
    """Answers `HEAD` wherever `GET` is answered, with the same headers and no body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return

        is_head = scope["method"] == HttpMethod.HEAD

        async def send_headers_only(message: Message) -> None:
            if message["type"] == "http.response.start":
                _allow_head(message)
            elif message["type"] == "http.response.body" and is_head:
                message["body"] = b""
            await send(message)

        if is_head:
            scope = {**scope, "method": HttpMethod.GET}
        await self._app(scope, receive, send_headers_only)


def _allow_head(start: HTTPResponseStartEvent) -> None:
    start["headers"] = [
        (name, value + b", HEAD" if name.lower() == b"allow" and b"GET" in value and b"HEAD" not in value else value)
        for name, value in start["headers"]
    ]
