"""The headers that every answer has."""

from collections.abc import Sequence

import pytest

from listingapi.infra.headers import with_one_vary

ETAG = (b"etag", b'"1"')


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param([ETAG], [ETAG], id="none stays none"),
        pytest.param([(b"vary", b"Accept"), ETAG], [(b"vary", b"Accept"), ETAG], id="one stays where it is"),
        pytest.param(
            [(b"vary", b"Accept"), ETAG, (b"vary", b"Authorization"), (b"vary", b"Origin")],
            [ETAG, (b"vary", b"Accept, Authorization, Origin")],
            id="several are joined",
        ),
    ],
)
def test_what_an_answer_depends_on_is_said_in_one_line(
    given: Sequence[tuple[bytes, bytes]], expected: Sequence[tuple[bytes, bytes]]
) -> None:
    assert with_one_vary(given) == expected
