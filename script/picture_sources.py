"""What each picture of the documents was made of: templates, styles, and texts of code. Kept as hashes beside the pictures, so
that anybody can say which of them no longer show what people see."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from script.messages import extracted

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
KEPT = "made-of.json"
EVERYWHERE = ("templates/base.html", "templates/_header.html", "templates/_messages.html")
LINK = ("templates/link", "linking/pages", "linking/templatetags")
RUN = ("templates/sync", "templates/reports", "linking/pages/run", "linking/domain/sentences.py")
SETUP = ("templates/setup", "setup/forms.py", "setup/store_forms.py", "setup/views")
HISTORY = ("templates/history", "linking/pages/history.py", "linking/pages/history_filter.py")
# Picture -> the files and folders that its page is drawn by.
DRAWN_BY = {
    "first-visit": LINK,
    "link": LINK,
    "stores": LINK,
    "regular": LINK,
    "link-mode": LINK,
    "dry-run": RUN,
    "run": RUN,
    "history": HISTORY,
    "setup": SETUP,
    "setup-defaults": SETUP,
}
STYLE = re.compile(r"{% static '(css/[\w.-]+)' %}")


def stale(folder: Path = PICTURES) -> list[str]:
    """The names of pictures that are missing, or whose page has changed since they were made."""
    kept = json.loads((folder / KEPT).read_text()) if (folder / KEPT).exists() else {}
    return [
        name for name, digest in hashes().items() if kept.get(name) != digest or not (folder / f"{name}.webp").exists()
    ]


def keep(folder: Path = PICTURES) -> None:
    """Right after all pictures were made."""
    (folder / KEPT).write_text(json.dumps(hashes(), indent=1) + "\n")


def hashes() -> dict[str, str]:
    """Picture -> SHA-256 of what it is made of."""
    return {name: hash_of([*EVERYWHERE, *places]) for name, places in DRAWN_BY.items()}


def hash_of(places: Iterable[str]) -> str:
    digest, styles = hashlib.sha256(), set[str]()
    for path in files(places):
        source = path.read_text(encoding="utf-8")
        if path.suffix == ".py":  # of code the texts alone: how it is written shows in no picture
            source = repr(sorted({repr(found) for found in extracted(path)}))
        styles |= set(STYLE.findall(source)) if path.suffix == ".html" else set()
        digest.update(source.encode())
    for style in sorted(styles):
        digest.update((ROOT / "static" / style).read_bytes())
    return digest.hexdigest()


def files(places: Iterable[str]) -> Iterator[Path]:
    for place in places:
        path = ROOT / place
        yield from (
            [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.suffix in (".py", ".html"))
        )
