"""What can be seen of `serve` from outside: metrics and traces, for as long as it runs."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

from litestar import Response, Router, get
from prometheus_client import CONTENT_TYPE_LATEST

from listingapi.events import metrics as event_metrics
from listingapi.infra.database import Database
from listingapi.infra.metrics import exposition
from listingapi.infra.periodic import every
from listingapi.infra.pool_metrics import measure_pools
from listingapi.infra.request_metrics import SECONDS_BETWEEN_REPORTS, SEEN
from listingapi.infra.tracing import exporting
from listingapi.settings import Settings, TelemetrySettings


@asynccontextmanager
async def seen_from_outside(settings: Settings, feed: Database) -> AsyncIterator[None]:
    """Measure what happens in this process until the end of the block, and send its traces, as far as anybody asks."""
    async with traced("listingapi-serve", settings):
        if not settings.is_measured:
            yield
            return
        try:
            async with (
                every(event_metrics.SECONDS_BETWEEN_LOOKS, partial(event_metrics.measure, feed), name="event_metrics"),
                every(SECONDS_BETWEEN_REPORTS, _report, name="metrics"),
            ):
                yield
        finally:
            await _report()


@asynccontextmanager
async def measured(database: Database) -> AsyncIterator[None]:
    """The same of a process that answers no requests."""
    async with (
        every(event_metrics.SECONDS_BETWEEN_LOOKS, partial(event_metrics.measure, database), name="event_metrics"),
        every(SECONDS_BETWEEN_REPORTS, _report, name="metrics"),
    ):
        yield


def traced(service: str, settings: TelemetrySettings) -> AbstractAsyncContextManager[None]:
    """Send the traces of this process until the end of the block, if it is configured where to."""
    return exporting(service, settings.otlp_endpoint, settings.trace_share)


def routes() -> Router:
    """`/metrics`, where all else is answered."""

    @get("/metrics", sync_to_thread=True)
    def metrics() -> Response[bytes]:
        return Response(exposition(), media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})

    return Router("/", route_handlers=[metrics], include_in_schema=False)


async def _report() -> None:
    SEEN.report()
    measure_pools()
