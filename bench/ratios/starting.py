"""Starts all that is measured by requests, sees that it does the same work, and stops it at the end."""

import asyncio
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from bench.ratios import contestants, databases
from bench.ratios.collector import collecting
from bench.ratios.contestants import NGINX, OURS, SMALL
from bench.ratios.databases import Size
from bench.ratios.field import VISITOR, Field
from bench.ratios.loads import Headers, Popularity
from bench.ratios.same_answers import require_same_answers
from bench.ratios.servers import Server
from tests.accounts import Accounts
from tests.conftest import TestDatabase
from tests.redis_server import RedisServer, redis_in

from listingapi.access.scopes import MAY_HAVE
from listingapi.infra.embedded import Server as PostgreSQL

DEFAULT_ACCOUNT = 1
COMPARED, LOOKED_AT = 5, 99
TENTH = 10


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run takes place: its PostgreSQL, the size of its database, a folder, and the Python of the peers."""

    postgresql: PostgreSQL
    size: Size
    folder: Path
    peers_python: Path

    @property
    def tenth(self) -> Size:
        """The size of the small database."""
        return Size(self.size.listings // TENTH, self.size.prices // TENTH)


@contextmanager
def all_started(place: Place) -> Iterator[Field]:
    """All servers, from when they are ready and were seen to give the same answers."""
    database = databases.seeded(place.postgresql, place.size, "measured")
    few = databases.seeded(place.postgresql, place.tenth, "measured_small")
    keys = {OURS: asyncio.run(_key(database)), SMALL: asyncio.run(_key(few))}
    with ExitStack() as stack:
        peers = stack.enter_context(contestants.peers(place.peers_python, database, place.folder))
        redises = {name: stack.enter_context(redis_in(_new(place.folder))) for name in (OURS, SMALL)}
        ours = {
            name: stack.enter_context(_ours(name, of, redises[name], place.folder))
            for name, of in ((OURS, database), (SMALL, few))
        }
        urls = {name: server.url for name, server in peers.items()}
        require_same_answers(ours[OURS].url, urls, keys[OURS], range(1, COMPARED + 1))
        nginx = stack.enter_context(contestants.nginx(_usual_answer(ours[OURS]), _new(place.folder)))
        yield _field(place, {**ours, **peers, NGINX: nginx}, database, redises[OURS].url, keys)


def _field(
    place: Place, servers: Mapping[str, Server], database: TestDatabase, redis_url: str, keys: Mapping[str, Headers]
) -> Field:
    return Field(
        servers=servers,
        database=database,
        redis_url=redis_url,
        for_pgbench=databases.seeded(place.postgresql, place.size, "measured_by_pgbench"),
        listings=place.size.listings,
        listings_of_small=place.tenth.listings,
        keys=keys,
        popular=Popularity(place.size.listings),
        folder=place.folder,
    )


@contextmanager
def _ours(name: str, database: TestDatabase, redis: RedisServer, folder: Path) -> Iterator[Server]:
    with (
        collecting() as collector,
        contestants.ours(name, database, redis, collector, folder) as server,
    ):
        yield server


async def _key(database: TestDatabase) -> Headers:
    async with Accounts.on(database) as accounts:
        return await accounts.key(DEFAULT_ACCOUNT, scopes=MAY_HAVE["agency"])


def _usual_answer(server: Server) -> bytes:
    """A history that is neither long nor short."""
    with httpx.Client(base_url=server.url, headers=VISITOR) as client:
        answers = [client.get(f"/listings/{listing_id}/prices").content for listing_id in range(1, LOOKED_AT + 1)]
    return sorted(answers, key=len)[LOOKED_AT // 2]


def _new(folder: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=folder))
