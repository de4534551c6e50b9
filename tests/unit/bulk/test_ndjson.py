"""Reading NDJSON: what is read at once means the same as what is read line by line."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from listingapi.bulk import ndjson
from listingapi.bulk.files import Piece
from listingapi.bulk.lines import staged_row
from tests import factories
from tests.bulk_files import line, price
from tests.bulk_files import ndjson as written

TEXTS = st.text(max_size=12) | st.sampled_from(["", 'a":b', '" :', "\\u0000", "\0", "🏠", "\\"])
NUMBERS = st.integers(-1, 10**13) | st.floats() | st.sampled_from(["1", "1e3", True, None, 0.1, 1.005])
DATES = st.sampled_from(
    ["2023-08-01T00:00:00Z", "2023-08-01T02:00:00+02:00", "0001-01-01T00:00:00+01:00", "2023-08-01", 5]
)


@st.composite
def lines(draw: st.DrawFn) -> dict[str, Any]:
    """A line of which a few properties are anything that files have in them."""
    anything = {
        **dict.fromkeys(("name", "external_id", "contact_phone_number", "colour"), TEXTS),
        **dict.fromkeys(("latest_price_eur", "surface_area_m2", "rooms_count", "id"), NUMBERS),
        **dict.fromkeys(("observed_date", "updated_date", "created_date"), DATES),
        "postal_address": st.builds(lambda text: factories.address(city=text), TEXTS),
        "prices": st.lists(st.sampled_from([price(1, 1), price(100_000, 2), price(1.5, 3)]), max_size=3),
    }
    chosen = draw(st.lists(st.sampled_from(sorted(anything)), max_size=3, unique=True))
    return line(**{name: draw(anything[name]) for name in chosen})


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the first texts take seconds
@given(given_lines=st.lists(lines(), min_size=1, max_size=3), ascii_only=st.booleans(), compact=st.booleans())
def test_a_piece_that_is_read_at_once_gives_the_rows_of_its_lines(
    *, given_lines: list[Any], ascii_only: bool, compact: bool
) -> None:
    separators = (",", ":") if compact else None
    texts = [json.dumps(each, ensure_ascii=ascii_only, separators=separators) for each in given_lines]
    data = "\n".join(texts).encode("utf-8", "surrogatepass")
    at_once = ndjson._rows_of_plain_lines(Piece(1, data))

    if at_once is not None:
        assert at_once == [strictly(number, text.encode()) for number, text in enumerate(texts, 1)]


def strictly(number: int, text: bytes) -> Any:
    """The row of a line that is read by itself; raises if it is refused."""
    return staged_row(number, ndjson._fields_of(text))


NOT_PLAIN = {
    "a fraction of a euro": (line(latest_price_eur=1.5), 1),
    "a number in a string": (line(rooms_count="3"), 1),
    "an escaped NUL": (line(name="\0"), 0),
    "an unknown property": (line(colour="red"), 0),
    "a property given twice": (written([line()])[:-2] + b',"name":"b"}', 0),
    "a property given twice, once with a space": (written([line()])[:-2] + b',"name" :"b"}', 0),
    "two listings on a line": (written([line()])[:-1] + written([line()])[:-1], 0),
}


@pytest.mark.parametrize(("odd", "rows"), NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_a_line_that_is_not_plain_is_read_by_itself(odd: Any, rows: int) -> None:
    part = ndjson.read(Piece(10, written([line(), odd, line()])))

    assert part.lines == 3
    assert [row[0] for row in part.rows] == ([10, 11, 12] if rows else [10, 12])
    assert [refusal.line for refusal in part.refusals] == ([] if rows else [11])


def test_plain_lines_are_read_at_once() -> None:
    data = written([line(), line(contact_phone_number="+4912345"), line(id=5, prices=[price(100_000, 1)])])

    assert len(ndjson._rows_of_plain_lines(Piece(1, data)) or []) == 3
