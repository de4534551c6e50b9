"""The log of deliveries, and what is sent again."""

from typing import Any

from listingapi.webhooks import delivery_repository
from tests.clock import Clock
from tests.integration.webhooks.world import World
from tests.receivers import answers, receiving


async def test_a_delivery_is_made_again_on_request(world: World, clock: Clock) -> None:
    async with receiving() as receiver:
        made = await world.subscribe_and_tell(receiver.url)
        await world.deliver()
        [delivery] = await world.log(made)
        path = f"/webhooks/{made['id']}/deliveries/{delivery['id']}/replay"
        clock.advance(hours=1)
        replayed = await world.api.post(path)
        await world.deliver()
        [after] = await world.log(made)
        missing = await world.api.post(path.replace(f"/{delivery['id']}/", "/999999/"))

    assert (replayed.status_code, replayed.json()["state"]) == (202, "pending")
    assert len({received.headers["webhook-id"] for received in receiver.received}) == 1
    assert len(receiver.received) == 2
    assert (after["state"], len(after["attempts"])) == ("delivered", 2)
    assert missing.status_code == 404


async def test_what_failed_for_good_has_all_its_attempts_again(world: World, superuser: Any) -> None:
    async with receiving(answers(500)) as receiver:
        made = await world.subscribe_and_tell(receiver.url)
        await superuser.execute("UPDATE webhook_delivery SET attempts = 9")
        await world.deliver()
        [failed] = await world.log(made, state="failed")
        await world.api.post(f"/webhooks/{made['id']}/deliveries/{failed['id']}/replay")
        await world.deliver()

        assert [delivery["state"] for delivery in await world.log(made)] == ["pending"]


async def test_the_log_is_read_in_pages_and_kept_for_thirty_days(world: World, clock: Clock, superuser: Any) -> None:
    made = await world.subscribe("https://receiver.invalid")
    await world.fill(made, 5)
    path = f"/webhooks/{made['id']}/deliveries"
    first = await world.api.get(path, params={"limit": 3})
    rest = await world.api.get(first.headers["link"].partition(">")[0].removeprefix("<"))
    clock.advance(days=30)
    await delivery_repository.purge(world.pool, clock())
    kept = len(await world.log(made))
    clock.advance(seconds=1)
    purged = await delivery_repository.purge(world.pool, clock())

    versions = [each["event_id"] for each in [*first.json(), *rest.json()]]
    assert versions == [f"1-{version}-price.changed" for version in (5, 4, 3, 2, 1)]
    assert "link" not in rest.headers
    assert (kept, purged, await world.log(made)) == (5, 5, [])
    assert await superuser.fetchval("SELECT count(*) FROM webhook_event") == 0
