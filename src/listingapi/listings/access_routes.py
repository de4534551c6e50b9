"""The operation by which callers learn what they may do."""

from litestar import Router, get
from litestar.di import NamedDependency, Provide
from msgspec import UNSET

from listingapi.access.callers import Caller, requires
from listingapi.listings.access_schemas import Access, AccessSearch
from listingapi.listings.access_service import AccessService
from listingapi.query import reader_of


@get(
    "/",
    operation_id="get-access",
    guards=[requires()],
    dependencies={"search": Provide(reader_of(AccessSearch), sync_to_thread=False)},
)
async def get_access(
    search: NamedDependency[AccessSearch], caller: NamedDependency[Caller], access: NamedDependency[AccessService]
) -> Access:
    """Answer what the caller may do, whoever they are.

    They may change a listing only if it is of their account, and they have the scope for that as well.
    """
    return await access.of(caller, [] if search.listing is UNSET else search.listing)


router = Router("/access", tags=["accounts"], route_handlers=[get_access])
