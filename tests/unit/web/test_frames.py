"""What of a page is sent before the app has run."""

import json
from pathlib import Path

import pytest

from listingapi.web.frames import CARDS, Frames, as_data
from listingapi.web.shell import Shell
from tests import web
from tests.unit.web.test_heads import NASTY, Elements, listing


@pytest.fixture
def frames(tmp_path: Path) -> Frames:
    return Shell.built_in(web.build_into(tmp_path)).frames


@pytest.mark.parametrize(
    ("accepted", "spoken"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("fr-CA,en;q=0.8", "fr"),
        ("en;q=0.5,FR;q=0.9", "fr"),
        ("it,fr;q=0.1", "fr"),
        ("fr;q=0", "en"),
        ("*", "en"),
    ],
)
def test_it_is_in_the_language_that_the_browser_wants_most(frames: Frames, accepted: str, spoken: str) -> None:
    assert frames.language_of(accepted) == spoken


def test_the_first_listings_are_in_it_and_room_for_the_others(frames: Frames) -> None:
    html = frames.listings("fr", [listing(name=f"Flat {number}") for number in range(CARDS + 1)], 24).html

    assert html.count("<h2>Flat") == CARDS
    assert html.count("<li>") == 24
    assert "75001 Paris, France in fr" in html


def test_words_of_a_listing_are_words_whatever_they_are(frames: Frames) -> None:
    nasty = listing(name=NASTY, description="{{id}}")
    html = frames.listings("en", [nasty], 1).html + frames.listing("en", nasty, "").html

    assert {tag for tag, _, _ in Elements(html).found} == {"h1", "ol", "li", "h2", "p", "a"}
    assert "<p>{{id}}</p>" in html


def test_data_for_the_app_end_no_script() -> None:
    html = as_data("of-it", [NASTY])
    content = html.removeprefix('<script type="application/json" id="of-it">').removesuffix("</script>")

    assert "<" not in content
    assert json.loads(content) == [NASTY]
