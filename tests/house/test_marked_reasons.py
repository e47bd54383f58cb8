"""The words of every reason are marked: in another language nothing of them is English."""

import re
from collections.abc import Iterator

import pytest

from linking.domain.troubles import TODO
from setup.reasons import FOREIGN, Counted, Given, Reason, Template, codes, fields_of, said
from tests.pseudo import is_english, pseudo

LISTS = {"titles", "values", "variants", "stores", "scopes", "later", "parts"}
NUMBERS = {
    "all",
    "arriving",
    "at",
    "bytes",
    "came",
    "closed",
    "count",
    "done",
    "failed",
    "files",
    "galleries",
    "groups",
}
NUMBERS |= {
    "height",
    "incomplete",
    "left",
    "media",
    "megapixels",
    "minutes",
    "more",
    "more_variants",
    "most",
    "n",
    "opens",
}
NUMBERS |= {"seconds", "sent", "short_side", "side", "size", "status", "times", "to", "tries", "width"}
KNOWN = {"when": "2026-12-03T14:05:00+00:00"}
OTHERS = "жу"  # a service's words, or a name
# These have no words of their own.
WORDLESS = {"reason.said", "reason.joined", "alts.all_not_saved", FOREIGN}


def value(code: str, name: str, n: int) -> object:
    if name in NUMBERS:
        return n
    if name in LISTS:
        return [OTHERS] * n
    if name == "field" and code.startswith("match."):
        return "title"
    return said(OTHERS) if name == "text" else KNOWN.get(name, OTHERS)


def samples(code: str, template: Template) -> Iterator[Reason]:
    """With and without the values that may be missing, of one and of several."""
    needed, possible = fields_of(template)
    for names in (needed, needed | possible):
        for n in (1, 3, 200):
            yield Reason(code, **{name: value(code, name, n) for name in names})
    if "then" in needed:
        yield from (Reason(code, **{name: "" if name == gone else OTHERS for name in needed}) for gone in needed)
    if "came" in needed:
        yield from (Reason(code, **{name: 0 if name == gone else 1 for name in needed}) for gone in needed)


def outside(words: str) -> str:
    """What no marked text has put there."""
    while (rest := re.sub(r"⟦[^⟦⟧]*⟧", "", words)) != words:
        words = rest
    return words


@pytest.mark.parametrize("code", sorted(codes().keys() - WORDLESS))
def test_nothing_of_its_words_is_english_in_another_language(code):
    with pseudo():
        found = [str(reason) for reason in samples(code, codes()[code])]
    assert [words for words in found if is_english(words)] == []
    assert [words for words in found if re.search(r"\w", outside(words))] == [], "put together outside of a text"


@pytest.mark.parametrize("code", sorted(TODO))
def test_what_to_do_is_not_english_either(code):
    with pseudo():
        assert not is_english(str(TODO[code]))


@pytest.mark.parametrize(
    ("template", "wrong"),
    [
        ("Text with {name}.", False),
        (Counted("{count:,} text.", "{count:,} texts."), False),
        (Given("name", "Text of {name}.", "Text."), False),
        (lambda name: f"Text of {name}.", True),
        (lambda count: f"{count} texts.", True),
    ],
)
def test_words_that_are_not_marked_are_found(monkeypatch, template, wrong):
    monkeypatch.setitem(__import__("setup.reasons").reasons._words, "test.words", template)
    with pseudo():
        assert any(is_english(str(reason)) for reason in samples("test.words", template)) is wrong
