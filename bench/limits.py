"""What it costs to count a request: in the process, and in Redis for 1 and 32 at once.

bench/limits.py redis://localhost
"""

import asyncio
import sys
from time import perf_counter, process_time

import uvloop

from listingapi.infra.limits import Limits, LocalLimits
from listingapi.infra.redis import Redis
from listingapi.infra.redis_limits import RedisLimits

CHECKS = 32_000
PER_MINUTE = 1_000_000


async def measure(name: str, limits: Limits, *, at_once: int = 1, buckets: int = 8) -> None:
    """Print the time that a check takes, and our part of it."""

    async def check(number: int) -> None:
        for turn in range(CHECKS // at_once):
            await limits.take(f"account:{(number + turn) % buckets}:reads", PER_MINUTE)

    began, began_processing = perf_counter(), process_time()
    await asyncio.gather(*(check(number) for number in range(at_once)))
    took, processed = perf_counter() - began, process_time() - began_processing
    print(f"{name:<40}{took / CHECKS * 1e6:8.1f} us a check, of which {processed / CHECKS * 1e6:.1f} us in our process")


async def main() -> None:
    await measure("in the process", LocalLimits())
    await measure("in the process, ever new addresses", LocalLimits(), buckets=CHECKS)
    for url in sys.argv[1:]:
        limits = RedisLimits(Redis(url), otherwise=LocalLimits())
        async with limits.running():
            for at_once in (1, 32):
                await measure(f"in Redis, {at_once} at once", limits, at_once=at_once)


if __name__ == "__main__":
    uvloop.run(main())
