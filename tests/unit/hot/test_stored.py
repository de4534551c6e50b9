"""What is kept in Redis is read as it was written, and whatever is odd is not there."""

import pytest

from listingapi.hot.stored import Stored, decode, encode
from listingapi.ready import Ready


def test_what_is_written_is_read() -> None:
    stored = Stored(Ready(7, b'[{"price_eur":1}]\n\n'), 123)

    assert decode(encode(stored)) == stored


@pytest.mark.parametrize("entry", [None, b"", b"7 \n", b"7 12\n", b"7\n[]", b"x 12\n[]", b"[]", b"-7 12\n[]"])
def test_what_is_no_entry_with_a_body_is_not_there(entry: bytes | None) -> None:
    assert decode(entry) is None
