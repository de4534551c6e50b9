"""The page of a listing's prices, in a real browser."""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from http import HTTPStatus
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, Route, expect

from tests import factories
from tests.browser.conftest import Open
from tests.browser.site import SHIFTS, Window, chart_of, drawn
from tests.conftest import TestDatabase
from tests.servers import serving

PHONE = {"viewport": {"width": 360, "height": 740}}
DESK = {"viewport": {"width": 1280, "height": 900}}
FAR_AWAY = "2100-01-04T09:00:00Z"


@pytest.fixture(scope="module")
def site(create_database: Callable[[], TestDatabase]) -> Iterator[str]:
    """A server of its own: what is listed here would come first in every list."""
    with serving(environment=create_database().settings().as_environment()) as server:
        yield server.url


@pytest_asyncio.fixture(loop_scope="session")
async def api(site: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=site) as client:
        yield client


async def listed(api: httpx.AsyncClient, *prices: int, **others: Any) -> str:
    """The address of a new listing that has had these prices."""
    body = factories.listing(name="Flat near the station", latest_price_eur=prices[0], **others)
    path = f"/listings/{(await api.post('/listings', json=body)).json()['id']}"
    for price in prices[1:]:
        (await api.patch(path, json={"latest_price_eur": price})).raise_for_status()
    return path


def page_of(path: str) -> str:
    return f"{path.removeprefix('/listings')}/prices"


async def said(page: Page, text: str | re.Pattern[str]) -> None:
    """Wait until the live region says it."""
    await expect(page.get_by_role("status")).to_contain_text(text)


async def test_a_price_that_is_changed_twice_has_three_steps_and_three_rows(
    open_window: Open, api: httpx.AsyncClient
) -> None:
    path = await listed(api, 300_000)
    page = await (await open_window(**DESK)).go(page_of(path))
    rows = page.get_by_role("row")
    for count, price in {3: 285_000, 4: 290_000}.items():
        (await api.patch(path, json={"latest_price_eur": price})).raise_for_status()
        await expect(rows).to_have_count(count)
    await page.reload()

    await drawn(page, steps=3)
    await expect(chart_of(page)).to_have_accessible_name(
        re.compile(r"3 prices since .*: at first €300,000, now €290,000\. 1 cut, 1 rise\.")
    )
    await expect(rows.nth(1)).to_contain_text("€290,000")
    await expect(rows.nth(1)).to_contain_text("+€5,000")
    await expect(rows.nth(2)).to_contain_text("-5%")
    await expect(rows.nth(3)).to_contain_text("€300,000")


async def followed_by_events_alone(window: Window, path: str) -> Page:
    """Go to a history that hears of changes by the stream of events, and can't ask whether the listing has changed."""
    async with window.page.expect_response("**/events/stream?**") as stream:
        page = await window.go(page_of(path))
    assert (await stream.value).status == HTTPStatus.OK

    async def refuse_polls(route: Route) -> None:
        await (route.abort() if "if-none-match" in route.request.headers else route.continue_())

    await page.route(f"**{path}", refuse_polls)
    return page


async def test_a_change_in_one_window_appears_in_the_other(open_window: Open, api: httpx.AsyncClient) -> None:
    path = await listed(api, 300_000)
    one, other = [await followed_by_events_alone(await open_window(), path) for _ in range(2)]
    await other.evaluate(
        "([url, body]) => fetch(url, { method: 'PATCH', body, headers: { 'content-type': 'application/json' } })",
        [path, '{"latest_price_eur": 285000}'],
    )

    for page in (one, other):
        await said(page, "New: €285,000, cut by €15,000 (5%).")
        await expect(page.get_by_role("row")).to_have_count(3)


async def test_a_new_price_leaves_what_is_zoomed_to(open_window: Open, api: httpx.AsyncClient) -> None:
    path = await listed(api, 300_000, 285_000)
    page = await (await open_window()).go(page_of(path))
    await page.get_by_role("button", name="Zoom in").click()
    await said(page, "Shown: ")
    await api.patch(path, json={"latest_price_eur": 280_000})
    await expect(page.get_by_role("row")).to_have_count(4)

    await expect(page.get_by_role("button", name="Whole history")).to_be_enabled()
    await page.get_by_role("button", name="Whole history").click()
    await said(page, "Whole history")
    await expect(page.get_by_role("button", name="Zoom out")).to_be_disabled()


async def test_who_may_not_read_events_sees_changes_too(open_window: Open, api: httpx.AsyncClient) -> None:
    path = await listed(api, 300_000)
    window = await open_window()
    await window.page.route(
        "**/events?**", lambda route: route.fulfill(status=401, content_type="application/problem+json", body="{}")
    )
    page = await window.go(page_of(path))
    await api.patch(path, json={"latest_price_eur": 285_000})

    await said(page, "New: €285,000")


async def test_keys_alone_lead_through_the_points_and_zoom(open_window: Open, api: httpx.AsyncClient) -> None:
    path = await listed(api, 300_000, 285_000, 290_000)
    page = await (await open_window()).go(page_of(path))
    while not await chart_of(page).evaluate("(chart) => chart === document.activeElement"):
        await page.keyboard.press("Tab")
    for key, text in {
        "ArrowLeft": "€290,000, raised by €5,000 (1.75%)",
        "Home": "€300,000, first price",
        "ArrowRight": "€285,000, cut by €15,000 (5%)",
        "+": "Shown: ",
        "0": "Whole history",
        "End": "€290,000, raised by",
    }.items():
        await page.keyboard.press(key)
        await said(page, text)


async def test_pointing_shows_the_price_and_dragging_zooms(open_window: Open, api: httpx.AsyncClient) -> None:
    path = await listed(api, 300_000, 285_000)
    page = await (await open_window(**DESK)).go(page_of(path))
    await drawn(page, steps=1)
    box = await page.locator(".u-over").bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    await page.mouse.move(box["x"] + box["width"] - 5, middle)
    await expect(chart_of(page).get_by_text("€285,000, cut by €15,000 (5%)")).to_be_visible()

    await page.mouse.down()
    await page.mouse.move(box["x"] + box["width"] / 2, middle)
    await page.mouse.up()
    await expect(page.get_by_role("button", name="Whole history")).to_be_enabled()
    await page.mouse.dblclick(box["x"] + 50, middle)
    await expect(page.get_by_role("button", name="Whole history")).to_be_disabled()


async def test_what_was_missed_without_a_network_comes_with_it(open_window: Open, api: httpx.AsyncClient) -> None:
    path = await listed(api, 300_000)
    page = await (await open_window()).go(page_of(path))
    context: BrowserContext = page.context
    await context.set_offline(True)
    await said(page, "The connection is lost.")
    await api.patch(path, json={"latest_price_eur": 285_000})
    await expect(page.get_by_role("row")).to_have_count(2)
    await context.set_offline(False)

    await expect(page.get_by_role("row")).to_have_count(3)
    await expect(page.get_by_text("New prices appear here by themselves.")).to_be_visible()


async def test_the_download_is_what_the_api_says(open_window: Open, api: httpx.AsyncClient) -> None:
    path = await listed(api, 300_000, 285_000)
    page = await (await open_window()).go(page_of(path))
    async with page.expect_download() as coming:
        await page.get_by_role("button", name="Download as CSV").click()
    download = await coming.value

    expected = await api.get(f"{path}/prices", headers={"accept": "text/csv"})
    assert (await download.path()).read_bytes() == expected.content
    assert download.suggested_filename == f"prices-{path.removeprefix('/listings/')}.csv"


async def test_all_that_can_happen_to_a_price_is_told(open_window: Open, api: httpx.AsyncClient) -> None:
    path = await listed(api, 300_000, 28_500)
    correction = {"price_eur": 285_000, "reason": "A zero was missing."}
    (await api.post(f"{path}/prices/2/corrections", json=correction)).raise_for_status()
    (await api.delete(path)).raise_for_status()
    (await api.post(f"{path}/relist")).raise_for_status()
    scheduled = {"price_eur": 270_000, "effective_date": FAR_AWAY}
    (await api.post(f"{path}/prices", json=scheduled)).raise_for_status()
    window = await open_window()
    page = await window.go(page_of(path))
    rows = page.get_by_role("row")

    for row, text in enumerate(
        ["Scheduled", "Back on the market", "Taken off the market", "it said €28,500. Reason: A zero was missing."], 1
    ):
        await expect(rows.nth(row)).to_contain_text(text)
    await expect(chart_of(page)).to_have_accessible_name(
        re.compile(r"Once off the market in between\. €270,000 is scheduled for 4 Jan 2100\.")
    )
    await expect(page.get_by_role("list").last).to_contain_text("Scheduled")


async def test_a_home_that_is_withdrawn_while_one_looks_keeps_its_history(
    open_window: Open, api: httpx.AsyncClient
) -> None:
    path = await listed(api, 300_000, 285_000)
    page = await (await open_window()).go(page_of(path))
    (await api.delete(path)).raise_for_status()
    await expect(page.get_by_role("alert")).to_contain_text("was last offered at €285,000")
    await expect(page.get_by_role("row")).to_have_count(3)

    await page.reload()
    await expect(page.get_by_role("alert")).to_contain_text("not on the market any more")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Price history of Flat near the station")
    (await api.post(f"{path}/relist")).raise_for_status()
    await expect(page.get_by_role("row")).to_have_count(5)


async def test_a_home_that_there_is_not_says_so(open_window: Open) -> None:
    page = await (await open_window()).go("/999999/prices")

    await expect(page.get_by_role("heading", name="There is no such home")).to_be_visible()


async def test_another_language_is_spoken_throughout(open_window: Open, api: httpx.AsyncClient) -> None:
    path = await listed(api, 300_000, 285_000)
    page = await (await open_window()).go(page_of(path))
    await page.get_by_label("Language").select_option("fr")

    await expect(page.get_by_role("heading", name="Tous les prix")).to_be_visible()
    await expect(chart_of(page)).to_have_accessible_name(re.compile(r"d.abord 300.000.€, maintenant 285.000.€"))
    await drawn(page, steps=1)


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["360 px", "a desk"])
async def test_axe_finds_nothing_and_nothing_jumps(
    open_window: Open, api: httpx.AsyncClient, size: dict[str, dict[str, int]], colours: str
) -> None:
    path = await listed(api, 300_000, 285_000)
    window = await open_window(**size, color_scheme=colours)
    page = await window.go(page_of(path))
    await drawn(page, steps=1)

    assert await page.evaluate(SHIFTS) < 0.05
    assert await window.barriers() == []
    assert await page.evaluate("document.documentElement.scrollWidth") == size["viewport"]["width"]
