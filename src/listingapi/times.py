"""Times in query parameters: RFC 3339, with their offset."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar.params import QueryParameter

from listingapi.errors import FieldProblem, InvalidRequest
from listingapi.wire import Timestamp

EXPECTED = "must be a time as RFC 3339 has it, with its offset, such as 2023-01-12T09:23:36Z"
LOST_PLUS = f"{EXPECTED}; in a URL, the + of an offset is written %2B"


def time_parameter(name: str, description: str, **options: Any) -> QueryParameter:
    """A query parameter that `read_times` reads."""
    return QueryParameter(name=name, description=description, schema_extra={"format": "date-time"}, **options)


def read_times(given: Mapping[str, str]) -> dict[str, datetime]:
    """Read the times of query parameters, in UTC.

    Raises:
        InvalidRequest: names each that is no time.
    """
    times = {name: _time_of(text) for name, text in given.items()}
    if wrong := [FieldProblem(f"?{name}", time) for name, time in times.items() if isinstance(time, str)]:
        raise InvalidRequest(wrong)
    return {name: time for name, time in times.items() if isinstance(time, datetime)}


def in_utc(time: datetime) -> str:
    """Write a time as answers do."""
    return str(msgspec.to_builtins(time.astimezone(UTC)))


def _time_of(text: str) -> datetime | str:
    """The time that a text says, or what is wrong with it."""
    try:
        return msgspec.convert(text, Timestamp).astimezone(UTC)
    except (msgspec.ValidationError, UnicodeEncodeError, OverflowError):
        return LOST_PLUS if " " in text[-6:] else EXPECTED
