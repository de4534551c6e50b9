"""That operators are operators at the moment of their write, not a second before it.

What was looked up of credentials is kept for a second. An operator who is suspended, or whose key is revoked, must not
use that second to take it back.
"""

from listingapi.access.callers import ANONYMOUS, COMMAND_LINE, Caller
from listingapi.access.repository import is_operator, while_operator
from listingapi.errors import WrongCredentials
from listingapi.idempotency import repository as records
from listingapi.idempotency.attempts import Attempt
from listingapi.infra.database import Database
from listingapi.infra.write import Write

# They have no credentials that could be taken from them.
WITHOUT_CREDENTIALS = frozenset({ANONYMOUS, COMMAND_LINE})


async def check(database: Database, by: Caller) -> None:
    """See to it that a caller's credentials are an operator's now.

    Raises:
        WrongCredentials: they were until a moment ago.
    """
    if by.actor not in WITHOUT_CREDENTIALS and not await is_operator(database, by):
        raise WrongCredentials


def begin(attempt: Attempt) -> Write:
    """Begin a write that takes effect only while they are."""
    write = records.begin(attempt)
    if attempt.by.actor not in WITHOUT_CREDENTIALS:
        while_operator(write, attempt.by)
    return write
