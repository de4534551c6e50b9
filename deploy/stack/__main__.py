"""`make stack`: runs the production shape on this machine, and says where everything is."""

import argparse
import shlex
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from deploy.stack.edge import NotInstalled
from deploy.stack.services import NotStarted
from deploy.stack.stack import Stack, running

from listingapi.infra.start import StartError

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PORT = 8080
COMMAND = Path(sys.executable).with_name("listingapi")


def main() -> int:
    """Run it until Ctrl-C; what goes wrong is one sentence, and the exit status 2."""
    asked = _asked()
    for number in STOP_SIGNALS:
        signal.signal(number, _interrupt_once)
    print("Starting all parts takes some seconds.", flush=True)
    try:
        with suppress(KeyboardInterrupt), _folder(asked.data_dir) as data_dir, running(data_dir, asked.port) as stack:
            _say(stack)
            stack.supervise()
    except (StartError, NotStarted, NotInstalled) as error:
        print(f"stack: {error}", file=sys.stderr)
        return 2
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make stack", description=__doc__)
    parser.add_argument("--data-dir", type=Path, help="where the data stays; without it, the data goes at the end")
    parser.add_argument("--port", type=int, default=PORT, help=f"where nginx listens [{PORT}]; 0 takes a free port")
    return parser.parse_args()


def _interrupt_once(*_: object) -> None:
    """Begin to stop; whoever can't wait and says so again would leave processes behind."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


@contextmanager
def _folder(data_dir: Path | None) -> Iterator[Path]:
    if data_dir is not None:
        data_dir.mkdir(parents=True, exist_ok=True)
        yield data_dir.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="listingapi-stack-") as folder:
        yield Path(folder)


def _say(stack: Stack) -> None:
    edge = next(service for service in stack.services if service.name == "nginx")
    lines = {"ListingAPI": f"http://{edge.address}/listings", "Its docs": f"http://{edge.address}/docs"}
    for service in stack.services:
        address = f"http://{service.address}  " if service.address else ""
        metrics = f"http://{service.metrics}/metrics  " if service.metrics else ""
        lines[service.name] = f"{address}{metrics}process {service.pid}"
    lines |= {"PostgreSQL": stack.postgres.serving_url, "Redis": stack.redis_url, "RabbitMQ": stack.rabbitmq_url}
    lines |= {"Its data": str(stack.data_dir), "For programs": str(stack.data_dir / "stack.json")}
    url = shlex.quote(stack.postgres.serving_url)
    lines["A key"] = f"LISTINGAPI_DATABASE_URL={url} {COMMAND} keys create --account default"
    print("\n".join(f"{name:<14}{what}" for name, what in lines.items()))
    print("Ctrl-C stops it.", flush=True)


if __name__ == "__main__":
    sys.exit(main())
