"""What was measured: of one round, and what the rounds come to."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """One contestant in one round; times of a request in milliseconds.

    `processor_us` is the time on the processor that a request took of the server in microseconds, `memory_mb` the
    resident memory of its largest process in MB, `generator_busy` the part of its time that the generator of the load
    needed for itself; None where there is no server to look at.
    """

    per_second: float
    p50_ms: float
    p99_ms: float
    processor_us: float | None = None
    memory_mb: float | None = None
    generator_busy: float | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some numbers, between the least and the most of them."""

    least: float
    median: float
    most: float

    @classmethod
    def of(cls, numbers: Sequence[float]) -> "Spread":
        """The spread of at least one number."""
        return cls(min(numbers), statistics.median(numbers), max(numbers))

    @property
    def text(self) -> str:
        """For people: few digits, and the ends only where they differ."""
        if self.least == self.most:
            return short(self.median)
        return f"{short(self.median)} ({short(self.least)} to {short(self.most)})"


def spread(samples: Sequence[Sample], number: Callable[[Sample], float | None]) -> Spread | None:
    """What one of the numbers of several rounds comes to, if it was measured."""
    found = [measured for measured in map(number, samples) if measured is not None]
    return Spread.of(found) if found else None


def ratios(ours: Sequence[Sample], others: Sequence[Sample], number: Callable[[Sample], float]) -> Spread:
    """Our number by that of another, each of the same round, so that what else the machine did is shared."""
    return Spread.of([number(own) / number(other) for own, other in zip(ours, others, strict=True)])


def short(number: float) -> str:
    """Three digits that say something."""
    if number >= 100:  # noqa: PLR2004 - three digits
        return f"{number:,.0f}".replace(",", " ")
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}"  # noqa: PLR2004 - as above
