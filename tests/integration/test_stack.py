"""The production shape on one machine, as `make stack` runs it: what callers get of it, whatever is restarted."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator

import httpx
import psutil
import pytest
from deploy.stack.handle import Handle, started
from deploy.stack.load import Ask, Load
from deploy.stack.rolling import Plan, create_listings, roll

from tests import factories
from tests.until import until

PATIENCE_SECONDS = 30.0
WRITES = 20
READS = 200


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Handle]:
    with started(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture(scope="module")
def credentials(stack: Handle) -> dict[str, str]:
    return {"Authorization": f"Bearer {stack.new_key()}"}


@pytest.fixture
def anybody(stack: Handle) -> Iterator[httpx.Client]:
    """A caller without credentials."""
    with httpx.Client(base_url=stack.url(), timeout=PATIENCE_SECONDS) as client:
        yield client


@pytest.fixture
def owner(stack: Handle, credentials: dict[str, str]) -> Iterator[httpx.Client]:
    """A caller who may write."""
    with httpx.Client(base_url=stack.url(), headers=credentials, timeout=PATIENCE_SECONDS) as client:
        yield client


@pytest.fixture
def listing(owner: httpx.Client) -> str:
    """The path of a listing."""
    return owner.post("/listings", json=factories.listing()).raise_for_status().headers["Location"]


def test_a_listing_is_created_changed_and_read(anybody: httpx.Client, owner: httpx.Client, listing: str) -> None:
    owner.put(listing, json=factories.listing(latest_price_eur=150_000)).raise_for_status()

    assert anybody.get(listing).json()["latest_price_eur"] == 150_000
    assert [price["price_eur"] for price in anybody.get(f"{listing}/prices").json()] == [100_000, 150_000]


def test_nobody_else_may_write(anybody: httpx.Client, listing: str) -> None:
    assert anybody.put(listing, json=factories.listing()).status_code == 401


def test_a_write_is_seen_by_its_caller_at_once_in_whichever_process(owner: httpx.Client, listing: str) -> None:
    for price in range(1, WRITES):
        owner.patch(listing, json={"latest_price_eur": price}).raise_for_status()
        read = [owner.get(listing).json()["latest_price_eur"] for _ in range(4)]
        history = [owner.get(f"{listing}/prices").json()[-1]["price_eur"] for _ in range(4)]

        assert read + history == [price] * 8


def test_a_reading_without_credentials_is_kept_for_a_moment(anybody: httpx.Client, listing: str) -> None:
    """Until its second of the clock is over, so that now and then it is not."""
    for path in (listing, f"{listing}/prices"):
        first, *others = [anybody.get(path).headers["cache-status"] for _ in range(READS)]

        assert first == "listingapi; fwd=uri-miss"
        assert "listingapi; hit" in others


def test_a_reading_of_somebody_with_credentials_is_never_from_the_cache(owner: httpx.Client, listing: str) -> None:
    answers = [owner.get(path) for path in (listing, f"{listing}/prices", "/listings") * 3]

    assert {answer.headers["cache-status"] for answer in answers} == {"listingapi; fwd=request"}


def test_the_price_service_gets_the_routes_of_prices_alone(stack: Handle, anybody: httpx.Client, listing: str) -> None:
    apis = ("api-1", "api-2")
    for name in apis:
        stack.send(name, signal.SIGSTOP)
    try:
        assert anybody.get(f"{listing}/prices?limit=7").status_code == 200
    finally:
        for name in apis:
            stack.send(name, signal.SIGCONT)

    assert httpx.get(stack.url("prices") + listing).status_code == 404


def test_prices_are_answered_while_the_price_service_is_away(stack: Handle, owner: httpx.Client, listing: str) -> None:
    stack.send("prices", signal.SIGKILL)
    answers = [owner.get(f"{listing}/prices").status_code for _ in range(20)]
    stack.restart("prices")

    assert answers == [200] * 20


async def test_events_of_a_write_take_effect(owner: httpx.Client) -> None:
    path = flagged(owner)

    async def is_reviewed() -> bool:
        reviews = await asyncio.to_thread(owner.get, "/price-reviews")
        return path in [f"/listings/{review['listing_id']}" for review in reviews.raise_for_status().json()]

    await until(is_reviewed)


def flagged(owner: httpx.Client) -> str:
    """The path of a listing with a price that is to be reviewed."""
    owner.post("/pricing-rules", json={"kind": "largest-change", "max_change_percent": 50}).raise_for_status()
    path = owner.post("/listings", json=factories.listing()).headers["Location"]
    owner.patch(path, json={"latest_price_eur": 1}).raise_for_status()
    return path


async def test_a_killed_process_loses_no_reading(stack: Handle, credentials: dict[str, str]) -> None:
    listing_ids = iter(await create_listings(stack.address(), credentials) * 1000)
    load = Load(stack.address(), 100, lambda: Ask("GET", f"/listings/{next(listing_ids)}", headers=credentials))
    async with load.running() as outcome:
        for name in ("api-1", "api-2"):
            await asyncio.to_thread(stack.restart, name, signal.SIGKILL)
    print(outcome)

    assert outcome.lost == []
    assert outcome.statuses.keys() == {200}


async def test_rolling_restarts_lose_nothing(stack: Handle) -> None:
    outcome = await roll(stack, Plan(rounds=1, rate=100, servers=("api-1", "prices")))
    print(outcome)

    assert outcome.lost == []
    assert outcome.statuses.keys() == {200, 201}


def test_a_second_one_on_the_same_data_says_so(stack: Handle) -> None:
    command = [sys.executable, "-m", "deploy.stack", "--port", "0", "--data-dir", str(stack.data_dir)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=PATIENCE_SECONDS)

    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "in use by another instance" in done.stderr


def test_neither_ctrl_c_nor_a_kill_leaves_anything_running_and_the_data_stays(
    stack: Handle, listing: str, credentials: dict[str, str]
) -> None:
    """The last one: it ends what the others use."""
    processes = psutil.Process(stack.process.pid).children(recursive=True)
    names = {process.name() for process in processes}
    assert stack.stop() == 0
    _, alive = psutil.wait_procs(processes, PATIENCE_SECONDS)
    with started(stack.data_dir) as again:
        found = httpx.get(again.url() + listing, headers=credentials)
        orphans = psutil.Process(again.process.pid).children(recursive=True)
        again.process.kill()
        _, alive_after_a_kill = psutil.wait_procs(orphans, PATIENCE_SECONDS)

    assert {"postgres", "redis-server", "beam.smp", "epmd", "nginx"} <= names
    assert alive == alive_after_a_kill == []
    assert found.status_code == 200
