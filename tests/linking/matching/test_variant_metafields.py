"""Keys that stand in metafields of variants: the product is known by its variant, as by a SKU."""

import pytest

from linking import jobs
from linking.domain.fields import ShopifyField
from linking.matching import asking, metafields
from linking.models import StoreMatch
from linking.shopify.catalog import VARIANTS_READ, ReadWhole, candidates
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import ShopifyError
from tests.linking.visits import ask_and_answer, enter
from tests.scenes import Metafield, Variant, asset, product

TEXT, TEXTS = "single_line_text_field", "list.single_line_text_field"
STYLE = "variant_metafield:custom.style"


def styled(sku: str, styles: dict[str, str], **known):
    """A product with a variant for each colour, that has this style."""
    variants = tuple(
        Variant(colour, sku=f"{sku}-{colour}", options={"Color": colour}, metafields=kept(style))
        for colour, style in styles.items()
    )
    return product(sku, variants=variants, **known)


def kept(style: str):
    type = TEXTS if style.startswith("[") else TEXT
    return {("custom", "style"): (type, style)} if style else {}


@pytest.fixture
def place(scene):
    found = scene(
        [
            styled("shirt", {"Red": "S-1", "Blue": "S-2"}),
            styled("cap", {"Red": '["S-3", "S-4"]'}),
            styled("bag", {"": ""}),
        ],
        [asset(f"a{at}", key, at) for at, key in enumerate(["S-1", "S-2", "S-4", "s-1"])],
        metafields=[
            Metafield("custom", "style", TEXT, True, "PRODUCTVARIANT"),
            Metafield("custom", "style", TEXT, False),
        ],
    )
    found.world.settings.change({"bulk_seconds": [0.05, 0.1]})
    return found


def test_a_key_is_found_on_variants_and_names_them_as_a_sku_does(place):
    ask_and_answer(place.select(shopify_field=STYLE))
    [match] = StoreMatch.objects.all()
    found = {
        row.key: [(one["handle"], one["skus"], one["options"], str(one["why"])) for one in row.products]
        for row in match.keys.all()
    }
    why = "custom.style {}, variant {}"
    ids = {v.sku: v.id for p in place.shop.products.values() for v in p.variants}
    assert found == {
        "S-1": [("product-shirt", {ids["shirt-Red"]: "shirt-Red"}, ["Color"], why.format("S-1", "Red"))],
        "S-2": [("product-shirt", {ids["shirt-Blue"]: "shirt-Blue"}, ["Color"], why.format("S-2", "Blue"))],
        "S-4": [("product-cap", {ids["cap-Red"]: "cap-Red"}, ["Color"], why.format("S-4", "Red"))],
        "s-1": [],
    }
    assert match.note == VARIANTS_READ


def test_a_search_that_knows_no_metafields_of_variants_is_no_answer(place):
    """Shopify ignores what it does not know, and would give back every variant."""
    client = ShopifyClient(place.stores[0], pause=lambda seconds, reason: None)
    with pytest.raises(ReadWhole) as caught:
        list(candidates(client, ShopifyField.parse(STYLE), ["S-1"]))
    assert caught.value.note == VARIANTS_READ
    assert client.spent.requests == 2  # the definition, and one search that said so


def test_a_metafield_that_variants_have_not_is_said_to_be_missing(place):
    asked = candidates(ShopifyClient(place.stores[0]), ShopifyField.parse("variant_metafield:custom.size"), ["S-1"])
    with pytest.raises(ShopifyError, match="no variant metafield"):
        list(asked)


def test_pictures_of_variants_follow_the_key_as_with_a_sku(place):
    chosen = place.select("a0", "a1", shopify_field=STYLE, variant_pictures=True)
    place.run(chosen)
    files = place.shop.files
    shirt = place.shop.product_with("product-shirt")
    shown = {one.title: files[one.picture].filename[:2] for one in shirt.variants if one.picture}
    assert shown == {"Red": "a0", "Blue": "a1"}
    before = len(place.mutations())
    place.run(chosen)
    assert len(place.mutations()) == before


def test_the_page_offers_metafields_of_variants_where_those_are_asked_for(client, place):
    place.shop.define_metafield("custom", "grade", TEXT, False)
    chosen = place.select(shopify_field=STYLE)
    [match] = asking.ask(chosen).values()
    jobs.match(match.pk)
    assert {one.code for one in metafields.offered_by(place.stores)} == {"custom.style", "custom.grade"}
    assert [one.code for one in metafields.offered_by(place.stores, of_variants=True)] == ["custom.style"]
    enter(client, place.member, chosen)
    page = client.get(f"/selections/{chosen.key}/").content.decode()
    assert '<option value="variant_metafield" selected>' in page
    assert '<option value="custom.style">' in page
    assert "custom.grade" not in page
    assert "the variant’s picture" in page
