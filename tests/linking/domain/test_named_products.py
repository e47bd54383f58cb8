"""Products that a program names, as a run keeps them and as stores answer for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.arrangements import ARRANGED, KeptArrangement
from linking.domain.fields import ShopifyField
from linking.domain.galleries import MAX_MEDIA
from linking.domain.matching import Candidate, Verdict, decide
from linking.domain.named_products import (
    FIELDS,
    ID,
    PRODUCT,
    BadReference,
    Reference,
    Row,
    answer_of,
    disagreeing,
    faults,
    kept,
    labels,
    row_numbers,
)
from setup.spelling import plain

# Few of them, and such as look like codes, so that they meet.
TEXTS = st.sampled_from(["a", "b", "sku:a", "handle:a", "ä", " a ", f"{PRODUCT}1"]) | st.text(
    min_size=1, max_size=9
).filter(plain)
REFERENCES = st.builds(lambda by, text: Reference.of(**{by: text}), st.sampled_from(list(FIELDS)), TEXTS) | st.builds(
    lambda number: Reference.of(id=f"{PRODUCT}{number}"), st.integers(0, 9)
)
ASSETS = st.lists(st.sampled_from("stuvw"), min_size=1, max_size=4).map(tuple)
ROWS = st.lists(st.builds(Row, REFERENCES, ASSETS, st.integers(0, MAX_MEDIA)), min_size=1, max_size=8)


def arranged(rows) -> KeptArrangement:
    return KeptArrangement.of({"groups": kept(rows), "excluded": [], "alts": {}, "alt_sources": {}})


@given(REFERENCES)
def test_a_code_says_all_of_a_reference(one):
    assert Reference.parse(one.code) == one


@given(ROWS)
def test_a_run_keeps_each_row_as_it_was_said(rows):
    found = arranged(rows)
    assert found.whole(*ARRANGED)
    assert [(one.asks, one.position) for one in found.groups] == [(row.product.code, row.position) for row in rows]
    assert [tuple(one.assets) for one in found.groups] == [tuple(dict.fromkeys(row.assets)) for row in rows]


@given(st.lists(REFERENCES, min_size=1, max_size=8))
def test_labels_tell_products_apart(products):
    said = dict(zip(products, labels(products), strict=True))
    assert len(set(said.values())) == len(said)
    if len({one.by for one in products}) == 1:
        assert all(label == one.text for one, label in said.items())


@given(ROWS)
def test_the_row_of_a_line_has_its_product_and_its_asset(rows):
    groups = arranged(rows).groups
    known = row_numbers(groups)
    for label, row in zip(labels([one.product for one in rows]), rows, strict=True):
        for asset in row.assets:
            found = rows[known[label, asset]]
            assert (found.product, asset in found.assets) == (row.product, True)
    assert known.get(("nothing of the kind", "s")) is None


@given(ROWS, st.booleans(), st.integers(1, 5))
def test_faults_point_to_rows_that_have_them(rows, by_position, most):
    places = {place for place, _text in faults(rows, by_position=by_position, most=most)}
    wrong = {f"/products/{at}/position" for at, row in enumerate(rows) if row.position and not by_position}
    too_many = len({asset for row in rows for asset in row.assets}) > most
    assert places == wrong | ({"/products"} if too_many else set())


def test_a_row_has_assets_and_no_more_than_a_gallery_holds():
    product = Reference.of(sku="a")
    rows = [Row(product, ()), Row(product, [str(at) for at in range(MAX_MEDIA + 1)])]
    places = [place for place, _text in faults(rows, by_position=False, most=1000)]
    assert places == ["/products/0/assets", "/products/1/assets"]


@given(st.lists(st.tuples(st.sampled_from("st"), st.none() | st.sampled_from(["", "x", "y"])), max_size=6))
def test_an_asset_that_is_said_to_have_one_alt_text_disagrees_nowhere(alts):
    wrong = disagreeing(alts)
    left = [one for at, one in enumerate(alts) if at not in wrong and one[1] is not None]
    assert len(set(left)) == len({asset for asset, _alt in left})
    assert all(alts[at][1] is not None for at in wrong)


@given(REFERENCES.filter(lambda one: one.by != ID), st.lists(st.tuples(st.sampled_from("123"), TEXTS), max_size=6))
def test_a_name_means_a_product_only_where_exactly_one_has_it(one, catalog):
    candidates = [Candidate(product, (value,)) for product, value in catalog]
    found = decide([one.text], candidates, FIELDS[one.by])[one.text]
    answer, having = answer_of(one, found), {product for product, value in catalog if plain(value) == one.text}
    verdicts = {0: Verdict.UNMATCHED, 1: Verdict.MATCHED}
    assert answer.verdict == verdicts.get(len(having), Verdict.AMBIGUOUS)
    assert set(answer.product_ids) == having
    assert answer.reason.code in ("", "match.no_product_named", "match.several_products_named")
    assert bool(answer.reason) == (len(having) != 1)


def test_what_a_store_lacks_is_named_as_the_program_did():
    assert str(answer_of(Reference.of(id=f"{PRODUCT}7"), None).reason) == f"The store has no product {PRODUCT}7."
    assert str(answer_of(Reference.of(handle="shirt"), None).reason) == "No product has the handle “shirt”."
    assert FIELDS["handle"] == ShopifyField.parse("handle")


@pytest.mark.parametrize(
    "given_",
    [
        {},
        {"sku": "  "},
        {"sku": "a", "handle": "b"},
        {"id": "7"},
        {"id": f"{PRODUCT}x"},
        {"id": PRODUCT + "9" * 20},
        {"sku": "a" * 256},
    ],
)
def test_a_reference_is_exactly_one_name(given_):
    with pytest.raises(BadReference):
        Reference.of(**given_)


@pytest.mark.parametrize("code", ["", "a", "title:a", "sku:", f"{PRODUCT}x"])
def test_a_code_names_how(code):
    with pytest.raises(BadReference):
        Reference.parse(code)


@pytest.mark.parametrize("asks", [7, "", "title:a", None])
def test_half_of_a_row_is_not_read_as_a_group_without_a_product(asks):
    damaged = KeptArrangement.of(
        {"groups": [["a", ["s"], False, {}, True, {"asks": asks, "position": 0}]], "excluded": []}
    )
    assert not damaged.whole("groups")
    assert damaged.groups[0].asks == ""
