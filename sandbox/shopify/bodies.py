"""Bodies that no JSON parser should meet: what stands between an app and Shopify makes them, or a bug does."""

import gzip
import json
import socket
import time
import zlib

from flask import Response

NESTED = 100_000
PAUSE = 0.02  # seconds between two pieces of an endless body
PIECE = b" " * 64 * 1024
ENDLESS = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"
    b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
)


def odd(response: Response, code: str) -> Response:
    """The response with another body; status and headers stay as they are, but for what describes the body."""
    whole = response.get_data()
    if code == "html":
        response.mimetype = "text/html"
    if code == "broken_gzip":
        packed = gzip.compress(whole)
        response.headers["Content-Encoding"] = "gzip"
        response.set_data(packed[: len(packed) // 2])
        return response
    bodies = {
        "no_json": b"upstream connect error or disconnect/reset before headers",
        "html": b"<!DOCTYPE html><html><head><title>Sorry</title></head><body><h1>One moment</h1></body></html>",
        "empty": b"",
        "deep": b"[" * NESTED + b"]" * NESTED,
        "nan": json.dumps(with_nan(json.loads(whole))).encode(),
        "array": b"[" + whole + b"]",
    }
    response.set_data(bodies[code])
    return response


def with_nan(value: object) -> object:
    """Every number is NaN, which Python's parser takes and JSON does not know."""
    if isinstance(value, dict):
        return {key: with_nan(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_nan(inner) for inner in value]
    return float("nan") if isinstance(value, int | float) and not isinstance(value, bool) else value


def send_without_end(connection: socket.socket, seconds: float) -> None:
    """Blanks, well packed, until the time is over or the other side has had enough."""
    packer, until = zlib.compressobj(wbits=31), time.monotonic() + seconds
    try:
        connection.sendall(ENDLESS)
        while time.monotonic() < until:
            piece = packer.compress(PIECE) + packer.flush(zlib.Z_SYNC_FLUSH)
            connection.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
            time.sleep(PAUSE)
    except OSError:
        return
