"""What headers come to is remembered, but clients can't have a process remember more than so much."""

import functools
from collections.abc import Callable
from typing import Any

import pytest

from listingapi.hot import asked
from listingapi.hot.asked_pages import page_asked


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([(b"pragma", b"no-cache")], True),
        ([(b"pragma", b"no-cache"), (b"cache-control", b"max-age=60")], False),
        ([(b"pragma", b"x")], False),
    ],
)
@pytest.mark.parametrize("tell", [asked.asked_in, page_asked])
def test_pragma_is_heeded_where_cache_control_is_not_said(tell: Any, headers: Any, *, expected: bool) -> None:
    path = "/listings/1"
    scope = {"method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": headers}

    assert tell(scope).is_now is expected


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
