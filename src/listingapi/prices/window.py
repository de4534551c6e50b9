"""Which part of a price history is read, and in which order."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from listingapi.errors import FieldProblem, InvalidRequest
from listingapi.times import read_times

Order = Literal["asc", "desc"]
View = Literal["plain", "detailed"]


@dataclass(frozen=True, slots=True)
class Window:
    """The entries from `since` to `until`, both included, by their `created_date`; oldest or newest first."""

    order: Order = "asc"
    since: datetime | None = None
    until: datetime | None = None


def window_of(order: Order, since: str | None, until: str | None) -> Window:
    """Read the parameters `from` and `to`.

    Raises:
        InvalidRequest: one of them is no time, or they contradict each other.
    """
    times = read_times({name: text for name, text in (("from", since), ("to", until)) if text is not None})
    window = Window(order, times.get("from"), times.get("to"))
    if window.since and window.until and window.since > window.until:
        raise InvalidRequest([FieldProblem("?from", "must not be later than to")])
    return window
