"""What keeps events from RabbitMQ is said in words, and the same trouble in the same words."""

import pytest
from aiormq.exceptions import AMQPConnectionError, InvalidFrameError, ProbableAuthenticationError

from listingapi.consuming.subscription import Disconnected
from listingapi.events.reasons import reason_of
from listingapi.infra.errors import DatabaseUnavailable


def unavailable(cause: Exception) -> DatabaseUnavailable:
    error = DatabaseUnavailable()
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param(
            InvalidFrameError("<Connection.OpenOk object at 0x7f>"),
            "RabbitMQ has no such virtual host, or the user may not enter it.",
            id="a virtual host that is missing",
        ),
        pytest.param(
            ProbableAuthenticationError("ACCESS_REFUSED"), "RabbitMQ refuses the user or the password.", id="a user"
        ),
        pytest.param(AMQPConnectionError("refused"), "RabbitMQ can't be reached: refused.", id="nobody listens"),
        pytest.param(
            unavailable(ConnectionRefusedError()),
            "The database can't be used: ConnectionRefusedError.",
            id="a database that is away",
        ),
        pytest.param(DatabaseUnavailable(), "The database can't be used: DatabaseUnavailable.", id="no cause is known"),
        pytest.param(
            ValueError("<Frame object at 0x7f12> is odd"),
            "ValueError: <Frame object> is odd",
            id="where it is in memory is left out",
        ),
        pytest.param(TimeoutError(), "TimeoutError", id="one that says nothing"),
        pytest.param(
            ExceptionGroup("several", [ExceptionGroup("of them", [Disconnected()]), TimeoutError()]),
            "Disconnected",
            id="the first of several",
        ),
    ],
)
def test_reason(error: Exception, said: str) -> None:
    assert reason_of(error) == said
