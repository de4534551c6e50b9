"""Sends spans to a collector by OTLP over HTTP. Importing this loads OpenTelemetry's libraries."""

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from threading import Thread

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.semconv.attributes.service_attributes import SERVICE_NAME, SERVICE_VERSION
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from listingapi.infra.complaints import Complaint
from listingapi.infra.tracing import Attributes, Kind

TRACES_PATH = "/v1/traces"
KINDS = {"server": SpanKind.SERVER, "producer": SpanKind.PRODUCER, "consumer": SpanKind.CONSUMER}
NAME_OF_SERVICE = "OTEL_SERVICE_NAME"
# A collector that is away must not keep a process from ending.
SECONDS_TO_END = 2.0


class OtlpSpan:
    """A span that is recorded."""

    def __init__(self, recorded: trace.Span) -> None:
        self._recorded = recorded
        context = recorded.get_span_context()
        self.traceparent = f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"

    def end(self, *, name: str | None = None, attributes: Attributes | None = None, error: str | None = None) -> None:
        """Say that it is over, what is known of it by now, and of which kind the error was that ended it."""
        if name is not None:
            self._recorded.update_name(name)
        if attributes:
            self._recorded.set_attributes(attributes)
        if error is not None:
            self._recorded.set_attribute(ERROR_TYPE, error)
            self._recorded.set_status(Status(StatusCode.ERROR))
        self._recorded.end()


class OtlpTracer:
    """Begins spans, all of which are recorded: whether a trace is sampled is decided before."""

    def __init__(self, tracer: trace.Tracer) -> None:
        self._tracer = tracer

    def start(self, name: str, kind: Kind, parent: str | None, attributes: Attributes) -> OtlpSpan:
        """Begin one, now."""
        return OtlpSpan(self._tracer.start_span(name, _context_of(parent), KINDS[kind], attributes))


class ComplainingExporter(SpanExporter):
    """Says once, and then seldom, that spans can't be sent; the library would say it each time, with the address."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._complaint = Complaint("traces_not_sent", "traces_are_sent_again")

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send some spans, or lose them."""
        result = self._exporter.export(spans)
        if result is SpanExportResult.SUCCESS:
            self._complaint.end()
        else:
            self._complaint.say("the collector does not take them")
        return result

    def shutdown(self) -> None:
        """Send no more."""
        self._exporter.shutdown()


@contextmanager
def exporter(service: str, endpoint: str | None) -> Iterator[OtlpTracer]:
    """What begins the spans of a service, until the end of the block; without an endpoint, the environment has it."""
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    provider = TracerProvider(sampler=ALWAYS_ON, resource=_resource_of(service), shutdown_on_exit=False)
    to = OTLPSpanExporter(endpoint.rstrip("/") + TRACES_PATH if endpoint else None)
    provider.add_span_processor(BatchSpanProcessor(ComplainingExporter(to)))
    try:
        yield OtlpTracer(provider.get_tracer("listingapi"))
    finally:
        ending = Thread(target=provider.shutdown, daemon=True)
        ending.start()
        ending.join(SECONDS_TO_END)


def _resource_of(service: str) -> Resource:
    """Who sends the spans; operators may say it otherwise, in the variables that any service takes."""
    named = {} if os.environ.get(NAME_OF_SERVICE) else {SERVICE_NAME: service}
    return Resource.create({**named, SERVICE_VERSION: version("listingapi")})


def _context_of(traceparent: str | None) -> Context:
    """What a span is a part of; an empty context begins a trace."""
    if traceparent is None:
        return Context()
    _, trace_id, span_id, flags = traceparent.split("-")
    parent = SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16)))
    return trace.set_span_in_context(NonRecordingSpan(parent), Context())
