"""Serves the process's metrics in the text format of Prometheus."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import structlog
from prometheus_client import start_http_server

from listingapi.infra.start import StartError

logger = structlog.get_logger()


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
        server, thread = start_http_server(port, host)
    except OSError as error:
        raise StartError(f"Can't serve metrics on {host} port {port}: {error.strerror}.") from None
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def serving_metrics_as_one_of_several(host: str, port: int | None) -> Iterator[None]:
    """The same for a process that has others like it: one of them answers."""
    with ExitStack() as stack:
        try:
            stack.enter_context(serving_metrics(host, port))
        except StartError:
            logger.info("metrics_are_of_another_process", port=port)
        yield
