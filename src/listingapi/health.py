"""The addresses at which whoever runs the service asks whether it is well."""

import asyncio

from litestar import MediaType, Router, get
from litestar.di import NamedDependency, Provide

from listingapi.infra.database import Database
from listingapi.infra.errors import DatabaseUnavailable

ANSWER_SECONDS = 2.0


class Readiness:
    """Whether requests can be answered: that depends on PostgreSQL, and on nothing else."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def require(self) -> None:
        """See that PostgreSQL answers.

        Raises:
            DatabaseUnavailable: it does not, or not within two seconds.
        """
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._database.fetchrow("SELECT 1")
        except TimeoutError:
            raise DatabaseUnavailable from None


def routes(readiness: Readiness) -> Router:
    """`/livez`: the process runs. `/readyz`: it can answer requests, else 503."""

    @get("/livez", media_type=MediaType.TEXT, sync_to_thread=False)
    def livez() -> str:
        return "ok"

    @get("/readyz", media_type=MediaType.TEXT)
    async def readyz(readiness: NamedDependency[Readiness]) -> str:
        await readiness.require()
        return "ok"

    return Router(
        "/",
        route_handlers=[livez, readyz],
        dependencies={"readiness": Provide(lambda: readiness, sync_to_thread=False)},
        response_headers={"Cache-Control": "no-store"},
        include_in_schema=False,
    )
