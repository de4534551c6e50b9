"""Runs wrk, and sees that neither it nor a wrong answer is what was measured."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

CONNECTIONS = 32
THREADS = 2
SCRIPT = Path(__file__).with_name("replay.lua")
BUSY = 0.9


class Counted(msgspec.Struct):
    """What wrk counted; `refused` are answers from 400 on, `broken` requests without an answer."""

    requests: int
    seconds: float
    refused: int
    broken: int
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk counted, and which part of its threads' time it was busy itself."""

    counted: Counted
    busy: float


def load(url: str, requests: Path, seconds: int) -> Load:
    """Send requests for some seconds over 32 connections, each the next one as soon as it has its answer.

    Ends the run if any request was not answered, or refused.
    """
    options = [f"-t{THREADS}", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", "-s", str(SCRIPT)]
    command = ["wrk", *options, url, "--", str(requests), str(THREADS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        printed = process.stdout.read() if process.stdout else b""
        _, _, usage = os.wait4(process.pid, 0)
    counted = _counted(printed)
    if counted.refused or counted.broken or not counted.requests:
        sys.exit(f"{url}: {counted.refused} requests were refused, {counted.broken} broke\n{printed.decode()}")
    return Load(counted, (usage.ru_utime + usage.ru_stime) / counted.seconds / THREADS)


def _counted(printed: bytes) -> Counted:
    try:
        return msgspec.json.decode(printed.splitlines()[-1], type=Counted)
    except (IndexError, msgspec.DecodeError):
        sys.exit(f"wrk failed: {printed.decode()}")
