"""What of a page is sent before the app has run: made by its build in each language; words of listings are put in."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Self

import msgspec

from listingapi.accept import NOT_ACCEPTED, quality
from listingapi.answers import to_json
from listingapi.listings.rows import WrittenListing
from listingapi.listings.schemas import Listing
from listingapi.web.heads import ESCAPES

SPOKEN_FIRST = "en"
PLACE = re.compile(r"\{\{(\w+)\}\}")
# Those that are on a screen at first; more would be drawn twice and seen by nobody.
CARDS = 8

AnyListing = Listing | WrittenListing


class Needed(msgspec.Struct):
    """The files that a page loads beside those of all pages."""

    scripts: Sequence[str]
    styles: Sequence[str]


class Said(msgspec.Struct):
    """What search engines and link previews are told of a page."""

    title: str
    description: str


class Texts(msgspec.Struct):
    """The parts of pages in a language; `{{name}}` in them is where something is put in."""

    plain: str
    listings: str
    card: str
    room: str
    listing: str
    countries: Mapping[str, str]
    heads: Mapping[str, Said]
    needed: Mapping[str, Needed]


@dataclass(frozen=True, slots=True)
class Frame:
    """What is put into a page: its language, what is seen, what it needs, and data for the app."""

    language: str
    html: str
    needed: Needed
    data: str = ""


@dataclass(frozen=True, slots=True)
class Frames:
    """The parts of pages by their languages."""

    texts: Mapping[str, Texts]

    @classmethod
    def built_in(cls, built: Path) -> Self:
        """Those of an app that was built into a folder."""
        return cls(msgspec.json.decode((built / "frames.json").read_bytes(), type=dict[str, Texts]))

    def language_of(self, accept_language: str) -> str:
        """The language that a browser wants most (RFC 9110, `Accept-Language`), of those that there are."""
        return next((tag for tag in _wanted(accept_language) if tag in self.texts), SPOKEN_FIRST)

    def said(self, language: str, page: str, words: Mapping[str, str] | None = None) -> Said:
        """What is said of a page in its head, with words put in, which are not HTML yet."""
        said = self.texts[language].heads[page]
        title, description = (
            PLACE.sub(lambda place: (words or {})[place[1]], text) for text in msgspec.structs.astuple(said)
        )
        return Said(title, description)

    def country(self, language: str, code: str) -> str:
        """The name of a country."""
        return self.texts[language].countries.get(code, code)

    def plain(self, language: str, page: str = "plain") -> Frame:
        """What is around every page."""
        texts = self.texts[language]
        return Frame(language, texts.plain, texts.needed[page])

    def listing(self, language: str, listing: AnyListing, data: str) -> Frame:
        """The page of a listing, of which the history is still to be drawn."""
        texts = self.texts[language]
        return Frame(language, _filled(texts.listing, _words_of(listing, texts)), texts.needed["listing"], data)

    def listings(self, language: str, found: Sequence[AnyListing], size: int, data: str = "") -> Frame:
        """The page of listings with the first ones in it, and room for as many as the page has."""
        texts = self.texts[language]
        cards = [_filled(texts.card, _words_of(listing, texts)) for listing in found[:CARDS]]
        html = PLACE.sub(lambda _: "".join([*cards, *[texts.room] * (size - len(cards))]), texts.listings)
        return Frame(language, html, texts.needed["listings"], data)


def as_data(name: str, value: Any) -> str:
    """Data for the app, which no browser runs."""
    return f'<script type="application/json" id="{name}">{to_json(value).decode().translate(ESCAPES)}</script>'


def _words_of(listing: AnyListing, texts: Texts) -> Mapping[str, str]:
    address = listing.postal_address
    country = texts.countries.get(address.country, address.country)
    return {
        "id": str(listing.id),
        "name": listing.name,
        "place": f"{address.street_address}, {address.postal_code} {address.city}, {country}",
        "description": listing.description,
    }


def _filled(html: str, words: Mapping[str, str]) -> str:
    return PLACE.sub(lambda place: escape(words[place[1]]), html)


def _wanted(accept_language: str) -> Sequence[str]:
    tags = [choice.partition(";")[0].strip().lower() for choice in accept_language.split(",")]
    rated = [(quality(accept_language, tag), tag) for tag in tags]
    ordered = sorted(rated, key=lambda entry: -entry[0])
    return [tag.partition("-")[0] for rating, tag in ordered if rating != NOT_ACCEPTED]
