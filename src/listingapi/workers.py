"""Several processes that answer requests: started, watched, replaced and ended by the one that holds their socket.

Uvicorn's own supervisor waits for the answer of a worker, and for its end, before it heeds a signal.
"""

import os
import signal
from contextlib import suppress
from multiprocessing.process import BaseProcess
from threading import Thread
from time import monotonic, sleep

import structlog
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

# One that gives no sign of life for so long is killed, also before it has begun.
WORKER_SECONDS = 30
# From being told to stop until workers that have not ended are killed: later than each ends that can.
SECONDS_TO_KILL = 27
# A worker that ends again and again is not to take all of a processor by being started.
SECONDS_BETWEEN_STARTS = 5
# One that has only begun heeds no signal yet, and just ends.
ENDED_IN_ORDER = (0, -signal.SIGTERM)

logger = structlog.get_logger()


class Worker(Process):
    """One of several processes, which is asked again and again for a sign of life."""

    _began = float("-inf")
    _asked: float | None = None
    _has_ended = False

    def start(self) -> None:
        self._began = monotonic()
        super().start()

    @property
    def age(self) -> float:
        """How many seconds ago it was started."""
        return monotonic() - self._began

    def is_alive(self, timeout: float = WORKER_SECONDS) -> bool:
        """Whether it runs, and answered within so many seconds when it was asked; that is not waited for."""
        if self._has_ended or not self.process.is_alive():
            return False
        with suppress(OSError, EOFError):  # it has just ended: seen the next time
            if self._asked is None:
                self.parent_conn.send(b"ping")
                self._asked = monotonic()
            elif self.parent_conn.poll():
                self.parent_conn.recv()
                self._asked = None
        return self._asked is None or monotonic() - self._asked < timeout

    def end(self) -> None:
        """Have it be over, also if it does nothing any more."""
        if self._has_ended:
            return
        is_hung = self.process.is_alive()
        self.kill()
        self.process.join()
        self._has_ended = True
        if is_hung or self.exitcode not in ENDED_IN_ORDER:
            logger.warning("worker_ended", worker=self.pid, status=self.exitcode, was_killed=is_hung)


class Workers(Multiprocess):
    """Several processes that take connections from one socket; it is closed when the last of them closes it.

    Whatever becomes of one of them, it heeds signals at once.
    """

    processes: list[Worker]  # type: ignore[assignment]  # it says what to start
    has_failed = False

    def init_processes(self) -> None:
        super().init_processes()
        self._first = tuple(self.processes)

    def handle_hup(self) -> None:
        self.handle_term()

    def keep_subprocess_alive(self) -> None:
        """Replace those that have ended, or say nothing any more; if one can't even begin the first time, end all."""
        for place, worker in enumerate(self.processes):
            if self.should_exit.is_set():
                return
            if worker.is_alive(WORKER_SECONDS):
                continue
            worker.end()
            if worker in self._first and worker.exitcode == STARTUP_FAILURE:
                self.has_failed = True
                self.should_exit.set()
            elif worker.age > SECONDS_BETWEEN_STARTS:
                self.processes[place] = type(worker)(self.config, self.sockets)
                self.processes[place].start()

    def terminate_all(self) -> None:
        for listener in self.sockets:
            listener.close()
        super().terminate_all()

    def join_all(self) -> None:
        """Wait for all; one that has not ended in time never would."""
        until = monotonic() + SECONDS_TO_KILL
        for worker in self.processes:
            worker.process.join(max(0, until - monotonic()))
            worker.end()


def end_after(parent: BaseProcess) -> None:
    """Have this process end in order once another one is gone, which may have been before this was asked for."""
    Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: BaseProcess) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    sleep(SECONDS_TO_KILL)
    os.kill(os.getpid(), signal.SIGKILL)
