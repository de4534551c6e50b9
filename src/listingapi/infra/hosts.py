"""The hosts that the service answers for."""

import re

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from listingapi.infra.errors import UntrustedHost
from listingapi.rendering import error_answer

ANY_HOST = "*"
HOST = re.compile(rb"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::[0-9]{0,5})?")


class TrustedHosts:
    """Refuses requests for other hosts, and those that do not say for which they are, or say it twice.

    A host is trusted by its name, or by `*.` and the domain that it is in; the port is of no account.
    """

    def __init__(self, app: ASGIApp, trusted: frozenset[str]) -> None:
        self._app = app
        self._is_open = ANY_HOST in trusted
        names = frozenset(name.lower().strip("[]").encode() for name in trusted)
        self._domains = tuple(name[1:] for name in names if name.startswith(b"*."))
        self._names = names.difference(b"*" + domain for domain in self._domains)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and not self._is_trusted(scope):
            await error_answer(UntrustedHost(), scope).send(send)
            return
        await self._app(scope, receive, send)

    def _is_trusted(self, scope: HTTPScope) -> bool:
        given = [value for name, value in scope["headers"] if name == b"host"]
        if len(given) != 1:
            return not given and self._is_open and scope["http_version"] == "1.0"
        return self.trusts(given[0])

    def trusts(self, host: bytes) -> bool:
        """Whether the value of a header `Host` is one that is answered for."""
        found = HOST.fullmatch(host.lower())
        if found is None or self._is_open:
            return found is not None
        name: bytes = found[1] or found[2]
        return name in self._names or name.endswith(self._domains)
