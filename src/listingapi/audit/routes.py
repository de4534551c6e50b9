"""The operation that reads the audit trail, for operators."""

from typing import Annotated

from litestar import Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter

from listingapi.access.callers import requires
from listingapi.access.scopes import Scope
from listingapi.audit.schemas import AuditEntry, AuditSearch
from listingapi.audit.service import AuditService
from listingapi.pagination import BigInt
from listingapi.paging import Paging
from listingapi.query import reader_of

PageLimit = Annotated[int, QueryParameter(ge=1, le=1000, description="How many entries a page holds at most.")]


@get(
    "/",
    operation_id="get-audit",
    guards=[requires(Scope.ACCOUNTS_ADMIN)],
    dependencies={"search": Provide(reader_of(AuditSearch), sync_to_thread=False)},
)
async def get_audit(
    search: NamedDependency[AuditSearch],
    audits: NamedDependency[AuditService],
    paging: NamedDependency[Paging],
    limit: PageLimit = 100,
) -> Response[list[AuditEntry]]:
    """Answer who changed what, newest first: every write over the API, and what commands did to accounts and keys."""
    page = await audits.page(search, after=paging.start(BigInt, search.identity), limit=limit)
    return Response(list(page.items), headers=paging.link_header("/audit", page, search.identity))


router = Router("/audit", tags=["audit"], route_handlers=[get_audit])
