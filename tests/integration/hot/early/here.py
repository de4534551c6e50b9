"""A server in this process that keeps nothing and is impatient, and what it makes of requests from their bytes."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from listingapi.access.scopes import Scope
from listingapi.app import create_app
from listingapi.infra.late import Late
from tests import factories
from tests.accounts import Headers
from tests.conftest import TestDatabase
from tests.edge import HastyProtocol, listening
from tests.sockets import Answer, exchange, request
from tests.until import until

READ = frozenset({Scope.LISTINGS_READ})
KEEP_ALIVE_SECONDS = 1
ORDINARY = b"X-Nobody-Knows: it\r\n"
NOW = b"Cache-Control: no-cache\r\n"
NOBODY_HAS_IT = 999_999


class Early:
    """What the application makes of requests from their bytes, noted."""

    def __init__(self, shortcut: Any) -> None:
        self._shortcut = shortcut
        self.answers: list[Any] = []
        self.admission = shortcut._admission

    def __call__(self, *arguments: Any) -> Any:
        answer = self._shortcut(*arguments)
        self.answers.append(answer)
        return answer

    @property
    def late(self) -> int:
        """How many had to wait."""
        return sum(isinstance(answer, Late) for answer in self.answers)

    async def until_waiting(self, count: int) -> None:
        """Wait until so many requests are under way."""

        async def are_waiting() -> bool:
            return bool(self.admission.under_way == count)

        await until(are_waiting)


class Here:
    """A server in this process that keeps nothing, and is impatient."""

    def __init__(self, address: tuple[str, int], early: Early, key: bytes) -> None:
        self.address = address
        self.early = early
        self.key = key

    def ask(self, path: str, lines: bytes = b"") -> Answer:
        """Ask for something on a connection of its own."""
        return exchange(self.address, asking(path, lines))

    def connect(self) -> socket.socket:
        """A connection."""
        return socket.create_connection(self.address, 30)


def asking(path: str, lines: bytes = b"") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: test\r\n".encode() + lines + b"\r\n"


@contextmanager
def serving_here(database: TestDatabase, key: Headers, **settings: Any) -> Iterator[Here]:
    app: Any = create_app(database.settings(**{"anonymous_scopes": READ, "cache_megabytes": 0} | settings))
    early = app.shortcut = Early(app.shortcut)
    with listening(app, HastyProtocol, timeout_keep_alive=KEEP_ALIVE_SECONDS) as address:
        yield Here(address, early, f"Authorization: {key['Authorization']}\r\n".encode())


def made(here: Here) -> int:
    body = json.dumps(factories.listing()).encode()
    answer = exchange(here.address, request(b"POST", b"/listings", body, headers=here.key))
    return int(answer.json["id"])
