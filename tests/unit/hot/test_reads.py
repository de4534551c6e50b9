"""Those who ask for the same at the same time share a read, but none that is of before what they may know of."""

import asyncio

import pytest

from listingapi.errors import RequestError
from listingapi.hot.memory import Key
from listingapi.hot.reads import HotReads
from listingapi.infra.errors import DatabaseUnavailable, Overloaded
from listingapi.ready import Ready

KEY: Key = ("history", 1)


class Source:
    """Finds a new version each time, and tells it when it may."""

    def __init__(self) -> None:
        self.asked = 0
        self.may_tell = asyncio.Event()
        self.failure: RequestError | None = None

    def ask(self, _: int) -> "asyncio.Task[Ready | None]":
        self.asked += 1
        return asyncio.create_task(self._tell(Ready(self.asked, b"[]")))

    async def _tell(self, found: Ready) -> Ready | None:
        await self.may_tell.wait()
        if self.failure:
            raise self.failure
        return found


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def reads(source: Source) -> HotReads:
    reads = HotReads(1_000)
    reads._sources = {"history": source}  # type: ignore[dict-item]  # one that tells when it may
    return reads


async def versions(source: Source, *asked: "asyncio.Task[Ready | None]") -> list[int]:
    """What those who ask are told in the end."""
    source.may_tell.set()
    return [ready.version for ready in await asyncio.gather(*asked) if ready]


async def begin(reads: HotReads) -> "asyncio.Task[Ready | None]":
    """Ask, as far as it goes."""
    asked = asyncio.create_task(reads.recent(KEY))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return asked


async def test_those_who_ask_at_the_same_time_share_a_read(reads: HotReads, source: Source) -> None:
    assert await versions(source, await begin(reads), await begin(reads)) == [1, 1]


async def test_nobody_joins_a_read_that_began_before_a_write_of_this_process(reads: HotReads, source: Source) -> None:
    before = await begin(reads)
    reads.changed(1, 2)

    assert await versions(source, before, await begin(reads), await begin(reads)) == [1, 2, 2]


@pytest.mark.parametrize(("failure", "looks"), [(DatabaseUnavailable(), 1), (Overloaded(), 2)])
async def test_whoever_waited_for_postgresql_in_vain_does_not_wait_again(
    reads: HotReads, source: Source, failure: RequestError, looks: int
) -> None:
    source.failure = failure
    source.may_tell.set()
    for _ in range(2):
        with pytest.raises(type(failure)):
            await reads.current(KEY)

    assert source.asked == looks
