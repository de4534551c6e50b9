"""Measures in short rounds, all contestants in turn in each, so that whatever else the machine does is shared."""

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from bench.ratios.field import Contestant
from bench.ratios.samples import Sample, short
from bench.ratios.scenarios import Scenario
from bench.ratios.servers import Server

MEMORY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """How many rounds of how many seconds count, and how many before them do not."""

    rounds: int
    seconds: int
    warm_ups: int = 1


@dataclass(frozen=True, slots=True)
class Measured:
    """What the rounds of a scenario showed, by contestant."""

    title: str
    samples: Mapping[str, Sequence[Sample]]


@dataclass(frozen=True, slots=True)
class Memory:
    """The resident memory of the largest process in MB, over a time of load: at most, and in its two halves."""

    minutes: float
    most: float
    first_half: float
    second_half: float


def measure(name: str, scenario: Scenario, plan: Plan) -> Measured:
    """All rounds of a scenario."""
    samples: dict[str, list[Sample]] = {contestant: [] for contestant in scenario.contestants}
    if scenario.before:
        print(f"{name}, before", file=sys.stderr)
        scenario.before(Random(name), plan.seconds)  # noqa: S311 - nothing here is a secret
    for number in range(1 - plan.warm_ups, plan.rounds + 1):
        called = f"round {number} of {plan.rounds}" if number > 0 else "warm-up"
        print(f"{name}, {called}: {', '.join(scenario.contestants)}", file=sys.stderr)
        for contestant, run in scenario.contestants.items():
            sample = run(Random(f"{name} {number} {contestant}"), plan.seconds)  # noqa: S311 - as above
            if number > 0:
                samples[contestant].append(sample)
                print(f"    {contestant}: {short(sample.per_second)} a second", file=sys.stderr)
    return Measured(scenario.title, samples)


def watch_memory(server: Server, load: Contestant, minutes: float) -> Memory:
    """Load a server for some minutes, and look at its memory every few seconds."""
    begin, seen = time.monotonic(), list[float]()
    while (passed := (time.monotonic() - begin) / 60) < minutes or len(seen) < 2:  # noqa: PLR2004 - two halves
        load(Random(f"memory {len(seen)}"), MEMORY_SECONDS)  # noqa: S311 - as above
        seen.append(server.memory_mb())
        print(f"memory, minute {passed:.0f} of {minutes:g}: {seen[-1]:.0f} MB", file=sys.stderr)
    middle = len(seen) // 2
    return Memory(minutes, max(seen), max(seen[:middle]), max(seen[middle:]))
