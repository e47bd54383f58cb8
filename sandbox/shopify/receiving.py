"""Uploads on their way to the blobs, a piece at a time: a video of a gigabyte is never held in memory."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO

from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from sandbox.blobs import Blobs

CHUNK = 256 * 1024
LONGEST_FIELD = 64 * 1024


class BrokenForm(Exception):
    """The body is no complete multipart form."""


class Incoming:
    """Bytes set aside next to the blobs; gone at the end of the `with` unless kept."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs, self._digest, self.size = blobs, hashlib.sha256(), 0
        handle, name = tempfile.mkstemp(dir=blobs.folder)
        self.path, self._file = Path(name), os.fdopen(handle, "wb")

    def write(self, piece: bytes) -> None:
        self._file.write(piece)
        self._digest.update(piece)
        self.size += len(piece)

    def keep(self) -> str:
        """The blob's name."""
        self._file.close()
        digest = self._digest.hexdigest()
        place = self._blobs.path(digest)
        place.parent.mkdir(exist_ok=True)
        os.replace(self.path, place)
        return digest

    def __enter__(self) -> "Incoming":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()
        self.path.unlink(missing_ok=True)


@dataclass
class Form:
    """The fields before the file. What comes after it does not count, as at Google's storage."""

    fields: dict[str, str] = field(default_factory=dict)
    has_file: bool = False


def read_form(stream: IO[bytes], boundary: str, incoming: Incoming) -> Form:
    """Reads the body to its end; the part `file` goes to `incoming`. Raises BrokenForm."""
    form, part, text = Form(), "", bytearray()
    for event in _events(stream, boundary):
        if isinstance(event, Field | File):
            part, text = event.name, bytearray()
        elif isinstance(event, Data) and not form.has_file:
            if part == "file":
                incoming.write(event.data)
            elif len(text) < LONGEST_FIELD:
                text += event.data
            if not event.more_data:
                form.has_file = part == "file"
                if not form.has_file:
                    form.fields[part] = text.decode(errors="replace")
    return form


def _events(stream: IO[bytes], boundary: str) -> Iterator[object]:
    decoder = MultipartDecoder(boundary.encode())
    ended = False
    try:
        while not ended:
            piece = stream.read(CHUNK)
            decoder.receive_data(piece or None)
            while not isinstance(event := decoder.next_event(), NeedData):
                yield event
                if isinstance(event, Epilogue):
                    ended = True
                    break
    except ValueError as wrong:
        raise BrokenForm(str(wrong)) from wrong
