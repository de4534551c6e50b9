"""The one table that a run of the test of freshness prints."""

from collections import Counter
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from tests.faults.freshness.run import Report


def show(report: Report) -> None:
    """Print it."""
    table = Table(title=f"Freshness, bug planted: {report.plan.bug}", show_header=False)
    for what, how_many in _rows(report):
        table.add_row(what, how_many)
    Console(width=120).print(table)


def _rows(report: Report) -> Iterator[tuple[str, str]]:
    reads = sum(report.reads.values())
    yield "reads", f"{reads:,} in {report.seconds:.0f} s ({reads / report.seconds:,.0f} a second)"
    yield "of what and where", ", ".join(f"{way} {number:,}" for way, number in sorted(report.reads.items()))
    yield "prices acknowledged", f"{report.acknowledged:,} on {report.plan.listings} listings"
    harms = Counter(each.what for each in report.record.redis)
    yield "Redis", ", ".join(f"{what} {number} times" for what, number in harms.items())
    yield "servers ended", ", ".join(outage.place for outage in report.record.outages)
    yield "requests lost with them", f"{report.excused:,}"
    for what, took in sorted(report.latencies.items()):
        milliseconds = [f"{seconds * 1000:.1f}" for seconds in took[1:]]
        yield f"answers while Redis is {what}", "p50 {} ms, p99 {} ms, longest {} ms".format(*milliseconds)
    oldest = (f"{way} {seconds:.2f} s" for way, seconds in sorted(report.found.oldest.items()))
    yield "something newer was known for, at most", ", ".join(oldest)
    for what, number in sorted(report.found.wrong.items()):
        yield f"WRONG: {what}", f"{number:,}, such as {report.found.examples[what][0]}"
    yield "stale reads", f"{report.found.stale:,}"
