"""Ports: the four of a demo (web, sandbox, Redis, mail), and free ones."""

import socket
from dataclasses import dataclass


@dataclass(frozen=True)
class Ports:
    web: int

    @property
    def sandbox(self) -> int:
        return self.web + 1

    @property
    def mail(self) -> int:
        return self.web + 3

    @property
    def redis(self) -> int:
        return self.web + 2


def free_port() -> int:
    """One that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def trouble(port: int) -> str:
    """Why nothing can be served at the port; empty if it is free.

    IPv6 is tried too, although we listen on IPv4 only: browsers take `localhost` as ::1 first and would meet a stranger.
    """
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        if answers(family, address, port):
            return f"port {port} is in use"
    with socket.socket(socket.AF_INET) as ours:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            ours.bind(("127.0.0.1", port))
        except OSError as error:
            return f"port {port} cannot be used ({error.strerror})"
    return ""


def answers(family: socket.AddressFamily, address: str, port: int) -> bool:
    try:
        with socket.socket(family) as caller:
            caller.settimeout(1)
            return caller.connect_ex((address, port)) == 0
    except OSError:  # a machine without IPv6
        return False
