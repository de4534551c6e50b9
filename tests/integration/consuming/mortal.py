"""A worker that one event kills, and that is begun anew each time, for as long as this process is left alive.

Takes the URLs of RabbitMQ and of the database.
"""

import asyncio
import os
import signal
import sys

from listingapi.consuming.rabbitmq import consume_from
from listingapi.infra.database import Database, Transaction
from listingapi.infra.parent import stop_when_parent_dies
from tests.integration.consuming.recording import Key, Recorder
from tests.integration.consuming.running import SHORT

FATAL: Key = (30, 1)


async def work(rabbitmq_url: str, database_url: str) -> None:
    """Consume until the fatal event comes."""
    recorder = Recorder()
    recorder.meanwhile = die
    database = Database(pool_size=2)
    await database.open(database_url)
    await consume_from(rabbitmq_url, database, [recorder.consumer], asyncio.Event(), delays=SHORT)


async def die(key: Key, _: Transaction) -> None:
    """Die of the fatal event at once."""
    if key == FATAL:
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Begin a worker, and another one when it is dead; forked, because that is quick."""
    while True:
        if child := os.fork():
            os.waitpid(child, 0)
            print("died", flush=True)
        else:
            stop_when_parent_dies(signal.SIGKILL)
            asyncio.run(work(*sys.argv[1:]))


if __name__ == "__main__":
    main()
