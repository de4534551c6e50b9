"""When the keys of the identity provider are fetched, and who waits for it."""

import asyncio
from itertools import pairwise
from time import monotonic

import pytest

from listingapi.access import published_keys
from listingapi.access.jose import Header
from listingapi.access.jwks import IssuerKeys, read_keys
from listingapi.access.published_keys import PublishedKeys
from listingapi.errors import IssuerUnavailable
from listingapi.infra.download import DownloadFailed

KEYS = read_keys(
    b'{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"ed","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}'
)
KNOWN, UNKNOWN = Header("ed", "EdDSA"), Header("other", "EdDSA")


class Source:
    """Where keys come from, in the hand of the test: a fetch ends when it is told to, in the order of the fetches."""

    def __init__(self) -> None:
        self.began: asyncio.Queue[asyncio.Future[IssuerKeys]] = asyncio.Queue()
        self.fetches = 0

    async def fetch(self) -> IssuerKeys:
        self.fetches += 1
        ended: asyncio.Future[IssuerKeys] = asyncio.get_running_loop().create_future()
        self.began.put_nowait(ended)
        return await ended


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published_keys, "SECONDS_BETWEEN_FETCHES", 0.02)


async def test_a_key_that_is_not_known_waits_for_a_fetch_that_begins_after_it_was_asked_for() -> None:
    source = Source()
    keys = PublishedKeys(source.fetch)
    first = asyncio.create_task(keys.find(KNOWN))
    first_fetch = await source.began.get()
    second = asyncio.create_task(keys.find(KNOWN))
    await asyncio.sleep(0)
    first_fetch.set_result({})

    assert await first is None
    assert not second.done()
    (await source.began.get()).set_result(KEYS)
    assert await second == KEYS[KNOWN]


async def test_all_who_ask_before_a_fetch_begins_share_it() -> None:
    source = Source()
    keys = PublishedKeys(source.fetch)
    asking = [asyncio.create_task(keys.find(UNKNOWN)) for _ in range(100)]
    (await source.began.get()).set_result(KEYS)

    assert await asyncio.gather(*asking) == [None] * 100
    assert source.fetches == 1


async def test_a_known_key_waits_for_nothing() -> None:
    source = Source()
    keys = PublishedKeys(source.fetch)
    refreshing = asyncio.create_task(keys.refresh())
    (await source.began.get()).set_result(KEYS)
    await refreshing
    again = asyncio.create_task(keys.refresh())
    hanging = await source.began.get()

    assert await keys.find(KNOWN) == KEYS[KNOWN]
    hanging.set_result({})
    await again
    assert not keys.has(KEYS[KNOWN])


async def test_fetches_keep_their_distance() -> None:
    began = []

    async def fetch() -> IssuerKeys:
        began.append(monotonic())
        return {}

    keys = PublishedKeys(fetch)
    for _ in range(5):
        await keys.find(UNKNOWN)

    assert all(later - earlier >= 0.019 for earlier, later in pairwise(began))


async def test_a_fetch_that_fails_leaves_the_keys_as_they_were() -> None:
    source = Source()
    keys = PublishedKeys(source.fetch)
    refreshing = asyncio.create_task(keys.refresh())
    (await source.began.get()).set_result(KEYS)
    await refreshing
    asking = asyncio.create_task(keys.find(UNKNOWN))
    (await source.began.get()).set_exception(DownloadFailed("the answer was 500"))

    with pytest.raises(IssuerUnavailable):
        await asking
    assert keys.has(KEYS[KNOWN])


async def test_one_who_goes_away_takes_nothing_from_the_others() -> None:
    source = Source()
    keys = PublishedKeys(source.fetch)
    leaving, staying = (asyncio.create_task(keys.find(KNOWN)) for _ in range(2))
    fetch = await source.began.get()
    leaving.cancel()
    fetch.set_result(KEYS)

    assert await staying == KEYS[KNOWN]


async def test_closing_ends_what_is_being_fetched() -> None:
    source = Source()
    keys = PublishedKeys(source.fetch)
    asking = asyncio.create_task(keys.find(KNOWN))
    fetch = await source.began.get()
    await keys.close()

    assert fetch.cancelled()
    with pytest.raises(asyncio.CancelledError):
        await asking
