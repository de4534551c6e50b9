"""The bodies of the operations on webhooks."""

from collections.abc import Collection, Iterator
from typing import Annotated, Any, Literal, Self

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from listingapi.answers import to_json
from listingapi.errors import FieldProblem, InvalidRequest
from listingapi.events.cloud_events import EventType
from listingapi.events.feed import TYPES, AskedId
from listingapi.listings.filters import AskedStatus, ListingFilter, Search, Wanted
from listingapi.listings.schemas import BuildingType
from listingapi.money import LARGEST_EUROS, Euros
from listingapi.percent import LARGEST_PERCENT, Percent
from listingapi.wire import Body, Timestamp, merge_patch, must

LONGEST_URL = 2048
# In bytes of JSON: each event is held against all searches.
LARGEST_SEARCH = 4096
LARGEST_DROP = 100
DROP = f"a number above 0, up to {LARGEST_DROP}, with at most two decimals"
CHANGE_OF_PRICE = "price.changed"
# What a webhook may be without.
REMOVABLE = ("listing_id", "search", "min_cut_percent", "min_cut_eur")

State = Literal["active", "paused", "gone"]
DeliveryState = Literal["pending", "delivered", "failed"]

Id = Annotated[int, Meta(ge=0)]
URL = Annotated[
    str,
    must(
        f"an https address of at most {LONGEST_URL} characters",
        max_length=LONGEST_URL,
        pattern=r"^https?://[^\x00-\x20\x7f\\\ud800-\udfff]+\Z",
        extra_json_schema={"x-pattern": r"^https?://[^\x00-\x20\x7f\\]+$"},
    ),
]
Types = Annotated[list[EventType], must(f"an array of one or more of {TYPES}", min_length=1, max_length=7)]
Cut = Annotated[Percent, must(f"a number above 0, up to {LARGEST_PERCENT}, with at most two decimals")]
Drop = Annotated[Percent, must(DROP, extra_json_schema={"maximum": LARGEST_DROP})]
CutInEuros = Annotated[Euros, must(f"a number from 0 to {LARGEST_EUROS} with at most two decimals")]
AskedDeliveryState = Annotated[DeliveryState, must("pending, delivered or failed")]
WrittenState = Annotated[Literal["active", "paused"], must("active or paused")]


class WebhookSearch(ListingFilter, forbid_unknown_fields=True, kw_only=True):
    """Which listings a webhook is about: the filters of `GET /listings`, held against the listing as it is then.

    Without a `status`, listings on the market and withdrawn ones.
    """

    status: AskedStatus | UnsetType = UNSET
    building_type: (
        Annotated[
            list[BuildingType],
            must("at most three of STUDIO, APARTMENT and HOUSE", max_length=3, description="Any of those given."),
        ]
        | UnsetType
    ) = UNSET
    min_drop_percent: (
        Annotated[Drop, Meta(description="The price is that much below the original one, or more.")] | UnsetType
    ) = UNSET

    @property
    def wanted(self) -> Wanted:
        """The same for a search."""
        given = {name: getattr(self, name) for name in ListingFilter.__struct_fields__}
        drop = self.min_drop_percent
        searched = Search(**given, min_drop_percent=UNSET if drop is UNSET else format(drop, "f"))
        return Wanted(searched, None if self.status is UNSET else self.status)


class WebhookWrite(Body, forbid_unknown_fields=True, kw_only=True):
    """A webhook as a client writes it: where to send which events.

    Those of one listing, of the listings that a search finds, or of all. With `min_cut_percent` or `min_cut_eur`, only
    those changes of a price that are cuts of at least so much; with both, either is enough.
    """

    url: URL
    types: Types
    listing_id: AskedId | UnsetType = UNSET
    search: WebhookSearch | UnsetType = UNSET
    min_cut_percent: Cut | UnsetType = UNSET
    min_cut_eur: CutInEuros | UnsetType = UNSET

    @classmethod
    def read(cls, value: Any) -> Self:
        """Read a webhook.

        Raises:
            InvalidRequest: names every field that is wrong, or does not go with another one.
        """
        written = super().read(value)
        written.types = list(dict.fromkeys(written.types))
        if written.search is not UNSET and written.search.building_type is not UNSET:
            written.search.building_type = list(dict.fromkeys(written.search.building_type))
        if problems := list(written.contradictions()):
            raise InvalidRequest(problems)
        return written

    def contradictions(self) -> Iterator[FieldProblem]:
        """What is wrong with fields that are right one by one."""
        if self.listing_id is not UNSET and self.search is not UNSET:
            yield FieldProblem("/search", "does not go with a listing_id")
        for name in ("min_cut_percent", "min_cut_eur"):
            if getattr(self, name) is not UNSET and CHANGE_OF_PRICE not in self.types:
                yield FieldProblem(f"/{name}", f"goes only with the type {CHANGE_OF_PRICE}")
        if self.search is not UNSET:
            yield from _out_of_bounds(self.search)
            yield from _crossed_bounds(self.search)


class WebhookState(WebhookWrite, forbid_unknown_fields=True, kw_only=True):
    """All of a webhook that may be changed; without a `state`, that stays as it is."""

    state: WrittenState | UnsetType = UNSET


class Webhook(Struct, forbid_unknown_fields=True, kw_only=True):
    """A webhook as it is answered: all but its secret.

    `gone` is one whose receiver has answered 410. `paused_reason` says why one was paused, unless by a request.

    Until `previous_secret_expires_date`, deliveries are signed with the
    secret from before the last rotation, too.
    """

    id: Id
    url: str
    types: list[EventType]
    listing_id: Id | UnsetType = UNSET
    search: WebhookSearch | UnsetType = UNSET
    min_cut_percent: Percent | UnsetType = UNSET
    min_cut_eur: Euros | UnsetType = UNSET
    state: State
    paused_reason: str | UnsetType = UNSET
    created_date: Timestamp
    updated_date: Timestamp
    previous_secret_expires_date: Timestamp | UnsetType = UNSET

    def patched(self, patch: dict[str, Any]) -> WebhookState:
        """What it is to be after a merge patch (RFC 7396).

        Raises:
            InvalidRequest: names every field that is wrong then.
        """
        written = {name: getattr(self, name) for name in WebhookWrite.__struct_fields__}
        known = {name: _plain(value) for name, value in written.items() if value is not UNSET}
        merged = _without_nulls(merge_patch(known, patch), REMOVABLE)
        if isinstance(merged.get("search"), dict):
            merged["search"] = _without_nulls(merged["search"], WebhookSearch.__struct_fields__)
        return WebhookState.read(merged)


class NewWebhook(Webhook, forbid_unknown_fields=True, kw_only=True):
    """A webhook with its new `secret`, which nobody is told again: a repeated request is answered without it."""

    secret: str | UnsetType = UNSET


class WebhookAttempt(Struct, forbid_unknown_fields=True, kw_only=True):
    """One attempt at a delivery: the status that the receiver answered, or the `problem` why there is none."""

    date: Timestamp
    milliseconds: Annotated[int, Meta(ge=0)]
    status: int | UnsetType = UNSET
    problem: str | UnsetType = UNSET


class DeliverySearch(Struct, forbid_unknown_fields=True, kw_only=True):
    """Which deliveries are looked for.

    A field has an underscore where the framework has something else by the name of the parameter.
    """

    state_: Annotated[AskedDeliveryState, Meta(description="Only deliveries that are so.")] | UnsetType = UNSET


class WebhookDelivery(Struct, forbid_unknown_fields=True, kw_only=True):
    """What became of an event for a webhook, with its last attempts, oldest first.

    It is `pending` until it is delivered, or has failed for the last time. `due_date` is when it is tried next.
    """

    id: Id
    event_id: str
    type: EventType
    listing_id: Id
    state: DeliveryState
    attempts: list[WebhookAttempt]
    created_date: Timestamp
    due_date: Timestamp | UnsetType = UNSET
    delivered_date: Timestamp | UnsetType = UNSET


def _out_of_bounds(search: WebhookSearch) -> Iterator[FieldProblem]:
    if len(to_json(search)) > LARGEST_SEARCH:
        yield FieldProblem("/search", f"must be at most {LARGEST_SEARCH} bytes of JSON")
    if search.min_drop_percent is not UNSET and search.min_drop_percent > LARGEST_DROP:
        yield FieldProblem("/search/min_drop_percent", f"must be {DROP}")


def _crossed_bounds(search: WebhookSearch) -> Iterator[FieldProblem]:
    for lower in search.__struct_fields__:
        upper = f"max_{lower.removeprefix('min_')}"
        if not lower.startswith("min_") or getattr(search, upper, UNSET) is UNSET or getattr(search, lower) is UNSET:
            continue
        if getattr(search, lower) > getattr(search, upper):
            yield FieldProblem(f"/search/{lower}", f"must not be above {upper}")
            yield FieldProblem(f"/search/{upper}", f"must not be below {lower}")


def _without_nulls(given: dict[str, Any], removable: Collection[str]) -> dict[str, Any]:
    """What is left of a merged object, where null removes also what was not there."""
    return {name: value for name, value in given.items() if value is not None or name not in removable}


def _plain(value: Any) -> Any:
    if not isinstance(value, Struct):
        return value
    return {name: given for name, given in msgspec.structs.asdict(value).items() if given is not UNSET}
