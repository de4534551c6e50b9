"""The errors of operations on reviews."""

from http import HTTPStatus

from listingapi.errors import RequestError


class PriceReviewNotFound(RequestError):
    status = HTTPStatus.NOT_FOUND
    problem_type = "price-review-not-found"

    def __init__(self, listing_id: int, version: object) -> None:
        super().__init__(f"There is no review of the price {str(version)[:40]} of listing {listing_id}.")


class PriceReviewSettled(RequestError):
    """Somebody has approved or corrected the price already."""

    status = HTTPStatus.CONFLICT
    problem_type = "price-review-settled"

    def __init__(self, listing_id: int, version: int, state: str) -> None:
        super().__init__(f"The price {version} of listing {listing_id} was {state} already.")
