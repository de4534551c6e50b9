"""Who calls, where proxies stand between."""

from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

LARGEST_PORT = 65_535
LONGEST_ADDRESS = 45

Address = tuple[str, int]
Headers = Iterable[tuple[bytes, bytes]]


class BehindProxies:
    """Takes the client's address and scheme from `X-Forwarded-For` and `X-Forwarded-Proto` of trusted proxies only.

    The address is the last one in the chain that is no trusted proxy. Where that is no address at all, the proxy is
    the client.
    """

    def __init__(self, app: ASGIApp, trusted_proxies: frozenset[str]) -> None:
        self._app = app
        self._believe: Any = ProxyHeadersMiddleware(_nothing, sorted(trusted_proxies))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            scope["client"], scope["scheme"] = self.believed(scope["client"], scope["scheme"], scope["headers"])
        await self._app(scope, receive, send)

    def believed(self, peer: Address | None, scheme: str, headers: Headers) -> tuple[Address | None, str]:
        """Who the client is, and by which scheme it came, if a peer sends such headers by that one."""
        plain = _plain(peer)
        if plain is None:
            return peer, scheme
        scope: Any = {"type": ScopeType.HTTP, "client": plain, "scheme": scheme, "headers": headers}
        with suppress(StopIteration):
            self._believe(scope, None, None).send(None)  # it waits for nothing, so that is all of it
        return _plain(scope["client"]) or plain, scope["scheme"]


async def _nothing(*_: object) -> None:
    """Stands where an application would: the scope is all that is to be changed."""


def _plain(client: Address | None) -> Address | None:
    """An address in its one notation; None for what is none."""
    host, port = client or ("", 0)
    plain = _notation(host) if len(host) <= LONGEST_ADDRESS else None
    return (plain, port if 0 <= port <= LARGEST_PORT else 0) if plain else None


@lru_cache(maxsize=4096)
def _notation(host: str) -> str | None:
    """The one notation of an IP address, of IPv4 also where it came as IPv6; with a zone it is none from elsewhere."""
    try:
        address = ip_address("" if "%" in host else host)
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)
