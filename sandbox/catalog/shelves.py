"""Files of people's folders, found by name as an export names them, and each looked at once."""

import unicodedata
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote

from sandbox.cloudinary.contents import UnreadableContent, measure
from sandbox.shopify import filenames, pictures


class Shelf:
    """`beside`: the folder of the export, without what lies below it, which may be somebody's Downloads; `below`: a folder
    with all that is in it. The shortest path comes first."""

    def __init__(self, beside: Path, below: Path | None) -> None:
        self.beside, self.below = beside, below
        self._named: dict[str, Path] = {}
        self._problems: dict[Path, str] = {}
        found = [*sorted(beside.glob("*")), *(sorted(below.rglob("*"), key=by_depth) if below else ())]
        for path in found:
            self._named.setdefault(plain(path.name), path)

    def at(self, source: str) -> Path | None:
        """The file of a relative path, or anywhere else by its name; None if there is none."""
        for folder in filter(None, (self.beside, self.below)):
            if is_file(path := folder / source):
                return path
        return self.named(source.rpartition("/")[2])

    def named(self, name: str) -> Path | None:
        path = self._named.get(plain(name)) or self._named.get(plain(unquote(name)))
        return path if path and is_file(path) else None

    def problem(self, path: Path) -> str:
        """Why the file cannot stand in a gallery; empty if it can."""
        if path not in self._problems:
            self._problems[path] = unfit(path)
        return self._problems[path]


def unfit(path: Path) -> str:
    """Shopify goes by the name first: a film that is called .jpg is no picture."""
    kind = filenames.kind_of(path.name)
    try:
        if kind == "MediaImage":
            pictures.measure(path.read_bytes())
        elif kind != "Video" or measure(path.read_bytes()).resource_type != "video":
            return "it is neither a picture nor a video"
    except pictures.RefusedPicture as wrong:
        return f"Shopify would refuse it: {wrong.message}"
    except (UnreadableContent, OSError) as wrong:
        return str(wrong)
    return ""


def is_file(path: Path) -> bool:
    """Also for what is too long for a name."""
    try:
        return path.is_file()
    except OSError:
        return False


def by_depth(path: Path) -> tuple[int, str]:
    return len(path.parts), str(path)


def plain(name: str) -> str:
    """Macs write names decomposed, Windows in any case."""
    return unicodedata.normalize("NFC", name).casefold()


def junk(parts: Iterable[str]) -> bool:
    """What systems leave in folders: hidden files, thumbnails, and what archives of Macs hold."""
    return any(part.startswith((".", "__MACOSX")) or part.lower() in ("thumbs.db", "desktop.ini") for part in parts)
