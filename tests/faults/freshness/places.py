"""Where the test reads and writes: server processes, and nginx before them, all on this machine."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.stack.services import Service, answers_ready, says_ready

from listingapi.access.scopes import Scope
from tests.conftest import TestDatabase
from tests.faults.freshness.story import EDGE
from tests.faults.freshness.wire import Address
from tests.nginx import nginx_before
from tests.ports import free_ports

SERVERS = ("api-1", "api-2")
# One counts requests in Redis, and so meets it with each; the other one answers from memory as fast as it can.
COUNTED = {
    f"LISTINGAPI_{whose}_PER_MINUTE": "100000000"
    for whose in ("ADDRESS_READS", "ADDRESS_WRITES", "ACCOUNT_READS", "ACCOUNT_WRITES")
}


@dataclass(frozen=True, slots=True)
class Places:
    """The servers by their names, and where all of it listens."""

    servers: Mapping[str, Service]
    addresses: Mapping[str, Address]


@contextmanager
def places(
    database: TestDatabase, redis_url: str, rabbitmq_url: str | None, bug: str, folder: Path
) -> Iterator[Places]:
    """Run them until the end of the block; with RabbitMQ, also a relay and a worker, as in production."""
    settings = database.settings(
        redis_url=redis_url, rabbitmq_url=rabbitmq_url, anonymous_scopes=frozenset({Scope.LISTINGS_READ})
    )
    environment = {**settings.as_environment(), "LISTINGAPI_TRUSTED_PROXIES": "127.0.0.1"}
    servers = {name: _server(name, bug, environment, folder) for name in SERVERS}
    servers[SERVERS[0]].environment = environment | COUNTED
    with ExitStack() as stack:
        _run([*servers.values(), *(_others(environment, folder) if rabbitmq_url else ())], stack)
        one, other = (server.address for server in servers.values())
        # it would say of each request that it had to ask another server
        quiet = {"server_tokens off;": f"server_tokens off; error_log {folder}/nginx.log;"}
        edge = stack.enter_context(nginx_before(folder / "nginx", one, other, other_api=other, changes=quiet))
        everywhere = {**{name: server.address for name, server in servers.items()}, EDGE: edge}
        yield Places(servers, {name: _address(text) for name, text in everywhere.items()})


def _run(services: Sequence[Service], stack: ExitStack) -> None:
    for service in services:
        service.start()
        stack.callback(service.end)
    for service in services:
        stack.callback(service.tell_to_stop)
        service.await_ready()


def _server(name: str, bug: str, environment: Mapping[str, str], folder: Path) -> Service:
    [port] = free_ports(1)
    command = (sys.executable, "-m", "tests.faults.freshness.server", bug, "serve", "--port", str(port))
    return Service(name, command, environment, folder / f"{name}.log", answers_ready, f"127.0.0.1:{port}")


def _others(environment: Mapping[str, str], folder: Path) -> Sequence[Service]:
    return [
        Service(name, (sys.executable, "-m", "listingapi", name), environment, folder / f"{name}.log", says_ready)
        for name in ("relay", "worker")
    ]


def _address(text: str) -> Address:
    host, _, port = text.partition(":")
    return host, int(port)
