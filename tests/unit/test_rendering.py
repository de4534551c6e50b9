"""What is logged of an error: where and what it is, and nothing that a caller sent."""

from typing import Any, cast

import pytest
from litestar.types import HTTPScope
from structlog.testing import capture_logs

from listingapi import rendering
from listingapi.infra.complaints import Tally
from listingapi.infra.errors import DatabaseUnavailable
from listingapi.rendering import error_answer
from tests.stopped import SECOND, StoppedClock

SECRET = "canary in a message"  # noqa: S105 - made up
SCOPE = cast("HTTPScope", {"type": "http", "method": "GET", "path": f"/{SECRET}", "headers": []})


@pytest.mark.parametrize(
    ("error", "status", "event"),
    [
        pytest.param(RuntimeError(SECRET), 500, "request_failed", id="a failure"),
        pytest.param(DatabaseUnavailable(), 503, "request_refused", id="a database that is away"),
    ],
)
def test_the_log_names_the_error_and_its_cause_and_holds_no_message(
    error: Exception, status: int, event: str, capsys: Any
) -> None:
    error.__cause__ = ValueError(SECRET)
    answer = error_answer(error, SCOPE)
    logged = capsys.readouterr().out

    assert answer.status == status
    assert event in logged
    assert "ValueError" in logged
    assert SECRET not in logged + answer.body.decode()


def test_a_database_that_is_away_is_logged_once_a_second_however_many_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = StoppedClock()
    monkeypatch.setattr(rendering, "refused", Tally(lambda: clock.now / SECOND))

    with capture_logs() as logged:
        for _ in range(2):
            for _ in range(5):
                assert error_answer(DatabaseUnavailable(), SCOPE).status == 503
            clock.advance(1)

    assert [line["times"] for line in logged] == [1, 5]
