"""What is seen of a request: its line in the log, its numbers, and that it has ended."""

from http import HTTPStatus
from typing import Any

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from listingapi.infra import observed
from listingapi.infra.headers import AnswerHeaders
from listingapi.infra.observation import Observation, observation_in, put_observation
from listingapi.infra.observed import Observed
from listingapi.infra.patience import Patience
from listingapi.infra.request_metrics import BOUNDS, SEEN
from listingapi.infra.tracing import Tracing, tracing_with
from tests.stopped import SECOND, StoppedClock

LINE = "request_answered"


def app_that(status: int, route: str = "/of/{a}/test", *, waits: bool = False) -> AnswerHeaders:
    """An application that answers each request so."""

    async def answer(scope: Any, _: Any, send: Any) -> None:
        seen = observation_in(scope)
        seen.route, seen.waits = route, waits
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return AnswerHeaders(answer)


def breaks_off() -> AnswerHeaders:
    """An application that ends in the middle of an answer."""

    async def answer(scope: Any, _: Any, send: Any) -> None:
        observation_in(scope).route = "/broken"
        await send({"type": "http.response.start", "status": HTTPStatus.OK, "headers": []})
        raise ConnectionError

    return AnswerHeaders(answer)


async def request(app: Observed, method: str = "GET") -> list[Any]:
    """Send a request, and return what was logged of it."""

    async def nothing(*_: Any) -> Any: ...

    scope: Any = {"type": "http", "method": method, "headers": [], "scheme": "http", "path": "/", "state": {}}
    with capture_logs() as logged:
        await app(scope, nothing, nothing)
    return [line for line in logged if line["event"] == LINE]


def counted(name: str, **labels: str) -> float:
    """What a metric says, once all was reported."""
    SEEN.report()
    return REGISTRY.get_sample_value(f"listingapi_http_{name}", labels) or 0


@pytest.mark.parametrize(
    ("status", "slow", "waits", "share", "level"),
    [
        pytest.param(200, 9.0, False, 0.0, None, id="nothing, if no share is"),
        pytest.param(200, 9.0, False, 1.0, "info", id="each, if all are"),
        pytest.param(404, 9.0, False, 0.0, None, id="what callers do wrong is nothing special"),
        pytest.param(503, 9.0, False, 0.0, "warning", id="failures always"),
        pytest.param(200, 0.0, False, 0.0, "warning", id="slow ones always"),
        pytest.param(200, 0.0, True, 0.0, None, id="but not if the caller wants to wait"),
    ],
)
async def test_what_is_logged(  # noqa: PLR0913 - a row of the table
    monkeypatch: pytest.MonkeyPatch, status: int, slow: float, *, waits: bool, share: float, level: str | None
) -> None:
    monkeypatch.setattr(observed, "SLOW_SECONDS", slow)

    logged = await request(Observed(app_that(status, waits=waits), share))

    assert [(line["log_level"], line["status"], line["route"]) for line in logged] == (
        [(level, status, "/of/{a}/test")] if level else []
    )


async def test_what_is_refused_is_logged_once_a_second_with_how_many_there_were() -> None:
    clock = StoppedClock()
    app = Observed(app_that(503, "/refused"), 0, lambda: clock.now / SECOND)

    first = [await request(app) for _ in range(5)]
    clock.advance(1)
    second = [await request(app) for _ in range(3)]

    assert [len(logged) for logged in first + second] == [1, 0, 0, 0, 0, 1, 0, 0]
    assert "times" not in first[0][0]
    assert second[0][0]["times"] == 5
    assert counted("requests_total", method="GET", route="/refused", status="5xx") == 8


async def test_each_failure_is_logged() -> None:
    app = Observed(app_that(500), 0)

    assert [len(await request(app)) for _ in range(3)] == [1, 1, 1]


@pytest.mark.parametrize(("seconds", "waits"), [(60, True), (0, False)])
async def test_who_asks_to_wait_is_not_slow(seconds: float, *, waits: bool) -> None:
    scope: Any = {"type": "http"}
    put_observation(scope, Observation(""))

    Patience.of(scope, seconds)

    assert observation_in(scope).waits is waits


async def test_requests_are_counted_by_route_method_and_class_of_status() -> None:
    for status in (200, 204, 304, 404, 500):
        await request(Observed(app_that(status, "/counted"), 0))
    await request(Observed(app_that(200, "/counted"), 0), "HEAD")

    found = {
        (method, status): counted("requests_total", method=method, route="/counted", status=status)
        for method in ("GET", "HEAD")
        for status in ("2xx", "3xx", "4xx", "5xx")
    }
    assert {key for key, number in found.items() if number} == {
        ("GET", "2xx"), ("GET", "3xx"), ("GET", "4xx"), ("GET", "5xx"), ("HEAD", "2xx"),
    }  # fmt: skip
    assert found["GET", "2xx"] == 2
    assert counted("request_duration_seconds_count", method="GET", route="/counted") == 5


@pytest.mark.parametrize("method", ["BREW", "get", "x" * 1_000])
async def test_methods_that_clients_make_up_count_as_one(method: str) -> None:
    before = counted("requests_total", method="other", route="/made-up", status="4xx")

    await request(Observed(app_that(405, "/made-up"), 0), method)

    assert counted("requests_total", method="other", route="/made-up", status="4xx") == before + 1


async def test_an_answer_that_breaks_off_is_a_failure() -> None:
    with pytest.raises(ConnectionError):
        await request(Observed(breaks_off(), 0))

    assert counted("requests_total", method="GET", route="/broken", status="5xx") == 1


@pytest.mark.parametrize(("seconds", "bucket"), [(0.0001, 0.0005), (0.0005, 0.0005), (0.3, 0.5), (10.0, 10.0)])
def test_a_duration_is_in_its_bucket_and_in_those_above(seconds: float, bucket: float) -> None:
    route = f"/took/{seconds}"
    SEEN.note("GET", route, 200, seconds)

    within = {
        bound: counted("request_duration_seconds_bucket", method="GET", route=route, le=str(bound)) for bound in BOUNDS
    }

    assert within == {bound: float(bound >= bucket) for bound in BOUNDS}
    assert counted("request_duration_seconds_sum", method="GET", route=route) == seconds


def test_what_takes_longer_than_all_buckets_is_counted_too() -> None:
    SEEN.note("GET", "/took/long", 200, 600)

    assert counted("request_duration_seconds_bucket", method="GET", route="/took/long", le="10.0") == 0
    assert counted("request_duration_seconds_count", method="GET", route="/took/long") == 1


def test_where_nobody_observes_what_is_noted_is_lost() -> None:
    scope: Any = {"type": "http"}
    observation_in(scope).route = "/somewhere"

    assert isinstance(observation_in(scope), Observation)
    assert observation_in(scope).route is None


class Spans:
    """Begins spans, and keeps what is said of them in the end."""

    traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    def __init__(self) -> None:
        self.begun = 0
        self.ended: list[Any] = []

    def start(self, *_: Any) -> Any:
        self.begun += 1
        return self

    def end(self, **said: Any) -> None:
        self.ended.append(said["attributes"])


def test_what_is_answered_early_has_a_span_from_its_begin_to_its_end() -> None:
    early_ones = Observed(app_that(200), logged_share=0)
    spans = Spans()
    with tracing_with(Tracing(spans, 1)):
        early = early_ones.begin(b"called")
        assert (spans.begun, spans.ended) == (1, [])
        assert early_ones.end(early, "/of/{a}/test", 200, 7) == b"called"

    [said] = spans.ended
    assert said["listingapi.account_id"] == 7
    assert said["http.route"] == "/of/{a}/test"
