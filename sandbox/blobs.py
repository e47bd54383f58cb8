"""Pictures and videos of the pretend world, kept once per content, named by their SHA-256."""

import hashlib
import os
import tempfile
from pathlib import Path


class Blobs:
    """A folder of immutable contents; safe for any number of threads, because a content is written aside and moved."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def put(self, content: bytes) -> str:
        """The content's SHA-256 in hex, under which get() finds it again."""
        digest = hashlib.sha256(content).hexdigest()
        place = self.path(digest)
        if not place.exists():
            place.parent.mkdir(exist_ok=True)
            handle, aside = tempfile.mkstemp(dir=place.parent)
            with os.fdopen(handle, "wb") as target:
                target.write(content)
            os.replace(aside, place)
        return digest

    def get(self, digest: str) -> bytes:
        """Raises FileNotFoundError."""
        return self.path(digest).read_bytes()

    def path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest
