"""What Shopify says is mapped, previewed, written to Cloudinary and taken back in a real browser."""

import pytest
from playwright.sync_api import expect

from linking.models import Link
from sandbox.catalog.records import MetadataField
from tests.browser.barriers import violations
from tests.scenes import FIELDS, asset, product


@pytest.mark.full
def test_titles_go_to_a_field_tags_get_a_prefix_and_all_of_it_comes_back(house):
    fields = [*FIELDS, MetadataField("title", "Title")]
    place = house(
        [product("a", title="Oak chair", tags=("new",))], [asset("front", "a", tags=("theirs",))], fields=fields
    )
    front = next(iter(place.scene.world.environments[0].assets.values()))
    at = {"store": place.scene.stores[0], "environment": place.scene.environment, "medium_id": "m"}
    Link.objects.create(product_id=place.scene.shop.product_with("product-a").id, asset_id=front.asset_id, **at)
    place.launch(role="Media Library admin").get_by_role("heading", name="Setup", exact=True).wait_for()
    address = place.app.locator("body").evaluate("one => one.ownerDocument.location.origin")
    app = place.page
    app.goto(f"{address}/setup/")
    app.get_by_role("link", name="Shopify to Cloudinary").click()
    first, second = (app.get_by_role("group", name=f"Line {n}", exact=True) for n in (1, 2))
    first.get_by_label("Of the product").select_option(label="Title")
    first.get_by_label("Written to").select_option(label="Title")
    second.get_by_label("Of the product").select_option(label="Tags")
    second.get_by_label("Written to").select_option(label="Tags with a prefix")
    app.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(second.get_by_text("Write a prefix of letters and digits")).to_be_visible()
    assert violations(app, "mapping") == []
    second.get_by_label("Key or prefix").fill("shop:")
    app.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(app.get_by_text("The mapping is saved.")).to_be_visible()

    app.get_by_role("button", name="Preview the changes").press("Enter")
    app.get_by_role("button", name="Write 1 row to Cloudinary").press("Enter")
    expect(app.get_by_text("1 row written.")).to_be_visible()
    assert (front.metadata["title"], sorted(front.tags)) == ("Oak chair", ["shop:new", "theirs"])
    app.get_by_role("button", name="Undo what was written").press("Enter")
    expect(app.get_by_text("1 row undone.")).to_be_visible()
    assert (front.metadata.get("title", ""), list(front.tags)) == ("", ["theirs"])
