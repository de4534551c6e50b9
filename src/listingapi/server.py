"""Serves the application: the socket, the server processes and what is said at the start."""

import asyncio
import multiprocessing
import os
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import resource_tracker
from threading import Thread

import uvicorn
from litestar.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from listingapi.app import create_app
from listingapi.bulk import seeding
from listingapi.bulk.generator import SeedPlan
from listingapi.infra.parent import stop_when_parent_dies
from listingapi.infra.protocol import Protocol
from listingapi.infra.start import StartError
from listingapi.provision import serving_database
from listingapi.settings import Settings, load_settings

BACKLOG = 2048
DRAIN_SECONDS = 25
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
IDLE_SECONDS = 5
WORKER_SECONDS = 30


def serve(settings: Settings, *, seed_if_empty: bool = False) -> None:
    """Serve until told to stop; whatever was started is stopped at the end.

    Raises:
        StartError: the address is taken, or the database can't be used.
    """
    if settings.metrics_port is not None:
        _listen(settings.host, settings.metrics_port).close()
    with _listen(settings.host, settings.port) as listener, serving_database(settings) as ready:
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
    if multiprocessing.parent_process():
        stop_when_parent_dies(signal.SIGTERM)
    return create_app(load_settings())


def _note_stop_signals() -> list[int]:
    """Have signals to stop noted, not raised: a KeyboardInterrupt would be lost in whatever code it comes up in."""
    early: list[int] = []
    for stop in STOP_SIGNALS:
        signal.signal(stop, lambda number, _: early.append(number))
    return early


class Server(uvicorn.Server):
    """Uvicorn's server, which also heeds what it was told before it listened to signals, and SIGHUP."""

    def __init__(self, config: uvicorn.Config, early: Sequence[int]) -> None:
        super().__init__(config)
        self._early = early

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        with super().capture_signals():
            signal.signal(signal.SIGHUP, self.handle_exit)
            for number in self._early:
                self.handle_exit(number, None)
            yield


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
        log_level="warning",
        server_header=False,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        timeout_worker_healthcheck=WORKER_SECONDS,  # it kills one that does not answer, also before it can
    )
    if settings.workers == 1:
        Server(config, early).run(sockets=[listener])
        return
    _keep_interrupts_from_workers()
    supervisor = Multiprocess(config, sockets=[listener])
    supervisor.signal_queue.extend(early)
    supervisor.run()


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
    print(f"ListingAPI   {address}/{start}\nIts docs     {address}/docs\nIts data     {where}")
    if settings.scopes_without_credentials:
        may = " ".join(sorted(settings.scopes_without_credentials))
        print(f"Anonymous    callers without credentials may: {may}")
    else:
        print("Anonymous    callers without credentials may do nothing (LISTINGAPI_ANONYMOUS_SCOPES)")
    print("Ctrl-C stops it.", flush=True)
