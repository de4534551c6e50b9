"""The market that an address of a page names."""

import pytest

from listingapi.web.markets import Market


@pytest.mark.parametrize(
    ("path", "city"),
    [
        (b"/markets/FR/Paris/HOUSE", "Paris"),
        (b"/markets/FR/Biel%2FBienne/HOUSE", "Biel/Bienne"),
        ("/markets/FR/Évry/HOUSE".encode(), "Évry"),
        (b"/markets/FR/%C3%89vry%20%3C%22/HOUSE", 'Évry <"'),
    ],
)
def test_a_city_is_what_was_written(path: bytes, city: str) -> None:
    assert Market.at(path) == Market("FR", city, "HOUSE")


@pytest.mark.parametrize(
    "path",
    [
        b"/markets/XX/Paris/HOUSE",
        b"/markets/FR/Paris/CASTLE",
        b"/markets/FR/%00/HOUSE",
        b"/markets/FR/%FF/HOUSE",
        b"/markets/FR/Paris",
    ],
)
def test_an_address_of_which_there_can_be_no_market_names_none(path: bytes) -> None:
    assert Market.at(path) is None


def test_its_page_is_where_the_app_has_it() -> None:
    # as encodeURIComponent of a browser writes it
    assert Market("FR", "L'Haÿ (Biel/Bienne)!", "STUDIO").path == "/markets/FR/L'Ha%C3%BF%20(Biel%2FBienne)!/STUDIO"
