"""The errors of reading events."""

from http import HTTPStatus

from listingapi.errors import RequestError


class EventsForgotten(RequestError):
    """Events after the position that was asked for are not kept any more."""

    status = HTTPStatus.GONE
    problem_type = "events-forgotten"

    def __init__(self, after: int, oldest: int) -> None:
        super().__init__(
            f"Events after position {after} are not kept any more: {oldest} is the oldest position to go on from. "
            "Read the listings anew, then the events after that."
        )
