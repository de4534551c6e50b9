"""Answers requests from their bytes, before the parser sees them: at once, or when what they ask for was read."""

import asyncio
from abc import ABC, abstractmethod
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from listingapi.infra.draining import is_draining
from listingapi.infra.late import Late, put_late
from listingapi.infra.observed import Observed
from listingapi.rendering import log_failure

END, END_OF_LAST = b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"


class EarlyAnswers(HttpToolsProtocol, ABC):
    """Uvicorn's protocol, which has the application answer before there is a request.

    What comes while an answer is on its way is held until then, and nothing more is read. Where nothing is answered in
    the end, or that fails, the request goes the way of all others, and what came after it behind it. A connection that
    waits is not idle: it is closed neither by the time that it waits, nor by a server that stops, before it is
    answered.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        app = self.config.loaded_app
        self._shortcut = app.shortcut if isinstance(app, Observed) else None
        self._shedding = app.shedding if isinstance(app, Observed) else None
        self._ending = asyncio.Event()
        self._late: Late | None = None
        self._asked = self._held = b""
        self._last_early = float("-inf")

    @property
    @abstractmethod
    def is_quiet(self) -> bool:
        """Whether what comes begins a request, and all that came before it is answered and taken."""

    @property
    @abstractmethod
    def owes_answers(self) -> bool:
        """Whether all that was asked for is whole, and something of it is not answered yet."""

    @abstractmethod
    def parse(self, data: bytes) -> None:
        """Take what came the way of all requests."""

    @abstractmethod
    def wait_no_more(self) -> None:
        """A request came whole."""

    @abstractmethod
    def close_when_read(self) -> None:
        """Close the connection when what was sent is read."""

    def shutdown(self) -> None:
        self._ending.set()
        if self._late is None:
            super().shutdown()

    def eof_received(self) -> bool:  # type: ignore[override]  # uvicorn's always has the connection closed
        """Have what was asked for answered, and end the connection with that; whoever waits for events waits no more.

        Who has gone altogether looks the same: they are noticed by what is sent to them.
        """
        if self._late is None and not self.owes_answers:
            return False
        self.shutdown()
        return True

    def data_received(self, data: bytes) -> None:
        if self._late is not None:
            self._held += data
            self.flow.pause_reading()
            return
        answer = self._early(data) if self.is_quiet and not is_draining(self.app_state) else None
        if answer is None:
            self.parse(data)
            return
        self.wait_no_more()
        if isinstance(answer, bytes):
            self._send(answer)
        else:
            self._late, self._asked = answer, data
            answer.found.add_done_callback(self._when_found)

    def _early(self, data: bytes) -> bytes | Late | None:
        first = self.server_state.default_headers
        try:
            answer = self._shortcut(data, self.client, first) if self._shortcut else None
            return answer or (self._shedding(data, first) if self._shedding else None)
        except Exception as error:  # noqa: BLE001 - what it is, the ordinary way may answer
            log_failure(error)
            return None

    def _send(self, answer: bytes) -> None:
        self.server_state.total_requests += 1
        self.transport.write(answer)
        self._last_early = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self.keep_alive_for(self.timeout_keep_alive)

    def _when_found(self, _: "asyncio.Future[Any]") -> None:
        late, asked, held = self._late, self._asked, self._held
        self._late, self._asked, self._held = None, b"", b""
        answer = self._answer(late) if late else None
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if answer is None:
            self._parse_after_all(asked, held)
        elif self._ending.is_set() or is_draining(self.app_state):
            self._send(answer.replace(END, END_OF_LAST, 1))
            self.close_when_read()
        else:
            self._send(answer)
            if held:
                self.data_received(held)

    def _answer(self, late: Late) -> bytes | None:
        try:
            return late.answer(self.server_state.default_headers)
        except Exception as error:  # noqa: BLE001 - as above
            log_failure(error)
            return None

    def _parse_after_all(self, asked: bytes, held: bytes) -> None:
        self.parse(asked)
        put_late(self.scope)
        if held:
            self.parse(held)
        if self._ending.is_set():
            super().shutdown()

    def keep_alive_for(self, seconds: float) -> None:
        """Wait for so long for the next request."""
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def timeout_keep_alive_handler(self) -> None:
        left = self._last_early + self.timeout_keep_alive - self.loop.time()
        if self._late is not None or left > 0:
            self.keep_alive_for(left if left > 0 else self.timeout_keep_alive)
        else:
            self.close_when_read()
