"""Where an export goes: standard output, a file that takes its name when it is whole, or a pipe or a device."""

import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from listingapi.infra.start import StartError


class Output:
    """What an export is written to."""

    def __init__(self, name: str, file: BinaryIO) -> None:
        self._name = name
        self._file = file

    def write(self, data: bytes) -> None:
        """Write some of it.

        Raises:
            BrokenPipeError: nobody reads any more.
            StartError: it can't be written.
        """
        with _sentences(self._name):
            self._file.write(data)
            self._file.flush()


@contextmanager
def output_to(path: Path | None) -> Iterator[Output]:
    """Open what a path names, or standard output.

    Only a regular file is replaced, and where a link leads to it the link stays; anything else is written to as it is.

    Raises:
        StartError: it can't be written.
    """
    if path is None:
        yield Output("standard output", sys.stdout.buffer)
    elif _takes_its_name_when_whole(path):
        with _replacing(path, path.resolve()) as file:
            yield Output(str(path), file)
    else:
        with _sentences(str(path)):
            opened = path.open("wb")
        with opened:
            yield Output(str(path), opened)


def _takes_its_name_when_whole(path: Path) -> bool:
    with _sentences(str(path)):
        try:
            return stat.S_ISREG(path.stat().st_mode)
        except FileNotFoundError:
            return True


@contextmanager
def _replacing(path: Path, target: Path) -> Iterator[BinaryIO]:
    unfinished = target.with_name(f".{target.name}.unfinished")
    with _sentences(str(path)):
        opened = unfinished.open("wb")
    try:
        with opened as file:
            yield file
        with _sentences(str(path)):
            unfinished.replace(target)
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()


@contextmanager
def _sentences(name: str) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StartError(f"The export can't be written to {name}: {error.strerror}.") from None
