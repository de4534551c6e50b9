"""Runs a real RabbitMQ in processes of its own, and does to it what happens to one."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path

from listingapi.infra.parent import stop_when_parent_dies
from tests.ports import free_ports

START_SECONDS = 60.0
STOP_SECONDS = 30.0
NODE = "rabbit@localhost"
COOKIE = "listingapi-tests"
# Debian has a wrapper on the PATH, which insists on the system's own user and folders.
PROGRAMS = f"/usr/lib/rabbitmq/bin{os.pathsep}{os.environ['PATH']}"
CONFIG = """
listeners.tcp.1 = 127.0.0.1:{port}
disk_free_limit.absolute = 1MB
log.file = false
log.console = true
log.console.level = warning
"""


class RabbitServer:
    """A RabbitMQ without plugins that listens on this machine alone, and keeps what it has in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._epmd: subprocess.Popen[bytes] | None = None
        self._node: subprocess.Popen[bytes] | None = None
        self.port, self._distribution_port, self._epmd_port = free_ports(3)
        self._names = count(1)
        self.was_killed = False
        self._write("rabbitmq.conf", CONFIG.format(port=self.port))
        self._write("plugins", "[].")
        self._write("env.conf", "")
        self._write(".erlang.cookie", COOKIE, mode=0o400)

    @property
    def is_running(self) -> bool:
        """Whether it was started and did not end since."""
        return self._node is not None and self._node.poll() is None

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        if self._epmd is None:
            # in front and of our own: the one that a node starts for itself would stay behind
            self._epmd = self._spawn("epmd")
        self._node = self._spawn("rabbitmq-server")
        self._await_start()

    def stop(self) -> None:
        """End it in order."""
        if self._node:
            self._signal(signal.SIGCONT)
            self._signal(signal.SIGTERM)
            self._node.wait(STOP_SECONDS)
            self._node = None

    def kill(self) -> None:
        """End it at once, as `kill -9` does.

        A quorum queue that was declared in the half second before is broken then, in RabbitMQ 3.10 at least: its
        messages are lost, and it takes no more. See `keep_queues`.
        """
        if self._node:
            self.was_killed = True
            self._node.kill()
            self._node.wait(STOP_SECONDS)
            self._node = None

    def renew(self) -> None:
        """Have it run with nothing in it: after some kills it takes no new queues, in any virtual host."""
        self.kill()
        shutil.rmtree(self._folder / "data")
        self.start()
        self.was_killed = False

    def end(self) -> None:
        """Leave no process behind."""
        self.kill()
        if self._epmd:
            self._epmd.kill()
            self._epmd.wait(STOP_SECONDS)
            self._epmd = None

    def revive(self) -> None:
        """Have it run and answer, whatever was done to it."""
        if self.is_running:
            self.thaw()
            self.end_alarm()
        else:
            self.start()

    def freeze(self) -> None:
        """Have it take connections and say nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def keep_queues(self) -> None:
        """Have it write down which quorum queues there are, which it does twice a second."""
        self.evaluate("lists:foreach(fun dets:sync/1, dets:all())")

    def raise_alarm(self) -> None:
        """Have it find that it takes too much memory: it reads nothing more from those who publish."""
        self.evaluate("vm_memory_monitor:set_vm_memory_high_watermark(0)")

    def end_alarm(self) -> None:
        """Let it find that there is memory enough."""
        self.evaluate("vm_memory_monitor:set_vm_memory_high_watermark(0.8)")

    def virtual_host(self) -> "VirtualHost":
        """A place in it where nobody else has queues or exchanges."""
        return self.add_virtual_host(f"test{next(self._names)}")

    def add_virtual_host(self, name: str) -> "VirtualHost":
        """A place of that name, which everybody may use."""
        self.evaluate(
            f'rabbit_vhost:add(<<"{name}">>, <<"test">>), '
            f'rabbit_auth_backend_internal:set_permissions(<<"guest">>, <<"{name}">>, '
            '<<".*">>, <<".*">>, <<".*">>, <<"test">>)'
        )
        return VirtualHost(self, name)

    def refused(self, virtual_host: str) -> int:
        """How often somebody was not let into a virtual host that is not there."""
        return (
            (self._folder / "rabbitmq-server.log").read_text(errors="replace").count(f"vhost {virtual_host} not found")
        )

    def control(self, *arguments: str) -> str:
        """What `rabbitmqctl` says; it takes a second or more."""
        return self._run("rabbitmqctl", "--node", NODE, *arguments)

    def evaluate(self, expression: str) -> str:
        """The value of an Erlang expression in the server; that is quick."""
        answer = self._run("erl_call", "-c", COOKIE, "-n", NODE, "-e", given=f"{expression}.\n")
        assert answer.startswith("{ok,"), answer
        return answer.removeprefix("{ok,").removesuffix("}").strip()

    def _spawn(self, program: str) -> "subprocess.Popen[bytes]":
        with (self._folder / f"{program}.log").open("ab") as log:
            return subprocess.Popen(
                [_program(program)],
                cwd=self._folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is not for it
                preexec_fn=partial(stop_when_parent_dies, signal.SIGKILL),
            )

    def _environment(self) -> Mapping[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self._folder),
            "LC_ALL": "C.UTF-8",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": NODE,
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "RABBITMQ_CONFIG_FILE": str(self._folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(self._folder / "env.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._folder / "plugins"),
            "RABBITMQ_MNESIA_BASE": str(self._folder / "data"),
            "RABBITMQ_LOG_BASE": str(self._folder),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(self._folder / "generated"),
            # one process, without a shell around it: a signal to it reaches the server itself
            "RABBITMQ_ALLOW_INPUT": "1",
            "RABBITMQ_SERVER_START_ARGS": "-noinput -kernel inet_dist_use_interface {127,0,0,1}",
        }

    def _await_start(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            log = (self._folder / "rabbitmq-server.log").read_text(errors="replace")
            assert self.is_running, f"RabbitMQ did not start: {log}"
            assert time.monotonic() < deadline, f"RabbitMQ took too long to start: {log}"
            time.sleep(0.05)

    def _answers(self) -> bool:
        """Whether it takes connections: asked for a version of AMQP that there is not, it says which there is."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), START_SECONDS) as connection:
                connection.sendall(b"AMQP\0\0\0\0")
                return connection.recv(4) == b"AMQP"
        except ConnectionError:
            return False

    def _run(self, program: str, *arguments: str, given: str = "") -> str:
        done = subprocess.run(
            [_program(program), *arguments],
            cwd=self._folder,
            env=self._environment(),
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=START_SECONDS,
        )
        assert done.returncode == 0, f"{program} {arguments}: {done.stdout} {done.stderr}"
        return done.stdout

    def _signal(self, number: signal.Signals) -> None:
        assert self._node, "it does not run"
        self._node.send_signal(number)

    def _write(self, name: str, content: str, mode: int = 0o600) -> None:
        (self._folder / name).unlink(missing_ok=True)  # one that was there may be closed even to its owner
        (self._folder / name).write_text(content)
        (self._folder / name).chmod(mode)


class VirtualHost:
    """A virtual host of a RabbitMQ, and the server that it is in."""

    def __init__(self, server: RabbitServer, name: str) -> None:
        self.server = server
        self.name = name

    @property
    def url(self) -> str:
        """Where it is."""
        return f"amqp://guest:guest@127.0.0.1:{self.server.port}/{self.name}"

    def control(self, command: str, *arguments: str) -> str:
        """What `rabbitmqctl` says of it; it takes a second or more."""
        return self.server.control(command, "--vhost", self.name, "--silent", *arguments)

    def set_policy(self, name: str, pattern: str, definition: str, *, to: str = "queues") -> None:
        """Have the queues, or exchanges, whose names match behave as the definition (JSON) says."""
        self.control("set_policy", "--apply-to", to, name, pattern, definition)

    def remove(self) -> None:
        """Remove it with what is in it; whoever is connected to it is disconnected.

        A queue that has no leader yet, after a kill, can't be removed; it is in nobody's way.
        """
        self.server.evaluate(f'catch rabbit_vhost:delete(<<"{self.name}">>, <<"test">>)')


@contextmanager
def rabbitmq_in(folder: Path) -> Iterator[RabbitServer]:
    """Run a RabbitMQ until the end of the block."""
    server = RabbitServer(folder)
    try:
        server.start()
        yield server
    finally:
        server.end()


def _program(name: str) -> str:
    found = shutil.which(name, path=PROGRAMS)
    assert found, f"{name} is needed: run tools/servers"
    return found
