import pytest

from sandbox.catalog.records import Picture, Product, Variant
from sandbox.shopify.records import Metafield
from tests.sandbox.world.factories import HTTP, picture, product

BAG = Product(
    handle="bag",
    title="Bag <b>",
    tags=["canvas"],
    variants=[Variant("Red", "B-1", "123", "9.00"), Variant("Blue", None)],
    metafields={("custom", "material"): ("single_line_text_field", "Canvas")},
    pictures=[Picture(picture(), "one.jpg", "First"), Picture(picture(color="#003050"), "two.jpg", "Second", [1])],
)


@pytest.fixture
def page(served):
    """page(path) below the first store, or the whole answer of another path."""
    world = served(products=[BAG, product("cap", "C-1", status="DRAFT")])
    domain = next(iter(world.shops))

    def get(path):
        return HTTP.request("GET", f"{world.base_url}{path.replace('STORE', f'/store/{domain}')}", redirect=False)

    get.world = world
    return get


def test_a_product_shows_its_gallery_in_order_its_variants_and_tags(page):
    html = page("STORE/products/bag").data.decode()
    assert html.index("one.jpg") < html.index("two.jpg")
    for part in ('alt="First"', 'alt="Second"', "B-1", "123", "canvas", "Canvas", "Bag &lt;b&gt;"):
        assert part in html


def test_a_variant_shows_its_swatch_as_its_metafield_names_it(page):
    shop = next(iter(page.world.shops.values()))
    bag = shop.product_with("bag")
    bag.variants[1].metafields["cloudinary.swatch"] = Metafield(
        "gid://shopify/Metafield/9", "file_reference", bag.media[0]
    )
    bag.variants[0].metafields["custom.note"] = Metafield(
        "gid://shopify/Metafield/8", "single_line_text_field", "Last one"
    )
    html = page("STORE/products/bag").data.decode()
    [swatch] = [
        part.partition(">")[0] for part in html.split("<img ")[1:] if 'class="swatch"' in part.partition(">")[0]
    ]
    assert ("one.jpg" in swatch, 'alt="First"' in swatch) == (True, True)
    assert html.index("Last one") < html.index('class="swatch"')  # each in the row of its variant


def test_pictures_of_the_gallery_can_be_fetched(page):
    html = page("STORE/products/bag").data.decode()
    url = html.split('<img src="')[1].split('"')[0].replace("&amp;", "&")
    answer = HTTP.request("GET", url)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/jpeg")


def test_the_shelf_names_every_product_and_tells_drafts(page):
    html = page("STORE/").data.decode()
    assert ("Cap" in html, ">draft<" in html, "No picture yet" in html) == (True, True, True)


def test_the_files_page_tells_name_status_and_where_a_file_is_shown(page):
    html = page("STORE/files").data.decode()
    for part in ("one.jpg", ">ready<", "/products/bag"):
        assert part in html


def test_the_admins_product_page_leads_to_the_product(page):
    shop = next(iter(page.world.shops.values()))
    number = shop.product_with("bag").id.rpartition("/")[2]
    answer = page(f"STORE/admin/products/{number}")
    assert (answer.status, answer.headers["Location"].endswith("/products/bag")) == (302, True)


@pytest.mark.parametrize("path", ["STORE/products/none", "STORE/admin/products/1", "/store/none.myshopify.com/"])
def test_what_is_not_there_is_a_404(page, path):
    assert page(path).status == 404


def test_the_front_page_leads_everywhere(page):
    html = page("/").data.decode()
    for link in ("/console/?environment=sandbox", "/world.json", "/journal.json", "/faults", "/files"):
        assert link in html
