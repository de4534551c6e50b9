"""The statements of this service, from its own code, as scripts for pgbench."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from unittest.mock import patch

import asyncpg
import httpx
from asgi_lifespan import LifespanManager
from tests import factories
from tests.conftest import TestDatabase

from listingapi.app import create_app
from listingapi.prices.repository import BEFORE_ALL, HISTORY, IN_ORDER

LAST_VERSION = 8
FIRST_PRICE = 123_456
ALL_PRICES = 1001

OF_REQUESTS = ("listingapi serve", "listingapi writes")

Statement = tuple[str, Sequence[Any]]


class Variable(str):
    """A variable of pgbench, as its scripts name it."""

    __slots__ = ()


def history_script(listings: int) -> str:
    """Reads of whole histories."""
    statement = with_values(HISTORY % IN_ORDER["asc"], [Variable(":id"), None, None, BEFORE_ALL["asc"], ALL_PRICES])
    return f"\\set id random(1, {listings})\n{statement};\n"


async def reprice_script(database: TestDatabase, listings: int) -> str:
    """Changes of price, each as the statements that a PUT runs: what was there is read, then all is written."""
    listing_id, before, after, seen = await _put_in_turn(database)
    names = {
        listing_id: "id",
        LAST_VERSION - 1: "version",
        LAST_VERSION: "new_version",
        before: "latest_price_eur",
        after: "price",
    }
    read, written = (with_values(statement, [_named(value, names) for value in values]) for statement, values in seen)
    return (
        f"\\set id random(1, {listings})\n\\set price random(50000, 900000)\n"
        f"{read} \\gset\n\\set new_version :version + 1\n{written};\n"
    )


def with_values(statement: str, values: Sequence[Any]) -> str:
    """A statement with its values in it."""
    for number, value in reversed(list(enumerate(values, 1))):
        statement = statement.replace(f"${number}", value if isinstance(value, Variable) else _literal(value))
    return statement.strip()


def _named(value: Any, names: Mapping[Any, str]) -> Any:
    """A number that changes from one write to the next by the name of its variable; anything else as it is."""
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return Variable(f":{names[value]}") if is_number and value in names else value


def _literal(value: Any) -> str:
    match value:
        case None:
            return "NULL"
        case bool() | int() | Decimal():
            return str(value)
        case list():
            return f"ARRAY[{', '.join(map(_literal, value))}]"
        case datetime():
            return _literal(value.isoformat())
        case timedelta():
            return _literal(f"{value.total_seconds()} seconds")
    # pgbench takes a colon for the beginning of a variable, also within a text
    text = str(value).replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3a")
    return f"E'{text}'"


async def _put_in_turn(database: TestDatabase) -> tuple[int, int, int, list[Statement]]:
    """Write a listing until its version is a number that nothing else of it is.

    Returns its id, its price before and after the last PUT, and the statements of that.
    """
    async with _application(database) as (client, seen):
        created = await client.post("/listings", json=factories.listing(latest_price_eur=FIRST_PRICE))
        path, prices = created.headers["Location"], [FIRST_PRICE + number for number in range(1, LAST_VERSION)]
        for price in prices:
            seen.clear()
            written = await client.put(path, json=factories.listing(latest_price_eur=price))
            written.raise_for_status()
        return written.json()["id"], prices[-2], prices[-1], list(seen)


@asynccontextmanager
async def _application(database: TestDatabase) -> AsyncIterator[tuple[httpx.AsyncClient, list[Statement]]]:
    """A client of this service in this process, and the statements of its requests."""
    seen: list[Statement] = []

    async def log(connection: Any) -> None:
        if connection.get_settings().application_name in OF_REQUESTS:
            connection.add_query_logger(lambda record: seen.append((record.query, record.args)))

    with patch.object(asyncpg, "create_pool", partial(asyncpg.create_pool, init=log)):
        app: Any = create_app(database.settings())
        async with (
            LifespanManager(app, startup_timeout=60, shutdown_timeout=60),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bench") as client,
        ):
            yield client, seen
