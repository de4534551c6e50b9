"""The addresses at which whoever runs the service asks whether it is well."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from litestar import MediaType, Request, Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send
from msgspec import Struct

from listingapi.accept import prefers
from listingapi.access.credentials import Credentials
from listingapi.events.relay_repository import lag
from listingapi.hot.reads import HotReads
from listingapi.infra.database import Database
from listingapi.infra.draining import is_draining
from listingapi.infra.errors import DatabaseUnavailable, ServerStopping
from listingapi.infra.limits import Limits
from listingapi.infra.redis_limits import RedisLimits

ANSWER_SECONDS = 2.0
# A relay that works is seconds behind at most.
LONGEST_LAG_SECONDS = 60.0
PATHS = frozenset({"/livez", "/readyz"})

# A connection of its own, so that it is not who asks for much that decides whether the service is well.
SESSION = {"application_name": "listingapi probes", "enable_seqscan": "off", "enable_bitmapscan": "off"}

IsWell = Callable[[], bool]


class Degraded(Struct):
    """A part that does not work, without which requests are answered nevertheless; and what that means."""

    part: str
    problem: str


class Condition(Struct):
    """What is answered to those who ask for JSON: the service is ready, and what is not as it should be."""

    status: str
    degraded: Sequence[Degraded]


class Part(Struct):
    """Something that the service can go on without for a while: whether it is well, and what it means if not."""

    name: str
    is_well: IsWell
    problem: str


def parts_of(credentials: Credentials, limits: Limits, hot: HotReads) -> list[Part]:
    """What the service goes on without, if it must."""
    parts = [Part("identity provider", lambda: credentials.can_check_tokens, "It did not give its keys.")]
    if isinstance(limits, RedisLimits):
        problem = "It does not answer: each process counts, and keeps what is read, by itself."
        parts.append(Part("redis", lambda: limits.is_exact and hot.shares, problem))
    return parts


class Readiness:
    """Whether requests can be answered: that depends on PostgreSQL, and on nothing else."""

    def __init__(self, parts: Sequence[Part] = ()) -> None:
        self._parts = parts
        self._database = Database(pool_size=1, session=SESSION)
        self._asking: asyncio.Task[float] | None = None

    @asynccontextmanager
    async def running(self, url: str) -> AsyncIterator[None]:
        """Be connected until the end of the block."""
        await self._database.open(url)
        try:
            yield
        finally:
            await self._database.close()

    async def condition(self) -> Condition:
        """See that PostgreSQL answers, and what else does not; those who ask at once share one look.

        Raises:
            DatabaseUnavailable: it does not, or not within two seconds.
        """
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask(), name="readiness")
        seconds = await asyncio.shield(self._asking)
        degraded = [Degraded(part.name, part.problem) for part in self._parts if not part.is_well()]
        if seconds > LONGEST_LAG_SECONDS:
            degraded.append(
                Degraded("events", f"The oldest event has waited for {seconds:.0f} seconds to be published.")
            )
        return Condition("degraded" if degraded else "ok", degraded)

    async def _ask(self) -> float:
        """For how many seconds the oldest event waits."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await lag(self._database)
        except TimeoutError:
            raise DatabaseUnavailable from None
        finally:
            self._asking = None


class Probes:
    """Lets whoever asks whether the service is well in by a way of their own.

    They name hosts that are trusted by nobody, come often, have no credentials, and are to hear of the service alone.
    """

    def __init__(self, app: ASGIApp, probed: ASGIApp) -> None:
        self._app = app
        self._probed = probed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_probe = scope["type"] == ScopeType.HTTP and scope["path"] in PATHS
        await (self._probed if is_probe else self._app)(scope, receive, send)


def routes(readiness: Readiness) -> Router:
    """`/livez`: the process runs. `/readyz`: it can answer requests and is to get some, else 503."""

    @get("/livez", media_type=MediaType.TEXT, sync_to_thread=False)
    def livez() -> str:
        return "ok"

    @get("/readyz")
    async def readyz(request: Request[Any, Any, Any], readiness: NamedDependency[Readiness]) -> Response[Any]:
        if is_draining(request.scope["state"]):
            raise ServerStopping
        condition = await readiness.condition()
        headers = {"Vary": "Accept"}
        if prefers(request.headers.get("accept", ""), MediaType.JSON, over=MediaType.TEXT):
            return Response(condition, headers=headers, media_type=MediaType.JSON)
        return Response("ok", headers=headers, media_type=MediaType.TEXT)

    return Router(
        "/",
        route_handlers=[livez, readyz],
        dependencies={"readiness": Provide(lambda: readiness, sync_to_thread=False)},
        response_headers={"Cache-Control": "no-store"},
        include_in_schema=False,
    )
