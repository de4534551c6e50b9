"""What may happen to a Redis, each with what makes it good again, and what is logged of it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tests.redis_server import RedisServer

Harm = Callable[[RedisServer], Callable[[], None]]


def kill(server: RedisServer) -> Callable[[], None]:
    """Have it be gone."""
    server.stop()
    return server.start


def freeze(server: RedisServer) -> Callable[[], None]:
    """Have it take connections and say nothing."""
    server.freeze()
    return server.thaw


def said_of_redis(logs: Iterable[Mapping[str, Any]]) -> list[str]:
    """The events that were logged of Redis."""
    return [entry["event"] for entry in logs if entry["event"].startswith("redis_")]
