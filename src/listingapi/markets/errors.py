"""The errors of operations on markets."""

from http import HTTPStatus

from listingapi.errors import RequestError


class MarketNotFound(RequestError):
    """The path names no country, city or building type that there can be."""

    status = HTTPStatus.NOT_FOUND
    problem_type = "market-not-found"

    def __init__(self) -> None:
        super().__init__(
            "There is no such market: its path is /markets/, the ISO 3166-1 alpha-2 code of a country in capitals, a "
            "city, and STUDIO, APARTMENT or HOUSE."
        )
