"""The use case of correcting what a price history says, without overwriting any of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from http import HTTPStatus

from msgspec import UNSET
from msgspec.structs import replace as with_fields

from listingapi.answers import Answer, answer
from listingapi.infra.database import Database
from listingapi.listings import lives
from listingapi.listings.market import on_market
from listingapi.listings.schemas import StoredListing
from listingapi.listings.writer import Change, ListingWriter, Part
from listingapi.money import Euros
from listingapi.prices import announcements, story_repository
from listingapi.prices import change_repository as repository
from listingapi.prices.change_schemas import CorrectionWrite
from listingapi.prices.errors import CorrectionRefused
from listingapi.prices.schemas import CorrectionEntry
from listingapi.prices.story_repository import Corrected, Ends
from listingapi.terms import Terms


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What takes effect with a correction or not at all: a part that comes before it, one after it, and the answer."""

    first: Part
    also: Part
    answer: Answer


# Makes it from the version that the correction gets, and the time.
MakeMeanwhile = Callable[[int, datetime], Awaitable[Meanwhile]]


class CorrectionService:
    """Corrects entries of price histories: what was said first stays, and the correction stands beside it."""

    def __init__(self, database: Database, writer: ListingWriter) -> None:
        self._database = database
        self._writer = writer

    async def correct(
        self,
        listing_id: int,
        version: int,
        data: CorrectionWrite,
        terms: Terms,
        make_meanwhile: MakeMeanwhile | None = None,
    ) -> Answer:
        """Say what an entry should have said, of any account's listing; the last correction of an entry counts.

        Pricing rules do not apply. With what is to happen meanwhile, that is answered.

        Raises:
            ListingNotFound, ListingWithdrawn: there is no such listing on the market.
            PriceEntryNotFound: its history has no entry of this version.
            CorrectionRefused: it would change nothing, or leave the listing without a price.
        """
        by = terms.attempt.by
        price_eur = None if data.price_eur is UNSET else data.price_eur

        async def decide(before: StoredListing, now: datetime) -> Change:
            touched = lives.touched(on_market(before), now)
            meanwhile = await make_meanwhile(touched.version, now) if make_meanwhile else None
            corrected = await story_repository.corrected(self._database, listing_id, version, price_eur)
            after = with_story(touched, story_of(corrected, version, price_eur))
            correct = partial(
                repository.correct,
                after=after,
                corrects=version,
                price_eur=price_eur,
                reason=data.reason,
                by=by,
                now=now,
            )
            return Change(
                after,
                lambda _: meanwhile.answer if meanwhile else _answered(data, after, version, by.account_id, now),
                first=(meanwhile.first,) if meanwhile else (),
                also=(correct, meanwhile.also) if meanwhile else (correct,),
                events=(announcements.corrected(data, after, corrects=version, account_id=by.account_id),),
                is_correction=True,
            )

        return await self._writer.change(listing_id, replace(terms, of_any_account=True), decide)


def story_of(corrected: Corrected, version: int, price_eur: Euros | None) -> Ends:
    """What a story becomes by the correction of an entry.

    Raises:
        CorrectionRefused: the entry says that already, or the history would be empty.
    """
    if corrected.said_price_eur == price_eur:
        raise CorrectionRefused(f"The entry {version} says that already.")
    if corrected.story is None:
        raise CorrectionRefused("A listing has at least one price: correct this one to the right price instead.")
    return corrected.story


def with_story(listing: StoredListing, story: Ends) -> StoredListing:
    """A listing whose prices are those of a story."""
    return replace(
        listing,
        listing=with_fields(listing.listing, latest_price_eur=story.last.price_eur),
        previous_price_eur=story.previous_price_eur,
        original_price_eur=story.original_price_eur,
        price_version=story.last.version,
        price_changed_date=story.last.created_date,
    )


def _answered(data: CorrectionWrite, after: StoredListing, corrects: int, account_id: int, now: datetime) -> Answer:
    entry = CorrectionEntry(
        version=after.version,
        created_date=now,
        recorded_date=now,
        account_id=account_id,
        corrects_version=corrects,
        price_eur=data.price_eur,
        void=True if data.price_eur is UNSET else UNSET,
        reason=data.reason,
    )
    return answer(entry, status=HTTPStatus.CREATED)
