"""What a video has beside it: raw files of its name with an ending of a transcript or of captions. Pure.

https://cloudinary.com/documentation/video_transcription. Under which names Cloudinary keeps translations is not recorded: those
that are known are asked for by their ids, each in one spelling, and a file of another name counts as none.
"""

from collections.abc import Collection, Iterable, Iterator

ENDINGS = ("transcript", "vtt", "srt")


def names(public_id: str, languages: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(public ID of the raw file, what it is called here)."""
    for language in ["", *dict.fromkeys(languages)]:
        for ending in ENDINGS:
            middle = f".{language}" if language else ""
            yield f"{public_id}{middle}.{ending}", f"{language}.{ending}".strip(".")


def found(public_id: str, languages: Iterable[str], there: Collection[str]) -> list[str]:
    """`there`: public IDs of raw files."""
    return [called for name, called in names(public_id, languages) if name in there]
