"""What those see who review prices, and manage accounts and webhooks, in a real browser."""

from http import HTTPStatus

import httpx
from playwright.async_api import expect

from tests.browser.conftest import Open
from tests.browser.office import Office, signed_in
from tests.receivers import answers, receiving
from tests.until import until


async def is_refused(client: httpx.AsyncClient) -> bool:
    """Whether its key opens nothing any more."""
    return (await client.get("/listings")).status_code == HTTPStatus.UNAUTHORIZED


async def test_a_flagged_price_is_approved_and_another_one_corrected(open_office: Open, office: Office) -> None:
    good, wrong = office.flag(20_000), office.flag(10_000)
    window = await open_office()
    page = await signed_in(window, office, "/agents/reviews")
    await page.get_by_role("button", name=f"Approve the price of home {good}", exact=True).click()
    await expect(page.get_by_text(f"The price of home {good} is approved.")).to_be_visible()
    await page.get_by_role("button", name=f"Reject the price of home {wrong}", exact=True).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Correct the price").click()
    await expect(dialog.get_by_label("Reason")).to_be_focused()
    await dialog.get_by_label("The right price in €").fill("101 000")
    await dialog.get_by_label("Reason").fill("a zero was missing")
    assert await window.barriers() == []
    await dialog.get_by_role("button", name="Correct the price").click()
    await expect(page.get_by_text(f"The price of home {wrong} is corrected.")).to_be_visible()
    await page.get_by_label("Show").select_option("corrected")

    await expect(page.get_by_role("article").filter(has_text=f"Home {wrong}:")).to_contain_text("a zero was missing")
    async with httpx.AsyncClient(base_url=office.url) as client:
        assert (await client.get(f"/listings/{wrong}")).json()["latest_price_eur"] == 101_000


async def test_whoever_is_slower_is_told_that_a_price_is_decided_on(open_office: Open, office: Office) -> None:
    flagged = office.flag(30_000)
    page = await signed_in(await open_office(), office, "/agents/reviews")
    button = page.get_by_role("button", name=f"Approve the price of home {flagged}", exact=True)
    await expect(button).to_be_visible()
    with office.client() as client:
        client.post(f"/price-reviews/{flagged}/2/approval").raise_for_status()
    await button.click()

    await expect(page.get_by_text(f"Somebody else has decided on the price of home {flagged}")).to_be_visible()
    await expect(button).to_have_count(0)


async def test_nobody_without_a_right_to_it_sees_reviews(open_office: Open) -> None:
    page = (await open_office()).page
    await page.goto(f"{(await open_office()).site}/agents/reviews")

    await expect(page.get_by_role("alert")).to_contain_text("sign in")


async def test_a_key_is_made_shown_once_and_revoked(open_office: Open, office: Office) -> None:
    window = await open_office(permissions=["clipboard-read", "clipboard-write"])
    page = await signed_in(window, office, "/agents/accounts")
    await page.get_by_label("Name").fill("Agency of the browser")
    await page.get_by_role("button", name="Add the account").click()
    await page.get_by_role("link", name="Agency of the browser").click()
    await page.get_by_label("What is it for?").fill("the website")
    await page.get_by_label("Only these").check()
    await page.get_by_label("Read homes and prices").check()
    await page.get_by_role("button", name="Make a key").click()
    await expect(page.get_by_role("heading", name="The new key")).to_be_focused()
    key = await page.get_by_role("code").inner_text()
    await page.get_by_role("button", name="Copy").click()
    await expect(page.get_by_text("Copied.")).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == key
    assert await window.barriers() == []
    await page.get_by_role("button", name="I have it").click()
    await expect(page.get_by_text(key)).to_have_count(0)

    async with httpx.AsyncClient(base_url=office.url, headers={"Authorization": f"Bearer {key}"}) as client:
        assert (await client.get("/listings")).status_code == 200
        await page.get_by_role("button", name="Revoke the key the website").click()
        await page.get_by_role("button", name="Revoke the key", exact=True).click()
        await expect(page.get_by_text("The key the website is revoked.")).to_be_visible()
        await until(lambda: is_refused(client))


async def test_a_webhook_is_added_sends_and_is_deleted(open_office: Open, office: Office) -> None:
    async with receiving(answers(204)) as receiver:
        window = await open_office()
        page = await signed_in(window, office, "/agents/webhooks")
        await page.get_by_label("Address").fill("nowhere")
        await page.get_by_role("button", name="Add the webhook").click()
        await expect(page.get_by_text("An address that begins with https://")).to_be_visible()
        await page.get_by_label("Address").fill(receiver.url)
        await page.get_by_role("button", name="Add the webhook").click()
        await expect(page.get_by_role("code")).to_contain_text("whsec_")
        await page.get_by_role("button", name="I have it").click()
        office.flag(90_000)
        await receiver.has(1)
        await page.get_by_role("link", name=receiver.url).click()
        await page.get_by_role("button", name="Send again: delivery").first.click()
        await receiver.has(2)
        await page.get_by_role("button", name="Refresh").click()
        await expect(page.get_by_text("204").first).to_be_visible()
        assert await window.barriers() == []
        await page.get_by_role("button", name="Pause").click()
        await expect(page.get_by_text("Paused", exact=True)).to_be_visible()
        await page.get_by_role("button", name="Make another secret…").click()
        await page.get_by_role("button", name="Make another secret", exact=True).click()
        await expect(page.get_by_role("code")).to_contain_text("whsec_")
        await page.get_by_role("button", name="Delete…").click()
        await page.get_by_role("button", name="Delete the webhook").click()

        await expect(page).to_have_url(f"{office.url}/agents/webhooks")
        await expect(page.get_by_role("button", name="Add the webhook")).to_be_visible()
        await expect(page.get_by_role("link", name=receiver.url)).to_have_count(0)
