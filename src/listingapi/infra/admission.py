"""How many requests a process works on at a time; what comes beyond that is refused at once.

By Little's law, those who are let in wait for as long as it takes to finish those before them: so many may be under way
as the process lately finished in a twentieth of a second. That is only known while there are as many as there may be;
as long as there are fewer, nobody is refused.
"""

from collections.abc import Callable
from time import monotonic

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from listingapi.answers import Answer
from listingapi.infra.errors import Overloaded
from listingapi.infra.late import was_late
from listingapi.infra.observation import observation_in
from listingapi.rendering import error_answer

# How long those who are let in are to wait, about: the more of them there are, the more each costs.
SECONDS = 0.05
# So many at once are no overload. Nothing is known of what they cost until they are there: slow ones take seconds. More
# may be under way once as many were finished so fast: to refuse what is quickly answered saves little.
UNKNOWN = 256
# So many have to be under way for the process and the database to be busy all the time.
LEAST = 64
SECONDS_BETWEEN_LOOKS = 0.25
# Streams of events take long because the caller wants that; the others are how the service is seen from outside.
EXEMPT = frozenset(("/events/stream", "/livez", "/metrics", "/readyz"))
# A page of events is waited for only by who asks to wait: any other is read like all else.
PAGE_OF_EVENTS = "/events"


class Admission:
    """Counts what is under way, and how much of it may be."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self.limit = UNKNOWN
        self.under_way = 0
        self._finished = 0
        self._was_full = False
        self._looked = now()

    @property
    def is_full(self) -> bool:
        """Whether no more may begin now."""
        return self.is_full_with(0)

    def is_full_with(self, coming: int) -> bool:
        """The same when so many are about to begin."""
        if self.under_way + coming < self.limit:
            return False
        self._was_full = True
        self._look()
        return self.under_way + coming >= self.limit

    def begin(self) -> None:
        """Let one in."""
        self.under_way += 1
        self._look()

    def end(self) -> None:
        """One is over."""
        self.under_way -= 1
        self._finished += 1

    def leave(self) -> None:
        """One goes on as another, which is let in by itself."""
        self.under_way -= 1

    def _look(self) -> None:
        passed = self._now() - self._looked
        if passed < SECONDS_BETWEEN_LOOKS:
            return
        shown = int(self._finished / passed * SECONDS)
        self.limit = max(LEAST, shown if self._was_full else max(shown, min(UNKNOWN, self.limit * 2)))
        self._looked += passed
        self._finished, self._was_full = 0, False


class Admitted:
    """Works on as many requests at a time as are admitted, before anything is read of their bodies or callers."""

    def __init__(self, app: ASGIApp, admission: Admission) -> None:
        self._app = app
        self._admission = admission
        self._refusals = Refusals()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or _is_exempt(scope):
            await self._app(scope, receive, send)
            return
        if self._admission.is_full and not was_late(scope):
            observation_in(scope).is_shed = True
            await self._refusals.of(scope).send(send)
            return
        self._admission.begin()
        try:
            await self._app(scope, receive, send)
        finally:
            self._admission.end()


def _is_exempt(scope: HTTPScope) -> bool:
    path = scope["path"]
    return path in EXEMPT or (
        path == PAGE_OF_EVENTS
        and any(name == b"prefer" and b"wait" in value.lower() for name, value in scope["headers"])
    )


class Refusals:
    """Renders refusals, each kind once a second: that is as often as it is logged, too."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._second = 0
        self._kept: dict[bytes, Answer] = {}

    def of(self, scope: HTTPScope) -> Answer:
        """What a request is answered that is one too many."""
        accept = b",".join(value for name, value in scope["headers"] if name == b"accept")
        second = int(self._now())
        if second != self._second or len(self._kept) > LEAST:
            self._second, self._kept = second, {}
        if accept not in self._kept:
            self._kept[accept] = error_answer(Overloaded(), scope)
        return self._kept[accept]
