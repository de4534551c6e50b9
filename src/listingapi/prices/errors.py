"""The errors of operations on prices."""

from collections.abc import Sequence
from http import HTTPStatus

from listingapi.errors import FieldProblem, RequestError


class ScheduledPriceNotFound(RequestError):
    status = HTTPStatus.NOT_FOUND
    problem_type = "scheduled-price-not-found"

    def __init__(self, version: object) -> None:
        super().__init__(f"No price was scheduled for this listing as {str(version)[:40]}.")


class ScheduledPriceSettled(RequestError):
    """The price can't be cancelled any more."""

    status = HTTPStatus.CONFLICT
    problem_type = "scheduled-price-settled"

    def __init__(self, version: int, state: str) -> None:
        super().__init__(f"The scheduled price {version} can't be cancelled: it is {state} already.")


class TooManyScheduledPrices(RequestError):
    status = HTTPStatus.CONFLICT
    problem_type = "too-many-scheduled-prices"

    def __init__(self, most: int) -> None:
        super().__init__(f"At most {most} prices of a listing may be scheduled at a time: cancel one first.")


class PriceEntryNotFound(RequestError):
    status = HTTPStatus.NOT_FOUND
    problem_type = "price-entry-not-found"

    def __init__(self, version: object) -> None:
        super().__init__(f"The listing's price history has no entry {str(version)[:40]}.")


class CorrectionRefused(RequestError):
    """The correction would leave the history as it is, or without a price."""

    status = HTTPStatus.CONFLICT
    problem_type = "correction-refused"


class NoPriceThen(RequestError):
    """The listing had no price at the time that was asked for, or none was known; the detail says from when."""

    status = HTTPStatus.NOT_FOUND
    problem_type = "no-price-then"


class PriceRejected(RequestError):
    """The price breaks a pricing rule that rejects; `details` are sentences, `pointer` is where the price stands."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    problem_type = "price-rejected"

    def __init__(self, details: Sequence[str], pointer: str) -> None:
        errors = [FieldProblem(pointer, detail) for detail in details]
        super().__init__(" ".join(["The pricing rules reject this price.", *details]), errors=errors)


class PriceChangeNeedsConfirmation(RequestError):
    """The price breaks a pricing rule that asks first; the same request with `confirm=true` passes it."""

    status = HTTPStatus.CONFLICT
    problem_type = "price-change-needs-confirmation"

    def __init__(self, details: Sequence[str], pointer: str) -> None:
        errors = [FieldProblem(pointer, detail) for detail in details]
        super().__init__(" ".join([*details, "If it is meant, send it again with confirm=true."]), errors=errors)
