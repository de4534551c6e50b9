"""The server process of an embedded PostgreSQL: started, watched, and stopped with us."""

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import psutil

from listingapi.infra.start import StartError

WAIT_SECONDS = 60.0
RESTART_SECONDS = 1.0

# PostgreSQL's postmaster.pid: process id, folder, start, port, socket folder, address, shared memory, status.
SOCKET_FOLDER_LINE = 4
STATUS_LINE = 7
LOCK_FILES = ("postmaster.pid", ".s.PGSQL.5432.lock")


class Postmaster:
    """Runs the server of a folder; one that ends by itself is started again."""

    def __init__(self, pgdata: Path, start: Callable[[], "subprocess.Popen[bytes]"]) -> None:
        self._pgdata = pgdata
        self._start = start
        self._is_stopping = Event()
        stop_leftover(pgdata)
        self.process = start()

    def watch(self) -> None:
        """Start the server again whenever it ends, until it is stopped."""
        Thread(target=self._restart_until_stopped, daemon=True).start()

    def stop(self) -> None:
        """Stop the server as fast as it goes without a recovery at the next start."""
        self._is_stopping.set()
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()

    def _restart_until_stopped(self) -> None:
        self.process.wait()
        while not self._is_stopping.wait(RESTART_SECONDS):
            stop_leftover(self._pgdata)
            self.process = self._start()
            self.process.wait()


def wait_until_ready(pgdata: Path, process: "subprocess.Popen[bytes] | None", log_file: Path) -> Path:
    """Wait for the server of a folder: for this process if we started one, or else for whichever it is.

    Returns the folder of its socket.

    Raises:
        StartError: it ended, or takes too long; the last error in its log says why.
    """
    deadline = time.monotonic() + WAIT_SECONDS
    while (process is None or process.poll() is None) and time.monotonic() < deadline:
        status = _status(pgdata)
        is_leftover = process is not None and status[:1] != [str(process.pid)]
        if status[STATUS_LINE:] == ["ready"] and not is_leftover:
            return Path(status[SOCKET_FOLDER_LINE])
        time.sleep(0.02)
    raise StartError(f"PostgreSQL did not start in {pgdata}: {reason_in(log_file.read_text(errors='replace'))}")


def stop_leftover(pgdata: Path) -> None:
    """End the server of an instance that was killed; we hold its lock, so nobody else needs it."""
    status = _status(pgdata)
    if not status:
        return
    left = [process for process in psutil.process_iter() if _runs_in(pgdata, process)]
    for process in left:
        if str(process.pid) == status[0]:
            process.send_signal(signal.SIGINT)
    _, alive = psutil.wait_procs(left, WAIT_SECONDS)
    if not alive:
        # PostgreSQL would take a process that was killed, but that nobody has reaped yet, for a living one.
        for name in LOCK_FILES:
            (pgdata / name).unlink(missing_ok=True)


def reason_in(text: str) -> str:
    """The line of a program's output that says why it failed: its last error, else its last line."""
    lines = text.strip().splitlines() or ["it gave no reason"]
    errors = [line for line in lines if "FATAL:" in line or "error:" in line]
    return (errors or lines)[-1].strip()


def _status(pgdata: Path) -> list[str]:
    try:
        return [line.strip() for line in (pgdata / "postmaster.pid").read_text().splitlines()]
    except FileNotFoundError:
        return []


def _runs_in(pgdata: Path, process: psutil.Process) -> bool:
    try:
        return process.name() == "postgres" and process.cwd() == str(pgdata)
    except psutil.Error:
        return False
