"""What is there before the test and after it: the listings, and what all say of them when all is calm."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import uuid4

import asyncpg
import msgspec

from tests import factories
from tests.accounts import Accounts
from tests.conftest import TestDatabase
from tests.faults.freshness.checking import History
from tests.faults.freshness.readers import prices_of
from tests.faults.freshness.story import Body
from tests.faults.freshness.wire import Address, Wire, request
from tests.faults.freshness.writers import FIRST_PRICE

ENTRIES = "SELECT listing_id, version, price_eur::bigint FROM listing_price ORDER BY listing_id, version"


async def new_key(database: TestDatabase) -> str:
    """The key of whoever writes; listings are theirs."""
    async with Accounts.on(database) as accounts:
        header = await accounts.key(await accounts.add(f"agency {uuid4()}"))
        return header["Authorization"].removeprefix("Bearer ")


async def create_listings(address: Address, key: str, number: int) -> list[int]:
    """Create so many; returns their ids."""
    wire = Wire(address)
    body = msgspec.json.encode(factories.listing(latest_price_eur=FIRST_PRICE))
    ask = request("POST", "/listings", f"Authorization: Bearer {key}", body=body)
    made = [msgspec.json.decode((await wire.ask(ask)).body)["id"] for _ in range(number)]
    wire.close()
    return made


async def last_answers(places: Mapping[str, Address], key: str, listing_ids: Sequence[int]) -> list[tuple[str, Body]]:
    """What every place answers to those with and without credentials, of each listing and its history."""
    ways = [(place, lines) for place in places for lines in ((), (f"Authorization: Bearer {key}",))]
    asked = (_answers_of(place, places[place], lines, listing_ids) for place, lines in ways)
    return [each for several in await asyncio.gather(*asked) for each in several]


async def _answers_of(
    place: str, address: Address, lines: Sequence[str], listing_ids: Sequence[int]
) -> list[tuple[str, Body]]:
    wire, found = Wire(address), list[tuple[str, Body]]()
    for number, listing_id in enumerate(listing_ids):
        for path, is_whole in ((f"/listings/{listing_id}", False), (f"/listings/{listing_id}/prices", True)):
            answer = await wire.ask(request("GET", path, *lines))
            found.append((place, Body(number, answer.version, prices_of(answer.body, is_whole=is_whole), is_whole)))
    wire.close()
    return found


async def history_of(database: TestDatabase, listing_ids: Sequence[int]) -> History:
    """What was committed: versions with their prices, by the numbers of listings."""
    connection = await asyncpg.connect(database.superuser_url)
    rows = await connection.fetch(ENTRIES)
    await connection.close()
    numbers = {listing_id: number for number, listing_id in enumerate(listing_ids)}
    history: dict[int, list[tuple[int, int]]] = {number: [] for number in numbers.values()}
    for listing_id, version, price in rows:
        history[numbers[listing_id]].append((version, price))
    return history
