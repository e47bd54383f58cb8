"""A person's own export, as far as the stores: what it names by address, and what its values are there."""

import json

import pytest

from sandbox.building import build
from sandbox.catalog.drawing.cards import card
from sandbox.catalog.loading import chosen
from sandbox.shopify import search
from tests.sandbox.world.factories import film, picture

CDN = "https://cdn.shopify.com/s/files/1/0000/0000/files"
HEADER = (
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src,"
    "Image Position,Image Alt Text,Status,Variant Image,Color (product.metafields.shopify.color-pattern),"
    "Codes (product.metafields.custom.codes)\n"
)
LAMP = {"Handle": "oak-lamp", "Title": "Oak Lamp", "Variant SKU": "OAK-1", "Status": "active"}


def row(**given):
    names = {name.lower().replace(" ", "_"): name for name in HEADER.strip().split(",")}
    cells = dict.fromkeys(names.values(), "") | {names.get(name, name): value for name, value in given.items()}
    return ",".join('"' + value.replace('"', '""') + '"' for value in cells.values()) + "\n"


def shown(*sources, **given):
    """A lamp with these pictures, one a row."""
    first, *rest = sources or ("",)
    return row(**LAMP, image_src=first, image_position="1", **given) + "".join(
        row(Handle="oak-lamp", image_src=source, image_position=str(at)) for at, source in enumerate(rest, 2)
    )


@pytest.fixture
def store(folder, said, tmp_path):
    """store(rows, "a.jpg", ...): the store made of them, with these files in a folder of assets."""

    def made(rows, *files, **texts):
        path = folder(**{"products.csv": HEADER + rows}, **texts)
        folder(*(f"assets/{name}" for name in files))
        assets = path / "assets" if files else None
        catalog = chosen(path / "products.csv", assets, said.append)
        world = build(catalog, folder=tmp_path / "world", base_url="http://localhost:8001", stores=1)
        return next(iter(world.shops.values()))

    return made


def gallery(shop, handle="oak-lamp"):
    product = shop.product_with(handle)
    return [shop.files[one] for one in product.media]


def content(shop, file):
    return shop.world.blobs.get(file.content.blob)


def matches(shop, query):
    found = search.compile(shop, "products", query).ids()
    return sorted(shop.products[one].handle for one in found)


def test_pictures_by_address_are_there_in_order_with_their_texts_and_one_line_tells_of_them(store, said):
    rows = row(**LAMP, image_src=f"{CDN}/oak-2.jpg?v=1", image_position="2", image_alt_text="Side")
    rows += row(Handle="oak-lamp", image_src=f"{CDN}/oak-1.jpg?v=1", image_position="1", image_alt_text="Front")
    shop = store(rows)
    files = gallery(shop)
    assert [(file.filename, file.alt, file.status) for file in files] == [
        ("oak-1.jpg", "Front", "READY"),
        ("oak-2.jpg", "Side", "READY"),
    ]
    assert content(shop, files[0]) != content(shop, files[1])
    assert [text.partition("products.csv: ")[2].partition(":")[0] for text in said] == [
        "pictures that are named by address are drawn, because the sandbox fetches nothing from the internet"
    ]


def test_a_drawn_picture_is_the_same_every_time_and_another_for_another_address_or_product():
    known = card("Oak Lamp", "oak.jpg", f"{CDN}/oak.jpg", 1)
    assert card("Oak Lamp", "oak.jpg", f"{CDN}/oak.jpg", 1) == known
    others = [("Ash Lamp", "oak.jpg", f"{CDN}/oak.jpg", 1), ("Oak Lamp", "oak.jpg", "https://else.where/oak.jpg", 1)]
    assert known not in [card(*other) for other in others]


@pytest.mark.parametrize(
    ("address", "name", "mime"),
    [
        (f"{CDN}/oak.png?v=1", "oak.png", "image/png"),
        (f"{CDN}/OAK%20lamp.JPEG", "OAK lamp.JPEG", "image/jpeg"),
        (f"{CDN}/oak.webp", "oak.webp", "image/webp"),
        (f"{CDN}/oak.heic", "oak.jpg", "image/jpeg"),
        ("//cdn.shopify.com/oak.gif", "oak.gif", "image/gif"),
        ("http://shop.example/image.php?id=7", "image.php.jpg", "image/jpeg"),
        ("https://shop.example/", "picture.jpg", "image/jpeg"),
        ("https://[broken/oak.jpg", "picture.jpg", "image/jpeg"),
        (f"https://shop.example/{'o' * 400}.jpg", f"{'o' * 200}.jpg", "image/jpeg"),
    ],
)
def test_any_address_gives_a_picture_with_a_name_and_a_format_that_fit(store, address, name, mime):
    (file,) = gallery(store(shown(address)))
    assert (file.filename, file.kind, file.content.mime) == (name, "MediaImage", mime)


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        (f"{CDN}/oak.jpg?v=1", f"{CDN}/oak.jpg?v=2", 1),
        (f"{CDN}/oak.jpg", f"{CDN.replace('https:', '')}/oak.jpg?v=2", 1),
        (f"{CDN}/oak.jpg", "https://else.where/oak.jpg", 2),
        ("https://video.example/watch?v=1", "https://video.example/watch?v=2", 2),
        ("https://shop.example/image.php?id=1", "https://shop.example/image.php?id=2", 2),
    ],
)
def test_addresses_of_one_file_are_one_picture_and_others_are_not(store, one, other, count):
    assert len(gallery(store(shown(one, other)))) == count


@pytest.mark.parametrize("name", ["oak-1.jpg", "OAK-1.JPG", "deep/er/oak-1.jpg"])
def test_a_file_of_that_name_is_taken_wherever_it_lies_in_the_folder(store, said, name):
    shop = store(shown(f"{CDN}/oak-1.jpg?v=7"), name)
    (file,) = gallery(shop)
    assert (file.filename, content(shop, file)) == (name.rpartition("/")[2], picture(color="#014060"))
    assert said == []


def test_a_file_that_the_store_would_refuse_or_nobody_can_read_is_named_and_a_drawn_one_stands_for_it(store, said):
    huge = picture(size=(5200, 40))
    shop = store(shown(f"{CDN}/huge.jpg", f"{CDN}/bad.jpg", "huge.jpg"), **{"huge.jpg": huge, "bad.jpg": b"x"})
    assert [file.filename for file in gallery(shop)] == ["huge.jpg", "bad.jpg"]
    assert [text.partition("products.csv, ")[2].partition(";")[0] for text in said[:3]] == [
        f"line 2: the picture {CDN}/huge.jpg: Shopify would refuse it: The image has 5200 x 40 pixels, which is too many.",
        f"line 3: the picture {CDN}/bad.jpg: Shopify would refuse it: The file is not an image of a supported type.",
        "line 4: the picture huge.jpg: Shopify would refuse it: The image has 5200 x 40 pixels, which is too many.",
    ]


@pytest.mark.parametrize(
    ("name", "content", "kinds"),
    [
        ("film.mp4", film, ["Video"]),
        ("film.jpg", film, []),
        ("picture.mp4", picture, []),
        ("picture.txt", picture, []),
        ("phone.heic", lambda: b"\0\0\0\x18ftypheic", []),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_left_out(store, said, name, content, kinds):
    files = gallery(store(shown(name), **{name: content()}))
    assert ([file.kind for file in files], len(said)) == (kinds, 0 if kinds else 1)


def test_a_thousand_files_that_are_missing_are_a_few_lines(store, said):
    shop = store(shown(*(f"images/{at}.jpg" for at in range(1000))))
    assert (gallery(shop), len(said)) == ([], 6)
    assert said[-1].endswith("995 more pictures like these")


def test_a_variants_picture_is_its_own_and_its_place_is_not_that_of_the_picture_in_its_row(store):
    """Exports name a variant's picture in the variant's row, beside whichever picture of the gallery comes there."""
    rows = row(
        **LAMP, option1_value="S", image_src=f"{CDN}/a.jpg?v=1", image_position="1", variant_image=f"{CDN}/c.jpg?v=2"
    )
    rows += row(
        Handle="oak-lamp",
        option1_value="M",
        image_src=f"{CDN}/b.jpg",
        image_position="2",
        variant_image=f"{CDN}/only.jpg",
    )
    rows += row(
        Handle="oak-lamp",
        option1_value="L",
        image_src=f"{CDN}/c.jpg?v=1",
        image_position="3",
        variant_image=f"{CDN}/c.jpg",
    )
    shop = store(rows)
    files = gallery(shop)
    assert [file.filename for file in files] == ["a.jpg", "b.jpg", "c.jpg", "only.jpg"]
    variants = shop.product_with("oak-lamp").variants
    assert [(one.title, shop.files[one.picture].filename) for one in variants] == [
        ("S", "c.jpg"),
        ("M", "only.jpg"),
        ("L", "c.jpg"),
    ]


@pytest.mark.parametrize("length", [140_000, 2_000_000])
def test_a_description_of_any_length_is_read(store, length):
    text = f"<p>{'a' * length}</p>"
    shop = store(
        row(**LAMP).replace('"oak-lamp","Oak Lamp",""', f'"oak-lamp","Oak Lamp","{text}"')
        + row(Handle="ash", Title="Ash")
    )
    assert [len(product.description_html) for product in shop.products.values()] == [length + 7, 0]


def test_metafields_of_a_category_are_references_and_no_text_that_is_searched_and_codes_are_a_list(store):
    colors, codes = "Color (product.metafields.shopify.color-pattern)", "Codes (product.metafields.custom.codes)"
    shop = store(
        row(**LAMP, **{colors: "beige; brown", codes: "A1; A2"}) + row(Handle="ash", Title="Ash", **{colors: "beige"})
    )
    lamp, ash = (shop.product_with(handle).metafields for handle in ("oak-lamp", "ash"))
    assert (lamp["custom.codes"].type, lamp["custom.codes"].value) == ("list.single_line_text_field", '["A1", "A2"]')
    assert lamp["shopify.color-pattern"].type == "list.metaobject_reference"
    beige, brown = json.loads(lamp["shopify.color-pattern"].value)
    assert beige.startswith("gid://shopify/Metaobject/")
    assert (json.loads(ash["shopify.color-pattern"].value), beige == brown) == ([beige], False)
    found = {
        query: matches(shop, query)
        for query in ("metafields.custom.codes:A2", "metafields.shopify.color-pattern:beige")
    }
    assert found["metafields.custom.codes:A2"] == ["oak-lamp"]
    assert found["metafields.shopify.color-pattern:beige"] == ["ash", "oak-lamp"], "as Shopify: the filter is ignored"


def test_options_are_called_as_the_products_first_row_calls_them(store):
    rows = row(**LAMP, option1_name="Colour", option1_value="Oak") + row(Handle="oak-lamp", option1_value="Ash")
    variants = store(rows).product_with("oak-lamp").variants
    assert [(v.title, v.options) for v in variants] == [("Oak", {"Colour": "Oak"}), ("Ash", {"Colour": "Ash"})]
