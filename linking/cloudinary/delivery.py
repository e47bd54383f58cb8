"""What a delivery URL weighs, and a video's bytes as a stream that is never held in memory.

https://cloudinary.com/documentation/video_manipulation_and_delivery. The CDN names the cause of a refusal in X-Cld-Error.
"""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import IO

import urllib3

from linking.domain.waiting import Wait
from setup.numbers import whole
from setup.reasons import Reason, Reasoned

CHUNK = 1024 * 1024
# A video's first delivery answers only when it has been made.
TIMEOUT = urllib3.Timeout(connect=10, read=60)
POOL = urllib3.PoolManager(
    num_pools=10, maxsize=4, timeout=TIMEOUT, retries=urllib3.Retry(connect=0, read=0, status=0, other=0, redirect=3)
)
HEADERS = {"User-Agent": "AssetLink", "Accept-Encoding": "identity"}


MAKING = Reason("delivery.making")


class NotDelivered(Reasoned):
    """`wait`: what it is worth asking again for, None if it will stay so."""

    def __init__(self, reason: Reason, wait: Wait | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class Stopped(Exception):
    """Nobody wants the rest of the stream any more."""


class Stream:
    """The bytes behind a URL. `size` is exact. Made in one thread, read in one; `stop` may come from another."""

    def __init__(self) -> None:
        self.size = 0
        self._answer: urllib3.BaseHTTPResponse | None = None
        self._spool: IO[bytes] | None = None
        self._stopped = threading.Event()

    def open(self, url: str) -> "Stream":
        """Raises NotDelivered. Without a length in the answer the bytes are set aside on disk, to know it."""
        self._answer = answer = _get(url)
        try:
            if self._stopped.is_set():
                raise Stopped
            if (length := whole(answer.headers.get("Content-Length"))) is not None:
                self.size = length
            else:
                self._set_aside()
            if not self.size:
                raise NotDelivered(Reason("delivery.empty"))
        except BaseException:
            self.close()
            raise
        return self

    def pieces(self) -> Iterator[bytes]:
        """At most a megabyte at a time. Raises NotDelivered if it breaks off, and Stopped."""
        source = self._from_disk() if self._spool else self._from_wire()
        for piece in source:
            if self._stopped.is_set():
                raise Stopped
            yield piece

    def stop(self) -> None:
        """A read that waits for more ends at once."""
        self._stopped.set()
        with suppress(ValueError, RuntimeError, OSError):  # not open yet, or read to its end
            if self._answer:
                self._answer.shutdown()

    def close(self) -> None:
        """After the last read, or after stop()."""
        if self._spool:
            self._spool.close()
        if self._answer:
            self._answer.close()

    def _from_wire(self) -> Iterator[bytes]:
        assert self._answer
        try:
            yield from self._answer.stream(CHUNK, decode_content=False)
        except urllib3.exceptions.HTTPError:
            raise NotDelivered(Reason("delivery.broke_off"), Wait.DELIVERY) from None

    def _from_disk(self) -> Iterator[bytes]:
        assert self._spool
        while piece := self._spool.read(CHUNK):
            yield piece

    def _set_aside(self) -> None:
        spool = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the stream
        for piece in self.pieces():
            spool.write(piece)
        self.size = spool.tell()
        spool.seek(0)
        self._spool = spool


def weigh(url: str) -> int | None:
    """Bytes, by HEAD; None if that cannot be known now."""
    try:
        answer = POOL.request("HEAD", url, headers=HEADERS, timeout=urllib3.Timeout(connect=5, read=20))
    except urllib3.exceptions.HTTPError:
        return None
    return whole(answer.headers.get("Content-Length")) if answer.status == 200 else None


def _get(url: str) -> urllib3.BaseHTTPResponse:
    try:
        answer = POOL.request("GET", url, headers=HEADERS, preload_content=False)
    except urllib3.exceptions.ReadTimeoutError:
        raise NotDelivered(MAKING, Wait.RENDITION) from None
    except urllib3.exceptions.HTTPError:
        raise NotDelivered(Reason("delivery.no_answer"), Wait.DELIVERY) from None
    if answer.status == 200:
        return answer
    answer.close()
    raise refusal(answer.status, answer.headers.get("X-Cld-Error", ""))


def refusal(status: int, cause: str) -> NotDelivered:
    own_words = {"said": cause} if cause else {}
    if status == 423:
        return NotDelivered(MAKING, Wait.RENDITION)
    if status in (408, 420, 429) or status >= 500:
        return NotDelivered(Reason("delivery.error", status=status), Wait.DELIVERY)
    if status in (401, 403):
        return NotDelivered(Reason("delivery.not_public", **own_words))
    if status in (404, 410):
        return NotDelivered(Reason("delivery.gone"))
    return NotDelivered(Reason("delivery.no_rendition", **own_words))
