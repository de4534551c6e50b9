"""Whether a listing is on the market, and what is said of one that is not."""

from listingapi.errors import ListingNotFound, ListingWithdrawn
from listingapi.infra.database import Database
from listingapi.listings import repository
from listingapi.listings.schemas import StoredListing
from listingapi.money import in_words
from listingapi.preconditions import etag


async def read(database: Database, listing_id: int) -> StoredListing:
    """Read a listing that is on the market.

    Raises:
        ListingNotFound: there is no such listing.
        ListingWithdrawn: it is not on the market; the error has what it was.
    """
    found = await repository.get(database, listing_id)
    if found is None:
        raise ListingNotFound(listing_id)
    return on_market(found)


def on_market(found: StoredListing) -> StoredListing:
    """The listing, if it is on the market.

    Raises:
        ListingWithdrawn: it is not; the error has what it was.
    """
    if found.withdrawn_date is None:
        return found
    listing = found.listing
    was = f"“{listing.name[:100]}” in {listing.postal_address.city[:100]}, last at {in_words(found.price_eur)}"
    raise ListingWithdrawn(
        listing.id, found.withdrawn_date, was=was, listing=listing, headers={"ETag": etag(found.version)}
    )
