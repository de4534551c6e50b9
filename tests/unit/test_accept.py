"""Which of two media types a client would rather have."""

import pytest

from listingapi.accept import quality


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        pytest.param("text/csv", 1, id="named, without a weight"),
        pytest.param("text/csv;q=0.3", 0.3, id="named, with one"),
        pytest.param("text/*;q=0.2, */*;q=0.1", 0.2, id="the more precise range counts"),
        pytest.param("*/*, text/csv;q=0", 0, id="also to exclude it"),
        pytest.param("*/*;q=0.5", 0.5, id="everything"),
        pytest.param("text/csv; charset=utf-8; q=0.4", 0.4, id="behind other parameters"),
        pytest.param("application/json", 0, id="another one"),
        pytest.param("text/csvx, xtext/csv, text", 0, id="one that only looks like it"),
        pytest.param("text/csv;q=", 0, id="no weight"),
        pytest.param("text/csv;q=nan", 0, id="no number"),
        pytest.param("text/csv;q=7", 0, id="a weight out of range"),
        pytest.param("", 0, id="nothing"),
        pytest.param(";;,,=", 0, id="nonsense"),
    ],
)
def test_a_media_type_has_a_quality(accept: str, expected: float) -> None:
    assert quality(accept, "text/csv") == expected
