"""Who calls, where proxies stand between."""

from ipaddress import ip_address
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

LARGEST_PORT = 65_535

Address = tuple[str, int]


class BehindProxies:
    """Takes the client's address and scheme from `X-Forwarded-For` and `X-Forwarded-Proto` of trusted proxies only.

    The address is the last one in the chain that is no trusted proxy. Where that is no address at all, the proxy is
    the client.
    """

    def __init__(self, app: ASGIApp, trusted_proxies: frozenset[str]) -> None:
        self._app = app
        self._believe: Any = ProxyHeadersMiddleware(_nothing, sorted(trusted_proxies))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and (peer := _plain(scope["client"])):
            scope["client"] = peer
            await self._believe(scope, receive, send)
            scope["client"] = _plain(scope["client"]) or peer
        await self._app(scope, receive, send)


async def _nothing(*_: object) -> None:
    """Stands where an application would: the scope is all that is to be changed."""


def _plain(client: Address | None) -> Address | None:
    """An address in its one notation, IPv4 also where it came as IPv6; None for what is none."""
    host, port = client or ("", 0)
    try:
        address = ip_address("" if "%" in host else host)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address), port if 0 <= port <= LARGEST_PORT else 0
