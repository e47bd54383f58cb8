"""What stores answer: not yet, not at all, no product, one, or several."""

from playwright.sync_api import expect

from linking.models import SelectedAsset, StoreMatch
from sandbox.catalog.records import Product
from setup.models import Store
from setup.reasons import Reason
from tests.browser import bar
from tests.browser.states.stage import Stage
from tests.linking.visits import ask_and_answer
from tests.scenes import Variant, asset, product


def shelf() -> list[Product]:
    bench = (Variant("Raw", sku="dup"), Variant("Oiled", sku="dup"))
    return [
        product("OAK-1", title="Oak chair", pictures=2),
        product("twin", handle="t1", title="Elm stool"),
        product("twin", handle="t2", title="Elm stool, oiled"),
        product("SKU-0012", title="Pine table"),
        Product(handle="bench", title="Birch bench", variants=bench),
    ]


def answers_of_stores(stage: Stage) -> None:
    scene = stage.furnish(shelf(), [asset("front", "OAK-1"), asset("side", "OAK-1", 1)], stores=2)
    selection = scene.select()
    path = f"/selections/{selection.key}/"
    stage.shows(path, "Stores are being asked", "Link to Products")
    scene.world.faults.add(service="shopify", kind="http_401", store=scene.stores[1].domain, times=None)
    ask_and_answer(selection)
    page = stage.visit(path)
    expect(bar.opened(page, "stores").get_by_text("Ask an admin to look at it in Setup.")).to_be_visible()
    stage.look(page, "A store's token is revoked")
    stage.enter("master_admin")
    stage.shows("/setup/", "A store's token is revoked, Setup", "Needs attention")
    stage.enter("media_library_user")
    StoreMatch.objects.filter(store=scene.stores[0]).update(state="failed", problem=Reason("shopify.no_answer"))
    page = stage.visit(path)
    expect(bar.opened(page, "stores").get_by_text("The store did not answer.")).to_be_visible()
    stage.look(page, "A store did not answer")
    Store.objects.filter(pk=scene.stores[0].pk).update(status=Store.Status.PAUSED)
    stage.shows(path, "A store is paused", "Link to Products")
    selection.stores.clear()
    stage.shows(path, "No store is chosen", "Tick a store to see its products")


def answers_for_keys(stage: Stage) -> None:
    names = [("front", "OAK-1"), ("stool", "twin"), ("near", "SKU-012"), ("bench", "dup"), ("lost", "none")]
    pictures = [asset(name, sku, at) for at, (name, sku) in enumerate(names)]
    stage.furnish(shelf(), [*pictures, asset("logo", None, 9)])
    stage.shows(stage.board("lost"), "No key matches", "No product can be linked yet")
    stage.shows(stage.board("stool", "front"), "A key matches several products", "Ambiguous: 2 matches")
    stage.page.get_by_role("button", name="Choose products …").first.click()
    expect(stage.page.get_by_text("None gets the assets until you choose")).to_be_visible()
    stage.look(stage.page, "A key matches several products, and one chooses")
    stage.shows(stage.board("bench"), "Two variants of a product share the SKU", "Birch bench")
    stage.shows(stage.board("near"), "A nearest value is offered", "SKU-0012")
    stage.shows(stage.board("logo", cloudinary_field="metadata:sku"), "No asset has a value", "None of the assets")
    path = stage.board()
    SelectedAsset.objects.filter(selection__key=path.split("/")[2], place=4).update(details={})
    stage.shows(path, "All of them, and one that Cloudinary has no more", "no longer exists")
    page = stage.visit(path)
    bar.opened(page, "stores").get_by_text("without assets in North").click()
    expect(page.get_by_text("of 5 products in North.")).to_be_visible()
    stage.look(page, "Products that get no asset")
