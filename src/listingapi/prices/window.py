"""What is asked of a price history: which part, in which order and detail; or what was known of it when."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from listingapi.errors import FieldProblem, InvalidRequest
from listingapi.query import Time, asked_for
from listingapi.wire import must

Order = Annotated[Literal["asc", "desc"], must("asc or desc")]
View = Annotated[Literal["plain", "detailed"], must("plain or detailed")]


class Window(Struct, kw_only=True):
    """The entries of a time, both ends included, by their `created_date`."""

    from_: Annotated[Time, Meta(description="Only what came into force then or later.")] | UnsetType = UNSET
    to: Annotated[Time, Meta(description="Only what came into force then or earlier.")] | UnsetType = UNSET
    order: Annotated[Order, Meta(description="Oldest or newest first.")] = "asc"
    view: Annotated[
        View,
        Meta(description="`plain`: the prices, with corrections applied. `detailed`: all that was said, by version."),
    ] = "plain"

    @property
    def identity(self) -> dict[str, str]:
        """What a cursor belongs to: only what was asked for, so that it stays the same when there are more fields."""
        return {name: str(value) for name, value in asked_for(self).items()}

    def check(self) -> None:
        """Refuse a window that holds no time.

        Raises:
            InvalidRequest: it begins after its end.
        """
        if self.from_ is not UNSET and self.to is not UNSET and self.from_ > self.to:
            raise InvalidRequest(
                [FieldProblem("?from", "must not be after to"), FieldProblem("?to", "must not be before from")]
            )


class Moment(Struct, kw_only=True):
    """A time, and the time at which somebody may have wondered what the price was then."""

    time: Annotated[Time, Meta(description="When the price was in force.")]
    known_at: (
        Annotated[Time, Meta(description="Answer what was known then, without later corrections.")] | UnsetType
    ) = UNSET
