"""The command `listingapi`, which prints a line for each statement that reads what is asked for most, and for each.

Run as `python -m tests.integration.hot.counted`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import asyncpg

from listingapi.__main__ import main
from listingapi.hot import reads
from listingapi.listings.ready_repository import listings
from listingapi.prices.ready_repository import histories
from listingapi.ready import Ready
from tests.statements import telling

LOOK = "look"
STATEMENT = "statement"

LookUp = Callable[[Any, Sequence[int]], Awaitable[Mapping[int, Ready]]]


def counted(look_up: LookUp) -> LookUp:
    """The same, which says so each time."""

    async def say_and_look_up(database: Any, listing_ids: Sequence[int]) -> Mapping[int, Ready]:
        print(LOOK, flush=True)
        return await look_up(database, listing_ids)

    return say_and_look_up


def say_statement(query: str) -> None:
    print(STATEMENT, " ".join(query.split()), flush=True)


if __name__ == "__main__":
    counting: Any = reads
    pools: Any = asyncpg
    pools.create_pool = telling(say_statement)
    counting.listings, counting.histories = counted(listings), counted(histories)
    main()
