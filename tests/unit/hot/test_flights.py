"""Those who ask for the same at the same time share a read, but never one that began before they may."""

import asyncio

import pytest

from listingapi.hot import flights as module
from listingapi.hot.flights import Flights


class Reads:
    """Reads that end when the test lets them; each finds its number."""

    def __init__(self) -> None:
        self.began: list[float] = []
        self.may_end: list[asyncio.Event] = []
        self._begun: asyncio.Queue[None] = asyncio.Queue()
        self.time = 0.0

    async def __call__(self, began: float) -> int:
        number = len(self.began)
        self.began.append(began)
        self.may_end.append(asyncio.Event())
        self._begun.put_nowait(None)
        await self.may_end[number].wait()
        return number

    def now(self) -> float:
        return self.time

    async def number(self, count: int) -> None:
        """Wait until so many have begun."""
        while len(self.began) < count:
            await self._begun.get()


@pytest.fixture
def reads() -> Reads:
    return Reads()


@pytest.fixture
def flights(reads: Reads) -> Flights[str, int]:
    return Flights(reads.now)


async def test_those_who_ask_before_it_begins_share_a_read(flights: Flights[str, int], reads: Reads) -> None:
    several = [asyncio.create_task(flights.next("a", reads)) for _ in range(3)]
    await reads.number(1)
    reads.may_end[0].set()

    assert await asyncio.gather(*several) == [0, 0, 0]


async def test_nobody_shares_a_read_that_has_begun(flights: Flights[str, int], reads: Reads) -> None:
    first = asyncio.create_task(flights.next("a", reads))
    await reads.number(1)
    later = [asyncio.create_task(flights.next("a", reads)) for _ in range(3)]
    await asyncio.sleep(0)
    reads.may_end[0].set()
    await reads.number(2)
    reads.may_end[1].set()

    assert (await first, await asyncio.gather(*later)) == (0, [1, 1, 1])


async def test_who_may_shares_a_read_that_has_begun(flights: Flights[str, int], reads: Reads) -> None:
    reads.time = 5.0
    first = asyncio.create_task(flights.next("a", reads))
    await reads.number(1)
    reads.time = 5.5
    several = [asyncio.create_task(flights.after(time, "a", reads)) for time in (4.9, 5.0)]
    await asyncio.sleep(0)
    reads.may_end[0].set()
    await reads.number(2)
    reads.may_end[1].set()

    assert (await first, await asyncio.gather(*several)) == (0, [0, 1])
    assert reads.began == [5.0, 5.5]


async def test_different_things_are_read_at_the_same_time(flights: Flights[str, int], reads: Reads) -> None:
    several = [asyncio.create_task(flights.next(key, reads)) for key in "ab"]
    await reads.number(2)
    for each in reads.may_end:
        each.set()

    assert await asyncio.gather(*several) == [0, 1]


async def test_a_read_that_takes_too_long_is_not_waited_for(
    flights: Flights[str, int], reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.0)
    first = asyncio.create_task(flights.next("a", reads))
    await reads.number(1)
    second = asyncio.create_task(flights.next("a", reads))
    await reads.number(2)
    reads.may_end[1].set()
    assert await second == 1

    reads.may_end[0].set()
    assert await first == 0


async def test_what_goes_wrong_is_for_all_who_wait_and_nobody_else(flights: Flights[str, int], reads: Reads) -> None:
    async def fail(_: float) -> int:
        raise LookupError

    several = await asyncio.gather(*(flights.next("a", fail) for _ in range(2)), return_exceptions=True)
    assert [type(error) for error in several] == [LookupError, LookupError]

    again = asyncio.create_task(flights.next("a", reads))
    await reads.number(1)
    reads.may_end[0].set()
    assert await again == 0


async def test_one_who_goes_away_leaves_the_others_their_read(flights: Flights[str, int], reads: Reads) -> None:
    several = [asyncio.create_task(flights.next("a", reads)) for _ in range(2)]
    await reads.number(1)
    several[0].cancel()
    reads.may_end[0].set()

    assert await several[1] == 0
