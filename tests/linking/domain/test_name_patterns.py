"""What a file's name says of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.name_patterns import BadNamePattern, Named, NamePattern, tried
from setup.spelling import composed

SKUS = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="/."), min_size=1, max_size=40).map(
    composed
)


@pytest.mark.parametrize(
    ("pattern", "path", "read"),
    [
        ("{sku}_{sequence}", "A-1_2.jpg", Named("A-1", 2)),
        ("{sku}_{sequence}", "shoes/red/AB_12_3.png", Named("AB_12", 3)),
        ("{sku}_{sequence}", "A-1.jpg", None),
        ("{sku}", "A-1.v2.jpg", Named("A-1.v2")),
        ("{sku}-{type}-{sequence}", "99-detail-04.jpg", Named("99", 4, "detail")),
        ("{sku}__{any}", "A-1__front of it.jpg", Named("A-1")),
        ("{sku}/{sequence}", "shop/A-1/3.jpg", Named("A-1", 3)),
        ("{sku}/{any}", "front.jpg", None),
        ("IMG ({sku})", "IMG (A.1).jpg", Named("A.1")),
        ("{sku}_{sequence}", "_1.jpg", None),
        ("{sku}_{sequence}", "a_1234567.jpg", None),
    ],
)
def test_a_name_is_read_as_the_pattern_says(pattern, path, read):
    assert NamePattern.parse(pattern).read(path) == read


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("{sequence}", "needs {sku}"),
        ("{sku}_{color}", "does not know {color}"),
        ("{sku}_{sku}", "may stand once"),
        ("{sku", "needs {sku}"),
        ("{sku}_{", "brace"),
        ("{sku}{sequence}", "between two placeholders"),
        ("{sku}" + "x" * 100, "longer than 100"),
        ("", "needs {sku}"),
    ],
)
def test_a_pattern_that_reads_nothing_says_what_to_write(pattern, words):
    with pytest.raises(BadNamePattern, match=words):
        NamePattern.parse(pattern)


@given(SKUS, st.integers(0, 999_999), st.sampled_from([".jpg", ".MOV", ""]))
def test_what_was_written_by_the_pattern_is_read_by_it(sku, sequence, extension):
    assert NamePattern.parse("{sku}_{sequence}").read(f"a/b/{sku}_{sequence}{extension}") == Named(sku, sequence)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_pattern_and_any_name_end_in_a_reading_none_or_a_reason(pattern, path):
    try:
        known = NamePattern.parse(pattern)
    except BadNamePattern as wrong:
        known, reason = None, str(wrong)
    assert reason if known is None else ((found := known.read(path)) is None or found.sku)


def test_a_try_counts_names_and_skus_and_names_what_does_not_fit():
    found = tried(NamePattern.parse("{sku}_{sequence}"), ["a_1.jpg", "a_2.jpg", "b_1.jpg", "notes.jpg"])
    assert (found.fits, found.skus, found.misses, found.missed) == (3, 2, ["notes.jpg"], 1)
