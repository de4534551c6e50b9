"""The metrics of a process, or of several together, in the text format of Prometheus."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from prometheus_client import REGISTRY as OF_THIS_PROCESS
from prometheus_client import CollectorRegistry, Metric, disable_created_metrics, generate_latest, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from listingapi.infra.start import StartError

# The library keeps the numbers of a process in files of this folder, if the variable is there when it is loaded.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"


class Several(MultiProcessCollector):
    """Adds up what several processes have counted, also those that are gone; what is now is only of those that live."""

    def __init__(self, folder: str) -> None:
        super().__init__(None, folder)  # type: ignore[no-untyped-call]  # the library has no types here
        self._folder = folder

    def collect(self) -> Iterable[Metric]:
        for process in {int(path.stem.rpartition("_")[2]) for path in Path(self._folder).glob("gauge_live*.db")}:
            if not _lives(process):
                mark_process_dead(process, self._folder)  # type: ignore[no-untyped-call]
        found: Iterable[Metric] = super().collect()  # type: ignore[no-untyped-call]
        return found


def registry() -> CollectorRegistry:
    """What is to be told: of this process, or of all that are counted together with it."""
    disable_created_metrics()  # type: ignore[no-untyped-call]  # as many numbers again, of when each was first counted
    folder = os.environ.get(FOLDER)
    if folder is None:
        return OF_THIS_PROCESS
    together = CollectorRegistry()
    together.register(Several(folder))
    return together


def exposition() -> bytes:
    """All metrics as Prometheus reads them."""
    return generate_latest(registry())


@contextmanager
def counted_together() -> Iterator[None]:
    """Have the processes that are started until the end of the block counted together with each other."""
    with TemporaryDirectory(prefix="listingapi-metrics-") as folder:
        os.environ[FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[FOLDER]


@contextmanager
def serving_metrics(host: str, port: int | None) -> Iterator[None]:
    """Answer `/metrics` until the end of the block; not at all without a port.

    Raises:
        StartError: somebody else listens there.
    """
    if port is None:
        yield
        return
    try:
        server, thread = start_http_server(port, host, registry())
    except OSError as error:
        raise StartError(f"Can't listen on {host} port {port}: {error.strerror}.") from None
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _lives(process: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(process, 0)
        return True
    return False
