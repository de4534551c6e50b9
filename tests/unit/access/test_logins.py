"""Wrong credentials are counted by address, and whoever has right ones gets in nevertheless."""

import asyncio
from collections.abc import Mapping
from typing import Any, cast

import pytest
from litestar.types import HTTPScope

from listingapi.access.callers import Caller
from listingapi.access.logins import MOST_GOOD, FailedLogins
from listingapi.errors import IssuerUnavailable, RequestError, TooManyRequests, WrongCredentials
from listingapi.infra.limits import LocalLimits
from tests.stopped import SECOND, StoppedClock

FRIEND = Caller(7, frozenset(), "key 1")
GOOD = b"Bearer good"


class Secrets:
    """Stands for the database that has the key of turns."""

    async def fetchrow(self, _: str, name: str) -> Mapping[str, bytes]:
        return {"secret": b"of all processes " + name.encode()}


class Door:
    """Credentials as they come from addresses, of which some are good; it counts those that were checked."""

    def __init__(self, time: StoppedClock, per_minute: int = 3) -> None:
        self.good = {GOOD}
        self.checked = 0
        self._logins = FailedLogins(
            LocalLimits(time), cast("Any", Secrets()), per_minute, clock=lambda: 1_700_000_000.25 + time.now / SECOND
        )

    async def __call__(self, given: bytes, address: str = "192.0.2.1") -> Caller:
        async def find() -> Caller:
            self.checked += 1
            await asyncio.sleep(0)
            if given not in self.good:
                raise WrongCredentials
            return FRIEND

        return await self._logins.guard(cast("HTTPScope", {"client": (address, 1)}), given, find)

    async def status(self, given: bytes, address: str = "192.0.2.1") -> int:
        """The status of the answer."""
        try:
            await self(given, address)
        except RequestError as error:
            return error.status
        return 200

    async def refusal(self, given: bytes) -> TooManyRequests:
        """The refusal of what is beyond the allowance."""
        with pytest.raises(TooManyRequests) as refused:
            await self(given)
        return refused.value

    async def besiege(self, times: int = 100) -> list[int]:
        """Send ever new wrong credentials."""
        return [await self.status(b"Bearer wrong %d" % (self.checked * 1_000 + number)) for number in range(times)]


@pytest.fixture
def time() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def door(time: StoppedClock) -> Door:
    return Door(time)


async def test_an_address_may_fail_as_often_as_it_is_allowed(door: Door) -> None:
    assert await door.besiege(10) == [401] * 3 + [429] * 7


async def test_no_more_are_told_that_they_are_wrong_however_many_come_at_once(door: Door) -> None:
    statuses = await asyncio.gather(*(door.status(b"Bearer wrong %d" % number) for number in range(50)))

    assert sorted(statuses) == [401] * 3 + [429] * 47


async def test_other_addresses_are_counted_apart(door: Door) -> None:
    await door.besiege()

    assert await door.status(b"Bearer wrong", "192.0.2.2") == 401


async def test_what_is_beyond_the_allowance_is_hardly_ever_checked(door: Door) -> None:
    await door.besiege(3_000)

    assert door.checked < 3 + 3_000 / 30 * 2


async def test_failures_are_forgiven_with_time(door: Door, time: StoppedClock) -> None:
    await door.besiege()
    time.advance(40)

    assert (await door.besiege(5)).count(401) == 2


async def test_right_credentials_take_nothing(door: Door) -> None:
    assert [await door.status(GOOD) for _ in range(10)] == [200] * 10
    assert await door.besiege(4) == [401] * 3 + [429]


async def test_who_was_let_in_before_is_not_locked_out_by_others(door: Door, time: StoppedClock) -> None:
    assert await door(GOOD) == FRIEND
    for _ in range(100):
        await door.besiege(5)
        assert await door(GOOD) == FRIEND
        time.advance(1)


async def test_who_was_let_in_before_is_checked_all_the_same(door: Door) -> None:
    await door(GOOD)
    await door.besiege()
    door.good.clear()
    checked = door.checked

    assert [await door.status(GOOD) for _ in range(5)] == [429] * 5
    assert door.checked == checked + 1


@pytest.mark.parametrize("number", range(20))
async def test_whoever_comes_for_the_first_time_is_let_in_when_told_whatever_others_send(
    door: Door, time: StoppedClock, number: int
) -> None:
    newcomer = b"Bearer newcomer %d" % number
    door.good.add(newcomer)
    await door.besiege()
    try:
        await door(newcomer)
    except TooManyRequests as refused:
        seconds = int(refused.headers["Retry-After"])
        assert 1 <= seconds <= 60
        for _ in range(seconds):
            time.advance(1)
            await door.besiege(5)
        assert await door(newcomer) == FRIEND


async def test_turns_are_spread_over_a_minute(door: Door) -> None:
    await door.besiege()
    told = [int((await door.refusal(b"Bearer %d" % number)).headers["Retry-After"]) for number in range(300)]

    assert min(told) >= 1
    assert max(told) <= 60
    assert len(set(told)) > 25


async def test_a_wrong_one_that_had_its_turn_waits_for_the_next(door: Door, time: StoppedClock) -> None:
    await door.besiege()
    first = int((await door.refusal(b"Bearer wrong")).headers["Retry-After"])
    time.advance(first)
    await door.besiege()
    checked = door.checked
    again = int((await door.refusal(b"Bearer wrong")).headers["Retry-After"])

    assert door.checked == checked + 1
    assert again == 60


async def test_the_answers_say_how_many_more_may_fail(door: Door) -> None:
    with pytest.raises(WrongCredentials) as wrong:
        await door(b"Bearer wrong")
    await door.besiege()
    refused = await door.refusal(b"Bearer wrong")

    assert wrong.value.headers["RateLimit-Policy"] == '"failed-logins";q=3;w=60'
    assert wrong.value.headers["RateLimit"] == '"failed-logins";r=2;t=20'
    assert wrong.value.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert refused.headers["RateLimit"] == f'"failed-logins";r=0;t={refused.headers["Retry-After"]}'
    assert refused.detail.startswith("Too many failed logins: send the next one in ")


async def test_credentials_that_could_not_be_checked_are_no_failure(time: StoppedClock) -> None:
    door = Door(time)

    async def fail() -> Caller:
        raise IssuerUnavailable

    for _ in range(10):
        with pytest.raises(IssuerUnavailable):
            await door._logins.guard(cast("HTTPScope", {"client": ("192.0.2.1", 1)}), b"Bearer x", fail)
    assert await door.status(b"Bearer wrong") == 401


async def test_any_number_may_fail_where_there_is_no_limit(time: StoppedClock) -> None:
    assert await Door(time, per_minute=0).besiege() == [401] * 100


async def test_what_is_remembered_of_good_ones_is_bounded(door: Door) -> None:
    for number in range(MOST_GOOD + 10):
        door.good.add(credentials := b"Bearer good %d" % number)
        await door(credentials)

    assert len(door._logins._good) == MOST_GOOD
