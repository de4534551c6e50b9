"""Answers what is read most before the framework; whatever is not quite usual is left to that."""

from collections.abc import Mapping
from typing import Literal

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from listingapi.access.callers import Caller, caller_in
from listingapi.access.scopes import Scope as Permission
from listingapi.errors import RequestError
from listingapi.hot.answers import HotAnswer, answer
from listingapi.hot.asked import Asked, asked_in
from listingapi.hot.elsewhere import Elsewhere
from listingapi.hot.memory import Kind
from listingapi.hot.reads import HotReads
from listingapi.infra.observation import observation_in
from listingapi.rendering import error_answer

Service = Literal["listings", "prices"]

SERVICES: Mapping[Kind, Service] = {"listing": "listings", "history": "prices"}
ROUTES = {"listing": "/listings/{id}", "history": "/listings/{id}/prices"}
# With one of these, a caller may have changed what they read.
WRITING = frozenset((Permission.LISTINGS_WRITE, Permission.PRICES_WRITE, Permission.PRICES_CORRECT))


class HotLayer:
    """Stands where it is known who calls; of the two services, it answers for the one that is served.

    What is not found here is `elsewhere`: it is not looked for again for a while.
    """

    def __init__(self, app: ASGIApp, reads: HotReads, elsewhere: Elsewhere, only: Service | None) -> None:
        self._app = app
        self._reads = reads
        self._elsewhere = elsewhere
        self._served = served_by(only)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and (asked := asked_in(scope)) and asked.what in self._served:
            observation_in(scope).route = ROUTES[asked.what]
            caller = caller_in(scope)
            try:
                if Permission.LISTINGS_READ in caller.scopes and (answered := await self._answer(asked, caller)):
                    await _send(answered, send)
                    return
            except RequestError as error:
                await error_answer(error, scope).send(send)
                return
        await self._app(scope, receive, send)

    async def _answer(self, asked: Asked, caller: Caller) -> HotAnswer | None:
        """What is kept is told with its age; what was read may have taken so long that it is old by now."""
        is_shared = may_be_recent(caller)
        may_be_kept = is_shared and not asked.is_now
        if may_be_kept and (kept := self._reads.kept(asked.key)):
            return answer(asked, kept, is_shared=True, age=self._reads.seconds_behind)
        if self._elsewhere.has(asked.key):
            return None
        ready = await (self._reads.recent if may_be_kept else self._reads.current)(asked.key)
        if ready is None:
            self._elsewhere.note(asked.key)
            return None
        return answer(asked, ready, is_shared=is_shared)


def served_by(only: Service | None) -> frozenset[Kind]:
    """What of it is answered where one of the two services is served, or both."""
    return frozenset(kind for kind, service in SERVICES.items() if only in {None, service})


def may_be_recent(caller: Caller) -> bool:
    """Whether a caller may get what was there a moment ago: one who can't have changed it, whoever they are."""
    return caller.is_anonymous and caller.scopes.isdisjoint(WRITING)


async def _send(answered: HotAnswer, send: Send) -> None:
    await send({"type": "http.response.start", "status": answered.status, "headers": answered.headers})
    await send({"type": "http.response.body", "body": answered.body, "more_body": False})
