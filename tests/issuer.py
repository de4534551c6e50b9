"""A real identity provider on a loopback address: it publishes its keys over HTTP, and can fail in every way."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from threading import Event, Semaphore
from typing import Any

from tests.answering import Silent, answering
from tests.signing import SigningKey

NAME = "https://id.example/realms/homes"
AUDIENCE = "https://listings.example"
LIFETIME_SECONDS = 300
WAIT_SECONDS = 60.0

Answer = Callable[["Issuer", BaseHTTPRequestHandler], None]


def send(request: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    """Answer a request; a client that went away is its own affair."""
    try:
        request.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)
    except ConnectionError:
        pass


def publishes(issuer: "Issuer", request: BaseHTTPRequestHandler) -> None:
    send(request, json.dumps({"keys": issuer.published}).encode(), Content_Type="application/json")


def hangs(issuer: "Issuer", _: BaseHTTPRequestHandler) -> None:
    issuer.released.wait(WAIT_SECONDS)


def dribbles(issuer: "Issuer", request: BaseHTTPRequestHandler) -> None:
    """Send a byte now and then, so that no single read takes too long."""
    request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    try:
        while not issuer.released.wait(0.05):
            request.wfile.write(b" ")
    except ConnectionError:
        pass


def fails(_: "Issuer", request: BaseHTTPRequestHandler) -> None:
    send(request, b"{}", 500)


def talks_garbage(_: "Issuer", request: BaseHTTPRequestHandler) -> None:
    send(request, b"<html>Please log in</html>")


def has_no_list(_: "Issuer", request: BaseHTTPRequestHandler) -> None:
    send(request, b'{"keys": {}}')


def redirects(issuer: "Issuer", request: BaseHTTPRequestHandler) -> None:
    """Say that the keys are elsewhere, where they are indeed."""
    if request.path.endswith("/new"):
        publishes(issuer, request)
    else:
        send(request, b"", 302, Location=f"{issuer.jwks_url}/new")


def sends_two_megabytes(issuer: "Issuer", request: BaseHTTPRequestHandler) -> None:
    send(request, json.dumps({"keys": issuer.published}).encode() + b" " * 2 * 1024 * 1024)


def hangs_up(_: "Issuer", request: BaseHTTPRequestHandler) -> None:
    request.connection.close()


class Issuer:
    """What an identity provider publishes and signs; `answer` is what it does when it is asked for its keys."""

    def __init__(self, *keys: SigningKey) -> None:
        self.keys = list(keys)
        self.extra: list[Any] = []
        self.answer: Answer = publishes
        self.fetches = 0
        self.released = Event()
        self.jwks_url = ""
        self._asked = Semaphore(0)

    @property
    def published(self) -> list[Any]:
        """The keys in its JWKS."""
        return [key.jwk for key in self.keys] + self.extra

    @property
    def settings(self) -> Mapping[str, Any]:
        """The settings of an application that takes its tokens."""
        return {"jwt_issuer": NAME, "jwt_audience": AUDIENCE, "jwt_jwks_url": self.jwks_url}

    def token(self, now: datetime, account_id: object, **changed: Any) -> str:
        """A token of the newest key."""
        return self.keys[-1].sign(claims(now, account_id, **changed))

    def asked(self, request: BaseHTTPRequestHandler) -> None:
        """Someone fetches the keys."""
        self.fetches += 1
        self._asked.release()
        self.answer(self, request)

    async def was_asked(self) -> None:
        """Wait until the keys are fetched once more."""
        assert await asyncio.to_thread(self._asked.acquire, timeout=WAIT_SECONDS)


def claims(now: datetime, account_id: object, **changed: Any) -> dict[str, Any]:
    """The claims of a good token, and what a test makes of them; None leaves one out."""
    seconds = int(now.timestamp())
    good = {
        "iss": NAME,
        "aud": AUDIENCE,
        "sub": "anna",
        "iat": seconds,
        "nbf": seconds,
        "exp": seconds + LIFETIME_SECONDS,
        "account_id": account_id,
        "scope": "openid listings:read listings:write",
    }
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


@contextmanager
def issuing(*keys: SigningKey) -> Iterator[Issuer]:
    """Run an identity provider until the end of the block."""
    issuer = Issuer(*keys)

    class Asked(Silent, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.asked(self)

    with answering(Asked) as url:
        issuer.jwks_url = f"{url}/certs"
        try:
            yield issuer
        finally:
            issuer.released.set()
