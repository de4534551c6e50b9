"""What a client asks for of a price history."""

from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from listingapi.accept import prefers
from listingapi.paging import Paging
from listingapi.prices.window import Order, View, Window, window_of
from listingapi.times import time_parameter

CSV = "text/csv"
JSON = "application/json"

PageLimit = Annotated[int, QueryParameter(ge=1, le=1000, description="How many entries a page holds at most.")]
From = Annotated[str | None, time_parameter("from", "Only what came into force then or later.")]
To = Annotated[str | None, time_parameter("to", "Only what came into force then or earlier.")]
OrderParameter = Annotated[Order, QueryParameter(name="order", description="Oldest (`asc`) or newest (`desc`) first.")]
ViewParameter = Annotated[
    View,
    QueryParameter(
        name="view",
        description="`plain`: the prices with corrections applied. `detailed`: all that was said, by version.",
    ),
]


@dataclass(frozen=True, slots=True)
class Asked:
    """A view of a window of a history, a page of it, as JSON or CSV."""

    view: View
    window: Window
    limit: int
    paging: Paging
    as_csv: bool

    def search(self, listing_id: int) -> Any:
        """What a cursor of this page belongs to."""
        return ("prices", listing_id, self.view, self.window)


def asked_of(  # noqa: PLR0913, PLR0917 - each a parameter of the operation
    request: Request[Any, Any, Any],
    paging: NamedDependency[Paging],
    since: From = None,
    until: To = None,
    order: OrderParameter = "asc",
    view: ViewParameter = "plain",
    limit: PageLimit = 1000,
) -> Asked:
    """Read what is asked for.

    Raises:
        InvalidRequest: a time is none, or the times contradict each other.
    """
    accept = ",".join(request.headers.getall("accept", []))
    return Asked(view, window_of(order, since, until), limit, paging, prefers(accept, CSV, over=JSON))
