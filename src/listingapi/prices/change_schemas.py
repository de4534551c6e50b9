"""The bodies of the operations that change prices."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from msgspec import UNSET, Meta, Struct, UnsetType

from listingapi.errors import FieldProblem, InvalidRequest
from listingapi.listings.schemas import BigId, Price
from listingapi.money import Euros
from listingapi.prices.rules import Objection
from listingapi.wire import Body, Timestamp, must

MOST_LINES = 1000
LONGEST_REASON = 2000

EffectiveDate = Annotated[Timestamp, must("a date and time with its offset, as RFC 3339 has it")]
BigVersion = Annotated[int, must("a version of a listing, an integer", ge=1, le=2**63 - 1)]
VOID_IS = "true or left out"
Void = Annotated[bool, must(VOID_IS, extra_json_schema={"const": True})]
Reason = Annotated[
    str,
    must(
        f"a string of 1 to {LONGEST_REASON} characters, without NUL characters or lone surrogates",
        min_length=1,
        max_length=LONGEST_REASON,
        pattern=r"^[^\x00\ud800-\udfff]+$",
        extra_json_schema={"x-pattern": r"^[^\x00]+$"},
    ),
]
Lines = Annotated[list[Any], must(f"an array of 1 to {MOST_LINES} objects", min_length=1, max_length=MOST_LINES)]
State = Literal["pending", "applied", "unchanged", "cancelled", "refused"]


class PriceWrite(Body, forbid_unknown_fields=True, kw_only=True):
    """A new price in euros, in force at once or, with an `effective_date` in the future, from then on."""

    price_eur: Price
    effective_date: EffectiveDate | UnsetType = UNSET

    @classmethod
    def read(cls, value: Any) -> Self:
        """Read a price; its effective date becomes one in UTC."""
        written = super().read(value)
        if written.effective_date is not UNSET:
            written.effective_date = _in_utc(written.effective_date)
        return written


class AppendedPrice(Struct, forbid_unknown_fields=True, kw_only=True):
    """The entry that holds a price; `flags` are what pricing rules object to."""

    version: int
    price_eur: Euros
    created_date: Timestamp
    flags: list[Objection] | UnsetType = UNSET


class ScheduledPrice(Struct, forbid_unknown_fields=True, kw_only=True):
    """A price that is to come into force, or what became of it.

    `applied`: it is in the history, as `settled_version`; `unchanged`: the listing had that price already; `refused`: a
    pricing rule was against it when it was due; `reason` says more.
    """

    version: int
    price_eur: Euros
    effective_date: Timestamp
    created_date: Timestamp
    state: State
    settled_date: Timestamp | UnsetType = UNSET
    settled_version: int | UnsetType = UNSET
    reason: str | UnsetType = UNSET


class CorrectionWrite(Body, forbid_unknown_fields=True, kw_only=True):
    """What an entry should have said: another price in euros, or nothing (`void`); and why."""

    price_eur: Price | UnsetType = UNSET
    void: Void | UnsetType = UNSET
    reason: Reason

    @classmethod
    def read(cls, value: Any) -> Self:
        """Read a correction, which is either a price or void."""
        correction = super().read(value)
        if correction.void is False:
            raise InvalidRequest([FieldProblem("/void", f"must be {VOID_IS}")])
        if (correction.price_eur is UNSET) == (correction.void is UNSET):
            raise InvalidRequest([FieldProblem("", "must have either price_eur or void: true")])
        return correction


class BatchWrite(Body, forbid_unknown_fields=True):
    """Prices of up to 1 000 listings; each line is read, and answered, by itself."""

    prices: Lines


class BatchLine(Body, forbid_unknown_fields=True):
    """A new price of a listing, in euros; with a `version`, only if that is the one in the listing's ETag."""

    listing_id: BigId
    price_eur: Price
    version: BigVersion | UnsetType = UNSET


class BatchResult(Struct, forbid_unknown_fields=True, kw_only=True):
    """What became of a line, as an HTTP status would say it: 201 appended, 200 the price was that already.

    Anything else says in `message`, and as a problem's `type`, why the line was not taken.
    """

    line: Annotated[int, Meta(ge=1)]
    listing_id: int | UnsetType = UNSET
    status: int
    version: int | UnsetType = UNSET
    price_eur: Euros | UnsetType = UNSET
    created_date: Timestamp | UnsetType = UNSET
    flags: list[Objection] | UnsetType = UNSET
    message: str | UnsetType = UNSET
    type: str | UnsetType = UNSET


class BatchResults(Struct, forbid_unknown_fields=True):
    """One result for each line, in their order; a dry run tells what would become of them, and changes nothing."""

    dry_run: bool
    results: list[BatchResult]


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise InvalidRequest([FieldProblem("/effective_date", "must be within the years 1 to 9999")]) from None
