"""The addresses of pages: the app, the server and the tests of every page name the same."""

import re
from pathlib import Path

from listingapi.web import routes
from tests.browser.test_every_page import PAGES

IN_THE_APP = Path(__file__).parents[3] / "web" / "src" / "routes.tsx"
KNOWN_MORE_OF = {"/", "/:id/prices", "/markets", "/markets/:country/:city/:type"}


def test_each_page_of_the_app_is_looked_at_in_a_browser() -> None:
    assert set(re.findall(r'"(/[^"]*)"', IN_THE_APP.read_text())) | {"/"} == set(PAGES)


def test_the_server_answers_each_page_of_the_app() -> None:
    served = {re.sub(r"\{(?:given_|building_)?(\w+):str\}", r":\1", path) for path in routes.PLAIN}

    assert served | KNOWN_MORE_OF == set(PAGES)
