"""The RabbitMQ of the tests stays what it is through all that is done to it, and leaves nothing behind."""

from collections.abc import Collection
from pathlib import Path

import aio_pika
import psutil

from tests.rabbitmq_server import VirtualHost, rabbitmq_in
from tests.until import PATIENCE_SECONDS, until


def processes_of(folder: Path) -> Collection[str]:
    """The processes that live in a folder, whoever has started them."""
    return [process.info["name"] for process in psutil.process_iter(["name", "environ"]) if _lives_in(process, folder)]


def _lives_in(process: psutil.Process, folder: Path) -> bool:
    return (process.info["environ"] or {}).get("HOME") == str(folder) and process.status() != psutil.STATUS_ZOMBIE


async def test_rabbitmq_leaves_no_process_behind(tmp_path: Path) -> None:
    with rabbitmq_in(tmp_path) as server:
        server.control("list_vhosts")
        assert {"epmd", "beam.smp"} <= set(processes_of(tmp_path))

    async def is_over() -> bool:
        return not processes_of(tmp_path)

    await until(is_over)


async def test_rabbitmq_keeps_what_it_confirmed_through_its_end(rabbitmq: VirtualHost) -> None:
    async with await aio_pika.connect(rabbitmq.url) as connection, connection.channel() as channel:
        await channel.declare_queue("kept", durable=True, arguments={"x-queue-type": "quorum"})
        await channel.default_exchange.publish(aio_pika.Message(b"kept"), "kept")

    rabbitmq.server.keep_queues()
    rabbitmq.server.kill()
    rabbitmq.server.revive()

    async with await aio_pika.connect(rabbitmq.url) as connection, connection.channel() as channel:
        queue = await channel.get_queue("kept")
        message = await queue.get(timeout=PATIENCE_SECONDS)
        assert message.body == b"kept"


async def test_tests_do_not_meet_in_rabbitmq(rabbitmq: VirtualHost) -> None:
    other = rabbitmq.server.virtual_host()
    async with await aio_pika.connect(other.url) as connection, connection.channel() as channel:
        await channel.declare_queue("here")

    assert other.control("list_queues", "name").split() == ["here"]
    assert rabbitmq.control("list_queues", "name").split() == []
    other.remove()
