"""Serves the process's metrics in the text format of Prometheus."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import start_http_server

from listingapi.infra.start import StartError


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
