"""What the stack is made of, in the order in which it starts."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.stack.edge import Edge
from deploy.stack.services import NotStarted, Service, answers_ready, listens, says_ready, takes_connections
from deploy.stack.stores import Postgres, postgresql, rabbitmq, redis
from tests.ports import free_ports

LISTINGAPI = (sys.executable, "-m", "listingapi")
LOOK_SECONDS = 0.05
# What a deployment would say; whoever starts the stack may say it otherwise. Requests are counted, none is too many.
SAID = {
    "LISTINGAPI_ANONYMOUS_SCOPES": "listings:read",
    **{
        f"LISTINGAPI_{whose}_PER_MINUTE": "100000000"
        for whose in ("ADDRESS_READS", "ADDRESS_WRITES", "ACCOUNT_READS", "ACCOUNT_WRITES")
    },
}


@dataclass(frozen=True, slots=True)
class Stack:
    """The running stack."""

    data_dir: Path
    postgres: Postgres
    redis_url: str
    rabbitmq_url: str
    services: Sequence[Service]

    def supervise(self) -> None:
        """Start whatever ends again, until interrupted."""
        while True:
            revived = [service for service in self.services if service.revive()]
            if revived:
                self.note()
            time.sleep(LOOK_SECONDS)

    def note(self) -> None:
        """Write down where everything is, for programs: in `stack.json`, which is whole whenever it is read."""
        new = self._note.with_suffix(".new")
        new.write_text(json.dumps(self._described(), indent=2))
        new.rename(self._note)

    def withdraw(self) -> None:
        """Take that away."""
        self._note.unlink(missing_ok=True)

    @property
    def _note(self) -> Path:
        return self.data_dir / "stack.json"

    def _described(self) -> Mapping[str, object]:
        return {
            "pid": os.getpid(),
            "database_url": self.postgres.serving_url,
            "superuser_url": self.postgres.superuser_url,
            "redis_url": self.redis_url,
            "rabbitmq_url": self.rabbitmq_url,
            "services": {
                service.name: {
                    "pid": service.pid,
                    "address": service.address,
                    "metrics": service.metrics,
                    "log": str(service.log),
                }
                for service in self.services
            },
        }


@contextmanager
def running(data_dir: Path, edge_port: int) -> Iterator[Stack]:
    """Run the stack until the end of the block; 0 takes a free port.

    Raises:
        NotStarted: some part of it does not start; the message says which.
        StartError: the data directory can't be used.
    """
    edge_address = f"127.0.0.1:{edge_port or free_ports(1)[0]}"
    if takes_connections(edge_address):
        raise NotStarted(f"Somebody listens at {edge_address} already.")
    with ExitStack() as stack:
        postgres = stack.enter_context(postgresql(data_dir))
        redis_url = stack.enter_context(redis())
        rabbitmq_url = stack.enter_context(rabbitmq(data_dir / "rabbitmq"))
        environment = {**SAID, **os.environ, **_wired(postgres, redis_url, rabbitmq_url)}
        _migrate(environment | {"LISTINGAPI_MIGRATION_DATABASE_URL": postgres.migration_url})
        services = _services(data_dir, environment, edge_address)
        stack.callback(_stop, services)
        _start(services)
        found = Stack(data_dir, postgres, redis_url, rabbitmq_url, services)
        found.note()
        stack.callback(found.withdraw)
        yield found


def _wired(postgres: Postgres, redis_url: str, rabbitmq_url: str) -> Mapping[str, str]:
    return {
        "LISTINGAPI_DATABASE_URL": postgres.serving_url,
        "LISTINGAPI_REDIS_URL": redis_url,
        "LISTINGAPI_RABBITMQ_URL": rabbitmq_url,
        "LISTINGAPI_TRUSTED_PROXIES": "127.0.0.1",
        "LISTINGAPI_HOST": "127.0.0.1",
    }


def _migrate(environment: Mapping[str, str]) -> None:
    done = subprocess.run([*LISTINGAPI, "migrate"], env=environment, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise NotStarted(f"The database could not be migrated: {done.stderr.strip()}")


def _services(data_dir: Path, environment: Mapping[str, str], edge_address: str) -> Sequence[Service]:
    """All of them; the edge is the last one to start, and the first one to stop."""
    logs = data_dir / "logs"
    logs.mkdir(exist_ok=True)
    ports = iter(free_ports(8))

    def service(name: str, *arguments: str, serves: bool = False) -> Service:
        address = f"127.0.0.1:{next(ports)}" if serves else ""
        metrics = next(ports)
        port = ["--port", address.partition(":")[2]] if serves else []
        own = {**environment, "LISTINGAPI_METRICS_PORT": str(metrics)}
        is_ready = answers_ready if serves else says_ready
        command = [*LISTINGAPI, *arguments, *port]
        return Service(name, command, own, logs / f"{name}.log", is_ready, address, f"127.0.0.1:{metrics}")

    apis = [service(f"api-{number}", "serve", serves=True) for number in (1, 2)]
    prices = service("prices", "serve", "--only", "prices", serves=True)
    edge = Edge(data_dir / "nginx", edge_address, (apis[0].address, apis[1].address), prices.address)
    nginx = Service("nginx", edge.command(), {}, logs / "nginx.log", listens, edge.address)
    return [*apis, prices, service("relay", "relay"), service("worker", "worker"), nginx]


def _start(services: Sequence[Service]) -> None:
    for service in services:
        service.log.write_bytes(b"")
    *others, edge = services
    for service in others:
        service.start()
    for service in others:
        service.await_ready()
    edge.start()
    edge.await_ready()


def _stop(services: Sequence[Service]) -> None:
    *others, edge = services
    edge.tell_to_stop()
    edge.end()
    for service in others:
        service.tell_to_stop()
    for service in others:
        service.end()
