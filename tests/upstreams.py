"""Services that answer what a test says, and keep what they were asked: what stands behind an edge."""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread

from litestar.enums import ScopeType
from litestar.types import HTTPScope, Receive, Scope, Send

from listingapi.answers import Answer
from tests.edge import listening

PATIENCE_SECONDS = 20.0


@dataclass(slots=True)
class Upstream:
    """A service whose answers tell the number of the request that they are to, and the time that they are of.

    `{past}` in a header stands for the second before that; `of_its_second` makes a header of each answer.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    of_its_second: Callable[[], tuple[bytes, bytes]] | None = None
    filling: bytes = b""
    asked: list[HTTPScope] = field(default_factory=list)
    address: str = ""
    may_answer: Event = field(default_factory=Event)
    is_asked: Event = field(default_factory=Event)

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            self.asked.append(scope)
            now = time.time()
            body = b'{"number":%d,"time":%f,"filling":"%b"}' % (len(self.asked), now, self.filling)
            headers = {name: value.replace("{past}", str(int(now) - 1)) for name, value in self.headers.items()}
            if self.of_its_second:
                name, value = self.of_its_second()
                headers[name.decode()] = value.decode()
            self.is_asked.set()
            await asyncio.to_thread(self.may_answer.wait, PATIENCE_SECONDS)
            known = dict(scope["headers"]).get(b"if-none-match", b"").decode()
            has_it = bool(known) and known == self.headers.get("ETag")
            await Answer(304 if has_it else self.status, b"" if has_it else body, headers).send(send)

    def header(self, name: str, number: int = -1) -> str | None:
        """A header of a request that came, the last one if it is not said which."""
        found = dict(self.asked[number]["headers"]).get(name.lower().encode())
        return None if found is None else found.decode()


@contextmanager
def upstream(port: int = 0, **said: object) -> Iterator[Upstream]:
    """Serve on a port, or on a free one, until the end of the block."""
    service = Upstream(**said)  # type: ignore[arg-type]  # its fields
    service.may_answer.set()
    with listening(service, port=port) as (host, taken):
        service.address = f"{host}:{taken}"
        yield service
        service.may_answer.set()


class Breaking:
    """Takes requests, and breaks the connection in place of an answer."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        host, port = self._listener.getsockname()
        self.address = f"{host}:{port}"
        self.asked: list[bytes] = []

    @classmethod
    @contextmanager
    def listening(cls) -> Iterator["Breaking"]:
        """Have one until the end of the block."""
        service = cls()
        thread = Thread(target=service._break_all)
        thread.start()
        try:
            yield service
        finally:
            service._listener.shutdown(socket.SHUT_RDWR)
            thread.join(PATIENCE_SECONDS)
            service._listener.close()

    def _break_all(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                with connection:
                    self.asked.append(connection.recv(65536))
