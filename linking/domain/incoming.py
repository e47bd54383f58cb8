"""Files that people bring in: what Cloudinary takes as a product's picture or video, and what each is called there."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from linking.domain.name_patterns import stem_of
from setup.spelling import composed

# https://cloudinary.com/documentation/image_transformations#supported_image_formats, and for videos. SVG and PDF count as images.
IMAGES = frozenset(
    {"jpg", "jpeg", "jpe", "jfif", "png", "gif", "webp", "avif", "bmp", "tif", "tiff", "heic", "heif", "svg", "ico"}
)
IMAGES |= {"ico", "psd", "ai", "eps", "pdf", "jp2", "jxl", "tga", "dng", "cr2", "arw"}
VIDEOS = frozenset({"mp4", "mov", "webm", "m4v", "avi", "mkv", "mpeg", "mpg", "wmv", "flv", "3gp", "ogv", "mts"})
LONGEST_ID = 255
LONGEST_PATH = 1000
MD5 = re.compile(r"[0-9a-f]{32}")


class Standing(StrEnum):
    """What is to become of a file."""

    NEW = "new"
    THERE = "there"  # the same bytes are in the Media Library
    TWICE = "twice"  # the same bytes come twice in this batch
    TAKEN = "taken"  # another asset has its public ID
    UNSUPPORTED = "unsupported"
    EMPTY = "empty"
    UNNAMED = "unnamed"  # nothing of its name can be a public ID


@dataclass(frozen=True)
class File:
    """`path`: below the folder that was dropped. `bytes`: its size. `md5`: of its content, in hex; empty if nobody knows it."""

    path: str
    bytes: int
    md5: str = ""

    @property
    def extension(self) -> str:
        return self.path.rpartition("/")[2].rpartition(".")[2].lower() if "." in self.path.rpartition("/")[2] else ""

    @property
    def kind(self) -> str:
        """Cloudinary's resource type; empty for what is no picture or video."""
        return "image" if self.extension in IMAGES else "video" if self.extension in VIDEOS else ""


@dataclass(frozen=True)
class Known:
    """An asset of the Media Library."""

    asset_id: str
    public_id: str
    kind: str
    bytes: int
    md5: str


@dataclass(frozen=True)
class Verdict:
    """`asset`: the one that is there already. `of`: the path of the file that has the same bytes."""

    standing: Standing
    public_id: str = ""
    asset: Known | None = None
    of: str = ""


def public_id_of(path: str, folder: str = "") -> str:
    """The path without its extension, as far as a public ID may have it; empty if nothing is left.

    https://cloudinary.com/documentation/upload_parameters#public_id: `? & # % < > \\` and blanks at the ends are not taken.
    """
    stem = stem_of(composed(path))
    parts = [clean(part) for part in f"{folder}/{stem}".split("/")]
    found = "/".join(part for part in parts if part not in ("", ".", ".."))
    return found if len(found) <= LONGEST_ID else ""


def clean(part: str) -> str:
    """One name of a path."""
    taken = re.sub(r"[?&#%<>\\+\x00-\x1f\x7f]+", "-", part)
    return re.sub(r"^[\s.]+|[\s.]+$", "", taken)


def folder_of(path: str, folder: str = "") -> str:
    """Where it goes: the chosen folder, and below it the folders that were dropped."""
    return public_id_of(f"{path.rpartition('/')[0]}/", folder)


def verdicts(
    files: Sequence[File],
    *,
    folder: str,
    same: Mapping[str, Known],
    taken: Mapping[tuple[str, str], Known],
    preferred: Collection[str] = (),
) -> list[Verdict]:
    """What is to become of each, in their order. `same`: what is there, by MD5; `taken`: by (kind, public ID). `preferred`: paths
    that come rather than others with the same bytes."""
    found: dict[int, Verdict] = {}
    seen: dict[str, str] = {}
    names: dict[tuple[str, str], str] = {}
    for at, file in sorted(enumerate(files), key=lambda one: one[1].path not in preferred):
        public_id = public_id_of(file.path, folder)
        place = (file.kind, public_id)
        if not file.kind:
            verdict = Verdict(Standing.UNSUPPORTED)
        elif file.bytes <= 0:
            verdict = Verdict(Standing.EMPTY)
        elif not public_id:
            verdict = Verdict(Standing.UNNAMED)
        elif known := same.get(file.md5) or _itself(file, taken.get(place)):
            verdict = Verdict(Standing.THERE, known.public_id, known)
        elif file.md5 and file.md5 in seen:
            verdict = Verdict(Standing.TWICE, public_id, of=seen[file.md5])
        elif known := taken.get(place):
            verdict = Verdict(Standing.TAKEN, public_id, known)
        elif place in names:
            verdict = Verdict(Standing.TAKEN, public_id, of=names[place])
        else:
            verdict = Verdict(Standing.NEW, public_id)
            names[place] = file.path
            if file.md5:
                seen[file.md5] = file.path
        found[at] = verdict
    return [found[at] for at in range(len(files))]


def _itself(file: File, known: Known | None) -> Known | None:
    """What has its name, if that is this file: searches, by which the same bytes are found elsewhere, lag behind."""
    return known if known is not None and file.md5 and known.md5 == file.md5 else None
