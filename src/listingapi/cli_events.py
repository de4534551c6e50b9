"""The commands `listingapi events …`."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import cyclopts
from cyclopts import Parameter

from listingapi.infra.start import StartError
from listingapi.infra.terminal import print_table, printable
from listingapi.settings import load_settings

if TYPE_CHECKING:
    from listingapi.consuming.dead import DeadEvents

T = TypeVar("T")

DataDir = Annotated[
    Path | None, Parameter(help="Where the embedded database keeps its data. [default: listingapi-data]")
]
OfConsumer = Annotated[str | None, Parameter(help="Only those of this consumer. [default: all consumers]")]
Ids = Annotated[list[str] | None, Parameter(help="The events, as listingapi events dead list names them.")]

events = cyclopts.App(name="events", help="What happened to listings, and whether everybody has acted on it.")
dead = cyclopts.App(
    name="dead",
    help="Events that a consumer failed to act on, again and again; the others went on without them. "
    "See which there are (list) and what is wrong with them (show), mend that, then have them acted on (replay).",
)
events.command(dead)


@dead.command(name="list")
def list_dead(*, consumer: OfConsumer = None, data_dir: DataDir = None) -> None:
    """Show all events that are dead, the oldest first."""
    found = _among_the_dead(lambda there: there.all(consumer), data_dir)
    if not found:
        print("No event is dead.", file=sys.stderr)
        return
    print_table(
        ("id", "consumer", "attempts", "failed", "reason"),
        [(one.id, one.consumer, str(one.attempts), one.failed, one.reason) for one in found],
    )


@dead.command
def show(
    event_id: Annotated[str, Parameter(help="The event, as listingapi events dead list names it.")],
    /,
    *,
    consumer: OfConsumer = None,
    data_dir: DataDir = None,
) -> None:
    """Show an event that is dead: for whom, why, and all that it says."""
    found = [one for one in _among_the_dead(lambda there: there.all(consumer), data_dir) if one.id == event_id]
    if not found:
        raise StartError(f"No dead event is called {printable(event_id)}: see listingapi events dead list.")
    for one in found:
        reason = printable(one.reason)
        print(f"{one.consumer}: failed {one.attempts} times, the last time {one.failed or 'unknown'}: {reason}")
    print(printable(found[0].text, keeps="\n"))


@dead.command
def replay(
    event_ids: Ids = None,
    /,
    *,
    consumer: OfConsumer = None,
    all: Annotated[bool, Parameter(negative="", help="Replay all of them.")] = False,  # noqa: A002
    data_dir: DataDir = None,
) -> None:
    """Have events that are dead acted on again, as if they came for the first time: by their ids, or --all of them.

    What had failed is to be mended before. An event that was acted on meanwhile has no more effect. If one of the ids
    is not dead, none is replayed.
    """
    if bool(event_ids) is all:
        raise StartError("Say which events to replay, by their ids or with --all.")
    wanted = frozenset(event_ids or ())
    number = _among_the_dead(
        lambda there: _replay_all(there, consumer) if all else there.replay(consumer, wanted), data_dir
    )
    print(f"Replayed: {number}.")


async def _replay_all(there: "DeadEvents", consumer: str | None) -> int:
    """Replay all, however many, and show how far that is."""
    from listingapi.bulk.progress import progress

    number = 0
    with progress("Replaying") as report:
        async for more in there.replay_all(consumer):
            report(more)
            number += more
    return number


def _among_the_dead(do: "Callable[[DeadEvents], Awaitable[T]]", data_dir: Path | None) -> T:
    """Do something with the events that are dead: in RabbitMQ if that is configured, else in the database."""
    from listingapi.app import utc_now
    from listingapi.consumers import consumers_of
    from listingapi.consuming.dead_queues import opened_dead_events
    from listingapi.provision import running_database

    async def work() -> T:
        async with opened_dead_events(settings.serving_url, settings.rabbitmq_url, consumers_of(utc_now)) as there:
            return await do(there)

    settings = running_database(load_settings(data_dir=data_dir))
    return asyncio.run(work())
