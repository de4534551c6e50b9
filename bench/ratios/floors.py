"""What the ratios have to be at least, or at most, and whether they are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from bench.ratios.bulk import IMPORT, SAME_ROWS
from bench.ratios.contestants import FASTAPI, NGINX, OURS, SMALL, WITH_A_FRAMEWORK
from bench.ratios.measuring import Measured, Memory
from bench.ratios.samples import Sample, Spread, ratios, short
from bench.ratios.scenarios import NOT_MODIFIED, OK, PGBENCH

IMPORT_BOUND = 0.5
MOST_MEMORY_MB = 200
FLAT = 1.05
WHOLE_MINUTES = 60

RATE: Callable[[Sample], float] = attrgetter("per_second")
MEDIAN_TIME: Callable[[Sample], float] = attrgetter("p50_ms")


@dataclass(frozen=True, slots=True)
class Floor:
    """A ratio of the rates, or of the median times, of two contestants in a scenario, and what it has to be.

    Of several others, the fastest counts.
    """

    title: str
    scenario: str
    others: Sequence[str]
    bound: float
    ours: str = OURS
    number: Callable[[Sample], float] = RATE
    at_most: bool = False

    @property
    def asked(self) -> str:
        """The bound, for people; one contestant that has to be faster than another has to be more than as fast."""
        return f"{'≤' if self.at_most else '>' if self.bound == 1 else '≥'} {self.bound:g}"

    def is_met(self, ratio: float) -> bool:
        """Whether a ratio is enough."""
        if self.at_most:
            return ratio <= self.bound
        return ratio > self.bound if self.bound == 1 else ratio >= self.bound

    def ratio(self, measured: Measured) -> Spread:
        """What it is."""
        several = [ratios(measured.samples[self.ours], measured.samples[other], self.number) for other in self.others]
        return min(several, key=attrgetter("median"))


@dataclass(frozen=True, slots=True)
class Verdict:
    """A line of the table: what is asked for, what it is, and whether that is enough."""

    title: str
    asked: str
    found: str
    is_met: bool


FLOORS = (
    Floor("uncached history, against FastAPI + SQLAlchemy", "history-uncached", [FASTAPI], 10),
    Floor("uncached history, against pgbench", "history-uncached", [PGBENCH], 0.3),
    Floor("cached history, against FastAPI + SQLAlchemy", "history-cached", [FASTAPI], 20),
    Floor("cached history, against nginx", "history-cached", [NGINX], 0.5),
    Floor("304 on a matching ETag, against the 200", "known", [OK], 1, ours=NOT_MODIFIED),
    Floor("page of 100, against FastAPI + SQLAlchemy", "list", [FASTAPI], 6),
    Floor("PUT with a change of price, against FastAPI + SQLAlchemy", "put-price", [FASTAPI], 5),
    Floor("PUT with a change of price, against pgbench", "put-price", [PGBENCH], 0.4),
    Floor("mixed load, against the best peer with a framework", "mixed", WITH_A_FRAMEWORK, 4),
    Floor("p50, against that of a tenth of the listings", "size", [SMALL], 1.2, number=MEDIAN_TIME, at_most=True),
)  # fmt: skip


def verdicts(
    measured: Mapping[str, Measured], bulk: Mapping[str, Spread] | None, memory: Memory | None
) -> list[Verdict]:
    """What there is to say of what was measured."""
    found = [_of_rounds(floor, measured[floor.scenario]) for floor in FLOORS if floor.scenario in measured]
    return [*found, *([_of_import(bulk)] if bulk else []), *([_of_memory(memory)] if memory else [])]


def _of_rounds(floor: Floor, measured: Measured) -> Verdict:
    ratio = floor.ratio(measured)
    return Verdict(floor.title, floor.asked, ratio.text, floor.is_met(ratio.median))


def _of_import(bulk: Mapping[str, Spread]) -> Verdict:
    ratio = bulk[IMPORT].median / bulk[SAME_ROWS].median
    return Verdict(
        "import, against a bare COPY of the same rows", f"≥ {IMPORT_BOUND:g}", short(ratio), ratio >= IMPORT_BOUND
    )


def _of_memory(memory: Memory) -> Verdict:
    """Flat is what grows by no more than a twentieth from the first half to the second."""
    is_met = memory.most <= MOST_MEMORY_MB and memory.second_half <= memory.first_half * FLAT
    return Verdict(
        f"memory of a worker over {WHOLE_MINUTES} minutes of mixed load",
        f"≤ {MOST_MEMORY_MB} MB, flat",
        f"{memory.most:.0f} MB; {memory.first_half:.0f}, then {memory.second_half:.0f}, in {memory.minutes:g} minutes",
        is_met and memory.minutes >= WHOLE_MINUTES,
    )
