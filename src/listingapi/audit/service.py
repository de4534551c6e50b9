"""The use case of reading the audit trail."""

from listingapi.audit import repository
from listingapi.audit.schemas import AuditEntry, AuditSearch
from listingapi.infra.database import Database
from listingapi.pagination import Page


class AuditService:
    """Finds entries of the audit trail, a page at a time; nothing changes or removes one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, search: AuditSearch, *, after: int | None, limit: int) -> Page[AuditEntry]:
        """A page of at most `limit` entries after one of them, newest first.

        Raises:
            InvalidRequest: the time that is looked at begins after its end.
        """
        search.check()
        found = await repository.find(self._database, search, after=after, limit=limit + 1)
        return Page.of(found, limit, place=lambda entry: entry.id)
