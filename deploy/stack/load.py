"""So many requests a second through the edge, evenly, whatever becomes of the ones before; and what became of each."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from statistics import quantiles
from time import monotonic

from tests.streams import Connection

Address = tuple[str, int]
LISTING = re.compile(r"/listings/\d+")
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Ask:
    """A request."""

    method: str
    path: str
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Outcome:
    """What became of the requests: by their status, and of each that was lost, what it was and why."""

    statuses: Counter[int] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    lasted: float = 0.0

    @property
    def sent(self) -> int:
        """How many were sent."""
        return len(self.seconds)

    def __str__(self) -> str:
        percentiles = quantiles(self.seconds, n=100)
        answers = ", ".join(f"{status}: {number}" for status, number in sorted(self.statuses.items()))
        return (
            f"{self.sent} requests in {self.lasted:.0f} s ({self.sent / self.lasted:.0f}/s), answered {answers}; "
            f"p50 {percentiles[49] * 1000:.1f} ms, p99 {percentiles[98] * 1000:.1f} ms, "
            f"longest {max(self.seconds) * 1000:.0f} ms; lost: {len(self.lost)}{self._reasons()}"
        )

    def _reasons(self) -> str:
        """What was lost, the same together."""
        reasons = Counter(LISTING.sub("/listings/…", each) for each in self.lost)
        return "".join(f"\n{number} of {reason}" for reason, number in reasons.most_common(SHOWN))


class Load:
    """Sends what it is given to send, each request at its time, over as many connections as that takes."""

    def __init__(self, address: Address, rate: float, next_ask: Callable[[], Ask]) -> None:
        self._address = address
        self._rate = rate
        self._next_ask = next_ask
        self._idle: list[Connection] = []
        self.outcome = Outcome()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Outcome]:
        """Send until the end of the block; then all are awaited that are under way."""
        ending = asyncio.Event()
        sending = asyncio.create_task(self._send_until(ending))
        try:
            yield self.outcome
        finally:
            ending.set()
            await sending
            for connection in self._idle:
                connection.close()

    async def _send_until(self, ending: asyncio.Event) -> None:
        start, number = monotonic(), 0
        async with asyncio.TaskGroup() as group:
            while not ending.is_set():
                group.create_task(self._send(self._next_ask()))
                number += 1
                await asyncio.sleep(start + number / self._rate - monotonic())
        self.outcome.lasted = monotonic() - start

    async def _send(self, ask: Ask) -> None:
        connection, start = self._idle.pop() if self._idle else Connection(self._address), monotonic()
        try:
            answer = await connection.request(ask.method, ask.path, ask.body, **ask.headers)
        except (OSError, EOFError, TimeoutError, ValueError) as error:
            connection.close()
            self.outcome.lost.append(f"{ask.method} {ask.path}: {error!r}")
        else:
            self._idle.append(connection)
            self.outcome.statuses[answer.status] += 1
            if answer.status >= HTTPStatus.BAD_REQUEST:
                self.outcome.lost.append(f"{ask.method} {ask.path}: {answer.status} {answer.body.decode()}")
        self.outcome.seconds.append(monotonic() - start)
