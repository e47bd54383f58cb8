import pytest

from sandbox.catalog.export import read
from sandbox.catalog.rows import CannotLoad

HEADER = (
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Value,Option2 Value,Variant SKU,Variant Barcode,"
    "Variant Price,Image Src,Image Position,Image Alt Text,Variant Image,Status\n"
)


def row(handle, title="", **given):
    cells = dict.fromkeys(HEADER.strip().split(","), "")
    names = {name.lower().replace(" ", "_").replace("(", "").replace(")", ""): name for name in cells}
    cells |= {"Handle": handle, "Title": title} | {names[key]: value for key, value in given.items()}
    return ",".join('"' + value.replace('"', '""') + '"' for value in cells.values()) + "\n"


def load(folder, said, *rows, header=HEADER):
    return read(folder(**{"products.csv": header + "".join(rows)}) / "products.csv", said.append)[0]


def test_rows_of_a_handle_are_variants_of_one_product(folder, said):
    rows = [
        row("tee", "Tee", option1_value="S", option2_value="Red", variant_sku="T-S"),
        row("tee", option1_value="M", variant_sku="T-M"),
    ]
    (product,) = load(folder, said, *rows)
    assert [(v.title, v.sku) for v in product.variants] == [("S / Red", "T-S"), ("M", "T-M")]
    assert said == []


def test_the_products_own_values_come_from_its_first_row(folder, said):
    given = {"vendor": "Fern", "type": "Shirt", "tags": "new, cotton ,new", "variant_price": "9.90"}
    (product,) = load(folder, said, row("tee", "Tee", **given))
    assert (product.vendor, product.product_type, list(product.tags)) == ("Fern", "Shirt", ["new", "cotton"])
    assert product.variants[0].price == "9.90"


def test_html_of_several_lines_with_quotes_and_commas_is_one_value(folder, said):
    html = '<p class="a">One,\ntwo</p>\n<ul>\n<li>three</li></ul>'
    (product,) = load(folder, said, row("tee", "Tee", **{"body_html": html}), row("tee", variant_sku="1"))
    assert product.description_html == html


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_files_from_spreadsheets_are_read_in_their_encoding(folder, said, encoding):
    text = (HEADER + row("ol", "Øl & brød")).replace("\n", "\r\n")
    path = folder(**{"products.csv": text.encode(encoding)}) / "products.csv"
    assert read(path, said.append)[0][0].title == "Øl & brød"


def test_odd_line_separators_inside_a_value_do_not_end_the_row(folder, said):
    assert [p.title for p in load(folder, said, "a,A\u2028B\n", "b,C\x0bD\n", header="Handle,Title\n")] == [
        "A\u2028B",
        "C\x0bD",
    ]


def test_a_variant_without_sku_has_none_and_a_sku_keeps_its_spaces(folder, said):
    one, other = load(folder, said, row("a", "A"), row("b", "B", variant_sku="B-1 "))
    assert (one.variants[0].sku, other.variants[0].sku) == (None, "B-1 ")


def test_pictures_come_in_the_order_of_their_position_with_their_alt_texts(folder, said):
    folder("one.jpg", "two.jpg")
    rows = [
        row("tee", "Tee", image_src="two.jpg", image_position="2"),
        row("tee", image_src="one.jpg", image_position="1", image_alt_text="One"),
    ]
    (product,) = load(folder, said, *rows)
    assert [(picture.filename, picture.alt) for picture in product.pictures] == [("one.jpg", "One"), ("two.jpg", "")]
    assert len(product.variants) == 1


def test_a_variants_picture_is_the_galleries(folder, said):
    folder("one.jpg", "two.jpg")
    rows = [
        row("tee", "Tee", option1_value="S", image_src="one.jpg", image_position="1"),
        row("tee", option1_value="M", variant_image="two.jpg", image_src="two.jpg", image_position="2"),
    ]
    (product,) = load(folder, said, *rows)
    assert [(picture.filename, list(picture.variants)) for picture in product.pictures] == [
        ("one.jpg", []),
        ("two.jpg", [1]),
    ]


def test_a_missing_or_unreadable_picture_is_named_and_the_product_stays(folder, said):
    path = folder(
        **{
            "bad.jpg": b"no picture",
            "products.csv": HEADER + row("a", "A", image_src="bad.jpg") + row("b", "B", image_src="no.jpg"),
        }
    )
    products, _ = read(path / "products.csv", said.append)
    assert [len(product.pictures) for product in products] == [0, 0]
    assert ("line 2" in said[0] and "bad.jpg" in said[0], "line 3" in said[1] and "no such file" in said[1]) == (
        True,
        True,
    )


def test_no_product_is_lost_for_a_value_that_linking_does_not_use(folder, said):
    rows = [
        row("a", "A", variant_price="free"),
        row("b", "B", variant_price="n/a"),
        row("", "C d"),
        row("e", variant_sku="E-1"),
        row("f", "F", status="deleted"),
        row("g", "G", image_position="first"),
    ]
    products = load(folder, said, *rows)
    assert [product.handle for product in products] == ["a", "b", "c-d", "e", "f", "g"]
    assert [products[0].variants[0].price, products[3].title, products[4].status] == ["0.00", "e", "DRAFT"]
    assert [text.partition("products.csv: ")[2] for text in said] == [
        "prices that are no numbers count as 0.00: 2 (the first: line 2, 'free')",
        "products without a title are called by their handles: 1 (the first: line 5, e)",
        "products with a status that Shopify does not know are drafts: 1 (the first: line 6, 'deleted')",
    ]


def test_a_row_that_belongs_to_no_product_is_named_and_a_thousand_are_a_few_lines(folder, said):
    rows = [row("", variant_sku=f"X-{at}") for at in range(1000)]
    assert [product.handle for product in load(folder, said, row("a", "A"), *rows)] == ["a"]
    assert [text.partition("products.csv")[2] for text in said] == [
        *(f", line {line}: left out (it has neither a Handle nor a Title)" for line in range(3, 8)),
        ": 995 more rows like these",
    ]


def test_a_row_with_too_many_cells_is_named(folder, said):
    assert [p.handle for p in load(folder, said, "a,A,x\n", "b,B,,\n", header="Handle,Title\n")] == ["b"]
    assert "line 2: left out (it has 3 cells, the header 2)" in said[0]


def test_a_quote_that_never_closes_is_named_with_the_line_where_it_opens(folder, said):
    assert [p.handle for p in load(folder, said, "a,A\n", 'b,"B\n', "c,C\n", header="Handle,Title\n")] == ["a"]
    assert "line 3" in said[0]


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"status": "draft"}, "DRAFT"),
        ({"status": "Archived", "published": "true"}, "ARCHIVED"),
        ({"published": "false"}, "DRAFT"),
        ({"published": "TRUE"}, "ACTIVE"),
        ({}, "ACTIVE"),
    ],
)
def test_status_decides_and_published_stands_in_for_it(folder, said, given, status):
    assert load(folder, said, row("a", "A", **given))[0].status == status


def test_metafields_are_read_from_both_forms_of_header(folder, said):
    header = (
        "Handle,Title,Metafield: custom.material [single_line_text_field],Grade (product.metafields.my_app.grade)\n"
    )
    header = header.replace("\n", ",Metafield: custom.weight [number_integer]\n")
    path = folder(**{"products.csv": header + "a,A,Wool,B+,7\nb,B,,,\n"}) / "products.csv"
    products, definitions = read(path, said.append)
    assert products[0].metafields == {
        ("custom", "material"): ("single_line_text_field", "Wool"),
        ("my_app", "grade"): ("single_line_text_field", "B+"),
        ("custom", "weight"): ("number_integer", "7"),
    }
    assert products[1].metafields == {}
    assert [(known.key, known.admin_filterable) for known in definitions] == [
        ("material", True),
        ("grade", True),
        ("weight", False),
    ]


def test_unknown_columns_are_passed_over(folder, said):
    assert len(load(folder, said, "a,A,1,2\n", header="Handle,Title,Google Shopping / MPN,Whatever\n")) == 1
    assert said == []


def test_the_newer_template_names_its_columns_differently(folder, said):
    header = "Title,URL handle,Description,Status,SKU,Barcode,Option1 name,Option1 value,Price,Product image URL\n"
    folder("one.jpg")
    (product,) = load(folder, said, "Tee,tee,<p>x</p>,Active,T-1,123,Size,S,5.00,one.jpg\n", header=header)
    (variant,) = product.variants
    assert (product.handle, product.description_html, len(product.pictures)) == ("tee", "<p>x</p>", 1)
    assert (variant.sku, variant.barcode, variant.title, variant.price) == ("T-1", "123", "S", "5.00")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("Name,Price\na,1\n", "has no column Title; its columns are Name, Price"),
        (HEADER, "holds no product"),
    ],
)
def test_a_file_without_products_is_a_clear_message(folder, said, text, message):
    path = folder(**{"products.csv": text}) / "products.csv"
    with pytest.raises(CannotLoad, match=message) as refused:
        read(path, said.append)
    assert str(path) in str(refused.value)


def test_a_missing_file_is_a_clear_message(tmp_path, said):
    with pytest.raises(CannotLoad, match="does not exist"):
        read(tmp_path / "none.csv", said.append)
