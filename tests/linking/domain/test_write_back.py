"""What of products is written to assets: which mappings there can be, what values come to, and who wrote what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.fields import BadField
from linking.domain.mappings import MOST_LINES, Line, Mapped, Owners, Property, refusals
from linking.domain.sheet_columns import SheetField
from linking.domain.sheet_rows import same, turned
from linking.domain.write_back import (
    Product,
    Verdict,
    metafield_values,
    reconciled,
    said,
    tags_moved,
    text_of,
    verdict,
)
from setup.reasons import Reason

FIELDS = {
    one.id: one
    for one in (
        SheetField("sku", "SKU", "string"),
        SheetField("title", "Title", "string"),
        SheetField("stock", "Stock", "integer"),
        SheetField("since", "Since", "date"),
        SheetField("brand", "Brand", "enum", {"acme": "Acme"}, {"old": "Old & Sons"}),
        SheetField("labels", "Labels", "set", {"new": "New"}),
        SheetField("free", "Free", "set", {}, grows=True),
    )
}
LINES = st.builds(
    Line,
    st.sampled_from([one for one in Property if "metafield" not in one]),
    st.sampled_from([*(one.code for one in FIELDS.values()), "context:note", "tags:shop:", "tags:pim-"]),
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)


def line(property: str, target: str, key: str = "") -> Line:
    return Line.of({"property": property, "target": target, "key": key})


def mapped(*lines: Line) -> Mapped:
    return Mapped(lines)


@pytest.mark.parametrize(
    ("property", "target", "key"),
    [
        ("colour", "field:title", ""),
        ("title", "", ""),
        ("title", "field:", ""),
        ("title", "alt", ""),
        ("metafield", "field:title", "material"),
        ("tags", "tags:shop", ""),
        ("tags", "tags::", ""),
        ("tags", "tags:a,b:", ""),
        ("title", "context:a|b", ""),
        ("title", "context:a=b", ""),
    ],
)
def test_what_nobody_could_have_chosen_is_refused(property, target, key):
    with pytest.raises(BadField):
        line(property, target, key)


@given(st.lists(LINES, max_size=6), st.none() | st.integers(1, 9))
def test_a_mapping_is_kept_as_json(lines, store):
    assert Mapped.of(Mapped(tuple(lines), store).kept) == Mapped(tuple(lines), store)


@pytest.mark.parametrize("stored", [{}, {"lines": 3}, {"lines": [None, "x", {"property": []}], "store": "1"}])
def test_whatever_is_stored_can_be_read(stored):
    assert Mapped.of(stored) == Mapped()


@pytest.mark.parametrize(
    ("property", "target", "code"),
    [
        ("title", "field:title", None),
        ("title", "field:gone", "mapping.no_field"),
        ("price", "field:stock", "mapping.no_number"),
        ("title", "field:since", "mapping.no_day"),
        ("linked", "field:since", None),
        ("linked", "field:brand", "mapping.no_list"),
        ("description", "field:labels", "mapping.no_list"),
        ("vendor", "field:brand", None),
        ("description", "tags:shop:", "mapping.no_tag"),
        ("tags", "tags:shop:", None),
        ("title", "context:alt", "mapping.owned"),
        ("title", "field:sku", "mapping.owned"),
        ("title", "context:title", None),
    ],
)
def test_what_a_place_cannot_take_has_a_reason(property, target, code):
    owners = Owners.of([("metadata:sku", Reason("mapping.for_key")), ("nonsense", Reason("mapping.for_key"))])
    found = refusals([line(property, target)], FIELDS, owners)
    assert found.get(0, Reason()).code == (code or "")
    assert all(str(why) and why.code not in str(why) for why in found.values())


def test_tags_that_are_read_are_never_written():
    owners = Owners.of([("tags", Reason("mapping.for_key"))])
    assert refusals([line("tags", "tags:shop:")], FIELDS, owners)[0].code == "mapping.owned"


@given(st.lists(LINES, max_size=MOST_LINES + 2))
def test_each_place_has_one_line_and_no_prefix_begins_another(lines):
    bad = refusals(lines, FIELDS, Owners())
    left = [one.target for at, one in enumerate(lines) if at not in bad]
    assert len(left) == len(set(left)) <= MOST_LINES


def test_prefixes_that_begin_each_other_are_refused():
    lines = [line("tags", "tags:shop:"), line("vendor", "tags:shop:brand:")]
    assert refusals(lines, FIELDS, Owners())[1].code == "mapping.prefixes"


@pytest.mark.parametrize(
    ("property", "target", "texts", "value"),
    [
        ("title", "field:title", [("Bag",)], "Bag"),
        ("title", "field:title", [("Bag",), ("Bag",)], "Bag"),
        ("title", "field:title", [("Bag",), ("Tasche",)], "mapping.several"),
        ("sku", "field:title", [("A-10", "A-2"), ("A-2",)], "A-2, A-10"),
        ("sku", "field:brand", [("A-1", "A-2")], "mapping.several"),
        ("vendor", "field:brand", [("acme",)], "acme"),
        ("vendor", "field:brand", [("Acme",)], "acme"),
        ("vendor", "field:brand", [("Zeta",)], "Zeta"),
        ("vendor", "field:brand", [("Old & Sons",)], "mapping.entry_gone"),
        ("tags", "field:labels", [("new", "sale")], ("new", "sale")),
        ("tags", "tags:shop:", [("sale", "new")], ("shop:new", "shop:sale")),
        ("tags", "tags:shop:", [("a,b",)], "mapping.comma"),
        ("title", "context:note", [("x" * 256,)], "mapping.too_long"),
        ("title", "field:title", [("a\\b",)], "sheet.backslash"),
        ("linked", "field:since", [("2026-11-30",)], "2026-11-30"),
        ("title", "field:title", [], ""),
        ("tags", "field:labels", [()], ()),
    ],
)
def test_values_are_as_cloudinary_takes_them_or_have_a_reason(property, target, texts, value):
    one = line(property, target)
    found = said(mapped(one), [Product({one.what: some}) for some in texts], FIELDS)
    if target in found.refused:
        assert found.refused[target].code == value
        assert str(found.refused[target])
    else:
        assert found.values[target] == value


def test_what_a_list_lacks_is_named_and_a_list_that_grows_lacks_nothing():
    lines = (line("tags", "field:labels"), line("vendor", "field:brand"), line("sku", "field:free"))
    values = {Property.TAGS: ("new", "sale"), Property.VENDOR: ("Zeta",), Property.SKU: ("A",)}
    assert said(mapped(*lines), [Product(values)], FIELDS).entries == {
        "labels": {"sale": "sale"},
        "brand": {"Zeta": "Zeta"},
    }


def test_a_description_is_cut_after_a_word_and_nothing_else_is():
    one = line("description", "context:note")
    text = "word " * 100
    found = said(mapped(one), [Product({Property.DESCRIPTION: (text,)})], FIELDS).values["context:note"]
    assert len(found) <= 255
    assert found.endswith("word…")


@given(st.lists(st.dictionaries(st.sampled_from([*Property]), st.lists(TEXTS, max_size=3)), max_size=3))
def test_each_line_comes_to_a_value_or_to_a_reason(products):
    lines = [line("title", f"field:{id}") for id in FIELDS]
    lines += [line("tags", "tags:shop:"), line("description", "context:note"), line("sku", "context:skus")]
    found = said(Mapped(tuple(lines)), [Product(one) for one in products], FIELDS)
    assert found.values.keys() | found.refused.keys() == {one.target for one in lines}
    assert not found.values.keys() & found.refused.keys()
    assert all(text.startswith("shop:") and "," not in text for text in found.values.get("tags:shop:", ()))


VALUES = st.sampled_from(["", "a", "b", "c", (), ("x",), ("x", "y")])
BASES = st.none() | VALUES


@pytest.mark.parametrize(
    ("base", "theirs", "ours", "found"),
    [
        (None, "", "a", Verdict.WRITE),
        (None, "a", "a", Verdict.SAME),
        (None, "b", "a", Verdict.CONFLICT),
        (None, "b", "", Verdict.SAME),
        ("b", "b", "a", Verdict.WRITE),
        ("b", "b", "", Verdict.WRITE),
        ("b", "c", "a", Verdict.CONFLICT),
        ("b", "", "a", Verdict.CONFLICT),
        ("a", "c", "a", Verdict.CONFLICT),
        (("x", "y"), ("y", "x"), ("x",), Verdict.WRITE),
    ],
)
def test_three_states_decide(base, theirs, ours, found):
    assert verdict(base, theirs, ours) == found


@given(BASES, VALUES, VALUES)
def test_what_somebody_else_wrote_is_never_written_over(base, theirs, ours):
    if verdict(base, theirs, ours) == Verdict.WRITE:
        assert same(theirs, "" if base is None else base)


CODES = st.sampled_from(["field:a", "context:b", "tags:c:"])
STATES = st.dictionaries(CODES, VALUES)


@given(STATES, STATES, st.dictionaries(CODES, VALUES), st.booleans())
def test_a_second_time_nothing_is_written(values, current, base, replaces):
    first = reconciled(values, current, base, replaces=replaces)
    written = {**current, **first.wanted}
    remembered = {**base, **first.agreed, **first.wanted}
    second = reconciled(values, written, remembered, replaces=replaces)
    assert second.wanted == {}
    assert set(second.conflicts) == set(first.conflicts)


@given(STATES, STATES, STATES)
def test_undo_puts_back_what_was_there(values, current, base):
    wanted = reconciled(values, current, base, replaces=True).wanted
    old = {code: current.get(code, "") for code in wanted}
    step = turned({**current, **wanted}, wanted, old)
    assert not step.moved
    after = {**current, **wanted, **step.write}
    assert all(same(after[code], old[code]) for code in wanted)


TAGS = st.lists(st.sampled_from(["s:a", "s:b", "s:c"]), unique=True).map(tuple)


@given(TAGS, TAGS)
def test_tags_that_were_added_and_not_yet_removed_are_gone_on_with(old, new):
    added, removed = tags_moved(old, new)
    halfway = tuple(dict.fromkeys([*old, *added]))
    step = turned({"tags:s:": halfway}, {"tags:s:": old}, {"tags:s:": new})
    assert not step.moved
    assert set(halfway) - set(removed) == set(new)


def test_tags_of_others_in_between_stop_it():
    step = turned({"tags:s:": ("s:a", "s:b")}, {"tags:s:": ("s:a",)}, {"tags:s:": ("s:c",)})
    assert step.moved == ["tags:s:"]


@pytest.mark.parametrize(
    ("type", "text", "found"),
    [
        ("single_line_text_field", "Wool", ("Wool",)),
        ("list.single_line_text_field", '["a","b"]', ("a", "b")),
        ("list.number_integer", "[1,2]", ("1", "2")),
        ("weight", '{"value":2.5,"unit":"kg"}', ("2.5 kg",)),
        ("money", '{"amount":"9.90","currency_code":"EUR"}', ("9.90 EUR",)),
        ("file_reference", "gid://shopify/MediaImage/1", ()),
        ("list.product_reference", "[]", ()),
        ("list.single_line_text_field", "{broken", ()),
        ("boolean", "true", ("true",)),
        ("single_line_text_field", "", ()),
    ],
)
def test_metafields_are_texts(type, text, found):
    assert metafield_values(type, text) == found


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Soft &amp; warm.</p><p>Wool</p>", "Soft & warm. Wool"),
        ("<style>p{}</style>A<br>B<script>x()</script>", "A B"),
        ("plain", "plain"),
        ("<b>bo</b>ld", "bold"),
        ("", ""),
    ],
)
def test_descriptions_are_text(html, text):
    assert text_of(html) == text
