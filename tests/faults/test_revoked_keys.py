"""Two servers on one database: a key that is revoked over one opens nothing in the other a moment later."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import httpx
import pytest

from listingapi.access.credentials import KEPT_SECONDS
from tests.conftest import TestDatabase
from tests.servers import serving

AT_MOST_SECONDS = 3.0
LOOKS_SECONDS = 20.0


@contextmanager
def client_of_server(database: TestDatabase) -> Iterator[httpx.Client]:
    """A client of a server of its own."""
    with (
        serving(environment=database.settings().as_environment()) as server,
        httpx.Client(base_url=server.url, timeout=30) as client,
    ):
        yield client


@pytest.fixture
def servers(database: TestDatabase) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """Clients of two servers on one database."""
    with client_of_server(database) as one, client_of_server(database) as other:
        yield one, other


def make_key(client: httpx.Client) -> tuple[str, str, str]:
    """An account, and a key of it: where each is, and the key."""
    account = client.post("/accounts", json={"name": "Agency", "kind": "agency"}).headers["location"]
    made = client.post(f"{account}/keys", json={"name": "a"})
    return account, made.headers["location"], made.json()["key"]


def status_with(client: httpx.Client, key: str) -> int:
    return client.get("/listings", params={"limit": 1}, headers={"Authorization": f"Bearer {key}"}).status_code


def seconds_until(client: httpx.Client, key: str, expected: int, act: Callable[[], httpx.Response]) -> float:
    """How long after an act was answered a server was still asked in vain to answer a key otherwise."""
    other = status_with(client, key)
    assert other != expected
    assert act().is_success
    acted = asked = in_vain = monotonic()
    while (status := status_with(client, key)) != expected:
        assert status == other
        asked, in_vain = monotonic(), asked
        assert asked - acted < LOOKS_SECONDS
    return in_vain - acted


def test_a_revoked_key_opens_nothing_in_another_process(servers: tuple[httpx.Client, httpx.Client]) -> None:
    one, other = servers
    _, path, key = make_key(one)
    lived = [seconds_until(other, key, 401, lambda: one.delete(path))]
    assert status_with(one, key) == 401
    for _ in range(4):
        path, key = _another_key(one, path)
        lived.append(seconds_until(other, key, 401, lambda path=path: one.delete(path)))  # type: ignore[misc]

    print(f"revoked keys lived {', '.join(f'{seconds:.2f}' for seconds in lived)} s in another process")
    assert max(lived) < AT_MOST_SECONDS
    assert KEPT_SECONDS < AT_MOST_SECONDS


def _another_key(client: httpx.Client, path: str) -> tuple[str, str]:
    made = client.post(path.rpartition("/")[0], json={"name": "another"})
    return made.headers["location"], made.json()["key"]


def test_a_suspended_account_is_locked_out_of_another_process_and_resumed(
    servers: tuple[httpx.Client, httpx.Client],
) -> None:
    one, other = servers
    account, _, key = make_key(one)
    suspended = seconds_until(other, key, 401, lambda: one.patch(account, json={"suspended": True}))
    resumed = seconds_until(other, key, 200, lambda: one.patch(account, json={"suspended": False}))

    print(f"a suspension took {suspended:.2f} s, its end {resumed:.2f} s in another process")
    assert max(suspended, resumed) < AT_MOST_SECONDS


def test_an_account_of_a_lesser_kind_may_do_less_in_another_process(
    servers: tuple[httpx.Client, httpx.Client],
) -> None:
    one, other = servers
    account = one.post("/accounts", json={"name": "Ops", "kind": "operator"}).headers["location"]
    key = one.post(f"{account}/keys", json={"name": "a"}).json()["key"]

    def status() -> int:
        return other.get("/accounts", headers={"Authorization": f"Bearer {key}"}).status_code

    assert status() == 200
    assert one.patch(account, json={"kind": "portal"}).is_success
    acted = monotonic()
    asked = acted
    while status() != 403:
        assert asked - acted < AT_MOST_SECONDS
        asked = monotonic()
