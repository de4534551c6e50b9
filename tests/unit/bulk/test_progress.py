"""What a long job says while it runs."""

from io import StringIO

import pytest
from rich.console import Console

from listingapi.bulk.progress import grouped, progress


class Stopwatch:
    """A clock that a test moves on."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def plain() -> Console:
    return Console(file=StringIO(), force_terminal=False)


def terminal() -> Console:
    return Console(file=StringIO(), force_terminal=True, width=100, _environ={"TERM": "xterm"})


def written(console: Console) -> str:
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        pytest.param(20_000, "Seeding: 5 000 of 20 000 (25 %), 500 a second, 30 s left\n", id="a known total"),
        pytest.param(None, "Seeding: 5 000, 500 a second\n", id="an unknown total"),
    ],
)
def test_elsewhere_a_plain_line_says_count_rate_and_time_left(total: int | None, expected: str) -> None:
    console, clock = plain(), Stopwatch()
    with progress("Seeding", total=total, console=console, clock=clock) as report:
        report(2_000)
        clock.seconds += 10
        report(3_000)
    assert written(console) == expected


def test_plain_lines_are_seconds_apart() -> None:
    console, clock = plain(), Stopwatch()
    with progress("Seeding", total=100, console=console, clock=clock) as report:
        for _ in range(100):
            clock.seconds += 0.11
            report(1)
    assert len(written(console).splitlines()) == 2


def test_a_terminal_shows_a_bar_with_its_count() -> None:
    console = terminal()
    with progress("Seeding", total=20_000, console=console) as report:
        report(5_000)
        report(15_000)
    assert "20 000 of 20 000" in written(console)
    assert "\x1b[" in written(console)


def test_a_terminal_shows_an_unknown_total_as_a_count() -> None:
    console = terminal()
    with progress("Importing", console=console) as report:
        report(5_000)
    assert "5 000" in written(console)
    assert " of " not in written(console)


def test_without_a_console_it_writes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Stopwatch()
    with progress("Seeding", clock=clock) as report:
        clock.seconds += 10
        report(7)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("Seeding: 7")


@pytest.mark.parametrize(("number", "expected"), [(0, "0"), (999, "999"), (1000, "1 000"), (5_500_000.4, "5 500 000")])
def test_digits_are_grouped_in_threes(number: float, expected: str) -> None:
    assert grouped(number) == expected
