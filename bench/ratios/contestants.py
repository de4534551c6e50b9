"""Who is measured beside whom: this service, its peers and nginx, each started as its users start it."""

import getpass
import grp
import os
import pwd
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.peers.database import POOL_SIZE
from bench.ratios.servers import WORKERS, Server, free_port, plain_environment, running
from tests.conftest import TestDatabase
from tests.redis_server import RedisServer

from listingapi.access.scopes import Scope
from listingapi.settings import RATES_IN_PUBLIC

OURS, SMALL, NGINX = "ListingAPI", "ListingAPI, a tenth", "nginx, a file"
FLASK, FASTAPI, DRF, BARE = "Flask + SQLAlchemy", "FastAPI + SQLAlchemy", "Django REST framework", "bare ASGI + asyncpg"
WITH_A_FRAMEWORK = (FLASK, FASTAPI, DRF)
PEERS = (*WITH_A_FRAMEWORK, BARE)

GUNICORN = (
    "-m",
    "gunicorn",
    "--workers",
    WORKERS,
    "--worker-class",
    "gthread",
    "--threads",
    str(POOL_SIZE),
    "--no-control-socket",
)
UVICORN = ("-m", "uvicorn", "--workers", WORKERS, "--no-access-log", "--log-level", "warning")
COMMANDS = {
    FLASK: (*GUNICORN, "--bind", "127.0.0.1:{port}", "bench.peers.flask_app:app"),
    FASTAPI: (*UVICORN, "--port", "{port}", "bench.peers.fastapi_app:app"),
    DRF: (*GUNICORN, "--bind", "127.0.0.1:{port}", "bench.peers.drf.wsgi:application"),
    BARE: (*UVICORN, "--port", "{port}", "bench.peers.bare_app:app"),
}
NGINX_CONFIGURATION = """
daemon off;
{user}
worker_processes {workers};
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    keepalive_requests 1000000000;
    open_file_cache max=16;
    default_type application/json;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} reuseport;
        location / {{ root {folder}; try_files /answer.json =404; }}
    }}
}}
"""


@contextmanager
def ours(name: str, database: TestDatabase, redis: RedisServer, collector: str, logs: Path) -> Iterator[Server]:
    """This service as in production, and open to readers without credentials; rates are off, as no peer counts."""
    port = free_port()
    rates = {f"LISTINGAPI_{name.upper()}": "0" for name in RATES_IN_PUBLIC}
    environment = plain_environment() | rates | {
        "LISTINGAPI_DATABASE_URL": database.serving_url,
        "LISTINGAPI_MIGRATION_DATABASE_URL": database.migration_url,
        "LISTINGAPI_DATABASE_POOL_SIZE": str(POOL_SIZE),
        "LISTINGAPI_ANONYMOUS_SCOPES": Scope.LISTINGS_READ,
        "LISTINGAPI_REDIS_URL": redis.url,
        "LISTINGAPI_METRICS_PORT": str(free_port()),
        "LISTINGAPI_OTLP_ENDPOINT": collector,
        "LISTINGAPI_DRAIN_SECONDS": "0",
    }  # fmt: skip
    command = [sys.executable, "-m", "listingapi", "serve", "--port", str(port), "--workers", WORKERS]
    with running(name, command, port, environment, logs) as server:
        yield server


@contextmanager
def peers(python: Path, database: TestDatabase, logs: Path) -> Iterator[Mapping[str, Server]]:
    """All peers, on our tables as our role."""
    environment = plain_environment() | {"DATABASE_URL": database.serving_url}
    with ExitStack() as stack:
        started = {}
        for name, arguments in COMMANDS.items():
            port = free_port()
            command = [str(python), *(argument.format(port=port) for argument in arguments)]
            started[name] = stack.enter_context(running(name, command, port, environment, logs))
        yield started


@contextmanager
def nginx(answer: bytes, folder: Path) -> Iterator[Server]:
    """An nginx that has one answer, from a file."""
    port, program = free_port(), program_named("nginx")
    (folder / "answer.json").write_bytes(answer)
    user = f"user {getpass.getuser()} {grp.getgrgid(pwd.getpwuid(os.geteuid()).pw_gid).gr_name};"
    configuration = NGINX_CONFIGURATION.format(
        user="" if os.geteuid() else user, workers=WORKERS, folder=folder, port=port
    )
    (folder / "nginx.conf").write_text(configuration)
    command = [program, "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with running(NGINX, command, port, plain_environment(), folder) as server:
        yield server


def program_named(name: str) -> str:
    """Where a program is; ends the run where it is not."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/local/sbin:/usr/sbin")
    if found is None:
        sys.exit(f"The benchmark needs {name} on the PATH: install it.")
    return found
