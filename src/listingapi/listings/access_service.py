"""The use case of callers who ask what they may do."""

from collections.abc import Sequence

from listingapi.access.callers import Caller
from listingapi.infra.database import Database
from listingapi.listings import access_repository
from listingapi.listings.access_schemas import Access


class AccessService:
    """Tells callers of themselves, so that an interface offers nobody what would be refused."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, caller: Caller, listing_ids: Sequence[int]) -> Access:
        """What a caller may do, and which of some listings are theirs."""
        own = await access_repository.own(self._database, listing_ids, caller.account_id) if listing_ids else []
        return Access(account_id=caller.account_id, scopes=sorted(caller.scopes), own_listings=own)
