"""What callers are told of what they may do themselves, and how they ask."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from listingapi.access.scopes import Scope
from listingapi.pagination import LARGEST_BIGINT
from listingapi.wire import must

Id = Annotated[int, Meta(ge=0)]
MOST_ASKED = 1000  # as many as a page of listings has
AskedIds = Annotated[
    list[Annotated[int, Meta(ge=0, le=LARGEST_BIGINT)]],
    must(f"at most {MOST_ASKED} ids of listings: integers from 0 to {LARGEST_BIGINT}", max_length=MOST_ASKED),
]


class AccessSearch(Struct, kw_only=True):
    """Which listings are asked about."""

    listing: (
        Annotated[
            AskedIds,
            Meta(description="Which of these are the account's own; given several times, or once with commas."),
        ]
        | UnsetType
    ) = UNSET


class Access(Struct, forbid_unknown_fields=True, kw_only=True):
    """What the caller may do: the account that they act for, and their scopes.

    `own_listings` are those of the account among the listings that were asked about, withdrawn ones too.
    """

    account_id: Id
    scopes: list[Scope]
    own_listings: list[Id]
