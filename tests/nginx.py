"""Runs a real nginx with the configuration of this repository before two services."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONFIGURATION = Path(__file__).parents[1] / "deploy" / "nginx" / "listingapi.conf"
START_SECONDS = 60.0
STOP_SECONDS = 30.0

# One process, as whoever runs the tests, which keeps to its folder.
AROUND = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/listingapi.conf;
}}
"""


@contextmanager
def nginx_before(folder: Path, listings: str, prices: str) -> Iterator[str]:
    """Run nginx until the end of the block before two services, by their host and port; yields its own."""
    address = f"127.0.0.1:{_free_port()}"
    places = {"127.0.0.1:8080": address, "127.0.0.1:8081": listings, "127.0.0.1:8082": prices}
    rendered = re.sub(r"127\.0\.0\.1:808[012]", lambda found: places[found[0]], CONFIGURATION.read_text())
    (folder / "listingapi.conf").write_text(rendered)
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder))
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "nginx is not installed"
    process = subprocess.Popen([program, "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        _wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    host, _, port = address.partition(":")
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "nginx did not start"
        with socket.socket() as connection:
            if connection.connect_ex((host, int(port))) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("nginx does not answer")
