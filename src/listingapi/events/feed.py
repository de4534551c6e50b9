"""What is asked of the feed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from listingapi.access.callers import Caller
from listingapi.access.scopes import Scope
from listingapi.errors import FieldProblem, InvalidRequest
from listingapi.events.cloud_events import PRIVATE, EventType, StoredEvent
from listingapi.pagination import LARGEST_BIGINT
from listingapi.wire import must

TYPES = (
    "listing.created, listing.updated, listing.withdrawn, listing.relisted, price.changed, price.scheduled or "
    "price.corrected"
)
ABOUT_POSITIONS = f"a position in the feed, an integer from 0 to {LARGEST_BIGINT}"

# The id of no account.
NOBODY = 0

Position = Annotated[int, must(ABOUT_POSITIONS, ge=0, le=LARGEST_BIGINT)]
AskedId = Annotated[int, must(f"an integer from 0 to {LARGEST_BIGINT}", ge=0, le=LARGEST_BIGINT)]
Types = Annotated[list[EventType], must(TYPES)]


class FeedSearch(Struct, kw_only=True):
    """Which events are looked for."""

    after: (
        Annotated[
            Position,
            Meta(description="The position to go on from, of a `Link` or an `id:`; else from the oldest that is kept."),
        ]
        | UnsetType
    ) = UNSET
    types: (
        Annotated[
            Types,
            Meta(description="Only events of these types; given several times, or once with commas between them."),
        ]
        | UnsetType
    ) = UNSET
    listing: Annotated[AskedId, Meta(description="Only events of this listing, by its id.")] | UnsetType = UNSET

    @property
    def start(self) -> int | None:
        """The position to go on from; None for the oldest that is kept."""
        return None if self.after is UNSET else self.after


@dataclass(frozen=True, slots=True)
class Asked:
    """The events that an account wants: of these types and this listing, None for all."""

    viewer: int
    types: tuple[str, ...] | None = None
    listing_id: int | None = None

    @classmethod
    def by(cls, caller: Caller, search: FeedSearch) -> "Asked":
        """What a caller asks for; one without credentials sees what is an account's own only if they may write it."""
        viewer = NOBODY if caller.is_anonymous and Scope.PRICES_WRITE not in caller.scopes else caller.account_id
        types = None if search.types is UNSET else tuple(search.types)
        return cls(viewer, types, None if search.listing is UNSET else search.listing)

    @property
    def conditions(self) -> Mapping[str, Any]:
        """The same for the repository."""
        return {"viewer": self.viewer, "types": self.types, "listing_id": self.listing_id}

    def takes(self, event: StoredEvent) -> bool:
        """Whether an event is one of them; the repository's statement says the same."""
        return (
            (event.type != PRIVATE or event.account_id == self.viewer)
            and (self.types is None or event.type in self.types)
            and (self.listing_id is None or event.listing_id == self.listing_id)
        )


def last_event_id_of(headers: Sequence[str]) -> int | None:
    """The position in `Last-Event-ID`; a browser that had no event sends it empty, or not at all.

    Raises:
        InvalidRequest: it is none of ours, or there are several.
    """
    header = ",".join(headers).strip(" \t")
    if not header:
        return None
    if header.isascii() and header.isdigit() and len(header) <= len(str(LARGEST_BIGINT)):
        position = int(header)
        if position <= LARGEST_BIGINT:
            return position
    raise InvalidRequest([FieldProblem("?Last-Event-ID", f"must be {ABOUT_POSITIONS}")])
