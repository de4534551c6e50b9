"""Whoever waits for a read without being a request yet is counted, limited and let in like all others."""

import asyncio
import time
from datetime import UTC, datetime
from itertools import pairwise

import asyncpg
import pytest

from tests.accounts import Accounts, Headers
from tests.conftest import TestDatabase
from tests.integration.hot.early.answers import remaining
from tests.integration.hot.early.here import NOBODY_HAS_IT, asking, serving_here
from tests.sockets import next_answer


@pytest.mark.parametrize("is_known", [False, True], ids=["anonymous", "with a key"])
def test_each_request_is_counted_once(
    database: TestDatabase, key: Headers, listings: list[int], *, is_known: bool
) -> None:
    limits = {"address_reads_per_minute": 12, "account_reads_per_minute": 12}
    paths = [f"/listings/{listings[0]}", f"/listings/{NOBODY_HAS_IT}", f"/listings/{listings[1]}/prices"]
    with serving_here(database, key, **limits) as here:
        lines = here.key if is_known else b""
        began = time.monotonic()
        answers = [here.ask(path, lines) for path in paths * 4]
        refilled = int((time.monotonic() - began) * 12 / 60) + 1

    assert [answer.status for answer in answers] == [200, 404, 200] * 4
    told = list(map(remaining, answers))
    assert told[0] == 11
    assert 0 <= told[-1] <= refilled
    assert all(after >= before - 1 for before, after in pairwise(told))


def test_who_has_sent_too_many_is_told_so(database: TestDatabase, key: Headers, listings: list[int]) -> None:
    with serving_here(database, key, account_reads_per_minute=3) as here:
        statuses = [here.ask(f"/listings/{listings[0]}", here.key).status for _ in range(6)]

    assert statuses[:3] == [200] * 3
    assert statuses[-1] == 429


async def test_the_last_use_of_a_key_is_noted(database: TestDatabase, listings: list[int]) -> None:
    async with Accounts.on(database) as accounts:
        account_id = await accounts.add("used")
        key = await accounts.key(account_id)
    with serving_here(database, key) as here:
        await asyncio.to_thread(here.ask, f"/listings/{listings[0]}", here.key)
        first = datetime.now(UTC)
        await asyncio.to_thread(here.ask, f"/listings/{listings[0]}", here.key)
        assert here.early.late == 1
    connection = await asyncpg.connect(database.superuser_url)
    used = await connection.fetchval("SELECT last_used_date FROM api_key WHERE account_id = $1", account_id)
    await connection.close()

    assert used > first


async def test_a_key_that_is_revoked_opens_nothing_a_second_later(database: TestDatabase, listings: list[int]) -> None:
    async with Accounts.on(database) as accounts:
        account_id = await accounts.add("revoked")
        key = await accounts.key(account_id)
    connection = await asyncpg.connect(database.superuser_url)
    with serving_here(database, key) as here, here.connect() as asking_on:
        asked = asking(f"/listings/{listings[0]}", here.key)
        statuses: list[tuple[float, int]] = []
        revoked = 0.0
        while not statuses or statuses[-1][1] == 200:
            if len(statuses) == 20:
                await connection.execute("UPDATE api_key SET revoked_date = now() WHERE account_id = $1", account_id)
                revoked = time.monotonic()
            began = time.monotonic()
            asking_on.sendall(asked)
            statuses.append((began, (await asyncio.to_thread(next_answer, asking_on)).status))
        assert here.early.late > 10
    await connection.close()

    assert statuses[-1][1] == 401
    assert all(began - revoked < 1 for began, status in statuses if status == 200)
