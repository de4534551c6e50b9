"""Serves the application: the socket, the server processes and what is said at the start."""

import asyncio
import gc
import multiprocessing
import os
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from multiprocessing import resource_tracker
from threading import Thread
from time import monotonic

import uvicorn
from litestar.types import ASGIApp
from uvicorn.supervisors import multiprocess

from listingapi.app import create_app
from listingapi.bulk import seeding
from listingapi.bulk.generator import SeedPlan
from listingapi.infra.draining import begin_draining
from listingapi.infra.logs import configure_logs
from listingapi.infra.metrics import counted_together, serving_metrics
from listingapi.infra.protocol import Protocol
from listingapi.infra.start import StartError
from listingapi.provision import serving_database
from listingapi.settings import Settings, load_settings
from listingapi.web.built import web_app
from listingapi.workers import Worker, Workers, end_after

BACKLOG = 2048
# From being told to stop until requests that have begun are cut short; to end all else takes five more at most.
SECONDS_TO_END = 20
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
IDLE_SECONDS = 5
SECONDS_BETWEEN_TICKS = 0.1
# What was sent on a connection that was just made has come by then.
SECONDS_FOR_THE_LAST = 1
# Objects that are made and not freed until it is looked for cycles among the young ones: a few hundred requests' worth.
OBJECTS_BETWEEN_COLLECTIONS = 10_000


def serve(settings: Settings, *, seed_if_empty: bool = False) -> None:
    """Serve until told to stop; whatever was started is stopped at the end.

    Raises:
        StartError: the address is taken, or the database can't be used.
    """
    configure_logs(settings.log_level)
    with (
        _listen(settings.host, settings.port) as listener,
        counted_together() if settings.workers > 1 and settings.is_measured else nullcontext(),
        serving_metrics(settings.metrics_host or settings.host, settings.metrics_port),
        serving_database(settings) as ready,
    ):
        if seed_if_empty:
            _seed_if_empty(ready)
        early = _note_stop_signals()
        _announce(settings, listener)
        _run(ready, listener, early)


def _seed_if_empty(settings: Settings) -> None:
    if seeded := asyncio.run(seeding.seed_if_empty(settings.serving_url, SeedPlan(seeding.start_of_today()))):
        print(seeded)


def create_app_of_this_process() -> ASGIApp:
    """The application of a server process; one of several ends with the process that started it."""
    if parent := multiprocessing.parent_process():
        end_after(parent)
        configure_logs(load_settings().log_level)
    return create_app(load_settings())


def _note_stop_signals() -> list[int]:
    """Have signals to stop noted, not raised: a KeyboardInterrupt would be lost in whatever code it comes up in."""
    early: list[int] = []
    for stop in STOP_SIGNALS:
        signal.signal(stop, lambda number, _: early.append(number))
    return early


class Server(uvicorn.Server):
    """Uvicorn's server, which also heeds what it was told before it listened to signals, and SIGHUP.

    Told to stop, it says that it is not ready, and goes on for some time before it takes no more connections: whoever
    brings requests is to notice first. Each answer then ends its connection. Those who were connected until then are
    answered, too.
    """

    def __init__(self, config: uvicorn.Config, seconds_to_drain: float, early: Sequence[int] = ()) -> None:
        super().__init__(config)
        self._seconds_to_drain = seconds_to_drain
        self._early = early

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        with super().capture_signals():
            signal.signal(signal.SIGHUP, self.handle_exit)
            for number in self._early:
                self.handle_exit(number, None)
            yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        _leave_to_stay()
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        begin_draining(self.lifespan.state)
        await self._go_on(self._seconds_to_drain)
        await self._take_last(sockets or [])
        await self._go_on(min(self._seconds_to_drain, SECONDS_FOR_THE_LAST))
        await super().shutdown(sockets)

    async def _go_on(self, seconds: float) -> None:
        until = monotonic() + seconds
        while monotonic() < until and len(self._captured_signals) == 1:  # a second one is by somebody who can't wait
            await self.on_tick(0)
            await asyncio.sleep(SECONDS_BETWEEN_TICKS)

    async def _take_last(self, sockets: Sequence[socket.socket]) -> None:
        """Take what the system has taken already, and then no more: closing would reset those connections."""
        last = [connection for listener in sockets for connection in _waiting_at(listener)]
        for server in self.servers:
            server.close()
        for listener in sockets:
            listener.close()
        for connection in last:
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)

    def _protocol(self) -> Protocol:
        return Protocol(self.config, self.server_state, self.lifespan.state)


def _leave_to_stay() -> None:
    """Have the collector pass over what stays, which takes it a tenth of a second, and look less often at the rest."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)


def _waiting_at(listener: socket.socket) -> Iterator[socket.socket]:
    """The connections that the system has taken."""
    with suppress(BlockingIOError):
        while True:
            connection, _ = listener.accept()
            connection.settimeout(0)
            yield connection


class ServerWorker(Worker):
    """One that drains."""

    @property
    def server(self) -> Server:
        if not isinstance(self._server, Server):
            self._server = Server(self.config, load_settings().seconds_to_drain)
        return self._server


def _run(settings: Settings, listener: socket.socket, early: Sequence[int]) -> None:
    os.environ.update(settings.as_environment())
    config = uvicorn.Config(
        "listingapi.server:create_app_of_this_process",
        factory=True,
        loop="uvloop",
        http=Protocol,
        ws="none",
        proxy_headers=False,  # the application believes those that its settings name
        lifespan="on",
        workers=settings.workers,
        access_log=False,
        log_config=None,
        log_level="error",  # it warns of all that strangers send; that is counted
        server_header=False,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=SECONDS_TO_END - settings.seconds_to_drain - SECONDS_FOR_THE_LAST,
    )
    if settings.workers == 1:
        Server(config, settings.seconds_to_drain, early).run(sockets=[listener])
        return
    _keep_interrupts_from_workers()
    multiprocess.Process = ServerWorker  # type: ignore[misc]  # uvicorn has no place to say which
    supervisor = Workers(config, sockets=[listener])
    supervisor.signal_queue.extend(early)
    supervisor.run()
    if supervisor.has_failed:
        raise StartError("The processes that answer requests can't begin: the log says why.")


def _keep_interrupts_from_workers() -> None:
    """Have Ctrl-C reach this process alone, which ends the workers in order: they inherit that it is blocked."""

    def stop_on_interrupt() -> None:
        signal.sigwait({signal.SIGINT})
        os.kill(os.getpid(), signal.SIGTERM)

    resource_tracker.ensure_running()  # would unblock it, if it were started with the first worker
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    Thread(target=stop_on_interrupt, daemon=True).start()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise StartError(f"Can't listen on {host} port {port}: {reason}.") from None
    listener.set_inheritable(True)
    return listener


def _announce(settings: Settings, listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    where = "LISTINGAPI_DATABASE_URL" if settings.database_url else settings.data_dir.resolve()
    start = "pricing-rules" if settings.only == "prices" else "listings"
    print(f"ListingAPI   {address}/{start}")
    if web_app():
        print(f"In browsers  {address}/")
    print(f"Its docs     {address}/docs\nIts data     {where}")
    if settings.scopes_without_credentials:
        may = " ".join(sorted(settings.scopes_without_credentials))
        print(f"Anonymous    callers without credentials may: {may}")
    else:
        print("Anonymous    callers without credentials may do nothing (LISTINGAPI_ANONYMOUS_SCOPES)")
    print("Ctrl-C stops it.", flush=True)
