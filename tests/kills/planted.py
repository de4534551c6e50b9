"""Bugs that lose events, each planted into a process: what finds none of them proves nothing."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aio_pika.abc import AbstractIncomingMessage

from listingapi.consuming.subscription import PREFETCHED, Subscription
from listingapi.events import outbox, relay_repository, repository
from listingapi.events.positions import Mark
from listingapi.events.rabbitmq import queue_of
from listingapi.events.relay import EVENTS_AT_ONCE, PARTITIONS_AT_ONCE, Batch, Relay
from listingapi.infra.database import Database, Transaction
from listingapi.infra.write import Outcome, Write
from tests.planting import NONE, nothing, plant

# What the bug remembers, for all processes: `polled` is made on the stage.
LAST = "SELECT outbox_id FROM polled"
NEXT = """
    SELECT max(outbox_id) AS last FROM (
        SELECT outbox_id FROM outbox WHERE outbox_id > $1 ORDER BY outbox_id LIMIT $2
    ) AS next
"""
REMEMBER = "UPDATE polled SET outbox_id = greatest(outbox_id, $1)"


def outbox_after_commit() -> None:
    """Add the events of a write in a transaction of their own, after it."""
    enqueue, run, late = outbox.enqueue, Write.run, dict[int, tuple[Any, ...]]()

    def put_off(write: Write, *given: Any) -> None:
        late[id(write)] = given

    async def run_both(self: Write, database: Database | Transaction) -> Outcome:
        given = late.pop(id(self), None)
        outcome = await run(self, database)
        if given and outcome is Outcome.DONE:
            second = Write()
            second.guard("SELECT 1")
            enqueue(second, *given)
            await run(second, database)
        return outcome

    plant(outbox, "enqueue", put_off)
    plant(Write, "run", run_both)


def marked_before_confirm() -> None:
    """Move a partition on, and publish after that."""

    async def turn(self: Relay) -> bool:
        async with self._database.transaction() as transaction:
            partitions = await relay_repository.lock(transaction, PARTITIONS_AT_ONCE)
            waiting = await relay_repository.read(transaction, partitions, EVENTS_AT_ONCE)
            ends = {partition: events[-1].position for partition, events in waiting.items()}
            await relay_repository.move(transaction, ends)
        batch = Batch(self._broker, self._at_once)
        await batch.publish(event for events in waiting.values() for event in events)
        batch.end()
        return bool(waiting)

    plant(Relay, "turn", turn)


def acknowledged_before_commit() -> None:
    """Acknowledge messages as they come, and have their effects after that."""

    async def fetch(self: Subscription, _: int) -> None:
        async def take(message: AbstractIncomingMessage) -> None:
            await message.ack()
            await self._inbox.put(message)

        await self._channel.set_qos(PREFETCHED)
        queue = await self._channel.get_queue(queue_of(self._consumer.name).name, ensure=False)
        self._tag = await queue.consume(take)

    async def handle(self: Subscription, messages: Sequence[AbstractIncomingMessage]) -> bool:
        for message in messages:
            await self._act(message)
        return True

    plant(Subscription, "_fetch", fetch)
    plant(Subscription, "_handle_together", handle)


def polled_by_last_id() -> None:
    """Look in the outbox only at what has a higher number than all that was taken."""
    take = repository.take

    async def take_after_last(transaction: Transaction, _: Mark, limit: int) -> repository.Taken:
        [row] = await transaction.fetch(LAST)
        last = row["outbox_id"]
        [row] = await transaction.fetch(NEXT, last, limit)
        if row["last"] is not None:
            await transaction.fetch(REMEMBER, row["last"])
        return await take(transaction, Mark(last), limit)

    plant(repository, "take", take_after_last)


BUGS: Mapping[str, Callable[[], None]] = {
    NONE: nothing,
    "outbox-after-commit": outbox_after_commit,
    "marked-before-confirm": marked_before_confirm,
    "acknowledged-before-commit": acknowledged_before_commit,
    "polled-by-last-id": polled_by_last_id,
}
