"""What is logged of an error: where and what it is, and nothing that a caller sent."""

from typing import Any, cast

import pytest
from litestar.types import HTTPScope

from listingapi.infra.errors import DatabaseUnavailable
from listingapi.rendering import error_answer

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
