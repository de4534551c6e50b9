"""The files of the web app, answered from memory, compressed ahead of time; their names change with their content."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from mimetypes import guess_type
from pathlib import Path

from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from listingapi.accept import NOT_ACCEPTED, quality
from listingapi.answers import Answer
from listingapi.infra.headers import header_in
from listingapi.infra.observation import observation_in

ROUTE = "/assets/{name}"
# The best first; each with what the names of compressed files end in.
CODINGS = {"br": ".br", "gzip": ".gz"}
IMMUTABLE = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}


@dataclass(frozen=True, slots=True)
class WebFile:
    """A file: what it is, and its bytes in each coding that there is of it."""

    media_type: str
    content: bytes
    compressed: Mapping[str, bytes]

    def answer(self, accept_encoding: str) -> Answer:
        """The file as a client would have it (RFC 9110, `Accept-Encoding`); without a wish, as it is."""
        wanted = {coding: quality(accept_encoding, coding) for coding in self.compressed}
        best = max(wanted, key=lambda coding: wanted[coding], default="")
        if wanted.get(best, NOT_ACCEPTED) == NOT_ACCEPTED:
            return Answer(HTTPStatus.OK, self.content, IMMUTABLE, self.media_type)
        headers = {**IMMUTABLE, "Content-Encoding": best}
        return Answer(HTTPStatus.OK, self.compressed[best], headers, self.media_type)


def files_in(built: Path) -> Mapping[str, WebFile]:
    """The files of an app that was built into a folder, by their paths at the server."""
    found = [path for path in built.glob("assets/*") if path.suffix not in CODINGS.values()]
    return {f"/{path.relative_to(built)}": _read(path) for path in found}


def _read(path: Path) -> WebFile:
    beside = {coding: path.with_name(path.name + suffix) for coding, suffix in CODINGS.items()}
    compressed = {coding: packed.read_bytes() for coding, packed in beside.items() if packed.exists()}
    return WebFile(guess_type(path.name)[0] or "application/octet-stream", path.read_bytes(), compressed)


class WebFiles:
    """Answers the files, whoever calls: they are the same for all, and no read of any data."""

    def __init__(self, app: ASGIApp, files: Mapping[str, WebFile]) -> None:
        self._app = app
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and scope["method"] == HttpMethod.GET:
            file = self._files.get(scope["path"])
            if file:
                observation_in(scope).route = ROUTE
                accept_encoding = header_in(scope, b"accept-encoding") or b""
                await file.answer(accept_encoding.decode("latin-1")).send(send)
                return
        await self._app(scope, receive, send)
