"""One process of readers and writers: `python -m tests.faults.freshness.crowd TASK` (a file); it ends by itself."""

import asyncio
import sys
from pathlib import Path

import msgspec
import uvloop

from tests.faults.freshness.clients import Log, Task
from tests.faults.freshness.readers import Reader
from tests.faults.freshness.story import Rows
from tests.faults.freshness.writers import Turns, Writer


def rows_of(task: Task) -> Path:
    """Where a process keeps what its reads showed."""
    return Path(task.folder) / f"seen-{task.number}"


def told_of(task: Task) -> Path:
    """Where a process puts the rest, at its end."""
    return Path(task.folder) / f"told-{task.number}.json"


async def run(task: Task) -> None:
    """Read and write until enough was read."""
    with rows_of(task).open("wb", buffering=0) as file:
        log = Log(task, file, Rows(rows_of(task), list(task.places)))
        turns = Turns(log)
        async with asyncio.TaskGroup() as group:
            for number in range(task.readers):
                group.create_task(Reader(task.number * task.readers + number, log).run())
            for number in range(task.writers):
                group.create_task(Writer(task.number * task.writers + number, log).run(turns))
        told_of(task).write_bytes(msgspec.json.encode(log.end()))


if __name__ == "__main__":
    uvloop.run(run(msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Task)))
