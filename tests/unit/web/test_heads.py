"""What stands in the head of a page, whatever a listing holds."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import msgspec
import pytest

from listingapi.listings.schemas import Listing
from listingapi.web.heads import Head, facts_of_listings, head_of_listing, written
from tests import factories

ORIGIN = "https://homes.example"
NASTY = "</script><script>alert(1)</script><!-- \" ' & \u2028 ]]> <title>"


class Elements(HTMLParser):
    """Every element that a browser would see, with its attributes and what is in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.found:
            tag, attributes, before = self.found[-1]
            self.found[-1] = (tag, attributes, before + data)


def listing(**changed: Any) -> Listing:
    read_only = {"id": 7, "created_date": "2026-01-12T09:23:36Z", "updated_date": "2026-03-17T08:17:32Z"}
    return msgspec.convert({**factories.listing(**changed), **read_only}, Listing, strict=False, dec_hook=_euros)


def _euros(kind: type, value: Any) -> Any:
    return kind(value)


def facts_in(html: str) -> Any:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_the_head_of_a_listing_says_what_it_is_and_costs() -> None:
    html = written(head_of_listing(listing(name="Flat", latest_price_eur=285000), ORIGIN), ORIGIN)
    facts = facts_in(html)

    assert "<title>Flat · €285,000 · Paris</title>" in html
    assert '<link rel="canonical" href="https://homes.example/7/prices">' in html
    assert facts["@type"] == "RealEstateListing"
    assert facts["url"] == "https://homes.example/7/prices"
    assert facts["datePosted"] == "2026-01-12T09:23:36Z"
    assert facts["offers"] == {"@type": "Offer", "price": 285000, "priceCurrency": "EUR"}
    assert facts["mainEntity"]["address"]["addressLocality"] == "Paris"


@pytest.mark.parametrize("name", ["name", "description"])
def test_a_text_is_a_text_whatever_it_holds(name: str) -> None:
    html = written(head_of_listing(listing(**{name: NASTY}), ORIGIN), ORIGIN)
    elements = Elements(html).found

    assert [tag for tag, _, _ in elements] == [
        "title",
        "meta",
        "link",
        "meta",
        "meta",
        "meta",
        "meta",
        "meta",
        "script",
    ]
    assert " ".join(NASTY.split()) in " ".join(facts_in(html)[name].split())
    assert "\u2028" not in html.partition("<script")[2]


def test_an_address_of_the_server_is_no_html() -> None:
    html = written(Head("", "", "/"), 'https://"><script>')

    assert [tag for tag, _, _ in Elements(html).found if tag == "script"] == []


def test_the_newest_listings_are_listed_in_order() -> None:
    found = facts_of_listings([listing(name="A"), listing(name="B")], ORIGIN)
    facts = facts_in(written(Head("", "", facts=found), ORIGIN))

    assert [(item["position"], item["item"]["name"]) for item in facts["itemListElement"]] == [(1, "A"), (2, "B")]


def test_where_there_are_no_listings_nothing_is_said_of_any() -> None:
    assert "ld+json" not in written(Head("", "", facts=facts_of_listings([], ORIGIN)), ORIGIN)


def test_a_long_description_is_cut() -> None:
    assert len(head_of_listing(listing(description="word " * 1000), ORIGIN).description) == 200
