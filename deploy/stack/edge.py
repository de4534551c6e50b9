"""Nginx with the configuration of this repository, which keeps to a folder and needs no rights."""

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

CONFIGURATION = Path(__file__).parents[1] / "nginx" / "listingapi.conf"
# Debian keeps it off the PATH of plain users.
PROGRAMS = f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin"

AROUND = """
{user}
daemon off;
worker_processes 2;
worker_rlimit_nofile 16384;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{
    worker_connections 8000;
}}
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


class NotInstalled(Exception):
    """A program that is needed is not on the PATH."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Where nginx listens (host and port), what it is before, and what of its configuration is otherwise."""

    folder: Path
    address: str
    apis: tuple[str, str]
    prices: str
    changes: Mapping[str, str] = field(default_factory=dict)

    def command(self, *options: str) -> Sequence[str]:
        """Write the configuration; returns the command that runs nginx with it.

        Raises:
            NotInstalled: there is no nginx.
        """
        program = shutil.which("nginx", path=PROGRAMS)
        if program is None:
            raise NotInstalled("nginx is not installed (on Debian: apt-get install nginx).")
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "listingapi.conf").write_text(self._configuration())
        # as whoever runs it: root's folders are closed to the user that it would take
        user = "user root;" if os.geteuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(AROUND.format(folder=self.folder, user=user))
        return [program, "-e", "stderr", "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), *options]

    def _configuration(self) -> str:
        others = {**self._places(), **self.changes}
        return re.sub("|".join(map(re.escape, others)), lambda found: others[found[0]], CONFIGURATION.read_text())

    def _places(self) -> Mapping[str, str]:
        return {
            "127.0.0.1:8080": self.address,
            "127.0.0.1:8081": self.apis[0],
            "127.0.0.1:8082": self.apis[1],
            "127.0.0.1:8083": self.prices,
            "/var/cache/nginx-listingapi": str(self.folder / "cache"),
            "/usr/share/listingapi/web": str(self.folder / "web"),
        }
