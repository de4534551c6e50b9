"""What is kept in Redis, for tests that wait for it."""

import asyncio

from listingapi.hot.memory import Key
from listingapi.hot.shared import Shared
from listingapi.hot.stored import Stored, decode


async def kept_in(shared: Shared, key: Key) -> Stored | None:
    """What there is under a key."""
    told: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
    shared.ask(key, told.set_result)
    return decode(await told)
