"""Those who ask at the same time share a look, and nobody gets what was looked up before they asked."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from listingapi.infra.coalescing import Coalesced
from listingapi.infra.errors import Overloaded


class Source:
    """Answers with how often it was asked, and when it may."""

    def __init__(self) -> None:
        self.asked: list[Sequence[int]] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.is_asked = asyncio.Event()
        self.error: Exception | None = None

    async def look_up(self, keys: Sequence[int]) -> Mapping[int, int]:
        self.asked.append(keys)
        self.is_asked.set()
        look = len(self.asked)
        await self.may_answer.wait()
        if self.error:
            raise self.error
        return {key: look for key in keys if key >= 0}


def coalesced(
    source: Source, *, looks: int = 1, keys_of_one: int = 100, most_waiting: int = 100
) -> Coalesced[int, int]:
    return Coalesced(source.look_up, looks=looks, keys_of_one=keys_of_one, most_waiting=most_waiting)


async def test_those_who_ask_at_once_share_a_look() -> None:
    source = Source()
    asked = coalesced(source)

    assert await asyncio.gather(*(asked.get(key) for key in (1, 2, 1, -1))) == [1, 1, 1, None]
    assert source.asked == [[1, 2, -1]]


async def test_who_asks_while_a_look_is_made_gets_the_next_one() -> None:
    source = Source()
    asked = coalesced(source)
    source.may_answer.clear()
    first = asyncio.ensure_future(asked.get(1))
    await source.is_asked.wait()
    second = asyncio.ensure_future(asked.get(1))
    source.may_answer.set()

    assert (await first, await second) == (1, 2)


async def test_no_more_looks_are_made_at_once_than_may_be() -> None:
    source = Source()
    asked = coalesced(source, looks=2, keys_of_one=1)
    source.may_answer.clear()
    several = [asyncio.ensure_future(asked.get(key)) for key in range(5)]
    for _ in range(10):
        await asyncio.sleep(0)
    assert source.asked == [[0], [1]]
    source.may_answer.set()

    assert await asyncio.gather(*several) == [1, 2, 3, 4, 5]


async def test_what_a_look_fails_of_is_told_to_all_who_shared_it() -> None:
    source = Source()
    source.error = OSError()
    asked = coalesced(source)

    assert [type(each) for each in await asyncio.gather(asked.get(1), asked.get(2), return_exceptions=True)] == [
        OSError,
        OSError,
    ]
    source.error = None
    assert await asked.get(1) == 2


async def test_who_is_cancelled_takes_nobody_along() -> None:
    source = Source()
    asked = coalesced(source)
    one, other = asyncio.ensure_future(asked.get(1)), asyncio.ensure_future(asked.get(1))
    await asyncio.sleep(0)
    one.cancel()

    assert await other == 1


async def test_when_too_many_wait_the_next_one_is_told_so_at_once() -> None:
    source = Source()
    asked = coalesced(source, most_waiting=2)
    waiting = [asked.ask(key) for key in (1, 2)]

    with pytest.raises(Overloaded):
        await asked.get(3)
    assert await asyncio.gather(*waiting, asked.ask(2)) == [1, 1, 1]
