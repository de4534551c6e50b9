"""Ports for servers that are told which to listen on."""

import random
import socket

# Below those that connections get: whoever is restarted finds its ports free.
PORTS = range(20_000, 32_000)


def free_ports(number: int) -> list[int]:
    """Ports that nobody listens on, and that no connection gets."""
    found: list[int] = []
    while len(found) < number:
        port = random.choice(PORTS)  # noqa: S311 - nobody is to be kept from guessing it
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) and port not in found:
                found.append(port)
    return found
