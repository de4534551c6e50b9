"""Cutting files into pieces of whole lines."""

import io
import tracemalloc
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from listingapi.bulk import files
from listingapi.bulk.files import LONGEST_LINE_BYTES, Piece, Source


class Endless(io.RawIOBase):
    """A file of blocks that are made when they are read."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._rest = self._rest or next(self._blocks, b"")
        taken, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


def pieces_of(blocks: Iterable[bytes]) -> list[Piece]:
    source = Source("lines.ndjson", io.BufferedReader(Endless(iter(blocks))))
    return list(source.pieces())


LINES = {
    "an empty file": (b"", []),
    "a last line without its end": (b"a\nb", ["1:a\n", "2:b"]),
    "empty lines": (b"\n\na\n", ["1:\n\na\n"]),
    "a line of several pieces": (b"a\n" + b"b" * 40 + b"\nc\n", ["1:a\n", "2:" + "b" * 40 + "\nc\n"]),
}


@pytest.mark.parametrize(("data", "expected"), LINES.values(), ids=LINES)
def test_pieces_are_whole_lines_with_their_number(
    data: bytes, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PIECE_BYTES", 16)

    assert [f"{piece.first_line}:{piece.data.decode()}" for piece in pieces_of([data])] == expected


@pytest.mark.parametrize("surplus", [-1, 0, 1], ids=["below the limit", "at the limit", "above the limit"])
def test_only_a_line_above_the_limit_is_too_long(surplus: int) -> None:
    found = pieces_of([b"a\n" + b"x" * (LONGEST_LINE_BYTES + surplus) + b"\nb\n"])

    assert [piece.is_too_long for piece in found if piece.is_too_long] == [True] * (surplus > 0)
    assert found[-1].first_line + found[-1].data.count(b"\n") - 1 == 3


def test_a_line_without_an_end_takes_no_memory() -> None:
    tracemalloc.start()
    found = pieces_of(b"\nb\n" if block == 100 else b"x" * LONGEST_LINE_BYTES for block in range(101))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert [(piece.first_line, piece.is_too_long) for piece in found] == [(1, True), (2, False)]
    assert most < 8 * LONGEST_LINE_BYTES
