"""What becomes of what files carry: names, and texts that somebody could have meant as values."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setup import embedded_values
from setup.embedded_values import (
    LONGEST_NAME,
    LONGEST_VALUE,
    MOST_KEPT,
    MOST_NAMES,
    MOST_OFFERED,
    MOST_VALUES,
    BadName,
    embedded_of,
    mended,
    name_of,
    offered,
    text_of,
)
from setup.spelling import plain

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=12), inner, max_size=5),
    max_leaves=30,
)


@given(st.lists(ANYTHING, max_size=3))
def test_whatever_is_answered_becomes_names_with_plain_texts(answers):
    found = embedded_of(answers)
    json.dumps(found.values).encode()  # rows can hold it
    assert len(found.values) <= MOST_NAMES
    assert sum(len(name) + sum(map(len, values)) for name, values in found.values.items()) <= MOST_KEPT
    for name, values in found.values.items():
        assert name == plain(name)
        assert 0 < len(name) <= LONGEST_NAME
        assert 0 < len(values) <= MOST_VALUES
        assert len(set(values)) == len(values)
        for value in values:
            assert value == plain(value)
            assert 0 < len(value) <= LONGEST_VALUE
            assert not set(value) & set(map(chr, [*range(32), *range(0x7F, 0xA0), 0xFFFD]))


@given(st.text(max_size=2000))
def test_a_text_is_itself_or_nothing_once_it_was_read(text):
    found = text_of(text)
    assert text_of(found) == found


# What Western and Central European product texts are written with.
LETTERS = st.characters(min_codepoint=0x20, max_codepoint=0x17F, exclude_categories=["Cc", "Cf"])


@given(st.text(LETTERS, max_size=60))
def test_utf_8_that_was_taken_for_latin_1_becomes_what_it_was(text):
    meant = plain(text)
    if mended(meant) == meant:  # else it looks damaged itself
        assert plain(mended(meant.encode().decode("latin-1"))) in (meant, plain(meant.encode().decode("latin-1")))


@pytest.mark.parametrize(
    ("value", "texts"),
    {
        "a text": ("HOOK-01", ["HOOK-01"]),
        "padded with NULs": ("HOOK-01\0\0\0", ["HOOK-01"]),
        "UTF-16 with its NULs": ("H\0O\0O\0K\0", ["HOOK"]),
        "with the code of its characters": ("ASCII\0\0\0HOOK-01", ["HOOK-01"]),
        "on several lines": ("HOOK-01\r\n\tblack", ["HOOK-01 black"]),
        "UTF-8 taken for Latin-1": ("KÃ¼che", ["Küche"]),
        "UTF-8 taken for Windows-1252": ("Größe “L”".encode().decode("latin-1"), ["Größe “L”"]),
        "rightly accented": ("Ã la carte", ["Ã la carte"]),
        "damaged": ("K\ufffdche", []),
        "half a letter": ("K\ud800", []),
        "a number": (1012, ["1012"]),
        "a fraction": (0.5, ["0.5"]),
        "no number": (float("nan"), []),
        "yes": (True, []),
        "nothing": (None, []),
        "empty": (" \0", []),
        "bytes that are no text": ("(Binary data 812 bytes, use -b option to extract)", []),
        "bytes in letters": ("base64:AAECAw==", []),
        "too long": ("x" * (LONGEST_VALUE + 1), []),
        "huge": ("x" * 9_000_000, []),
        "a list": (["A", "", "B\0", "A"], ["A", "B"]),
        "more than anybody needs": ([f"{n}" for n in range(500)], [f"{n}" for n in range(MOST_VALUES)]),
    }.values(),
)
def test_a_value_is_cleaned_and_never_cut(value, texts):
    assert list(embedded_values.values_of("Title", value)) == texts


@pytest.mark.parametrize(
    ("name", "value", "texts"),
    [
        ("Keywords", "HOOK-01, black; wall", ("HOOK-01", "black", "wall")),
        ("XMP-dc:Subject", "A-1; A-2", ("A-1", "A-2")),
        ("Keywords", "A,1", ("A,1",)),
        ("Keywords", ["A, B", "C"], ("A, B", "C")),
        ("Title", "A, B", ("A, B",)),
    ],
)
def test_a_list_in_one_text_is_parted_where_lists_are_kept(name, value, texts):
    assert embedded_values.values_of(name, value) == texts


def test_objects_within_objects_go_by_their_path_and_the_first_answer_counts():
    found = embedded_of([{"IPTC": {"Keywords": ["A"]}, "Make": "B"}, {"Make": "C"}, None])
    assert found.values == {"IPTC.Keywords": ("A",), "Make": ("B",)}


def test_what_does_not_fit_is_known_to_be_missing_and_the_wanted_names_come_first():
    answer = {f"Name{n}": "x" * 900 for n in range(30)}
    found = embedded_of([answer], wanted=["Name29"])
    assert (found.whole, found.of("Name29"), found.of("Name28")) == (False, ("x" * 900,), None)
    assert embedded_of([{"A": "1"}]).of("B") == ()


def test_names_are_offered_by_how_likely_they_hold_a_key_then_by_how_many_files_have_them():
    files = [{"Make": "x", "Keywords": "a"}, {"Make": "x", "Zoom": "1", "ObjectName": "b"}, {"Aperture": "2"}]
    assert offered(embedded_of([one]) for one in files) == ["ObjectName", "Keywords", "Make", "Aperture", "Zoom"]
    assert len(offered([embedded_of([{f"N{n}": "x" for n in range(100)}])])) == MOST_OFFERED


@pytest.mark.parametrize("text", ["", " ", "a\nb", "x" * 201, "\0"])
def test_a_name_is_one_short_line(text):
    with pytest.raises(BadName, match="for example Keywords"):
        name_of(text)
    assert name_of(" XMP-dc:Subject ") == "XMP-dc:Subject"
