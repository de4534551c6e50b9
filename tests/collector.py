"""A real collector on a loopback address: it takes spans by OTLP over HTTP, and keeps them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.answering import Silent, answering

TRACES = "/v1/traces"
KINDS = {2: "server", 4: "producer", 5: "consumer"}
FAILED = 2


@dataclass(frozen=True, slots=True)
class Span:
    """A span as it came; ids are hex, and `parent` is empty where a trace begins."""

    service: str
    name: str
    kind: str
    trace_id: str
    id: str
    parent: str
    attributes: dict[str, str | int]
    is_failed: bool


@dataclass(slots=True)
class Collector:
    """What has come, and where it is to be sent; `status` is what is answered."""

    endpoint: str = ""
    spans: list[Span] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    status: int = 200

    def of_trace(self, trace_id: str) -> list[Span]:
        """The spans of a trace."""
        return [span for span in self.spans if span.trace_id == trace_id]

    def take(self, body: bytes) -> None:
        """Keep what is in a body."""
        self.bodies.append(body)
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            service = _values(resource.resource.attributes)["service.name"]
            for scope in resource.scope_spans:
                self.spans.extend(_span(str(service), span) for span in scope.spans)


@contextmanager
def collecting() -> Iterator[Collector]:
    """Run a collector until the end of the block."""
    collector = Collector()

    class Taking(Silent, BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if collector.status == 200 and self.path == TRACES:
                assert self.headers["Content-Type"] == "application/x-protobuf"
                collector.take(body)
            self.send_response(collector.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

    with answering(Taking) as url:
        collector.endpoint = url
        yield collector


def _span(service: str, span: Any) -> Span:
    return Span(
        service,
        span.name,
        KINDS[span.kind],
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        _values(span.attributes),
        is_failed=span.status.code == FAILED,
    )


def _values(attributes: Any) -> dict[str, str | int]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}
