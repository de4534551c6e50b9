"""Why events don't get into RabbitMQ or out of it, in the same words for the same trouble."""

import re

from aiormq.exceptions import AMQPConnectionError, InvalidFrameError, ProbableAuthenticationError

from listingapi.infra.errors import DatabaseUnavailable

# Where something is in memory, as texts of the client have it: another one each time.
PLACE = re.compile(r" at 0x[0-9a-f]+")


def reason_of(error: BaseException) -> str:
    """What is wrong, for people who run it; of several errors the first."""
    if isinstance(error, BaseExceptionGroup):
        return reason_of(error.exceptions[0])
    if isinstance(error, InvalidFrameError) and "Connection.OpenOk" in str(error):
        return "RabbitMQ has no such virtual host, or the user may not enter it."
    if isinstance(error, ProbableAuthenticationError):
        return "RabbitMQ refuses the user or the password."
    if type(error) is AMQPConnectionError:
        return f"RabbitMQ can't be reached: {error}."
    if isinstance(error, DatabaseUnavailable):
        return f"The database can't be used: {type(error.__cause__ or error).__name__}."
    return PLACE.sub("", f"{type(error).__name__}: {error}").removesuffix(": ")
