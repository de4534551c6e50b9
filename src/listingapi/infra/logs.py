"""What the log of a process looks like: a line of JSON for each event, or what people read, on a terminal."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import msgspec
import structlog

from listingapi.infra.observation import CURRENT

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

FIRST = ("timestamp", "level", "event")

Event = MutableMapping[str, Any]

logger = structlog.get_logger()


def configure_logs(level: str) -> None:
    """Have all that this process logs from that level on go to standard error, what libraries log included."""
    is_read_by_people = sys.stderr.isatty()
    structlog.configure(
        processors=[
            with_request,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer() if is_read_by_people else as_json,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
    logging.basicConfig(handlers=[OfLibraries()], level=max(LEVELS[level], logging.WARNING), force=True)


def with_request(_: object, __: str, event: Event) -> Event:
    """Add which request an event is of, and on whose account."""
    if seen := CURRENT.get():
        event["request_id"] = seen.request_id
        if seen.account_id is not None:
            event["account_id"] = seen.account_id
        if seen.span is not None:
            event["traceparent"] = seen.traceparent
    return event


def as_json(_: object, __: str, event: Event) -> str:
    """A line that begins with when and what; what JSON can't say is said in words."""
    first = {name: event.pop(name) for name in FIRST}
    return msgspec.json.encode({**first, **event}, enc_hook=str).decode()


class OfLibraries(logging.Handler):
    """Puts what libraries say in the same form, but of errors only the kind: messages may tell secrets."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log it as our own."""
        kind = record.exc_info[0] if record.exc_info else None
        about = {"error": kind.__name__} if kind else {}
        logger.log(record.levelno, "library_says", library=record.name, message=record.getMessage(), **about)
