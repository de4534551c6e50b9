"""What a request costs more because it is observed: its id, its numbers, its line in the log, its span.

    .venv/bin/python -m bench.observation_cost

One process drives an application that answers at once, through the middleware that gives all answers their headers,
without and with what observes it: short rounds in turn. Prints the microseconds on the processor that a request takes,
the median of the rounds with the lowest and the highest; then what is not paid by each request.
"""

import asyncio
import os
import statistics
import sys
from collections.abc import Callable
from contextlib import ExitStack
from time import perf_counter, process_time
from typing import Any

from prometheus_client import generate_latest

from listingapi.infra.headers import AnswerHeaders
from listingapi.infra.logs import configure_logs
from listingapi.infra.observed import Observed
from listingapi.infra.request_metrics import SEEN
from listingapi.infra.tracing import Tracing, tracing_with

ROUNDS = 9
REQUESTS = 20_000
HEADERS = [
    (b"host", b"api.example.com"),
    (b"user-agent", b"bench"),
    (b"accept", b"*/*"),
    (b"connection", b"keep-alive"),
]
TRACED = (b"traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
ROUTES = 60


async def answers(_: Any, __: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"[]", "more_body": False})


async def nothing(*_: Any) -> Any: ...


async def drive(app: Any, headers: list[tuple[bytes, bytes]]) -> float:
    """The microseconds on the processor that a request takes."""
    began = process_time()
    for _ in range(REQUESTS):
        await app(
            {"type": "http", "method": "GET", "headers": headers, "scheme": "http", "state": {}}, nothing, nothing
        )
    return (process_time() - began) * 1e6 / REQUESTS


def main() -> None:
    sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115 - until the end
    configure_logs("info")
    with ExitStack() as stack:
        tracing = _tracing(stack)
        plain = AnswerHeaders(answers)
        cases: dict[str, Callable[[], Any]] = {
            "not observed": lambda: drive(plain, HEADERS),
            "not observed, again": lambda: drive(plain, HEADERS),
            "observed, none logged": lambda: drive(Observed(plain, 0), HEADERS),
            "observed, 1 % logged": lambda: drive(Observed(plain, 0.01), HEADERS),
            "observed, all logged": lambda: drive(Observed(plain, 1), HEADERS),
            "1 % logged and traced": lambda: _with(tracing(0.01), drive(Observed(plain, 0.01), HEADERS)),
            "1 % logged, all traced": lambda: _with(tracing(0), drive(Observed(plain, 0.01), [*HEADERS, TRACED])),
        }
        costs: dict[str, list[float]] = {name: [] for name in cases}
        for _ in range(ROUNDS):
            for name, case in cases.items():
                costs[name].append(asyncio.run(case()))
    for name, several in costs.items():
        print(f"{name:<26} {statistics.median(several):7.2f} µs   {min(several):.2f} to {max(several):.2f}")
    _report_the_rest()


def _tracing(stack: ExitStack) -> Callable[[float], Tracing]:
    """Spans are made and sent to nobody."""
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - what the cases without must not need
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult  # noqa: PLC0415

    from listingapi.infra.otlp import OtlpTracer  # noqa: PLC0415

    class Nowhere(SpanExporter):
        def export(self, _: Any) -> SpanExportResult:
            return SpanExportResult.SUCCESS

    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(Nowhere()))
    stack.callback(provider.shutdown)
    return lambda share: Tracing(OtlpTracer(provider.get_tracer("bench")), share)


async def _with(tracing: Tracing, driven: Any) -> float:
    with tracing_with(tracing):
        cost: float = await driven
        return cost


def _report_the_rest() -> None:
    for number in range(ROUTES):
        SEEN.note("GET", f"/route/{number}", 200, 0.01)
    print(f"{'a report of ' + str(ROUTES) + ' routes':<26} {_milliseconds(SEEN.report):7.2f} ms, once a second")
    print(f"{'an answer to a scrape':<26} {_milliseconds(generate_latest):7.2f} ms")


def _milliseconds(work: Callable[[], Any]) -> float:
    began = perf_counter()
    work()
    return (perf_counter() - began) * 1e3


if __name__ == "__main__":
    main()
