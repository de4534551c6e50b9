"""What a client asks for of a price history: a page of a window, as JSON or as CSV."""

from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from listingapi.accept import prefers
from listingapi.paging import Paging
from listingapi.prices.window import Window

CSV = "text/csv"
JSON = "application/json"

PageLimit = Annotated[int, QueryParameter(ge=1, le=1000, description="How many entries a page holds at most.")]


@dataclass(frozen=True, slots=True)
class Asked:
    """A page of at most `limit` entries of a window of a history."""

    window: Window
    limit: int
    paging: Paging
    as_csv: bool

    def search(self, listing_id: int) -> Any:
        """What a cursor of this page belongs to."""
        return ("prices", listing_id, self.window.identity)


def asked_of(
    request: Request[Any, Any, Any],
    paging: NamedDependency[Paging],
    window: NamedDependency[Window],
    limit: PageLimit = 1000,
) -> Asked:
    """Read what is asked for.

    Raises:
        InvalidRequest: the window begins after its end.
    """
    window.check()
    accept = ",".join(request.headers.getall("accept", []))
    return Asked(window, limit, paging, prefers(accept, CSV, over=JSON))
