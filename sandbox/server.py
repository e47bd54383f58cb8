"""One process, one port, a thread per connection, and a clean end."""

import signal
import socket
import tempfile
import threading
from collections.abc import Iterable
from contextlib import suppress
from types import FrameType
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, ThreadedWSGIServer, WSGIRequestHandler

CHUNK = 64 * 1024
IN_MEMORY = 4 * 1024 * 1024  # larger request bodies go to a temporary file
BODILESS = ("1", "204", "304")


class Handler(WSGIRequestHandler):
    """Keeps connections open between requests, as the real services do; Werkzeug's own closes each. Silent."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two packets; the second must not wait for an answer to the first
    timeout = 65  # seconds an idle connection may stay

    def run_wsgi(self) -> None:
        if self.headers.get("Expect", "").lower().strip() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.environ = environ = self.make_environ()
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            started[:] = [status, headers]

        try:
            # The whole body is read first: what the application leaves unread would be taken for the next request.
            with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
                self._read_body(environ, body)
                answer: Any = self.server.app(environ, start_response)
                try:
                    status, headers = started
                    self._write(status, headers, answer)
                finally:
                    if hasattr(answer, "close"):
                        answer.close()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def _read_body(self, environ: dict[str, Any], body: Any) -> None:
        source, left = environ["wsgi.input"], int(self.headers.get("Content-Length") or 0)
        if environ.get("wsgi.input_terminated"):  # chunked: Werkzeug's reader knows the end
            while piece := source.read(CHUNK):
                body.write(piece)
        while left and (piece := source.read(min(left, CHUNK))):
            body.write(piece)
            left -= len(piece)
        body.seek(0)
        environ["wsgi.input"] = body

    def _write(self, status: str, headers: list[tuple[str, str]], answer: Iterable[bytes]) -> None:
        code, _, reason = status.partition(" ")
        content = b"".join(answer)
        self.send_response_only(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        sent = {name.lower() for name, _ in headers}
        if "date" not in sent:
            self.send_header("Date", self.date_time_string())
        if "content-length" not in sent and not code.startswith(BODILESS):
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        self.wfile.flush()

    def log_error(self, format: str, *args: object) -> None:
        """An idle connection that is closed in the end is no error."""
        if not any(isinstance(arg, TimeoutError) for arg in args):
            super().log_error(format, *args)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


class Server(ThreadedWSGIServer):
    """Its end is the end of its connections, too: of those that are kept open for more requests each has a thread."""

    def __init__(self, *known: Any) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*known)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._open.discard(request)

    def server_close(self) -> None:
        """Answers under way are still sent."""
        super().server_close()
        for request in list(self._open):
            with suppress(OSError):  # closed a moment ago
                request.shutdown(socket.SHUT_RD)


def listening(app: Flask, host: str, port: int) -> BaseWSGIServer:
    """Bound already: connections wait until serve() runs. Port 0 takes a free one; a taken one ends the program."""
    return Server(host, port, app, Handler)


def serve(server: BaseWSGIServer) -> None:
    """Until SIGTERM or SIGINT."""

    def stop(number: int, frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown).start()  # shutdown() waits for the loop that this handler interrupts

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    try:
        server.serve_forever(poll_interval=0.1)
    finally:
        server.server_close()
