"""Pages that only the app knows more of, beside what the API has near them."""

import httpx
import pytest

from tests.integration.web.test_pages import BROWSER, PROGRAM, title_of

PATHS = [
    "/sign-in/callback?code=a&state=b",
    "/markets/FR/Paris/APARTMENT",
    "/markets/CH/Biel%2FBienne/HOUSE",
    "/agents",
    "/agents/reviews?state=approved",
    "/agents/accounts",
    "/agents/accounts/1",
    "/agents/webhooks",
    "/agents/webhooks/1",
]


@pytest.mark.parametrize("path", PATHS)
async def test_a_browser_has_a_page_and_a_program_nothing(pages: httpx.AsyncClient, path: str) -> None:
    page = await pages.get(path, headers=BROWSER)
    answer = await pages.get(path, headers=PROGRAM)

    assert (page.status_code, title_of(page)) == (200, "ListingAPI")
    assert "canonical" not in page.text
    assert answer.status_code == 404


async def test_statistics_are_answered_to_browsers_too(pages: httpx.AsyncClient) -> None:
    answer = await pages.get("/markets/CH/Biel%2FBienne/HOUSE/statistics", headers=BROWSER)

    assert (answer.status_code, answer.json()["city"]) == (200, "Biel/Bienne")
