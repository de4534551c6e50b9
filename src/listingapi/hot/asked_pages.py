"""Which requests are for what is the same for everybody who may read, and may be made once for several; pure."""

import re
from typing import NamedTuple

from litestar.enums import HttpMethod
from litestar.types import HTTPScope

from listingapi.hot.asked import THAT_ASK_FOR_NOW, given_in, is_now_wanted

# Whatever an answer of these depends on, beside its address.
THAT_MATTER = (b"accept", b"if-none-match")


class Route(NamedTuple):
    """Addresses as they are written most, and their template; `is_for_all`: every caller who may read gets the same."""

    address: re.Pattern[bytes]
    template: str
    is_for_all: bool = True


# In detail, a history tells some of those with credentials more than others. Streams, what is waited for and what only
# some may read are not among these, and must not be.
ROUTES = (
    Route(re.compile(rb"/listings"), "/listings"),
    Route(re.compile(rb"/listings/[0-9]{1,19}"), "/listings/{id}"),
    Route(re.compile(rb"/listings/[0-9]{1,19}/prices"), "/listings/{id}/prices", is_for_all=False),
    Route(re.compile(rb"/listings/[0-9]{1,19}/prices/summary"), "/listings/{id}/prices/summary"),
    Route(re.compile(rb"/listings/[0-9]{1,19}/prices/at"), "/listings/{id}/prices/at"),
    Route(
        re.compile(rb"/markets/[A-Z]{2}/[^/]+/[A-Z]+/statistics"),
        "/markets/{country}/{city}/{building_type}/statistics",
    ),
)

PageKey = tuple[bytes, bytes, bytes, bytes]


class PageAsked(NamedTuple):
    """What is asked for: `key` is all that the answer depends on; `is_now`: nothing that was kept is wanted."""

    key: PageKey
    route: Route
    is_now: bool


def page_asked(scope: HTTPScope) -> PageAsked | None:
    """What a request asks for, if it is one of these."""
    if scope["method"] != HttpMethod.GET:
        return None
    path = scope["raw_path"]
    route = next((route for route in ROUTES if route.address.fullmatch(path)), None)
    if route is None:
        return None
    given = given_in(scope, (*THAT_MATTER, *THAT_ASK_FOR_NOW))
    accept, known = (given[name] for name in THAT_MATTER)
    return PageAsked((path, scope["query_string"], accept, known), route, is_now_wanted(given))
