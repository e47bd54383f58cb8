"""From values to keys: split, cut by a pattern, compared; whatever a person writes."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linking.domain.assets import Asset
from linking.domain.fields import CloudinaryField
from linking.domain.grouping import group
from linking.domain.keying import BadPattern, Example, Keying, compiled, examples, folded

NAME, TAGS, COLORS = (CloudinaryField.parse(code) for code in ("display_name", "tags", "metadata:colors"))
PLAIN = re.compile(r"[!-~]([ -~]*[!-~])?")
LINES = st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]))
FIELDS = st.sampled_from(["tags", "public_id", "folder", "display_name", "metadata:sku", "context:a:b"])


def named(name: str, **known) -> Asset:
    return Asset(name, f"shop/{name}", display_name=name, **known)


@pytest.mark.parametrize(
    ("pattern", "value", "key"),
    [
        (r"^([A-Z]+-\d+)_", "ABC-1_front.jpg", "ABC-1"),
        (r"[A-Z]+-\d+", "front ABC-1.jpg", "ABC-1"),
        (r"^(\d+)(-x)?", "12-x", "12"),
        (r"(a)|b", "b", ""),
        (r"^x", "ABC", ""),
        ("", "ABC", "ABC"),
    ],
)
def test_the_key_is_the_patterns_first_group_or_all_that_it_finds(pattern, value, key):
    assert Keying(NAME, pattern).cut(value) == key


@pytest.mark.parametrize("keying", [Keying(NAME), Keying(NAME, pattern=".+"), Keying(NAME, fold=True)], ids=str)
def test_a_value_that_is_too_long_for_any_store_is_no_key_and_breaks_nothing(keying):
    assert keying.keys(named("A" * 1000)) == ("A" * 1000,)
    assert keying.keys(named("A" * 1001)) == ()


def test_a_key_that_only_becomes_too_long_when_case_is_ignored_is_none_either():
    assert Keying(NAME, fold=True).keys(named("\u0390" * 400)) == ()
    assert Keying(NAME).keys(named("\u0390" * 400)) == ("\u0390" * 400,)


def test_a_separator_splits_a_value_and_spaces_around_the_parts_do_not_count():
    keying = Keying(NAME, separator=",")
    assert keying.keys(named("A1, B2 ,,A1")) == ("A1", "B2")


def test_a_key_is_composed_and_what_nobody_sees_at_its_edges_is_no_part_of_it():
    assert Keying(NAME).keys(named("\ufeffKu\u0308che\u00a0\u200b")) == ("Küche",)
    assert Keying(TAGS).keys(named("a", tags=("é", " e\u0301", "\u200b"))) == ("é",)


@pytest.mark.parametrize(
    ("pattern", "separator", "value", "keys"),
    [
        ("^(Kü[a-zü]+)_", "", "\u200bKu\u0308che_front", ("Küche",)),
        ("^(Ku\u0308[a-z]+)_", "", "Küche_front", ("Küche",)),
        ("", "\u00e9", "Ae\u0301B", ("A", "B")),
        ("", "e\u0301", "AéB\u200béB", ("A", "B")),
        ("^[A-Z]+ *", ";", "AB \u00a0; CD", ("AB", "CD")),
    ],
)
def test_patterns_and_separators_work_however_values_and_they_are_written(pattern, separator, value, keys):
    assert Keying(NAME, pattern, separator).keys(named(value)) == keys


def test_keys_are_known_as_they_are_spelled_as_well():
    keying = Keying(TAGS)
    spelled = keying.spelled(named("a", tags=("Ku\u0308che", "Küche", " S-1")))
    assert spelled == {"Ku\u0308che": "Küche", "Küche": "Küche", " S-1": "S-1"}


def test_assets_whose_names_only_look_alike_are_in_one_group():
    found = group([named("Ku\u0308che"), named("Bad"), named("Küche\u200b"), named("KÜCHE")], Keying(NAME))
    assert [(one.key, len(one.assets)) for one in found] == [("Küche", 2), ("Bad", 1), ("KÜCHE", 1)]


def test_a_contextual_key_is_found_in_either_form():
    field = CloudinaryField.parse("context:gro\u0308ße")
    assert field == CloudinaryField.parse("context:größe")
    for key in ("größe", "gro\u0308ße"):
        assert Asset.of({"context": {key: "M"}}, "a").context == {"größe": "M"}


def test_a_separator_and_a_pattern_work_together():
    assert Keying(NAME, r"^(\w+)-", ";").keys(named("A1-x; B2-y; none")) == ("A1", "B2")


@pytest.mark.parametrize(
    ("asset", "field"),
    [(named("a", tags=("red", "blue")), TAGS), (named("a", metadata={"colors": ("red", "blue")}), COLORS)],
)
def test_an_asset_with_several_values_is_in_several_groups(asset, field):
    assert [found.key for found in group([asset], Keying(field))] == ["red", "blue"]


@given(st.lists(st.from_regex(PLAIN, fullmatch=True), unique=True, max_size=6))
def test_every_value_of_a_set_has_its_group_with_the_asset_in_it(values):
    asset = named("a", metadata={"colors": tuple(values)})
    found = group([asset], Keying(COLORS))
    assert [one.key for one in found] == (values or [""])
    assert all(one.assets == (asset,) for one in found)


@pytest.mark.parametrize(
    ("pattern", "reported"),
    [
        ("([A-Z]", "a closing “\\)” is missing in “\\(\\[A-Z\\]”"),
        ("[A-Z", "a closing “\\]” is missing"),
        ("a)", "is missing before the “\\)” in “a\\)”"),
        ("*a", "nothing stands before “\\*”"),
        ("a**", "repeats a repetition"),
        ("[z-a]", "“z-a” is no range"),
        ("(?P<n", "the name in “\\(\\?P<n” cannot be used"),
        ("a\\", "nothing follows"),
        ("(?=x)", "ahead or back"),
        (r"(a)\1", r"it does not know “\\1”"),
        ("x" * 301, "longer than 300"),
        ("a\nb", "single line"),
        ("a{1001}", r"“\{1001\}” repeats too often"),
    ],
)
def test_a_pattern_that_cannot_be_used_says_why(pattern, reported):
    with pytest.raises(BadPattern, match=reported):
        compiled(pattern)


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)+$", "(a|a)*b", "(.*)*x", "^(([a-z])+.)+[A-Z]([a-z])+$", "(a?){50}a{50}"]
)
def test_a_pattern_that_ruins_others_takes_no_longer_for_a_long_value(pattern):
    keying = Keying(NAME, pattern)
    began = time.process_time()
    for _ in range(20):
        keying.cut("a" * 5000 + "!")
    assert time.process_time() - began < 2.0


@settings(max_examples=60, deadline=None)
@given(st.text("ab()|*+?{},0123456789[]^$.\\-", max_size=40), st.text("ab ", max_size=200))
def test_no_pattern_takes_long_or_breaks_in_another_way_than_it_says(pattern, value):
    began = time.process_time()
    try:
        key = Keying(NAME, pattern).cut(value)
    except BadPattern:
        return
    assert key in value
    assert time.process_time() - began < 2.0


@given(FIELDS, LINES, LINES.map(lambda text: text[:10]), st.booleans())
def test_a_code_says_all_of_a_keying(field, pattern, separator, fold):
    keying = Keying(CloudinaryField.parse(field), pattern, separator, fold)
    assert Keying.parse(str(keying)) == keying


def test_different_keyings_have_different_codes():
    ways = [Keying(NAME), Keying(NAME, "a"), Keying(NAME, "", "a"), Keying(NAME, fold=True), Keying(TAGS)]
    assert len({str(way) for way in ways}) == len(ways)


@pytest.mark.parametrize(
    ("one", "other"),
    [("ABC 1", "abc1"), ("Straße", "STRASSE"), ("É", "e\u0301"), ("Ａ", "a"), ("a\u00a0b\u200bc", "ABC")],
)
def test_case_and_spaces_make_no_difference_if_they_shall_not(one, other):
    assert Keying(NAME, fold=True).same(one) == Keying(NAME, fold=True).same(other)
    assert Keying(NAME).same(one) != Keying(NAME).same(other)


@given(st.text(), st.text())
def test_folding_is_an_equivalence_that_case_and_spaces_do_not_leave(one, other):
    assert folded(folded(one)) == folded(one)
    assert folded(f" {one}\t{other} ") == folded(one + other)
    assert folded(one.upper()) == folded(one.upper().lower().upper())


def test_assets_whose_keys_differ_in_case_share_a_group_under_its_first_spelling():
    assets = [named("Abc 1"), named("x"), named("ABC1")]
    found = group(assets, Keying(NAME, fold=True))
    assert [(one.key, len(one.assets)) for one in found] == [("Abc 1", 2), ("x", 1)]


def test_examples_show_values_with_their_keys_and_some_without():
    names = [f"ABC-{at}_front" for at in range(9)] + ["stray", "lost", "gone"]
    shown = examples(Keying(NAME, r"^([A-Z]+-\d+)_"), [named(name) for name in names])
    assert shown[0] == Example("ABC-0_front", ("ABC-0",))
    assert [example.keys for example in shown[3:]] == [(), ()]
    assert len(shown) == 5
