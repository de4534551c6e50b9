"""Who is traced: a share of the requests, but those of which whoever began the trace decided that they are not."""

from collections.abc import Mapping
from typing import Any

import pytest

from listingapi.infra import tracing
from listingapi.infra.observation import Observation
from listingapi.infra.tracing import TRACEPARENT, Tracing, span, tracing_with

TRACE = "0af7651916cd43dd8448eb211c80319c"
SAMPLED = f"00-{TRACE}-b7ad6b7169203331-01"
UNSAMPLED = f"00-{TRACE}-b7ad6b7169203331-00"


class Begun:
    """A span of a tracer that remembers."""

    def __init__(self, name: str, parent: str | None) -> None:
        self.name = name
        self.parent = parent
        self.traceparent = f"00-{(parent or SAMPLED)[3:35]}-00000000000000aa-01"
        self.ended: dict[str, Any] | None = None

    def end(self, **known: Any) -> None:
        self.ended = known


class Remembering:
    """A tracer that remembers what it began."""

    def __init__(self) -> None:
        self.begun: list[Begun] = []

    def start(self, name: str, _: str, parent: str | None, __: Mapping[str, Any]) -> Begun:
        self.begun.append(Begun(name, parent))
        return self.begun[-1]


@pytest.mark.parametrize(
    ("parent", "share", "is_traced"),
    [
        pytest.param(SAMPLED, 1.0, True, id="the caller traces"),
        pytest.param(SAMPLED, 0.0, False, id="the caller traces, and nobody here"),
        pytest.param(UNSAMPLED, 1.0, False, id="the caller does not"),
        pytest.param(None, 1.0, True, id="all are"),
        pytest.param(None, 0.0, False, id="none is"),
    ],
)
def test_which_requests_are_traced(parent: str | None, share: float, *, is_traced: bool) -> None:
    tracer = Remembering()

    handed_on, begun = Tracing(tracer, share).request(parent)

    assert TRACEPARENT.fullmatch(handed_on)
    assert tracing.is_sampled(handed_on) == is_traced
    assert [each.parent for each in tracer.begun] == ([parent] if is_traced else [])
    assert (begun is not None) == is_traced
    assert parent is None or tracing.trace_id_of(handed_on) == TRACE


@pytest.mark.parametrize("parent", [None, SAMPLED], ids=["of nobody", "that a caller wants to be traced"])
def test_a_share_of_the_requests_is_about_that_share(parent: str | None) -> None:
    some = Tracing(Remembering(), 0.25)

    assert 150 < sum(some.request(parent)[1] is not None for _ in range(1_000)) < 350


def test_only_whether_it_is_sampled_is_changed_of_what_a_caller_says_of_a_trace() -> None:
    assert Tracing(Remembering(), 0).request(f"{SAMPLED[:-2]}03") == (f"{SAMPLED[:-2]}02", None)


@pytest.mark.parametrize("parent", [None, UNSAMPLED])
def test_work_of_a_trace_that_is_not_sampled_has_no_span(parent: str | None) -> None:
    tracer = Remembering()
    with tracing_with(Tracing(tracer, 1)), span("work", "consumer", parent, {}) as handed_on:
        assert handed_on == parent

    assert tracer.begun == []


def test_work_has_a_span_that_ends_with_it_and_tells_the_kind_of_its_error() -> None:
    tracer = Remembering()
    with tracing_with(Tracing(tracer, 0)):
        with span("fine", "consumer", SAMPLED, {}) as handed_on:
            assert handed_on == tracer.begun[0].traceparent
        with pytest.raises(LookupError), span("fails", "consumer", SAMPLED, {}):
            raise LookupError("canary")

    assert [each.ended for each in tracer.begun] == [{"error": None}, {"error": "LookupError"}]


def test_where_nothing_is_traced_a_trace_is_handed_on_as_it_came() -> None:
    headers = [(b"traceparent", SAMPLED.encode())]

    seen = Observation.of(headers)

    assert (seen.traceparent, seen.span, seen.request_id) == (SAMPLED, None, TRACE)
    assert Observation.of([]).traceparent is None
