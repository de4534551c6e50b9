"""Sends requests over many connections: each when the one before it is answered, or so many a second, answered or not.

Sockets and epoll, and nothing above them: a request takes the generator some 15 µs, so that it is hardly in the way.
"""

import gc
import select
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter, process_time

LENGTH = b"content-length: "
END = b"\r\n\r\n"
MOST_AT_ONCE = 65_536
SHORTEST_WAIT = 0.001


@dataclass(slots=True)
class Seen:
    """What was answered in some seconds: how long it took by status, and what was not.

    `unsent` could not be sent because no connection was free, of `lost` the server closed the connection. `busy` is the
    share of a processor that the generator took.
    """

    seconds: float
    taken: dict[int, list[float]] = field(default_factory=dict)
    unsent: int = 0
    lost: int = 0
    busy: float = 0.0

    def rate(self, *statuses: int, within: float = float("inf")) -> float:
        """How many a second were answered so, each in so many seconds."""
        return sum(sum(each <= within for each in self.taken.get(status, ())) for status in statuses) / self.seconds

    def percentile(self, share: float, *statuses: int) -> float:
        """Milliseconds within which a share of such answers came."""
        several = sorted(each for status in statuses for each in self.taken.get(status, ())) or [0.0]
        return several[int(share * (len(several) - 1))] * 1e3


class Load:
    """Connections to a server, each with at most one request under way; `draw` makes the next one."""

    def __init__(self, address: tuple[str, int], number: int, draw: Callable[[], bytes]) -> None:
        self._draw = draw
        self._poll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._free = deque[int]()
        self._due: dict[int, float] = {}
        self._came: dict[int, bytes] = {}
        for _ in range(number):
            opened = socket.create_connection(address)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets[opened.fileno()] = opened
            self._free.append(opened.fileno())
            self._poll.register(opened, select.EPOLLIN)

    def closed_loop(self, before: float, seconds: float) -> Seen:
        """Each connection asks as soon as it has its answer; what comes after some seconds counts."""
        return self._run(before, Seen(seconds), lambda _: len(self._free))

    def open_loop(self, before: float, seconds: float, rate: float) -> Seen:
        """So many requests a second, each when it is due; one that waits for its turn has begun to wait then."""
        began, sent = perf_counter(), 0

        def due(now: float) -> int:
            nonlocal sent
            number = int((now - began) * rate) - sent
            sent += number
            return number

        return self._run(before, Seen(seconds), due)

    def close(self) -> None:
        """Disconnect."""
        for each in self._sockets.values():
            each.close()
        self._poll.close()

    def _run(self, before: float, seen: Seen, due: Callable[[float], int]) -> Seen:
        gc.disable()
        self._go_on(perf_counter() + before, Seen(before), due)
        busy = process_time()
        self._go_on(perf_counter() + seen.seconds, seen, due)
        seen.busy = (process_time() - busy) / seen.seconds
        gc.enable()
        return seen

    def _go_on(self, until: float, seen: Seen, due: Callable[[float], int]) -> None:
        while (now := perf_counter()) < until:
            number = due(now)
            for _ in range(min(number, len(self._free))):
                self._send(now)
                number -= 1
            seen.unsent += number
            self._take(seen)

    def _send(self, now: float) -> None:
        number = self._free.popleft()
        self._due[number] = now
        self._sockets[number].send(self._draw())

    def _take(self, seen: Seen) -> None:
        for number, _ in self._poll.poll(SHORTEST_WAIT):
            came = self._sockets[number].recv(MOST_AT_ONCE)
            if not came:
                self._poll.unregister(number)
                seen.lost += 1
            elif is_whole(answer := self._came.pop(number, b"") + came):
                seen.taken.setdefault(int(answer[9:12]), []).append(perf_counter() - self._due[number])
                self._free.append(number)
            else:
                self._came[number] = answer


def is_whole(answer: bytes) -> bool:
    """Whether all of an answer has come, of which the length is said in its head."""
    end = answer.find(END)
    if end < 0:
        return False
    head = answer[: end + 1].lower()
    place = head.find(LENGTH)
    length = head[place + len(LENGTH) : head.find(b"\r", place)] if place >= 0 else b"0"
    return len(answer) >= end + len(END) + int(length)
