"""What happens to Redis and to the servers meanwhile: scripts that say how long to wait until they go on."""

import random
import signal
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from os import kill
from typing import NamedTuple

from deploy.stack.services import Service

from tests.faults.freshness.checking import Outage
from tests.faults.freshness.stale_redis import StaleRedis

Script = Generator[float, None, None]
Harm = Callable[[StaleRedis, float], Script]

TICK_SECONDS = 0.01
# A slow Redis works for one moment in four.
STILL_SECONDS, MOVING_SECONDS = 0.03, 0.01
READY_SECONDS = 60.0
# What nginx has to notice, and the clients.
SETTLED_SECONDS = 2.0


class Harmed(NamedTuple):
    """What was done to Redis, and when."""

    what: str
    began: float
    ended: float


@dataclass(slots=True)
class Record:
    """What was done to whom."""

    redis: list[Harmed] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)


def frozen(redis: StaleRedis, seconds: float) -> Script:
    """It takes what is sent and says nothing; then it does all of it."""
    redis.freeze()
    try:
        yield seconds
    finally:
        redis.thaw()


def killed(redis: StaleRedis, seconds: float) -> Script:
    """It is gone, and comes back empty."""
    redis.stop()
    try:
        yield seconds
    finally:
        redis.start()


def set_back(redis: StaleRedis, seconds: float) -> Script:
    """It is gone, and comes back with what it had before others changed it."""
    redis.remember()
    yield seconds
    redis.stop()
    try:
        yield seconds / 2
    finally:
        redis.start_old()
    yield seconds


def slow(redis: StaleRedis, seconds: float) -> Script:
    """It answers late."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        redis.freeze()
        try:
            yield STILL_SECONDS
        finally:
            redis.thaw()
        yield MOVING_SECONDS


HARMS: Sequence[Harm] = (frozen, set_back, killed, slow)
HARMED = frozenset(harm.__name__ for harm in HARMS)


def harm_redis(redis: StaleRedis, seconds: float, record: Record) -> Script:
    """Do all of it, again and again, each for about so long, with pauses between."""
    chance = random.Random(0)  # noqa: S311 not a secret
    while True:
        for harm in HARMS:
            yield chance.uniform(0.5, 1.5) * seconds
            began = time.monotonic()
            try:
                yield from harm(redis, chance.uniform(0.5, 1.5) * seconds)
            finally:
                record.redis.append(Harmed(harm.__name__, began, time.monotonic()))


def restart(servers: Sequence[Service], number: int, is_due: Callable[[float], bool], record: Record) -> Script:
    """Restart servers in turn, so many times in all: first one by SIGKILL, then one by SIGTERM, and so on."""
    for time_ in range(number):
        while not is_due((time_ + 1) / (number + 1)):
            yield TICK_SECONDS
        server = servers[time_ % len(servers)]
        began = time.monotonic()
        kill(server.pid, signal.SIGTERM if time_ % 2 else signal.SIGKILL)
        yield from _until_back(server)
        record.outages.append(Outage(server.name, began, time.monotonic() + SETTLED_SECONDS))


def _until_back(server: Service) -> Script:
    deadline = time.monotonic() + READY_SECONDS
    while not server.revive():
        yield TICK_SECONDS
    while not server.is_ready(server):
        assert time.monotonic() < deadline, f"{server.name} does not come back"
        yield TICK_SECONDS


def play(scripts: Sequence[Script], is_over: Callable[[], bool]) -> None:
    """Go on with each script whenever it is due; at the end, what one has harmed is well again."""
    due = dict.fromkeys(range(len(scripts)), 0.0)
    try:
        while not is_over():
            for number in [number for number, at in due.items() if at <= time.monotonic()]:
                _go_on(scripts[number], number, due)
            time.sleep(TICK_SECONDS)
    finally:
        for script in scripts:
            script.close()


def _go_on(script: Script, number: int, due: dict[int, float]) -> None:
    try:
        due[number] = next(script) + time.monotonic()
    except StopIteration:
        del due[number]
