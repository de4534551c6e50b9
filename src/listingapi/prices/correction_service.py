"""The use case of correcting what a price history says, without overwriting any of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from http import HTTPStatus

from msgspec import UNSET
from msgspec.structs import replace as with_fields

from listingapi.answers import Answer, answer
from listingapi.errors import CorrectionRefused, PriceEntryNotFound
from listingapi.infra.database import Database
from listingapi.listings import lives
from listingapi.listings.market import on_market
from listingapi.listings.schemas import StoredListing
from listingapi.listings.writer import Change, ListingWriter
from listingapi.prices import change_repository as repository
from listingapi.prices import repository as reads
from listingapi.prices.change_schemas import CorrectionWrite
from listingapi.prices.schemas import CorrectionEntry, ListingPrice
from listingapi.prices.story import Correction, Said
from listingapi.terms import Terms


class CorrectionService:
    """Corrects entries of price histories: what was said first stays, and the correction stands beside it."""

    def __init__(self, database: Database, writer: ListingWriter) -> None:
        self._database = database
        self._writer = writer

    async def correct(self, listing_id: int, version: int, data: CorrectionWrite, terms: Terms) -> Answer:
        """Say what an entry should have said, of any account's listing; the last correction of an entry counts.

        Pricing rules do not apply.

        Raises:
            ListingNotFound, ListingWithdrawn: there is no such listing on the market.
            PriceEntryNotFound: its history has no entry of this version.
            CorrectionRefused: it would change nothing, or leave the listing without a price.
        """
        by = terms.attempt.by
        price_eur = None if data.price_eur is UNSET else data.price_eur

        async def decide(before: StoredListing, now: datetime) -> Change:
            touched = lives.touched(on_market(before), now)
            said = await reads.said(self._database, listing_id)
            after = with_story(touched, corrected_story(said, Correction(touched.version, version, price_eur, now)))
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
                lambda _: _answered(data, after, version, by.account_id, now),
                also=(correct,),
                is_correction=True,
            )

        return await self._writer.change(listing_id, replace(terms, of_any_account=True), decide)


def corrected_story(said: Said, correction: Correction) -> Sequence[ListingPrice]:
    """The plain history with one more correction.

    Raises:
        PriceEntryNotFound: there is no such entry.
        CorrectionRefused: the entry says that already, or the history would be empty.
    """
    corrects = correction.corrects_version
    words = said.last_words()
    if corrects not in words:
        raise PriceEntryNotFound(corrects)
    if words[corrects] == correction.price_eur:
        raise CorrectionRefused(f"The entry {corrects} says that already.")
    story = Said(said.entries, [*said.corrections, correction]).story()
    if not story:
        raise CorrectionRefused("A listing has at least one price: correct this one to the right price instead.")
    return story


def with_story(listing: StoredListing, story: Sequence[ListingPrice]) -> StoredListing:
    """A listing whose prices are those of a story."""
    last = story[-1]
    return replace(
        listing,
        listing=with_fields(listing.listing, latest_price_eur=last.price_eur),
        previous_price_eur=story[-2].price_eur if len(story) > 1 else None,
        original_price_eur=story[0].price_eur,
        price_version=last.version,
        price_changed_date=last.created_date,
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
