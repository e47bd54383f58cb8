"""Uploads in parts, https://cloudinary.com/documentation/upload_images#chunked_asset_upload

Each part is an upload call of its own, with the same parameters, a name that all parts share and the range that it holds.
"""

import re
import threading
from dataclasses import dataclass

from werkzeug.datastructures import Headers

from sandbox.cloudinary.errors import Refused

SMALLEST = 5 * 1024 * 1024  # of all parts but the last
RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


@dataclass(frozen=True)
class Part:
    """Bytes `start` to `end`, both included, of `total`."""

    upload: str
    start: int
    end: int
    total: int

    @property
    def is_last(self) -> bool:
        return self.end == self.total - 1


def part_of(headers: Headers) -> Part | None:
    """None for an upload in one piece. Raises Refused."""
    upload, given = headers.get("X-Unique-Upload-Id"), headers.get("Content-Range")
    if not upload and not given:
        return None
    found = RANGE.fullmatch(given or "")
    if not upload or found is None:
        raise Refused(400, "Invalid Content-Range or X-Unique-Upload-Id header")
    start, end, total = map(int, found.groups())
    if not start <= end < total:
        raise Refused(400, f"Invalid Content-Range {given}")
    return Part(upload, start, end, total)


class Chunks:
    """What came of uploads that are not whole yet, by account and name."""

    def __init__(self) -> None:
        self._parts: dict[tuple[str, str], dict[int, bytes]] = {}
        self._lock = threading.Lock()

    def add(self, cloud: str, part: Part, content: bytes) -> bytes | None:
        """The whole file once all of it is there, in whatever order and however often parts came. Raises Refused."""
        if len(content) != part.end - part.start + 1:
            raise Refused(400, "Content-Range does not match the size of the part")
        if len(content) < SMALLEST and not part.is_last:
            raise Refused(400, "All parts except EOF-chunk must be larger than 5mb")
        with self._lock:
            known = self._parts.setdefault((cloud, part.upload), {})
            known[part.start] = content
            if sum(map(len, known.values())) < part.total:
                return None
            del self._parts[cloud, part.upload]
        whole = b"".join(known[start] for start in sorted(known))
        if len(whole) != part.total:
            raise Refused(400, "The parts of this upload overlap")
        return whole
