"""A service behind nginx, and clients of nginx."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.nginx import nginx_before
from tests.upstreams import Upstream

PATIENCE_SECONDS = 20.0
PATH = "/listings/1"


@dataclass(frozen=True, slots=True)
class Behind:
    """A service behind nginx."""

    service: Upstream
    client: httpx.Client

    def get(self, path: str = PATH, **headers: str) -> httpx.Response:
        """Ask for something; `_` in the name of a header is `-`."""
        return self.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def number(self, path: str = PATH, **headers: str) -> int:
        """Which request the answer is to."""
        number: int = self.get(path, **headers).json()["number"]
        return number

    def once(self, holds: Callable[[httpx.Response], bool], path: str = PATH) -> httpx.Response:
        """Ask until the answer is as it must be."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if holds(answer := self.get(path)):
                return answer
            time.sleep(0.02)
        raise AssertionError(f"it stays {answer.status_code} {answer.headers}")


@contextmanager
def edge_before(service: Upstream, folder: Path, *, changes: Mapping[str, str] | None = None) -> Iterator[Behind]:
    """Run nginx before a service until the end of the block, with some changes of its configuration."""
    with ExitStack() as stack:
        address = stack.enter_context(nginx_before(folder, service.address, service.address, changes=changes))
        yield Behind(service, stack.enter_context(httpx.Client(base_url=f"http://{address}", timeout=PATIENCE_SECONDS)))


@contextmanager
def client_of(address: str, *, source: str = "127.0.0.1") -> Iterator[httpx.Client]:
    """A client of nginx, from an address of this machine."""
    transport = httpx.HTTPTransport(local_address=source)
    with httpx.Client(base_url=f"http://{address}", transport=transport, timeout=PATIENCE_SECONDS) as client:
        yield client
