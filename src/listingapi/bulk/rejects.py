"""The lines that an import refused: said on standard error, and kept in a file for whoever mends them."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Self

import msgspec

from listingapi.bulk.batches import Batch
from listingapi.bulk.parts import Refusal
from listingapi.infra.start import StartError

MOST_LINES_SAID = 20


class RefusedLine(msgspec.Struct):
    """A line of the rejects file: where the refused line is, why it was refused, and the line as it came."""

    file: str
    line: int
    reason: str
    content: str


class Rejects:
    """Where refused lines go."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: IO[bytes] | None = None
        self.count = 0

    def __enter__(self) -> Self:
        if self._path:
            with self._writing():
                self._file = self._path.open("wb")
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()

    def add(self, batch: Batch, refusals: Iterable[Refusal]) -> None:
        """Say and keep some refused lines of a batch.

        Raises:
            StartError: the file can't be written.
        """
        in_order = sorted(refusals, key=lambda refusal: refusal.line)
        for refusal in in_order:
            self._say(batch.name, refusal)
        if self._file and in_order:
            with self._writing():
                self._file.writelines(_kept(batch, refusal) for refusal in in_order)
                self._file.flush()

    def _say(self, name: str, refusal: Refusal) -> None:
        self.count += 1
        if self.count <= MOST_LINES_SAID:
            print(f"{name}, line {refusal.line}: {refusal.reason}", file=sys.stderr)
        elif self.count == MOST_LINES_SAID + 1:
            print("More lines are refused; --rejects FILE keeps them all.", file=sys.stderr)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StartError(f"The rejects file {self._path} can't be written: {error.strerror}.") from None


def rejects_in(path: Path | None, inputs: Iterable[Path]) -> Rejects:
    """Where refused lines go: also to a file, if one is given.

    Raises:
        StartError: the file is one of those that are read.
    """
    if path and any(path.exists() and given.exists() and path.samefile(given) for given in inputs):
        raise StartError(f"The rejects can't go to {path}: it is one of the files to import.")
    return Rejects(path)


def _kept(batch: Batch, refusal: Refusal) -> bytes:
    line = RefusedLine(batch.name, refusal.line, refusal.reason, batch.content(refusal.line))
    return msgspec.json.encode(line) + b"\n"
