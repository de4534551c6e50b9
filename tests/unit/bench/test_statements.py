"""How a statement of the service becomes a script for pgbench."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from bench.ratios.statements import Variable, with_values


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(Variable(":id"), ":id", id="a variable"),
        pytest.param(None, "NULL", id="nothing"),
        pytest.param(True, "True", id="a truth"),
        pytest.param(Decimal("1.50"), "1.50", id="an amount"),
        pytest.param("it's", "E'it''s'", id="a text with a quote"),
        pytest.param('{"a":b}', "E'{\"a\"\\x3ab}'", id="a text with a colon, which is no variable"),
        pytest.param("a\\b", "E'a\\\\b'", id="a text with a backslash"),
        pytest.param(["a", "b"], "ARRAY[E'a', E'b']", id="an array"),
        pytest.param(datetime(2023, 1, 1, tzinfo=UTC), "E'2023-01-01T00\\x3a00\\x3a00+00\\x3a00'", id="a time"),
        pytest.param(timedelta(minutes=1), "E'60.0 seconds'", id="a span of time"),
    ],
)
def test_a_value_is_written_as_postgresql_reads_it(value: Any, expected: str) -> None:
    assert with_values("SELECT $1", [value]) == f"SELECT {expected}"


def test_the_tenth_value_is_not_the_first_with_a_nought() -> None:
    assert with_values("$10 $1", range(1, 11)) == "10 1"
