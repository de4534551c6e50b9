"""Kills at random what has a part in an event's way, and counts what it killed."""

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import asyncpg

from tests.kills.cluster import Supervised
from tests.kills.writers import Progress
from tests.rabbitmq_server import RabbitServer

BACKEND = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'listingapi%'
    ORDER BY random() LIMIT 1
"""
# One in so many backends dies by a signal that PostgreSQL can't handle: it then restarts as a whole.
CRASHES = 5

Kill = Callable[[], Awaitable[bool]]


class Killer:
    """Kills something whenever as many changes were made as lie between two kills."""

    def __init__(self, processes: Sequence[Supervised], superuser_url: str, broker: RabbitServer) -> None:
        self._chance = random.Random(0)  # noqa: S311 not a secret
        self._processes = processes
        self._superuser_url = superuser_url
        self._broker = broker
        self.killed: Counter[str] = Counter()

    async def kill_throughout(self, progress: Progress, kills: int) -> None:
        """Kill so many, spread over all changes, until there are no more changes to be made."""
        while self.killed.total() < kills:
            due = progress.total * (self.killed.total() + 1) / (kills + 1)
            await progress.until(due)
            await self._kill_one()

    async def _kill_one(self) -> None:
        kinds = {"relay": 6, "worker": 5, "server": 3, "backend": 6, "broker": 1}
        [kind] = self._chance.choices(list(kinds), list(kinds.values()))
        if kind == "backend":
            is_killed = await self._kill_backend()
        elif kind == "broker":
            is_killed = await asyncio.to_thread(self._restart_broker)
        else:
            is_killed = self._chance.choice([each for each in self._processes if each.kind == kind]).kill()
        self.killed[kind] += is_killed

    async def _kill_backend(self) -> bool:
        with suppress(asyncpg.PostgresError, OSError):
            connection = await asyncpg.connect(self._superuser_url)
            try:
                pid = await connection.fetchval(BACKEND)
                if pid and self._chance.randrange(CRASHES):
                    await connection.execute("SELECT pg_terminate_backend($1)", pid)
                elif pid:
                    os.kill(pid, signal.SIGKILL)
                return pid is not None
            finally:
                await connection.close()
        return False

    def _restart_broker(self) -> bool:
        self._broker.kill()
        self._broker.start()
        return True
