"""A folder of pictures: what of it can be an asset, and what cannot, by name."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sandbox.catalog import phone_photos
from sandbox.catalog.records import Asset
from sandbox.catalog.rows import CannotLoad, Say
from sandbox.catalog.shelves import is_file, junk, plain
from sandbox.cloudinary.contents import UnreadableContent, measure

NAME = "assets.csv"
# What Cloudinary takes for a picture or a video; whether the sandbox can read the file is seen from its bytes.
ENDINGS = {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".svg", ".heic"}
ENDINGS |= {".heif", ".psd", ".ico", ".jp2", ".jxl", ".pdf", ".ai", ".eps", ".mp4", ".m4v", ".mov", ".webm", ".mp3"}
MOST_NAMED = 20
STRANGE = "neither a picture, a video nor a PDF"


class Pictures:
    """The folder's files, each looked at once: many rows may share one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.drawn: dict[Path, bytes] = {}  # what stands for files that cannot be decoded
        self._problems: dict[Path, str | None] = {}
        self._plain: dict[str, Path] = {}

    def file(self, name: str) -> Path:
        """By its name in any case, composed or not. Raises ValueError."""
        path = self.folder / name
        if not is_file(path):
            path = self._called(name) or path
        if path not in self._problems:
            self._problems[path] = self._problem(path)
        if problem := self._problems[path]:
            raise ValueError(f"{name}: {problem}")
        return path

    @property
    def looked_at(self) -> set[Path]:
        return set(self._problems)

    def _called(self, name: str) -> Path | None:
        if not self._plain:
            for path in sorted(self.folder.rglob("*")):
                self._plain.setdefault(plain(path.relative_to(self.folder).as_posix()), path)
        return self._plain.get(plain(name.replace("\\", "/")))

    def held(self, name: str) -> dict[str, Any]:
        """What of an asset is its file's: `content` and `declared`. Raises ValueError."""
        path = self.file(name)
        drawn = self.drawn.get(path)
        return {"content": drawn, "declared": phone_photos.FORMAT} if drawn else {"content": path}

    def _problem(self, path: Path) -> str | None:
        if not is_file(path):
            return "there is no such file"
        try:
            content = path.read_bytes()
            if phone_photos.is_one(content):
                self.drawn[path] = phone_photos.stand_in(path, content)
                return None
            measure(content)
        except (UnreadableContent, OSError) as wrong:
            return str(wrong)
        return None


def name_drawn(pictures: Pictures, say: Say) -> None:
    if names := [path.relative_to(pictures.folder).as_posix() for path in pictures.drawn]:
        say(f"{pictures.folder}: drawn, because the sandbox cannot decode HEIC: {enumerated(names)}")


def read(folder: Path, besides: Path | None, say: Say) -> list[Asset]:
    """Each picture is an asset that is named after its file; what cannot be used is named. Raises CannotLoad."""
    problems: dict[str, list[str]] = defaultdict(list)
    pictures = Pictures(folder)
    assets = list(found(pictures, besides, problems))
    for problem, names in problems.items():
        say(f"{folder}: left out, {problem}: {enumerated(names)}")
    name_drawn(pictures, say)
    if not assets:
        raise CannotLoad(f"{folder} holds neither an {NAME} nor a picture.")
    return assets


def found(pictures: Pictures, besides: Path | None, problems: dict[str, list[str]]) -> Iterator[Asset]:
    folder, taken = pictures.folder, set()
    for path in files(folder, besides):
        name = path.relative_to(folder)
        if path.suffix.lower() not in ENDINGS:
            problems[STRANGE].append(name.as_posix())
            continue
        try:
            held = pictures.held(str(name))
        except ValueError as wrong:
            problems[str(wrong).rpartition(": ")[2]].append(name.as_posix())
            continue
        public_id = named(name.as_posix())
        if public_id in taken:  # lamp.png beside lamp.jpg
            public_id = f"{public_id}_{path.suffix[1:].lower()}"
        if public_id in taken:
            problems["another file has the same public ID"].append(name.as_posix())
            continue
        taken.add(public_id)
        yield Asset(public_id=public_id, asset_folder="" if str(name.parent) == "." else name.parent.as_posix(), **held)


def files(folder: Path, besides: Path | None) -> list[Path]:
    """Without what systems leave in folders."""
    skipped = {(folder / NAME).resolve(), besides and besides.resolve()}
    known = [path for path in sorted(folder.rglob("*")) if is_file(path) and path.resolve() not in skipped]
    return [path for path in known if not junk(path.relative_to(folder).parts)]


def name_unlisted(folder: Path, listed: set[Path], besides: Path | None, say: Say) -> None:
    """What else lies there: the list decides, and may have forgotten something."""
    names = [path.relative_to(folder).as_posix() for path in files(folder, besides) if path not in listed]
    if names:
        say(f"{folder}: not used, because {NAME} does not name them: {enumerated(names)}")


def enumerated(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def named(file: str) -> str:
    """A public ID from a file's name: without its ending, and without what public IDs may not hold."""
    return re.sub(r"[?&#\\%<>+]", "_", file.rpartition(".")[0] or file).strip("/ ")
