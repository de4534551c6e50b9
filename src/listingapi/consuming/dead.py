"""Events that are dead, for people to look at and to replay; without RabbitMQ they are rows of the database."""

import hashlib
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from listingapi.consuming import dead_repository, repository
from listingapi.consuming.consumer import Consumer
from listingapi.consuming.incoming import Unreadable, read
from listingapi.infra.database import Database
from listingapi.infra.start import StartError
from listingapi.infra.terminal import printable

REPLAYED_AT_ONCE = 1_000
DATE = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class DeadEvent:
    """An event, or a message that is none, that a consumer failed to act on; `failed` is when, if that is known."""

    consumer: str
    body: bytes
    attempts: int
    reason: str
    failed: str

    @property
    def id(self) -> str:
        """What people call it: as the event is called, or by what is in the message."""
        try:
            return read(self.body).id
        except Unreadable:
            return f"message-{hashlib.sha256(self.body).hexdigest()[:12]}"

    @property
    def text(self) -> str:
        """All that it says, readable."""
        try:
            return msgspec.json.format(self.body.decode(), indent=2)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return self.body.decode(errors="replace")


class DeadEvents(Protocol):
    """Where the dead events are. A consumer of None means all."""

    async def all(self, consumer: str | None) -> Sequence[DeadEvent]:
        """All of them, or those of a consumer, the oldest first.

        Raises:
            StartError: there is no such consumer.
        """

    async def replay(self, consumer: str | None, ids: Collection[str]) -> int:
        """Have events acted on again; returns how many.

        Raises:
            StartError: one of the ids is not dead; then none is replayed. Or there is no such consumer.
        """

    def replay_all(self, consumer: str | None) -> AsyncIterator[int]:
        """Have all acted on again that are dead now, however many; yields how many more, again and again.

        Raises:
            StartError: there is no such consumer.
        """


class DeadRows:
    """Those in the database, which whatever process looks first then acts on."""

    def __init__(self, database: Database, consumers: Sequence[Consumer]) -> None:
        self._database = database
        self._consumers = consumers

    async def all(self, consumer: str | None) -> Sequence[DeadEvent]:
        rows = await repository.dead(self._database, names_of(self._consumers, consumer))
        return [
            DeadEvent(
                row["consumer"], row["event"].encode(), row["attempts"], row["reason"], f"{row['failed_date']:{DATE}}"
            )
            for row in rows
        ]

    async def replay(self, consumer: str | None, ids: Collection[str]) -> int:
        chosen = chosen_of(await self.all(consumer), ids)
        for one in chosen:
            await repository.revive(self._database, one.consumer, read(one.body))
        return len(chosen)

    async def replay_all(self, consumer: str | None) -> AsyncIterator[int]:
        names, number, reached = names_of(self._consumers, consumer), REPLAYED_AT_ONCE, dead_repository.BEGINNING
        while number == REPLAYED_AT_ONCE:
            number, reached = await dead_repository.revive_some(
                self._database, names, after=reached, limit=REPLAYED_AT_ONCE
            )
            yield number


def names_of(consumers: Iterable[Consumer], wanted: str | None) -> Sequence[str]:
    """The names of all consumers, or the one that is wanted.

    Raises:
        StartError: it is none of them.
    """
    names = [consumer.name for consumer in consumers]
    if wanted is not None and wanted not in names:
        raise StartError(f"There is no consumer of that name: there are {', '.join(names)}.")
    return names if wanted is None else [wanted]


def chosen_of(found: Iterable[DeadEvent], ids: Collection[str]) -> Sequence[DeadEvent]:
    """Those with the ids.

    Raises:
        StartError: one of the ids is not there.
    """
    chosen = [one for one in found if one.id in ids]
    if missing := sorted(frozenset(ids) - {one.id for one in chosen}):
        raise StartError(f"Not dead, or not of that consumer: {printable(', '.join(missing))}. None was replayed.")
    return chosen
