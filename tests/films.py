"""Real little videos, and a delivery host of its own for those that are large, slow or broken."""

import io
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from http.server import BaseHTTPRequestHandler

import av
from PIL import Image

from tests.servers import listening

CHUNK = 256 * 1024
ZEROS = bytes(CHUNK)


@cache
def clip(frames: int = 12, size: tuple[int, int] = (64, 48), rate: Fraction = Fraction(12)) -> bytes:
    """An MP4 of `frames` / `rate` seconds, of other bytes for every number of frames."""
    kept = io.BytesIO()
    with av.open(kept, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for shade in range(frames):
            picture = Image.new("RGB", size, (shade * 20 % 256, 80, 120))
            container.mux(stream.encode(av.VideoFrame.from_image(picture)))
        container.mux(stream.encode())
    return kept.getvalue()


def stretched(start: bytes, size: int) -> bytes:
    """The same video, of `size` bytes."""
    return start + box(size - len(start)) + bytes(size - len(start) - 8)


def box(size: int) -> bytes:
    """The head of a box that players skip."""
    return struct.pack(">I4s", size, b"free")


@dataclass
class Cinema:
    """Answers every path with one video, stretched to `size` bytes by a box that players skip. Nothing is held in memory.

    `pace`: seconds between two pieces; `tells_length`: whether the answer says how long it is; `breaks_at`: after so many
    bytes the connection closes; `stalls_at`: from there on nothing more comes until `curtain` is set. `sent`: bytes of the last
    play.
    """

    size: int
    pace: float = 0.0
    tells_length: bool = True
    breaks_at: int | None = None
    stalls_at: int | None = None
    url: str = ""
    asked: int = 0
    sent: int = 0
    curtain: threading.Event = field(default_factory=threading.Event)

    def pieces(self) -> Iterator[bytes]:
        start = clip()
        padding = self.size - len(start)
        assert padding == 0 or padding >= 8
        yield start + (box(padding) if padding else b"")
        left = max(0, padding - 8)
        while left:
            piece = ZEROS[: min(left, CHUNK)]
            left -= len(piece)
            yield piece

    def play(self, out: io.BufferedIOBase) -> None:
        self.sent = 0
        for piece in self.pieces():
            if self.breaks_at is not None and self.sent >= self.breaks_at:
                return
            if self.stalls_at is not None and self.sent >= self.stalls_at:
                self.curtain.wait(60)
                return
            out.write(piece)
            self.sent += len(piece)
            if self.pace and self.curtain.wait(self.pace):
                return


@contextmanager
def cinema(size: int | None = None, **known) -> Iterator[Cinema]:
    """On a free port of this machine."""
    house = Cinema(size or len(clip()), **known)

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "video/mp4")
            self.send_header("Connection", "close")
            if house.tells_length:
                self.send_header("Content-Length", str(house.size))
            self.end_headers()
            self.close_connection = True

        def do_GET(self) -> None:
            house.asked += 1
            self.do_HEAD()
            with suppress(ConnectionError):
                house.play(self.wfile)

        def log_message(self, *reported: object) -> None:
            pass

    with listening(Handler) as house.url:
        try:
            yield house
        finally:
            house.curtain.set()
