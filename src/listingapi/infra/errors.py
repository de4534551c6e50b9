"""The errors of the edge: what is refused before an operation is reached, and what the database fails to do."""

from http import HTTPStatus
from typing import ClassVar

from listingapi.errors import RequestError


class NotHTTP(RequestError):
    status = HTTPStatus.BAD_REQUEST
    problem_type = "not-http"

    def __init__(self) -> None:
        super().__init__("This is not a valid HTTP/1.1 request.")


class RequestTooSlow(RequestError):
    """The client took longer to send its request than it is waited for."""

    status = HTTPStatus.REQUEST_TIMEOUT
    problem_type = "request-too-slow"

    def __init__(self, what: str) -> None:
        super().__init__(f"The {what} of the request did not come in time.")


class AddressTooLong(RequestError):
    status = HTTPStatus.REQUEST_URI_TOO_LONG
    problem_type = "address-too-long"

    def __init__(self, longest_head: int) -> None:
        super().__init__(f"The address is too long: with it, the head of the request is over {longest_head} bytes.")


class HeadTooLarge(RequestError):
    """The request line and the headers together have too many bytes, or there are too many headers."""

    status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    problem_type = "head-too-large"

    def __init__(self, most: int, what: str) -> None:
        super().__init__(f"The head of the request is too large: at most {most} {what} are taken.")


class UntrustedHost(RequestError):
    status = HTTPStatus.BAD_REQUEST
    problem_type = "untrusted-host"

    def __init__(self) -> None:
        super().__init__("The header Host names none of the hosts that this service answers for.")


class ServerStopping(RequestError):
    """The process was told to stop: requests that come are answered, but are better sent elsewhere."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    problem_type = "server-stopping"

    def __init__(self) -> None:
        super().__init__("The server is about to stop.", headers={"Retry-After": "1"})


class DatabaseUnavailable(RequestError):
    """PostgreSQL did not answer; whether a write was kept is not known."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    problem_type = "database-unavailable"
    sentence: ClassVar[str] = "The database did not answer. A write may have been kept: read before you repeat it."

    def __init__(self) -> None:
        super().__init__(self.sentence, headers={"Retry-After": "1"})


class DatabaseRefuses(DatabaseUnavailable):
    """PostgreSQL answered that it takes no writes, or is short of space or memory; nothing was kept."""

    problem_type = "database-refuses"
    sentence = (
        "The database takes no writes at the moment, or lacks space or memory. Nothing was kept: try again later."
    )


class Overloaded(RequestError):
    """More is asked than can be answered in time; what is refused at once leaves time for the rest."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    problem_type = "overloaded"

    def __init__(self) -> None:
        super().__init__("Too much is asked at the moment: try again.", headers={"Retry-After": "1"})
