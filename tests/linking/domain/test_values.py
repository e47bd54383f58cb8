"""Fields, groups, order, matches and file names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.domain.assets import Asset
from linking.domain.fields import BadField, CloudinaryField, ShopifyField
from linking.domain.filenames import called, file_name, mark_of, mark_of_made, read_mark
from linking.domain.grouping import group
from linking.domain.keying import Keying
from linking.domain.matching import Candidate, Verdict, decide
from linking.domain.ordering import Order, arrange
from linking.domain.swatches import SwatchRule
from linking.models import StoreFile
from setup.file_names import slug

SKU = CloudinaryField.parse("metadata:sku")


def by(code: str) -> list[Order]:
    return [Order(CloudinaryField.parse(code))]


def asset(asset_id: str, **known) -> Asset:
    return Asset(asset_id, known.pop("public_id", f"shop/{asset_id}"), **known)


@pytest.mark.parametrize(
    "code", ["metadata:sku", "context:alt", "tags", "public_id", "display_name", "folder", "metadata:a:b"]
)
def test_a_cloudinary_field_is_what_its_code_says(code):
    assert str(CloudinaryField.parse(code)) == code


@pytest.mark.parametrize("code", ["", "metadata", "metadata:", "tags:x", "color"])
def test_an_unknown_cloudinary_field_is_refused(code):
    with pytest.raises(BadField):
        CloudinaryField.parse(code)


@pytest.mark.parametrize("code", ["sku", "product_type", "metafield:custom.material", "metafield:$app:x.y_1"])
def test_a_shopify_field_is_what_its_code_says(code):
    assert str(ShopifyField.parse(code)) == code


@pytest.mark.parametrize("code", ["", "SKU", "sku:x", "metafield:custom", 'metafield:a".b', "metafield:custom.a b"])
def test_an_unknown_shopify_field_is_refused(code):
    with pytest.raises(BadField):
        ShopifyField.parse(code)


def test_assets_are_grouped_by_key_in_order_of_appearance_and_the_keyless_come_last():
    a, b, c, d = (
        asset(i, metadata=m) for i, m in zip("abcd", [{"sku": "2"}, {}, {"sku": "1"}, {"sku": "2"}], strict=True)
    )
    assert [(g.key, g.assets) for g in group([a, b, c, d], Keying(SKU))] == [("2", (a, d)), ("1", (c,)), ("", (b,))]


def test_an_asset_with_several_values_is_in_several_groups():
    a = asset("a", tags=("red", "blue", "red"))
    assert [g.key for g in group([a], Keying(CloudinaryField.parse("tags")))] == ["red", "blue"]


def test_numbers_order_as_numbers_text_naturally_and_missing_values_last():
    values = ["10", "b2", None, "9", "-1", "b10", "2.5"]
    assets = [asset(str(at), metadata={"n": value} if value else {}) for at, value in enumerate(values)]
    ordered = arrange(assets, by("metadata:n"))
    assert [a.metadata.get("n") for a in ordered] == ["-1", "2.5", "9", "10", "b2", "b10", None]


@pytest.mark.parametrize(
    "wanted",
    [
        ["01", "02", "02a", "03", "10"],
        ["\u00a01", "2 ", "\u200b10", None],
        ["9007199254740992", "9007199254740993", "9" * 400, "x", "\u200b"],
        ["31.12.2025", "2026-01-05", "Jan 6, 2026"],
    ],
)
def test_assets_stand_as_people_count(wanted):
    assets = [asset(str(at), metadata={"n": value} if value else {}) for at, value in enumerate(wanted)]
    ordered = arrange([*assets[2:], assets[1], assets[0]], by("metadata:n"))
    assert [one.metadata.get("n") for one in ordered] == wanted


def test_of_several_values_the_first_that_says_anything_decides():
    assets = [asset("b", tags=("\u00a0", "10")), asset("a", tags=("2",))]
    assert [one.asset_id for one in arrange(assets, by("tags"))] == ["a", "b"]


def test_without_an_ordering_field_assets_stay_as_they_came():
    assets = [asset("b"), asset("a")]
    assert arrange(assets, ()) == tuple(assets)


def test_a_near_hit_is_no_match():
    near = [Candidate("p1", ("2001",)), Candidate("p2", ("20 0",)), Candidate("p3", ("SKU-1",))]
    found = decide(["200", "sku-1"], near, ShopifyField.parse("sku"))
    assert {key: match.verdict for key, match in found.items()} == dict.fromkeys(["200", "sku-1"], Verdict.UNMATCHED)
    assert "“200”" in str(found["200"].reason)


@pytest.mark.parametrize("value", ["Kü", "Ku\u0308", "\u00a0Kü", "Ku\u0308\u200b", "Kü "])
def test_a_value_that_looks_like_the_key_matches(value):
    match = decide(["Ku\u0308"], [Candidate("p1", (value,))], ShopifyField.parse("title"))["Ku\u0308"]
    assert (match.verdict, match.product_ids) == (Verdict.MATCHED, ("p1",))
    assert f"“{value}”" in str(match.why["p1"]) or value in str(match.why["p1"])


def test_two_products_whose_skus_only_look_alike_are_left_to_the_person():
    candidates = [Candidate("p1", ("Kü",)), Candidate("p2", ("Ku\u0308",))]
    assert decide(["Kü"], candidates, ShopifyField.parse("sku"))["Kü"].verdict == Verdict.AMBIGUOUS


@pytest.mark.parametrize(
    ("value", "swatch"),
    [("Farbtu\u0308pfel", True), ("\u200bFarbtüpfel ", True), ("farbtüpfel", True), ("Farbtupfel", False)],
)
def test_an_asset_is_a_swatch_by_a_tag_in_either_form(value, swatch):
    assert SwatchRule.parse("tags", "Farbtüpfel").names(asset("a", tags=("x", value))) == swatch


def test_a_public_id_stays_as_it_is_and_a_name_is_composed():
    known = asset("a", public_id="shop/Ku\u0308che\u00a0")
    assert (known.public_id, known.name, known.spelled_name) == ("shop/Ku\u0308che\u00a0", "Küche", "Ku\u0308che\u00a0")
    assert asset("b", public_id="shop/c", display_name=" \u200b").name == "c"


def test_variants_of_one_product_are_one_match():
    candidates = [Candidate("p1", ("1",), "v1"), Candidate("p1", ("1",), "v2")]
    match = decide(["1"], candidates, ShopifyField.parse("sku"))["1"]
    assert (match.verdict, match.product_ids, match.variants) == (Verdict.MATCHED, ("p1",), {"p1": ("v1", "v2")})


def test_several_products_are_ambiguous_for_a_sku_and_meant_for_a_tag():
    candidates = [Candidate("p1", ("x",)), Candidate("p2", ("x",))]
    assert decide(["x"], candidates, ShopifyField.parse("sku"))["x"].verdict == Verdict.AMBIGUOUS
    assert decide(["x"], candidates, ShopifyField.parse("tag"))["x"].verdict == Verdict.MATCHED


@given(st.text(max_size=80), st.text(min_size=1), st.integers(0), st.sampled_from(["jpg", "png", "mp4"]))
def test_a_file_name_tells_its_asset_and_rendition(name, asset_id, version, extension):
    mark = mark_of(asset_id, version, "c_limit,w_100")
    text = file_name(name, mark, extension)
    assert read_mark(text) == mark
    assert len(text) <= 100


@given(st.text(max_size=300), st.integers(0), st.sampled_from(["jpg", "png", "mp4"]), st.integers(1, 99))
def test_whatever_the_words_are_the_mark_is_read_again_and_the_name_is_not_too_long(text, version, extension, attempt):
    mark = mark_of("asset", version, "c_limit,w_100")
    words = slug(text) or "asset"
    name = called(words, file_name("Oak", mark, extension))
    again = StoreFile(name=name, attempt=attempt).file_name
    appended = again.replace(f".{extension}", f"_0a1b2c3d-0000-4000-8000-000000000000.{extension}")
    assert name == f"{words}-{mark}.{extension}"
    assert read_mark(name) == read_mark(again) == mark_of_made(appended) == mark
    assert len(appended) <= 255


@given(st.text(max_size=300), st.integers(0), st.integers(0))
def test_two_renditions_never_have_the_same_name(text, one, other):
    names = {file_name(text, mark_of("asset", version, "c_limit,w_100"), "jpg") for version in (one, other)}
    assert len(names) == len({one, other})


COPY = "https://cdn.shopify.com/s/files/1/1/files/oak-al0123456789ab-01234567_0a1b2c3d-0000-4000-8000-000000000000.jpg"


def test_a_copy_that_the_admin_made_of_our_file_is_the_merchants():
    assert read_mark(COPY + "?v=1") is None


def test_a_file_that_we_made_under_a_name_that_was_taken_is_ours():
    assert str(mark_of_made(COPY + "?v=1")) == "al0123456789ab-01234567"


def test_a_foreign_file_has_no_mark():
    assert read_mark("https://cdn.shopify.com/s/files/1/1/files/oak-chair.jpg?v=1") is None
