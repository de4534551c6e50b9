"""Which of the forms of a file a client gets."""

from pathlib import Path

import pytest

from listingapi.web.files import files_in
from tests import web

SCRIPT = "/assets/app-1a2b3c4d.js"


@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
    [
        pytest.param("gzip, deflate, br, zstd", "br", id="as browsers say it, the smallest"),
        pytest.param("gzip", "gzip", id="the only one that is taken"),
        pytest.param("br;q=0.5, gzip;q=0.8", "gzip", id="the one that is wanted more"),
        pytest.param("br;q=0, gzip;q=0", None, id="none that is refused"),
        pytest.param("GZIP", "gzip", id="in capitals"),
        pytest.param("", None, id="nothing said, as it is"),
        pytest.param("deflate, *;q=0", None, id="one that there is not, as it is"),
    ],
)
def test_a_file_comes_in_the_coding_that_is_wanted_most(
    tmp_path: Path, accept_encoding: str, coding: str | None
) -> None:
    answer = files_in(web.build_into(tmp_path))[SCRIPT].answer(accept_encoding)

    assert answer.headers.get("Content-Encoding") == coding
    assert (answer.body == web.SCRIPT) is (coding is None)
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_files_have_their_types_and_compressed_ones_no_address(tmp_path: Path) -> None:
    files = files_in(web.build_into(tmp_path))

    assert {path: file.media_type for path, file in files.items()} == {
        SCRIPT: "text/javascript",
        "/assets/photo-1a2b3c4d.png": "image/png",
    }
