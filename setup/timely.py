"""Connections to strangers: whatever they answer comes within a time, or not at all."""

import http.client
import io
import socket
import time
from collections.abc import Callable
from typing import Any

import urllib3

Pools = dict[str, type[urllib3.HTTPConnectionPool]]


class Timely(io.RawIOBase):
    """What a socket receives, until a moment: a peer that sends a line of its head now and then gives a sign of life, and would
    be waited for without end."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        super().__init__()
        self._raw, self._sock = sock.makefile("rb", buffering=0), sock
        self._until = time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("The answer takes too long.")
        self._sock.settimeout(min(left, self._sock.gettimeout() or left))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def pools_within(seconds: Callable[[], float]) -> Pools:
    """The pools of connections by scheme; `seconds`: for the whole of an answer, asked for each."""

    class Response(http.client.HTTPResponse):
        def __init__(self, sock: socket.socket, *known: Any, **more: Any) -> None:
            super().__init__(sock, *known, **more)
            self.fp.close()
            self.fp = io.BufferedReader(Timely(sock, seconds()))

    class Plain(urllib3.connection.HTTPConnection):
        response_class = Response

    class Secured(urllib3.connection.HTTPSConnection):
        response_class = Response

    class PlainPool(urllib3.HTTPConnectionPool):
        ConnectionCls = Plain

    class SecuredPool(urllib3.HTTPSConnectionPool):
        ConnectionCls = Secured

    return {"http": PlainPool, "https": SecuredPool}
