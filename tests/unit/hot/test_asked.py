"""What headers come to is remembered, but clients can't have a process remember more than so much."""

import functools
from collections.abc import Callable

import pytest

from listingapi.hot import asked


@pytest.mark.parametrize(
    ("tell", "remembered", "header"),
    [
        pytest.param(asked.wants_csv, asked._wants_csv, b"text/csv", id="Accept"),
        pytest.param(asked.wants_now, asked._wants_now, b"no-cache", id="Cache-Control"),
    ],
)
def test_long_headers_are_heeded_and_not_remembered(
    tell: Callable[[bytes], bool], remembered: "functools._lru_cache_wrapper[bool]", header: bytes
) -> None:
    remembered.cache_clear()
    long = header + b", x/y" * asked.LONGEST_REMEMBERED

    assert [tell(header), tell(header), tell(long), tell(b"x/y")] == [True, True, True, False]
    assert remembered.cache_info()[:1] + remembered.cache_info()[3:] == (1, 2)
