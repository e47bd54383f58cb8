"""Filters as addresses and as expressions: whatever a person types stays a value."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.searching import MOST_FIELDS, BadFilter, Filters, Where, escaped, expression, left_out

TODAY = date(2026, 11, 30)
# Signs that mean something in expressions, more often than by chance.
HOSTILE = st.text(st.one_of(st.sampled_from('"*\\() :=<>-ANDOR!~^?[]{}/\n\0'), st.characters()), max_size=30)
NUMBERS = st.decimals(-10_000, 10_000, places=2).map(str)
BOUNDS = st.one_of(st.just(""), NUMBERS, st.dates().map(str))
CODES = st.sampled_from(["metadata:sku", "metadata:season.x", "context:alt-text"])
FIELDS = st.builds(Where, CODES, st.lists(HOSTILE).map(tuple), HOSTILE, BOUNDS, BOUNDS, st.booleans())


def asked(**given) -> dict[str, list[str]]:
    return {name: value if isinstance(value, list) else [value] for name, value in given.items()}


def said(filters: Filters) -> str:
    return expression(filters, today=TODAY)


FILTERS = st.builds(
    lambda text, folder, tags, fields, linked: Filters.of(
        asked(q=text, folder=folder, tag=tags, linked=linked)
        | {name: [value for known, value in pairs if known == name] for pairs in fields for name, _ in pairs}
    ),
    HOSTILE,
    HOSTILE,
    st.lists(HOSTILE, max_size=3),
    st.lists(FIELDS.map(lambda one: list(one.pairs)), max_size=3),
    st.sampled_from(["", "not", "changed", "in-7", "not-in-7", "in-0", "x"]),
)


def values_of(found: str, *, backslash_is_plain: bool) -> tuple[str, list[str]]:
    """The expression without its values, and those, read as each of two readers would: of the one a backslash escapes whatever
    follows, of the other only quotes and asterisks."""
    value = re.compile(r'"((?:\\["*]|[^"])*)"' if backslash_is_plain else r'"((?:\\.|[^"\\])*)"', re.DOTALL)
    return value.sub("V", found), value.findall(found)


@given(FILTERS, st.booleans())
def test_no_value_leaves_its_quotes_whichever_way_backslashes_are_read(filters, backslash_is_plain):
    try:
        found = said(filters)
    except BadFilter:
        return
    bones, values = values_of(found, backslash_is_plain=backslash_is_plain)
    assert re.fullmatch(r"[\w.:=<>() V-]*", bones), bones
    allowed = r"resource_type|asset_folder|folder|format|tags|uploaded_at|metadata\.[\w.-]+|context\.[\w.-]+"
    for word in re.sub(r"-?\d+(\.\d+)?", "", bones).replace("V", "").split():
        assert re.fullmatch(rf"\(*(?:(?:{allowed})(?::|=|>=|<=)(?:image|video|raw)?|AND|OR|)\)*", word), bones
    # An asterisk that is not escaped is ours, and stands at the end.
    assert not any(re.search(r"(?<!\\)\*(?!$)", value) or value.startswith("*") for value in values)


@given(FILTERS)
def test_an_address_says_the_same_filters_again(filters):
    found: dict[str, list[str]] = {}
    for name, value in filters.pairs:
        found.setdefault(name, []).append(value)
    assert Filters.of(found) == filters


@given(st.dictionaries(st.text(max_size=20), st.lists(HOSTILE, max_size=3), max_size=5))
def test_any_address_is_read(given_names):
    assert isinstance(Filters.of(given_names), Filters)


@given(FILTERS)
def test_of_what_filters_say_themselves_nothing_is_left_out(filters):
    found: dict[str, list[str]] = {}
    for name, value in filters.pairs:
        found.setdefault(name, []).append(value)
    assert left_out(found) == []


@pytest.mark.parametrize(
    ("given_filters", "found"),
    [
        ({"since": "2026-02-30"}, [("since", "2026-02-30")]),
        ({"since": "0"}, [("since", "0")]),
        (
            {"from.metadata:seq": ["2026-13-99", "3"], "to.metadata:seq": "1e5"},
            [("from.metadata:seq", "2026-13-99"), ("to.metadata:seq", "1e5")],
        ),
        ({"in.metadata:a b": "x", "none.elsewhere": "1"}, [("in.metadata:a b", "x"), ("none.elsewhere", "1")]),
        ({"linked": "in-0", "type": "gif", "format": "J-P"}, [("type", "gif"), ("format", "J-P"), ("linked", "in-0")]),
        ({"tag": ",".join(map(str, range(51)))}, [("tag", "50")]),
        ({"tag": " oak, ,", "since": " 7 ", "type": ["image", "video"], "none.metadata:sku": "on"}, []),
        ({"since": "", "linked": ["", "not"], "from.metadata:seq": "", "order": "x", "place": "1", "name": "x"}, []),
    ],
)
def test_what_an_address_asks_for_and_cannot_be_read_is_named(given_filters, found):
    assert sorted(left_out(asked(**given_filters))) == sorted(found)


def test_fields_beyond_the_most_are_named():
    many = {f"has.metadata:f{at}": ["x"] for at in range(MOST_FIELDS + 1)}
    assert left_out(many) == [(f"has.metadata:f{MOST_FIELDS}", "x")]


@given(st.dictionaries(st.text(max_size=20), st.lists(HOSTILE, max_size=3), max_size=5))
def test_of_any_address_it_is_known_what_is_left_out(given_names):
    assert {name for name, _value in left_out(given_names)} <= set(given_names)


@given(HOSTILE)
def test_a_value_is_searched_for_as_it_is_or_not_at_all(value):
    if "\\" in value:
        with pytest.raises(BadFilter):
            escaped(value)
    else:
        assert re.sub(r"\\(.)", r"\1", escaped(value)) == re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", value)


@pytest.mark.parametrize(
    ("given_filters", "found"),
    [
        ({}, "(resource_type:image OR resource_type:video)"),
        ({"type": "raw"}, "resource_type:raw"),
        ({"format": ["jpg", "mp4"]}, '(resource_type:image OR resource_type:video) AND (format="jpg" OR format="mp4")'),
        ({"type": "image", "tag": "new, AW 26"}, 'resource_type:image AND tags="new" AND tags="AW 26"'),
        ({"type": "image", "q": 'blue "S*'}, 'resource_type:image AND "blue*" AND "\\"S\\**"'),
        ({"type": "image", "since": "7"}, 'resource_type:image AND uploaded_at>="2026-11-23"'),
        ({"type": "image", "since": "2026-02-01"}, 'resource_type:image AND uploaded_at>="2026-02-01"'),
        ({"type": "image", "since": "2026-02-31"}, "resource_type:image"),
        (
            {"type": "image", "folder": "/Catalogue/AW26/"},
            'resource_type:image AND (asset_folder="Catalogue/AW26" OR asset_folder="Catalogue/AW26/*"'
            ' OR folder="Catalogue/AW26" OR folder="Catalogue/AW26/*")',
        ),
        (
            {"type": "image", "in.metadata:season": ["aw26", "ss26"], "none.metadata:season": "1"},
            'resource_type:image AND (metadata.season="aw26" OR metadata.season="ss26" OR metadata.season="")',
        ),
        (
            {"type": "image", "from.metadata:seq": "2", "to.metadata:seq": "5.5", "has.context:alt": "red sock"},
            "resource_type:image AND metadata.seq>=2 AND metadata.seq<=5.5"
            ' AND context.alt:"red*" AND context.alt:"sock*"',
        ),
        ({"type": "image", "from.metadata:end": "2026-12-31"}, 'resource_type:image AND metadata.end>="2026-12-31"'),
        ({"type": "image", "from.metadata:end": "soon"}, "resource_type:image"),
        ({"type": "image", 'in.metadata:a"b': "x"}, "resource_type:image"),
    ],
)
def test_filters_as_cloudinary_reads_them(given_filters, found):
    assert said(Filters.of(asked(**given_filters))) == found


def test_a_field_that_cloudinary_does_not_know_is_named():
    filters = Filters.of(asked(**{"in.metadata:season": "a", "in.metadata:colour": "b", "in.context:x": "c"}))
    assert filters.unknown(["season", "sku"]) == ["colour"]


def test_the_order_alone_is_no_filter_and_a_store_is_one():
    assert not Filters.of(asked(order="name"))
    assert Filters.of(asked(linked="not-in-12")).store == 12
    assert Filters.of(asked(linked="not-in-x")).linked == ""
