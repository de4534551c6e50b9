"""Cities with a slash in their names, such as Biel/Bienne: written %2F, it does not part the path."""

import re
from urllib.parse import unquote

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

BELOW = b"/markets/"
SLASH = re.compile(rb"%2F", re.IGNORECASE)
PLACE_OF_CITY = 2


class SlashesInCities:
    """Has the addresses of markets parted where the client parted them, and not where a name has a slash."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and scope["raw_path"].startswith(BELOW) and SLASH.search(scope["raw_path"]):
            scope = {**scope, "path": unquote(SLASH.sub(b"%252F", scope["raw_path"]))}
        await self._app(scope, receive, send)


def city_in(scope: HTTPScope) -> str:
    """The name of the city in the address of a market, as the client wrote it.

    Raises:
        UnicodeDecodeError: it is no text.
    """
    segments = [segment for segment in scope["raw_path"].split(b"/") if segment]
    return unquote(segments[PLACE_OF_CITY], errors="strict")
