"""The use cases of reviews: which prices are to be looked at, and what becomes of them."""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
from msgspec import UNSET

from listingapi.access.callers import Caller
from listingapi.access.scopes import Scope
from listingapi.answers import Answer, answer
from listingapi.audit import repository as audit
from listingapi.idempotency import repository as records
from listingapi.idempotency.attempts import Attempt
from listingapi.infra.database import Database
from listingapi.infra.write import Write
from listingapi.pagination import Page
from listingapi.prices.change_schemas import CorrectionWrite
from listingapi.prices.correction_service import CorrectionService, Meanwhile
from listingapi.reviews import repository
from listingapi.reviews.errors import PriceReviewNotFound, PriceReviewSettled
from listingapi.reviews.repository import Place
from listingapi.reviews.schemas import PriceReview, RejectionWrite, State
from listingapi.terms import Terms


class ReviewService:
    """Keeps the queue of prices that pricing rules flagged."""

    def __init__(
        self, database: Database, clock: Callable[[], datetime], corrections: CorrectionService, searched: Database
    ) -> None:
        self._database = database
        self._clock = clock
        self._corrections = corrections
        self._searched = searched

    async def page(self, state: State, account_id: int | None, *, after: Place | None, limit: int) -> Page[PriceReview]:
        """A page of at most `limit` reviews in a state, oldest price first; of an account, or of all."""
        found = await repository.find(self._searched, state, account_id, after=after, limit=limit + 1)
        return Page.of(found, limit, place=lambda last: (last.created_date, last.listing_id, last.version))

    async def approve(self, listing_id: int, version: int, attempt: Attempt) -> Answer:
        """Leave a price as it is.

        Raises:
            PriceReviewNotFound: the price has no review.
            PriceReviewSettled: somebody has approved or corrected it already.
        """
        while True:
            now = self._clock().astimezone(UTC)
            found, row = await repository.load(self._database, listing_id, version, attempt)
            await records.check_row(self._database, attempt, row, now)
            before = _still_open(found, listing_id, version)
            after = _settled(before, "approved", attempt, now)
            write = records.begin(attempt)
            repository.approve(write, before, after, attempt.by.actor)
            audit.record(write, attempt.by, attempt.operation, now=now, listing_id=listing_id, version=version)
            done = answer(after)
            if await records.commit(self._database, write, attempt, done, now):
                return done

    async def reject(self, listing_id: int, version: int, data: RejectionWrite, attempt: Attempt) -> Answer:
        """Correct a price, and so settle its review, or neither.

        Raises:
            PriceReviewNotFound, PriceReviewSettled: as for an approval.
            ListingNotFound, ListingWithdrawn: there is no such listing on the market.
            CorrectionRefused: it would change nothing, or leave the listing without a price.
        """
        correction = CorrectionWrite(
            price_eur=data.price_eur, void=True if data.price_eur is UNSET else UNSET, reason=data.reason
        )

        async def settling(corrected_by_version: int, now: datetime) -> Meanwhile:
            found, _ = await repository.load(self._database, listing_id, version, attempt)
            before = _still_open(found, listing_id, version)
            after = _settled(before, "corrected", attempt, now)
            after.reason, after.corrected_by_version = data.reason, corrected_by_version

            def hold(write: Write) -> None:
                repository.hold_open(write, before)

            def settle(write: Write) -> None:
                repository.settle(write, after, attempt.by.actor)

            return Meanwhile(first=hold, also=settle, answer=answer(after))

        return await self._corrections.correct(listing_id, version, correction, Terms(attempt), settling)


def seen_by(caller: Caller) -> int | None:
    """The account whose reviews a caller sees; those who may correct prices see all."""
    return None if Scope.PRICES_CORRECT in caller.scopes else caller.account_id


def _still_open(found: PriceReview | None, listing_id: int, version: int) -> PriceReview:
    if found is None:
        raise PriceReviewNotFound(listing_id, version)
    if found.state != "open":
        raise PriceReviewSettled(listing_id, version, found.state)
    return found


def _settled(before: PriceReview, state: State, attempt: Attempt, now: datetime) -> PriceReview:
    return msgspec.structs.replace(before, state=state, settled_date=now, settled_by_account_id=attempt.account_id)
