"""A trace leads from a request through the outbox and the relay into the consumers; a real collector gets it."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import factories
from tests.collector import Collector, Span, collecting
from tests.conftest import TestDatabase
from tests.processes import running
from tests.rabbitmq_server import VirtualHost
from tests.servers import serving
from tests.settled import settled
from tests.until import until

TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SAMPLED = {"traceparent": f"00-{TRACE}-{CALLER}-01"}
UNSAMPLED = {"traceparent": f"00-{TRACE}-{CALLER}-00"}
CANARY = "canary9015qzx"
AT_ONCE = {"OTEL_BSP_SCHEDULE_DELAY": "50"}
CONSUMERS = {"process listingapi.reviews", "process listingapi.statistics", "process listingapi.webhooks"}
NOT_LOADED = """
import sys
import listingapi.server, listingapi.relay, listingapi.worker
assert not [name for name in sys.modules if name.startswith(("opentelemetry.exporter", "opentelemetry.sdk.trace"))]
"""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as running_collector:
        yield running_collector


def environment_of(database: TestDatabase, collector: Collector, **changed: Any) -> dict[str, str]:
    given = {"otlp_endpoint": collector.endpoint, "trace_share": 1, **changed}
    return AT_ONCE | database.settings(**given).as_environment()


async def create(url: str, headers: Mapping[str, str]) -> httpx.Response:
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        created = await client.post("/listings?confirm=true", json=factories.listing(), headers=headers)
    return created.raise_for_status()


async def whole(collector: Collector, trace_id: str) -> dict[str, Span]:
    """The spans of a trace by their names, when all are there: server, producer, and one of each consumer."""

    async def is_whole() -> bool:
        return len(collector.of_trace(trace_id)) == 2 + len(CONSUMERS)

    await until(is_whole)
    return {span.name: span for span in collector.of_trace(trace_id)}


async def test_one_process_tells_of_all_that_a_request_leads_to(database: TestDatabase, collector: Collector) -> None:
    with serving(environment=environment_of(database, collector)) as server:
        created = await create(server.url, SAMPLED)
        spans = await whole(collector, TRACE)

    request, published = spans["POST /listings"], spans["publish consumers"]
    assert created.headers["x-request-id"] == TRACE
    assert (request.kind, request.service, request.parent) == ("server", "listingapi-serve", CALLER)
    assert (published.kind, published.parent) == ("producer", request.id)
    assert {spans[name].parent for name in CONSUMERS} == {published.id}
    assert {spans[name].kind for name in CONSUMERS} == {"consumer"}
    assert request.attributes.items() >= {
        ("http.route", "/listings"), ("http.request.method", "POST"), ("http.response.status_code", 201),
    }  # fmt: skip
    assert not any(span.is_failed for span in spans.values())


async def test_three_processes_tell_one_story_through_rabbitmq(
    database: TestDatabase, collector: Collector, rabbitmq: VirtualHost, tmp_path: Path
) -> None:
    environment = environment_of(database, collector, rabbitmq_url=rabbitmq.url)
    with ExitStack() as stack:
        server = stack.enter_context(serving(environment=environment))
        for name in ("relay", "worker"):
            stack.enter_context(running(name, environment=environment, log=tmp_path / name))
        await create(server.url, SAMPLED)
        spans = await whole(collector, TRACE)

    request, published = spans["POST /listings"], spans["publish listingapi.events"]
    assert (request.service, request.parent) == ("listingapi-serve", CALLER)
    assert (published.service, published.kind, published.parent) == ("listingapi-relay", "producer", request.id)
    assert published.attributes["messaging.system"] == "rabbitmq"
    assert {spans[name].parent for name in CONSUMERS} == {published.id}
    assert {spans[name].service for name in CONSUMERS} == {"listingapi-worker"}
    assert {spans[name].attributes["messaging.message.id"] for name in CONSUMERS} == {"1-1-listing.created"}


async def test_of_requests_without_a_trace_a_share_is_traced_and_all_they_lead_to(
    database: TestDatabase, collector: Collector
) -> None:
    with serving(environment=environment_of(database, collector)) as server:
        created = await create(server.url, {})
        spans = await whole(collector, created.headers["x-request-id"])

    assert spans["POST /listings"].parent == ""


@pytest.mark.parametrize(
    ("share", "headers"),
    [(0, {}), (1, UNSAMPLED), (0, SAMPLED)],
    ids=["no share", "the caller does not want it", "the caller wants more than the share"],
)
async def test_what_is_not_sampled_sends_nothing_and_neither_does_what_it_leads_to(
    database: TestDatabase, collector: Collector, superuser: Any, share: float, headers: Mapping[str, str]
) -> None:
    with serving(environment=environment_of(database, collector, trace_share=share)) as server:
        created = await create(server.url, headers)
        await settled(superuser)
        kept = await superuser.fetchval("SELECT trace FROM event")
    # a server that stops sends what it has of spans

    assert collector.spans == []
    assert (kept[3:35], kept[-3:]) == (created.headers["x-request-id"], "-00")


async def test_a_failed_request_is_a_failed_span(database: TestDatabase, collector: Collector, superuser: Any) -> None:
    name = await superuser.fetchval("SELECT current_database()")
    with serving(environment=environment_of(database, collector)) as server:
        await superuser.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        await superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        try:
            async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:

                async def is_refused() -> bool:
                    answer = await client.post("/listings", json=factories.listing(), headers=SAMPLED)
                    return answer.status_code == 503

                await until(is_refused)

            async def has_come() -> bool:
                return any(span.is_failed for span in collector.of_trace(TRACE))

            await until(has_come)
        finally:
            await superuser.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")

    failed = next(span for span in collector.of_trace(TRACE) if span.is_failed)
    assert (failed.attributes["error.type"], failed.attributes["http.response.status_code"]) == ("503", 503)


async def test_spans_hold_nothing_of_what_callers_send(database: TestDatabase, collector: Collector) -> None:
    with serving(environment=environment_of(database, collector)) as server:
        async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
            await client.get(f"/listings?text={CANARY}&city={CANARY}", headers=SAMPLED | {"User-Agent": CANARY})
            await client.get(f"/listings/{CANARY}", headers=SAMPLED | {"Authorization": f"Bearer {CANARY}"})
            await client.get(f"/markets/DE/{CANARY}/statistics", headers=SAMPLED | {"Cookie": CANARY})

        async def have_come() -> bool:
            return len(collector.of_trace(TRACE)) == 3

        await until(have_come)

    assert not [body for body in collector.bodies if CANARY.encode() in body]


async def test_the_variable_of_all_services_names_the_collector_too(
    database: TestDatabase, collector: Collector
) -> None:
    environment = database.settings(trace_share=1).as_environment() | AT_ONCE
    named = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint, "OTEL_SERVICE_NAME": "homes"}
    with serving(environment=environment | named) as server:
        await create(server.url, SAMPLED)
        spans = await whole(collector, TRACE)

    assert {span.service for span in spans.values()} == {"homes"}


async def test_a_collector_that_refuses_costs_spans_and_one_line_of_the_log(
    database: TestDatabase, collector: Collector
) -> None:
    collector.status = 400
    with serving(environment=environment_of(database, collector)) as server:
        for _ in range(3):
            await create(server.url, {})

        async def is_said() -> bool:
            return "traces_not_sent" in "".join(server.printed)

        await until(is_said)
        server.process.terminate()
        assert server.process.wait(30) == 0

    assert "".join(server.printed).count("traces_not_sent") == 1


def test_nothing_of_the_exporter_is_loaded_unless_it_is_used() -> None:
    subprocess.run([sys.executable, "-c", NOT_LOADED], check=True)
