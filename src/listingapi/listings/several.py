"""Reads several listings for whoever writes them together, each with the pricing rules of its account."""

from collections.abc import Sequence

from listingapi.infra.database import Database, Transaction
from listingapi.listings import repository
from listingapi.listings.schemas import StoredListing
from listingapi.prices.rules import Rule

Found = tuple[StoredListing, Sequence[Rule]]


async def find(database: Database, listing_ids: Sequence[int]) -> dict[int, Found]:
    """Some listings by their ids, each with the rules of its account."""
    return _by_id(await repository.find(database, listing_ids))


async def lock(transaction: Transaction, listing_ids: Sequence[int]) -> dict[int, Found]:
    """The same, and nobody else changes these listings until the transaction ends."""
    return _by_id(await repository.lock(transaction, listing_ids))


def _by_id(several: Sequence[repository.Loaded]) -> dict[int, Found]:
    return {loaded.listing.listing.id: (loaded.listing, loaded.rules) for loaded in several if loaded.listing}
