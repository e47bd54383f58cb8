"""Reasons: codes with values, kept as texts of one spelling, and worded whatever a row holds."""

import copy
import pickle
from types import SimpleNamespace

import pytest
from django.db.models import Count, F
from hypothesis import given
from hypothesis import strategies as st

from setup import reasons
from setup.models import Environment, Store
from setup.reason_field import ReasonField
from setup.reasons import (
    FOREIGN,
    NONE,
    Reason,
    Reasoned,
    Unfit,
    codes,
    decoded,
    encoded,
    fields_of,
    first_sentence,
    joined,
    register,
    said,
)

CODES = st.from_regex(reasons.CODE, fullmatch=True).filter(lambda code: code != FOREIGN)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
HUGE = st.integers(0, 5000).map(lambda digits: 10**digits) | st.integers(0, 50_000).map("x".__mul__)
PLAIN = st.text() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | HUGE
REASONS = st.recursive(
    st.builds(lambda code, values: Reason(code, **values), CODES, st.dictionaries(NAMES, PLAIN, max_size=3)),
    lambda inner: st.builds(
        lambda code, values: Reason(code, **values),
        CODES,
        st.dictionaries(NAMES, PLAIN | inner | st.lists(PLAIN | inner, max_size=3), max_size=3),
    ),
    max_leaves=6,
)


@given(REASONS)
def test_what_was_kept_comes_back_as_it_was(reason):
    again = decoded(encoded(reason))
    assert (again, hash(again), encoded(again)) == (reason, hash(reason), encoded(reason))
    assert reason.code in encoded(reason)
    assert {reason: 1}[again] == 1


@given(REASONS, REASONS)
def test_equal_reasons_and_no_others_have_the_same_text(one, other):
    assert (one == other) is (encoded(one) == encoded(other))


@given(st.dictionaries(NAMES, PLAIN, min_size=2, max_size=4), st.randoms())
def test_the_order_of_values_makes_no_difference(values, random):
    mixed = list(values.items())
    random.shuffle(mixed)
    assert encoded(Reason("some.code", **dict(mixed))) == encoded(Reason("some.code", **values))


KNOWN = sorted(codes())
DAMAGED = st.text() | st.builds(
    lambda code, rest: f"{code}{rest}",
    st.sampled_from([*KNOWN, "some.code", FOREIGN]),
    st.sampled_from([" ", " {", " {}", ' {"a":', " []", ' {"a":true}', ' {"a":null}', ' {"code":1}', ' {"a":{"b":1}}'])
    | st.text(),
)


@given(DAMAGED)
def test_whatever_stands_in_a_row_is_read_worded_and_kept_as_it_is(text):
    reason = decoded(text)
    assert isinstance(str(reason), str)
    assert encoded(reason) == text.encode("utf-8", "replace").decode()
    assert bool(str(reason)) is bool(text)


@pytest.mark.parametrize("depth", [30, 100_000])
def test_what_is_nested_without_end_is_read_too(depth):
    text = 'some.code {"a":' + '{"code":"some.code","values":{"a":' * depth + "1" + "}}" * depth + "}"
    assert "cannot be read: some.code" in str(decoded(text))
    assert encoded(decoded(text)) == text


@given(
    st.sampled_from(KNOWN),
    st.dictionaries(
        NAMES | st.sampled_from(["said", "count", "key"]), PLAIN | REASONS | st.lists(PLAIN | REASONS), max_size=3
    ),
)
def test_a_code_with_values_of_another_release_is_worded(code, values):
    assert isinstance(str(Reason(code, **values)), str)


# Every code with exactly its fields, each of any kind.
@given(st.data(), st.sampled_from(KNOWN))
def test_a_code_with_values_of_any_kind_and_size_is_worded_and_kept(data, code):
    needed, possible = fields_of(codes()[code])
    values = data.draw(
        st.fixed_dictionaries(dict.fromkeys(needed | possible, PLAIN | REASONS | st.lists(PLAIN | REASONS, max_size=3)))
    )
    reason = Reason(code, **values)
    assert isinstance(str(decoded(encoded(reason))), str)


def test_a_number_that_no_float_holds_is_worded_plainly():
    reason = decoded('limit.video_seconds {"most":1' + "0" * 400 + ',"seconds":700}')
    assert reason.code == "limit.video_seconds"
    assert "no words for it: limit.video_seconds (most: 1000" in str(reason)


def test_a_number_that_python_does_not_write_is_kept_as_text():
    reason = Reason("some.code", count=10**5000)
    assert decoded(encoded(reason)) == reason
    assert "count: 0x" in str(reason)


def test_what_is_nested_deeper_than_the_stack_is_worded():
    reason = Reason("some.code")
    for _ in range(5000):
        reason = Reason("run.given_up", text=reason, times=1)
    assert str(reason)


def test_a_list_is_named_plainly():
    assert "new.thing (names: a, b)" in str(Reason("new.thing", names=["a", "b"]))


def test_true_and_false_are_numbers():
    assert Reason("some.code", value=True) == Reason("some.code", value=1)
    assert encoded(Reason("some.code", value=False)) == 'some.code {"value":0}'


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (
            Reason("file.refused", text=Reason("shopify.refused", said="Bad.")),
            "the file: Shopify refused the request: Bad.",
        ),
        (Reason("upload.refused", text=said("Bad")), "Shopify refused to take the video: Bad."),
        (Reason("upload.refused", text=said("Bad!")), "Shopify refused to take the video: Bad!"),
        (Reason("variants.not_set", text=NONE), "could not set the pictures of its variants: no reason was given."),
        (Reason("shopify.refused", said=" "), "Shopify refused the request: no reason was given."),
        (Reason("swatch.not_set", text=Reason("shopify.gave_no_reason")), "set the swatch: Shopify gave no reason."),
        (Reason("fetch.refused", said="No."), "give the details (No). Ask"),
        (Reason("run.away", text=said("Gone.."), minutes=1), "Gone. AssetLink waited 1 minute for the store. Run"),
        (Reason("edit.alts_rejected", count=1), "1 suggestion rejected."),
        (Reason("edit.alts_rejected", count=1200), "1,200 suggestions rejected."),
        (Reason("file.not_uploaded", tries=1), "could not upload the video in 1 try. “Retry failed” looks"),
    ],
)
def test_sentences_within_sentences_end_once_and_numbers_have_their_noun(reason, words):
    assert words in str(reason)
    assert ".." not in str(reason)


@pytest.mark.parametrize(
    ("text", "first", "rest"),
    [
        ("It is away. Run again.", "It is away", "Run again."),
        ("It is away.", "It is away", ""),
        (
            "Gesperrt bis 15 Jan. 2027, 08:00 UTC. Öffnen.",
            "Gesperrt bis 15 Jan. 2027, 08:00 UTC",
            "Öffnen.",
        ),
        ("Is it away? “Front” is.", "Is it away?", "“Front” is."),
        ("", "", ""),
    ],
)
def test_the_first_sentence_ends_where_another_one_begins(text, first, rest):
    assert first_sentence(text) == (first, rest)


def test_a_sentence_of_an_older_release_says_itself():
    assert str(decoded("The store is away.")) == "The store is away."
    assert str(Reason("run.away", text=decoded("It is away."), minutes=3)).startswith("It is away. AssetLink waited")


def test_a_code_of_another_release_is_named_with_what_it_holds():
    reported = str(decoded('new.thing {"said":"No room","size":3}'))
    assert all(part in reported for part in ("new.thing", "said: No room", "size: 3"))


def test_no_reason_is_false_and_says_nothing():
    assert (bool(NONE), str(NONE), encoded(NONE), decoded("")) == (False, "", "", NONE)
    assert bool(Reason("run.aborted"))


def test_a_reason_does_not_change_and_is_copied_as_it_is():
    reason = Reason("file.not_uploaded", tries=5)
    with pytest.raises(AttributeError):
        reason.code = "other.code"
    with pytest.raises(AttributeError):
        del reason.pairs
    assert copy.deepcopy(reason) is copy.copy(reason) is reason
    assert pickle.loads(pickle.dumps(reason)) == reason


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), {"a": 1}, b"x", object()])
def test_a_value_that_cannot_be_kept_is_refused(value):
    with pytest.raises(TypeError):
        Reason("some.code", value=value)
    with pytest.raises(TypeError):
        Reason("some.code", value=[value])


def test_sentences_follow_each_other_and_empty_ones_are_left_out():
    first, second = said("One."), said("Two.")
    assert str(joined(first, NONE, second)) == "One. Two."
    assert (joined(NONE, first), joined()) == (first, NONE)


def test_an_error_says_why_in_words_too():
    error = Reasoned(Reason("file.not_uploaded", tries=5))
    assert (
        error.text
        == str(error)
        == "AssetLink could not upload the video in 5 tries. “Retry failed” looks first, and does only what is missing."
    )


@pytest.mark.parametrize(
    "table",
    [
        {"run.aborted": "Once more."},  # known
        {"Not a code": "Text."},
        {"test.positional": "{} of {}"},
        {"test.attribute": "{key.name}"},
        {"test.index": "{key[0]}"},
        {"test.open": "{key"},
        {"test.any": lambda **values: ""},
        {"test.list": lambda *values: ""},
    ],
)
def test_a_table_that_cannot_be_is_refused_whole(table):
    known = codes()
    with pytest.raises(Unfit):
        register({"test.fine": "Text."} | table if "run.aborted" not in table else table)
    assert codes() == known


def test_fields_are_those_of_the_template():
    assert fields_of("{key}: {count:,} of {key}") == ({"key", "count"}, frozenset())
    assert fields_of(lambda count, name="": "") == ({"count"}, {"name"})


def test_the_words_follow_the_table_of_the_moment(monkeypatch):
    """A translation is chosen when a page is made: nothing keeps the words of another."""
    reason = Reason("test.word")
    for word in ("Words.", "Parole."):
        monkeypatch.setitem(reasons._words, "test.word", word)
        assert str(reason) == word


def test_a_column_takes_reasons_only():
    field = ReasonField()
    field.set_attributes_from_name("reason")
    for value in ("A sentence.", "", None, 1):
        with pytest.raises(TypeError, match="reason takes a Reason"):
            field.get_db_prep_save(value, SimpleNamespace())


@pytest.mark.django_db
@pytest.mark.parametrize("empty", ["", NONE])
def test_a_column_is_looked_for_by_reasons_and_by_texts(empty):
    environment = Environment.objects.create(cloud_name="c")
    reason = Reason("file.not_uploaded", tries=5)
    Store.objects.create(environment=environment, domain="a.myshopify.com", problem=reason)
    Store.objects.create(environment=environment, domain="b.myshopify.com")
    stores = Store.objects.values_list("domain", flat=True)
    assert list(stores.filter(problem=empty)) == list(stores.exclude(problem=reason)) == ["b.myshopify.com"]
    assert list(stores.exclude(problem=empty)) == list(stores.filter(problem__in=[reason])) == ["a.myshopify.com"]
    assert list(stores.filter(problem__startswith="file.")) == ["a.myshopify.com"]
    counted = Store.objects.order_by().values_list("problem").annotate(n=Count("pk"))
    assert dict(counted) == {reason: 1, NONE: 1}
    Store.objects.update(problem=F("name"))
    assert set(Store.objects.values_list("problem", flat=True)) == {NONE}
