"""Signing in by a key and at a real identity provider, in a real browser."""

import json

from playwright.async_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.office import Office
from tests.provider import CLIENT_ID

TOKENS = "JSON.parse(sessionStorage.getItem('tokens'))"


async def sign_in(page: Page) -> None:
    """Go to the identity provider, and say who it is."""
    await page.get_by_role("link", name="Sign in").first.click()
    await page.get_by_role("button", name="Sign in at 127.0.0.1").click()
    await page.get_by_role("link", name="Anna").click()


async def sign_in_by(page: Page, key: str) -> None:
    """Sign in by a key, to come back to where one is."""
    await page.get_by_role("link", name="Sign in").first.click()
    await page.get_by_label("API key").fill(key)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def test_a_key_opens_what_it_is_for_until_one_signs_out(open_office: Open, office: Office) -> None:
    window = await open_office()
    page = await window.go("/agents/webhooks")
    await expect(page.get_by_role("alert")).to_contain_text("sign in")
    await sign_in_by(page, office.key)
    await expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    await window.go("/agents/webhooks")
    await expect(page.get_by_role("button", name="Add the webhook")).to_be_visible()
    assert office.key not in str(await page.context.storage_state())

    await page.get_by_role("button", name="Sign out").click()
    await window.go("/agents/webhooks")
    await expect(page.get_by_role("alert")).to_contain_text("sign in")


async def test_a_draft_is_there_for_its_account_alone(open_office: Open, office: Office) -> None:
    with office.client() as client:
        other = client.post("/accounts", json={"name": "Agency of others", "kind": "agency"}).json()["id"]
        others_key = client.post(f"/accounts/{other}/keys", json={"name": "of others"}).json()["key"]
    page = await (await open_office()).go("/new")
    title, restored = page.get_by_label("Title"), page.get_by_text("These are your unsaved changes of")
    await sign_in_by(page, office.key)
    await title.fill("Flat near the lake")
    await page.get_by_role("button", name="Sign out").click()
    await expect(title).to_have_count(0)
    await expect(page.get_by_role("heading", level=1)).to_be_focused()

    await sign_in_by(page, others_key)
    await expect(title).to_have_value("")
    await expect(restored).to_have_count(0)
    await page.get_by_role("button", name="Sign out").click()

    await sign_in_by(page, office.key)
    await expect(title).to_have_value("Flat near the lake")
    await expect(restored).to_be_visible()


async def test_what_may_not_be_kept_is_asked_about_before_one_signs_out(open_office: Open, office: Office) -> None:
    page = await (await open_office()).go("/agents/webhooks")
    await sign_in_by(page, office.key)
    address = page.get_by_label("Address")
    await address.fill("https://example.com/hook?token=of-mine")
    sign_out = page.get_by_role("button", name="Sign out")
    await sign_out.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Leave this page?")).to_contain_text("not kept in this browser")
    await page.keyboard.press("Escape")
    await expect(sign_out).to_be_focused()
    await expect(address).to_have_value("https://example.com/hook?token=of-mine")

    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Leave").click()
    await expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    await expect(address).to_have_count(0)


async def test_whoever_signs_in_is_where_they_were_and_may_do_what_they_may(open_office: Open, office: Office) -> None:
    window = await open_office(foreign=office.provider.url)
    page = await window.go("/agents/webhooks")
    await expect(page.get_by_role("alert")).to_contain_text("sign in")
    await sign_in(page)
    await expect(page.get_by_role("button", name="Add the webhook")).to_be_visible()
    assert page.url == f"{office.url}/agents/webhooks"
    await page.go_back()
    assert "code=" not in page.url
    await page.go_forward()

    await page.get_by_role("button", name="Sign out").click()
    await expect(page).to_have_url(f"{office.url}/")
    await expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    assert office.provider.asked[-1] == "/logout"
    assert await page.evaluate("sessionStorage.getItem('tokens')") is None


async def test_the_page_names_the_provider_and_may_ask_it_alone(open_office: Open, office: Office) -> None:
    window = await open_office(foreign=office.provider.url)
    answer = await window.page.goto(f"{office.url}/sign-in")
    assert answer
    facts = json.loads(await window.page.locator("#identity-provider").inner_text())

    assert (facts["issuer"], facts["client_id"]) == (office.provider.url, CLIENT_ID)
    assert f"connect-src 'self' {office.provider.url};" in answer.headers["content-security-policy"]
    await expect(window.page.get_by_role("heading", level=1)).to_be_visible()
    assert await window.barriers() == []


async def test_who_says_no_is_not_signed_in_and_may_try_again(open_office: Open, office: Office) -> None:
    window = await open_office(foreign=office.provider.url)
    page = await window.go("/sign-in")
    await page.get_by_role("button", name="Sign in at 127.0.0.1").click()
    await page.get_by_role("link", name="Nobody").click()

    await expect(page.get_by_role("alert")).to_contain_text("was cancelled")
    assert await page.evaluate("['tokens', 'sign-in'].map((name) => sessionStorage.getItem(name))") == [None, None]
    assert await window.barriers() == []


async def test_an_answer_that_nobody_here_asked_for_signs_nobody_in(open_office: Open, office: Office) -> None:
    window = await open_office(foreign=office.provider.url)
    page = await window.go("/sign-in/callback?code=stolen&state=guessed")

    await expect(page.get_by_role("heading", name="You are not signed in")).to_be_visible()
    assert "/token" not in office.provider.asked[-1:]


async def test_tokens_are_renewed_before_they_end(open_office: Open, office: Office) -> None:
    office.provider.lifetime_seconds, office.provider.gives_refresh_tokens = 20, True
    try:
        page = await (await open_office(foreign=office.provider.url)).go("/agents/webhooks")
        await sign_in(page)
        await expect(page.get_by_role("button", name="Add the webhook")).to_be_visible()
        first = await page.evaluate(TOKENS)
        await page.get_by_role("link", name="For agents").click()
        await page.get_by_role("link", name="Prices to review").click()
        await expect(page.get_by_label("Show")).to_be_visible()
        await page.wait_for_function(f"(before) => {TOKENS}.refresh !== before", arg=first["refresh"])
        await expect(page.get_by_role("alert")).to_have_count(0)
    finally:
        office.provider.lifetime_seconds, office.provider.gives_refresh_tokens = 300, False


async def test_signing_in_again_in_another_window_loses_nothing(open_office: Open, office: Office) -> None:
    page = await (await open_office(foreign=office.provider.url)).go("/agents/webhooks")
    await sign_in(page)
    await page.get_by_label("Address").fill("http://127.0.0.1:9/hook")
    await page.evaluate(f"sessionStorage.setItem('tokens', JSON.stringify({{...{TOKENS}, access: 'over'}}))")
    await page.get_by_role("button", name="Add the webhook").click()
    ended = page.get_by_text("Your sign-in has ended.")
    await expect(ended).to_be_visible()

    async with page.context.expect_page() as opening:
        await page.get_by_role("link", name="Sign in again").click()
    other = await opening.value
    await other.get_by_role("button", name="Sign in at 127.0.0.1").click()
    await other.get_by_role("link", name="Anna").click()
    await expect(other.get_by_role("heading", name="You are signed in again")).to_be_visible()
    await expect(ended).to_have_count(0)
    await expect(page.get_by_label("Address")).to_have_value("http://127.0.0.1:9/hook")
    await page.get_by_role("button", name="Add the webhook").click()

    await expect(page.get_by_role("code")).to_contain_text("whsec_")
