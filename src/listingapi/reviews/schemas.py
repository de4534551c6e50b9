"""The bodies of the operations on reviews, and what may be asked of them."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from listingapi.listings.schemas import Price
from listingapi.money import Euros
from listingapi.prices.change_schemas import Reason
from listingapi.prices.rules import Objection
from listingapi.wire import Body, Timestamp, must

State = Literal["open", "approved", "corrected"]
AskedState = Annotated[State, must("open, approved or corrected")]


class PriceReview(Struct, forbid_unknown_fields=True, kw_only=True):
    """A price that pricing rules flagged, and what became of it.

    It is the entry `version` of the listing's price history; `account_id` is the account of the listing, `flags` what
    its rules have against the price. `approved`: it stays as it is; `corrected`: it was wrong, for the `reason`, and
    `corrected_by_version` is the correction.
    """

    listing_id: int
    version: int
    account_id: int
    price_eur: Euros
    previous_price_eur: Euros | UnsetType = UNSET
    created_date: Timestamp
    flags: list[Objection]
    state: State
    settled_date: Timestamp | UnsetType = UNSET
    settled_by_account_id: int | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    corrected_by_version: int | UnsetType = UNSET


class RejectionWrite(Body, forbid_unknown_fields=True, kw_only=True):
    """Why a price is wrong, and what it should have been, in euros; without a price, its entry is void."""

    price_eur: Price | UnsetType = UNSET
    reason: Reason


class ReviewSearch(Struct, kw_only=True):
    """Which reviews are looked for.

    A field has an underscore where the framework has something else by the name of the parameter.
    """

    state_: Annotated[AskedState, Meta(description="Those to be done, or those of which this became.")] = "open"

    def identity(self, account_id: int | None) -> Any:
        """What a cursor belongs to, for the reviews of an account, or of all."""
        return ("price-reviews", self.state_, account_id)
