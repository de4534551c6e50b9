"""How requests come and answers go over a connection, and what is refused before there is a request."""

import asyncio
from typing import Any, ClassVar, Literal, cast

from litestar.types import HTTPScope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from listingapi.errors import RequestError
from listingapi.infra.deadlines import Deadline
from listingapi.infra.draining import is_draining
from listingapi.infra.early import EarlyAnswers
from listingapi.infra.errors import NotHTTP, RequestTooSlow
from listingapi.infra.heads import LONGEST_HEAD, MOST_HEADERS, too_long, too_many, with_known_method
from listingapi.infra.observed import Observed
from listingapi.infra.patience import put_ending
from listingapi.infra.request_metrics import REFUSED
from listingapi.infra.whole_answers import WholeAnswer
from listingapi.rendering import error_answer

MOST_DISCARDED = 16 * 1024 * 1024


class Protocol(EarlyAnswers):
    """Uvicorn's protocol with bounds on the heads of requests and on the time that a client may take.

    What it refuses is answered in the shape of all errors. Then it goes on reading for a moment and keeps nothing of
    that, because a client that is still sending would find the connection reset before it could read the answer.
    """

    head_seconds: ClassVar[float] = 10
    body_seconds: ClassVar[float] = 30
    stall_seconds: ClassVar[float] = 10
    unread_seconds: ClassVar[float] = 30
    linger_seconds: ClassVar[float] = 5

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._incoming = Deadline(self.loop, self._can_be_waited_for, self._end_waiting)
        self._outgoing = Deadline(self.loop, lambda: True, self._end_writing)
        self._awaited: Literal["head", "body", ""] = ""
        self._is_between_requests = True
        self._is_in_body = False
        self._is_new = False
        self._pending = bytearray()
        self._unanswered = 0
        self._unsent = 0
        self._refusal: RequestError | None = None
        self._discarded = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._awaited = "head"
        self._incoming.start(self.head_seconds, self.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        self._incoming.stop()
        self._outgoing.stop()
        super().connection_lost(exc)

    # What comes: the parser gets no more at once than a head may have, and `_pending` is what it made nothing of yet.

    def parse(self, data: bytes) -> None:
        while data and self._refusal is None:
            piece = data[: LONGEST_HEAD - len(self._pending)]
            data = data[len(piece) :]
            self._parse(piece)
        if self._refusal is None:
            self._wait_for_the_rest()
        else:
            self._discard(len(data))

    @property
    def is_quiet(self) -> bool:
        """Whether what comes begins a request, and all that came before it is answered and taken."""
        return (
            self._is_between_requests
            and not self._pending
            and not self._unanswered
            and self._refusal is None
            and not self.flow.write_paused
            and not self.transport.is_closing()
        )

    @property
    def owes_answers(self) -> bool:
        return self._unanswered > 0 and not self._is_in_body

    def wait_no_more(self) -> None:
        if self._awaited:
            self._incoming.stop()
            self._awaited = ""

    def _parse(self, piece: bytes) -> None:
        self._is_new = False
        HttpToolsProtocol.data_received(self, with_known_method(piece) if self._is_between_requests else piece)
        if self._is_new:
            self._pending.clear()
            return
        self._pending += piece
        if len(self._pending) == LONGEST_HEAD and self._refusal is None:
            self._refuse(NotHTTP() if self._is_in_body else too_long(bytes(self._pending)))

    def on_message_begin(self) -> None:
        self._is_between_requests = False
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._is_in_body:
            return  # a trailer, which is no header (RFC 9110, 6.5.1)
        if len(self.headers) == MOST_HEADERS:
            self._refuse(too_many())
            raise ValueError  # ends the parser's work
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self.cycle.transport = WholeAnswer(self.transport, self.loop)
        put_ending(self.scope, self._ending)
        self._is_in_body = self._is_new = True
        self._unanswered += 1
        if self.parser.should_upgrade() or is_draining(self.app_state):
            self.cycle.keep_alive = False  # to the parser, what comes after an upgrade is no HTTP

    def on_body(self, body: bytes) -> None:
        self._is_new = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._is_between_requests = self._is_new = True
        self._is_in_body = False
        self._awaited = ""
        super().on_message_complete()

    # How long it may take.

    def _wait_for_the_rest(self) -> None:
        is_in_head = bool(self._pending) or not self._is_between_requests
        awaited: Literal["head", "body", ""] = "body" if self._is_in_body else "head" if is_in_head else ""
        if not awaited:
            self._incoming.stop()
            if not self._unanswered:
                self._wait_for_the_next()
        elif awaited == self._awaited:
            self._incoming.move()
        elif awaited == "body":
            self._incoming.start(self.body_seconds, self.stall_seconds)
        else:
            self._incoming.start(self.head_seconds, self.head_seconds)
        self._awaited = awaited

    def _wait_for_the_next(self) -> None:
        """The rest of what was answered before it was whole came: uvicorn's own wait ended with that."""
        self._unset_keepalive_if_required()
        self.keep_alive_for(self.timeout_keep_alive)

    def _can_be_waited_for(self) -> bool:
        """Whether the client is who is waited for, and it does not wait for the application."""
        return not (self.flow.read_paused or (self._is_in_body and self.cycle.waiting_for_100_continue))

    def _end_waiting(self) -> None:
        if self._refusal is not None:
            self.transport.abort()
        elif self._is_between_requests and not self._pending:
            self.transport.close()
        else:
            self._refuse(RequestTooSlow(self._awaited))

    def close_when_read(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
        self._see_it_read()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._see_it_read()

    def resume_writing(self) -> None:
        self._outgoing.stop()
        super().resume_writing()

    def _see_it_read(self) -> None:
        self._unsent = self.transport.get_write_buffer_size()
        self._outgoing.start(self.unread_seconds / 2, self.unread_seconds / 2)

    def _end_writing(self) -> None:
        """Half of the time is over: the system may have taken some of the answer, though the client took nothing."""
        if self.transport.get_write_buffer_size() < self._unsent:
            self._see_it_read()
        else:
            self.transport.abort()

    # What is refused.

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 uvicorn's signature
        if self._refusal is None:
            self._refuse(NotHTTP())

    def _refuse(self, error: RequestError) -> None:
        """Answer in place of the application, once all that came before is answered."""
        self._incoming.stop()
        self._refusal = error
        if self._is_in_body and self.cycle.response_started:
            self.transport.close()
            self._see_it_read()
            return
        if self._is_in_body:
            self._take_from_application()
        if not self._unanswered:
            self._send_refusal(error)

    def _take_from_application(self) -> None:
        self._unanswered -= 1
        if self.pipeline:
            self.pipeline.popleft()
        else:
            self.cycle.disconnected = True
            self.cycle.message_event.set()

    def on_response_complete(self) -> None:
        self._unanswered -= 1
        super().on_response_complete()
        if self.transport.is_closing():
            self._see_it_read()
        elif self._refusal is not None and not self._unanswered:
            self._send_refusal(self._refusal)

    def _send_refusal(self, error: RequestError) -> None:
        REFUSED.labels(error.status.value).inc()
        self._unset_keepalive_if_required()
        self.flow.resume_reading()
        self.transport.write(self._rendered(error))
        self.transport.write_eof()
        self._incoming.start(self.linger_seconds, self.linger_seconds)

    def _rendered(self, error: RequestError) -> bytes:
        answer = error_answer(error, cast("HTTPScope", {"type": "http", "headers": self.headers or [], "state": {}}))
        app = self.config.loaded_app
        of_refusals = app.of_refusals if isinstance(app, Observed) else ()
        own = [(name.lower().encode(), value.encode()) for name, value in answer.headers.items()]
        own += [(b"content-type", answer.media_type.encode()), (b"content-length", b"%d" % len(answer.body))]
        headers = [*self.server_state.default_headers, *of_refusals, *own, (b"connection", b"close")]
        lines = [name + b": " + value + b"\r\n" for name, value in headers]
        return b"".join((STATUS_LINE[answer.status], *lines, b"\r\n", answer.body))

    def _discard(self, length: int) -> None:
        self._discarded += length
        if self._discarded > MOST_DISCARDED:
            self.transport.abort()
