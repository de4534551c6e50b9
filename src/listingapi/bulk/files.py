"""The files of an import: plain or gzipped, or standard input; cut into pieces of whole lines."""

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, cast

from listingapi.infra.start import StartError

Format = Literal["ndjson", "csv"]

STANDARD_INPUT = Path("-")
GZIP_MAGIC = b"\x1f\x8b"
PIECE_BYTES = 256 * 1024
LONGEST_LINE_BYTES = 1024 * 1024
KEPT_OF_A_TOO_LONG_LINE = 1000
FORMATS: dict[str, Format] = {".ndjson": "ndjson", ".jsonl": "ndjson", ".csv": "csv"}


@dataclass(frozen=True, slots=True)
class Piece:
    """Some whole lines of a file, or the beginning of one line that is too long to be taken."""

    first_line: int
    data: bytes
    is_too_long: bool = False


class Source:
    """A file that is open for import."""

    def __init__(self, name: str, compressed: io.BufferedReader) -> None:
        self.name = name
        self._compressed = compressed
        is_gzip = compressed.peek(2)[:2] == GZIP_MAGIC
        opened = gzip.GzipFile(fileobj=compressed) if is_gzip else compressed
        self._plain = io.BufferedReader(cast("io.RawIOBase", opened), PIECE_BYTES)
        self._read_bytes = 0

    def bytes_read(self) -> int:
        """How far into the file we are, as it lies on the disk."""
        return self._compressed.tell() if self._compressed.seekable() else self._read_bytes

    def read_piece(self) -> bytes:
        """The next bytes, decompressed.

        Raises:
            StartError: the file can't be read, or is a damaged gzip.
        """
        with _sentences(self.name):
            data = self._plain.read(PIECE_BYTES)
        self._read_bytes += len(data)
        return data

    def format(self) -> Format:
        """What the name says, or else the content."""
        suffix = Path(self.name.removesuffix(".gz")).suffix.lower()
        with _sentences(self.name):
            begins_an_object = self._plain.peek(1).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"
        return FORMATS.get(suffix, "ndjson" if begins_an_object else "csv")

    def pieces(self) -> Iterator[Piece]:
        """The file in pieces of whole lines; the memory that it takes is bounded whatever the lines are."""
        number, rest = 1, b""
        while data := self.read_piece():
            data = rest + data
            if len(data) > LONGEST_LINE_BYTES and data.find(b"\n", 0, LONGEST_LINE_BYTES + 1) < 0:
                yield Piece(number, data[:KEPT_OF_A_TOO_LONG_LINE], is_too_long=True)
                data = self._after_this_line(data)
                number += 1
            end = data.rfind(b"\n") + 1
            if end:
                yield Piece(number, data[:end])
                number += data.count(b"\n", 0, end)
            rest = data[end:]
        if rest:
            yield Piece(number, rest)

    def _after_this_line(self, data: bytes) -> bytes:
        while data and b"\n" not in data:
            data = self.read_piece()
        return data.partition(b"\n")[2]


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """Open a file for import; `-` is standard input.

    Raises:
        StartError: there is no such file, or it can't be read.
    """
    if path == STANDARD_INPUT:
        yield Source("standard input", cast("io.BufferedReader", sys.stdin.buffer))
        return
    with _sentences(str(path)):
        file: BinaryIO = path.open("rb")
    with file:
        with _sentences(str(path)):
            source = Source(str(path), cast("io.BufferedReader", file))
        yield source


def size_of(paths: list[Path]) -> int | None:
    """The bytes of all the files, or None if that can't be known before they are read.

    Raises:
        StartError: there is no such file.
    """
    if any(path == STANDARD_INPUT or not path.is_file() for path in paths if path.exists() or path == STANDARD_INPUT):
        return None
    total = 0
    for path in paths:
        with _sentences(str(path)):
            total += path.stat().st_size
    return total


@contextmanager
def _sentences(name: str) -> Iterator[None]:
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise StartError(f"The file {name} is a damaged gzip: {error}.".replace("..", ".")) from None
    except OSError as error:
        raise StartError(f"The file {name} can't be read: {error.strerror or error}.") from None
