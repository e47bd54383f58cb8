"""Words that this project does not use, in names, comments, pages and docs; spelling is checked by script/spelling.py."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.imports import ROOT

# Words and their forms -> what to write instead. A word comes here when the last place that has it is mended.
INSTEAD = {
    "bury, buries, buried, obituary": "release, mark as lost",
    "christen, christens, christened": "name",
    "deaf": "unresponsive",
    "feel, feels, felt": "measure",
    "forgive, forgives, forgiven": "reset the failures",
    "mentions": "text_search",
    "mourn, mourns, mourned": "release, mark as lost",
    "of before": "previous",
    "pulse": "queue_health, heartbeat",
    "tracing": "log_context",
    "rung, tallied": "enqueued_at, outcome_counts",
    "told, untold": "reported, known, distinguished",
    "unheard": "stale, unclaimed",
    "whoever": "the actor, the member, the process",
}
READ = ("assetlink_site", "setup", "linking", "sandbox", "script", "templates", "tests", "static", "docs")
KINDS = {".py", ".html", ".md", ".js", ".css", ".txt", ".yaml"}
WORDS = {form: better for forms, better in INSTEAD.items() for form in forms.split(", ")}


def files() -> Iterator[Path]:
    """What people of this project wrote: not migrations, which keep the names of their day, and no package's scripts."""
    yield from (ROOT / name for name in ("README.md", "CONTRIBUTING.md", "pyproject.toml", ".pre-commit-config.yaml"))
    for folder in READ:
        yield from (
            path
            for path in sorted((ROOT / folder).rglob("*"))
            if path.suffix in KINDS and not {"migrations", "vendor"} & set(path.parts) and path != Path(__file__)
        )


def in_words(text: str) -> str:
    """Names become words: `markedLost`, `mark_lost` and `mark-lost` are two each. Lines stay."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    return re.sub(r"[^a-zA-Z\n]+", " ", parted).lower()


PATTERN = re.compile(r"\b(" + "|".join(map(re.escape, WORDS)) + r")\b")


def found(text: str) -> list[tuple[int, str]]:
    """(line, word)."""
    return [(at, word) for at, line in enumerate(in_words(text).split("\n"), 1) for word in PATTERN.findall(line)]


def test_nothing_is_written_in_words_that_we_do_not_use():
    wrong = []
    for path in files():
        name = str(path.relative_to(ROOT))
        places = [(0, word) for _, word in found(name)] + found(path.read_text(encoding="utf-8"))
        wrong += [f"{name}:{at}: {word}. Write: {WORDS[word]}" for at, word in places]
    assert wrong == []


def test_every_room_is_read():
    assert {path.relative_to(ROOT).parts[0] for path in files()} >= set(READ)


@pytest.mark.parametrize(
    "text", ["def bury(job):", "is_deaf = 1", "class DeafWorker:", "The page of before.", "pulse-of-queue", "Forgiven"]
)
def test_a_word_is_found_in_whatever_it_hides(text):
    assert found(f"first line\n{text}") != []
    assert found(text)[0][0] == 1


@pytest.mark.parametrize("text", ["impulse", "feeling", "before", "van", "deafening", "of\nbefore"])
def test_a_word_that_only_looks_like_one_passes(text):
    assert found(text) == []
