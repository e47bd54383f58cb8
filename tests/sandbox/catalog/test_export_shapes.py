"""Exports in the shapes in which people have them: all products, variants, pictures and orders of each."""

import io
import json
import sys
import zipfile

import pytest

from sandbox.catalog.export import read
from sandbox.catalog.rows import CannotLoad
from tests.sandbox.catalog import shapes
from tests.sandbox.catalog.shapes import SHAPES, Thing

THINGS = shapes.things(60)


def load(folder, said, content, name="products_export_1.csv"):
    path = folder(**{name: content}) / name
    products, definitions = read(path, said.append)
    return {product.handle: product for product in products}, definitions


def expected(thing: Thing):
    """(title, type, status, tags, description), variants, pictures with the variants that show them."""
    pictures = [
        (name, alt, [n for n, variant in enumerate(thing.variants) if variant[4] == at])
        for at, (name, alt) in enumerate(thing.pictures)
    ]
    variants = [(size, sku or None, barcode, price) for size, sku, barcode, price, _ in thing.variants]
    return (thing.title, "Lamp", thing.status.upper(), thing.tags, shapes.body(thing)), variants, pictures


def found(product):
    own = (product.title, product.product_type, product.status, list(product.tags), product.description_html)
    variants = [(one.title, one.sku, one.barcode, one.price) for one in product.variants]
    return own, variants, [(one.filename, one.alt, list(one.variants)) for one in product.pictures]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.cases(2)
def test_a_whole_catalog_is_there_with_its_pictures_in_order_and_one_line_tells_of_those(folder, said, shape):
    products, _ = load(folder, said, shapes.text(shape, THINGS, ends="\r\n"))
    assert {handle: found(product) for handle, product in products.items()} == {
        thing.handle: expected(thing) for thing in THINGS
    }
    count = sum(len(thing.pictures) for thing in THINGS)
    assert count == 180
    assert [text.partition(".csv: ")[2] for text in said] == [
        "pictures that are named by address are drawn, because the sandbox fetches nothing from the internet:"
        f" {count} (the first: {shapes.address('thing-1-1.jpg')})"
    ]


@pytest.mark.parametrize("shape", SHAPES)
def test_lists_and_references_are_what_they_are_in_the_store(folder, said, shape):
    few = THINGS[:8]
    products, definitions = load(folder, said, shapes.text(shape, few))
    kinds = {f"{known.namespace}.{known.key}": (known.type, known.admin_filterable) for known in definitions}
    assert kinds["custom.codes"] == ("list.single_line_text_field", True)
    for thing in few:
        stored = products[thing.handle].metafields.get(("custom", "codes"), ("", "[]"))[1]
        assert json.loads(stored) == thing.codes
    if shape != "Shopify before 2024":
        assert kinds["shopify.color-pattern"] == ("list.metaobject_reference", False)
        kept = {thing.handle: products[thing.handle].metafields.get(("shopify", "color-pattern")) for thing in few}
        assert [len(json.loads(value[1])) if value else 0 for value in kept.values()] == [
            len(thing.colors) for thing in few
        ]
        assert all(one.startswith("gid://shopify/Metaobject/") for one in json.loads(kept["thing-2"][1]))


@pytest.mark.parametrize(
    ("mark", "ends", "encoding"),
    [
        (",", "\r\n", "utf-8-sig"),
        (";", "\r\n", "cp1252"),
        ("\t", "\n", "utf-16"),
        (";", "\r", "utf-16-le"),
        (",", "\n", "utf-16-be"),
    ],
)
def test_a_spreadsheet_that_wrote_it_again_changes_nothing(folder, said, mark, ends, encoding):
    written = shapes.text("Shopify now", THINGS[:12], mark=mark, ends=ends)
    products, _ = load(folder, said, written.encode(encoding))
    assert [found(product) for product in products.values()] == [expected(thing) for thing in THINGS[:12]]


def test_excels_line_that_names_the_separator_is_no_header(folder, said):
    products, _ = load(folder, said, "sep=;\r\n" + shapes.text("Shopify now", THINGS[:2], mark=";", ends="\r\n"))
    assert list(products) == ["thing-0", "thing-1"]


def test_one_byte_that_is_no_utf_8_does_not_garble_the_rest(folder, said):
    content = "Handle,Title\na,Øl\n".encode() + b"b,Caf\xe9\n" + "c,Å\n".encode()
    products, _ = load(folder, said, content)
    assert [product.title for product in products.values()] == ["Øl", "Café", "Å"]


def test_rows_in_any_order_make_the_same_products(folder, said):
    header, *rows = shapes.table("Matrixify", THINGS[:20])
    lines = [header, *rows[::-1], *([[""] * len(header)] * 2)]
    products, _ = load(
        folder, said, "\n".join(",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in line) for line in lines)
    )
    for thing in THINGS[:20]:
        own, variants, pictures = found(products[thing.handle])
        wanted = expected(thing)
        assert (own, variants, [one[:2] for one in pictures]) == (
            wanted[0],
            wanted[1][::-1],
            [one[:2] for one in wanted[2]],
        )


@pytest.mark.parametrize(("src", "alts", "position"), [("{0}; {1};", "One; Two", "1"), ("{0}\n{1}", "Both", "")])
def test_several_pictures_in_one_cell_are_as_many(folder, said, src, alts, position):
    cell = src.format(shapes.address("one.jpg"), shapes.address("two;3.jpg"))
    products, _ = load(
        folder, said, f'ID,Handle,Title,Image Src,Image Alt Text,Image Position\n1,a,A,"{cell}",{alts},{position}\n'
    )
    texts = alts.split("; ") if ";" in alts else [alts, alts]
    assert [(one.filename, one.alt) for one in products["a"].pictures] == [
        ("one.jpg", texts[0]),
        ("two;3.jpg", texts[1]),
    ]


def test_rows_without_a_handle_go_by_the_products_id_and_otherwise_each_is_a_product(folder, said):
    rows = "ID,Title,Variant SKU\n7,Oak Lamp,1\n7,,2\n8,Oak Lamp,3\n,Ash! Lamp,4\n,Ash! Lamp,5\n"
    products, _ = load(folder, said, rows)
    assert {handle: [one.sku for one in product.variants] for handle, product in products.items()} == {
        "oak-lamp": ["1", "2"],
        "oak-lamp-1": ["3"],
        "ash-lamp": ["4"],
        "ash-lamp-1": ["5"],
    }


def test_an_id_that_several_handles_have_is_none_of_products(folder, said):
    products, _ = load(folder, said, "ID,Handle,Title\n7,,A\n7,a,\n7,b,B\n7,c,C\n7,a,\n")
    assert {handle: product.title for handle, product in products.items()} == {"a": "A", "b": "B", "c": "C"}


def test_a_handle_is_one_whatever_the_letters_case(folder, said):
    products, _ = load(folder, said, "Handle,Title,Variant SKU\nOak,Oak,1\noak,,2\n")
    assert [one.sku for one in products["oak"].variants] == ["1", "2"]


def test_of_columns_with_one_name_the_first_value_counts(folder, said):
    header = " handle ,TITLE,Tags,Tags,Type,Custom Product Type,\ufeffvendor,,Variant  SKU\n"
    products, _ = load(folder, said, header + "a,A,,new,,Lamp,Fern,x,S-1\nb,B,old,new,Shade,Lamp,,,\n")
    a, b = products.values()
    assert (list(a.tags), a.product_type, a.vendor, a.variants[0].sku) == (["new"], "Lamp", "Fern", "S-1")
    assert (list(b.tags), b.product_type) == (["old"], "Shade")


@pytest.mark.parametrize(
    ("written", "price"),
    [
        ("10", "10.00"),
        ("10,5", "10.50"),
        ("1,299.00", "1299.00"),
        ("1.299,00", "1299.00"),
        ("1 299,90 kr", "1299.90"),
        ("free", "0.00"),
        ("€ 5.00", "5.00"),
        ("1,299", "1299.00"),
        ("USD 7", "7.00"),
        ("-3", "0.00"),
        ("1'299.50", "1299.50"),
        ("", "0.00"),
        ("1\u00a0299,00", "1299.00"),
    ],
)
def test_prices_are_read_with_commas_and_points_and_never_cost_a_product(folder, said, written, price):
    products, _ = load(folder, said, f'Handle,Title,Variant Price\na,A,"{written}"\n')
    assert products["a"].variants[0].price == price


@pytest.mark.parametrize(
    ("values", "kind", "stored"),
    [
        (["A1; A2", "A3"], "list.single_line_text_field", '["A1", "A2"]'),
        (['["A1","A2"]'], "list.single_line_text_field", '["A1", "A2"]'),
        (["A1", "A2;"], "single_line_text_field", "A1"),
        (["Salt &amp; pepper"], "single_line_text_field", "Salt &amp; pepper"),
        (["<p>a; b</p>"], "single_line_text_field", "<p>a; b</p>"),
        (['{"a": "b; c"}'], "single_line_text_field", '{"a": "b; c"}'),
        (["one\ntwo"], "multi_line_text_field", "one\ntwo"),
        (["[not; json"], "list.single_line_text_field", '["[not", "json"]'),
    ],
)
def test_the_type_of_a_metafield_is_read_from_its_values(folder, said, values, kind, stored):
    rows = "".join(f'p{at},P,"{value.replace(chr(34), chr(34) * 2)}"\n' for at, value in enumerate(values))
    products, (definition,) = load(folder, said, f"Handle,Title,Codes (product.metafields.custom.codes)\n{rows}")
    assert (definition.type, products["p0"].metafields["custom", "codes"]) == (kind, (kind, stored))


def test_a_list_whose_type_is_given_is_stored_as_one_however_it_is_written(folder, said):
    header = "Handle,Title,Metafield: custom.codes [list.single_line_text_field],Metafield: custom.old [string]\n"
    products, definitions = load(folder, said, header + 'a,A,A1,x\nb,B,"A1\nA2",\nc,C,"[""A1"", 2]",\n')
    stored = [json.loads(product.metafields["custom", "codes"][1]) for product in products.values()]
    assert stored == [["A1"], ["A1", "A2"], ["A1", "2"]]
    assert [known.type for known in definitions] == ["list.single_line_text_field", "single_line_text_field"]


def test_a_header_that_comes_again_is_no_product(folder, said):
    products, _ = load(folder, said, "Handle,Title\na,A\nHandle,Title\nb,B\n")
    assert list(products) == ["a", "b"]


def test_a_quote_that_nobody_doubled_is_a_character(folder, said):
    products, _ = load(folder, said, 'Handle,Title,Variant SKU\na,"Pipe 5" long",P-5"\nb,B,"=""00123"""\n')
    a, b = products.values()
    assert (a.title, a.variants[0].sku, b.variants[0].sku) == ('Pipe 5 long"', 'P-5"', "00123")


def archive(**members) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


def workbook(**sheets) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_of_matrixify_is_read_from_its_sheet_of_products(folder, said):
    header, *rows = shapes.table("Matrixify", THINGS[:12])
    typed = [
        [
            float(cell) if name in ("Image Position", "ID") and cell else cell or None
            for name, cell in zip(header, row, strict=True)
        ]
        for row in rows
    ]
    content = workbook(Orders=[["Title"], ["no product"]], Products=[header, *typed])
    products, _ = load(folder, said, content, "export.xlsx")
    assert [found(product) for product in products.values()] == [expected(thing) for thing in THINGS[:12]]


def test_numbers_and_dates_of_a_workbook_are_what_a_person_typed(folder, said):
    content = workbook(Sheet1=[["Handle", "Title", "Variant SKU", "Published"], ["a", "A", 918223582.0, False]])
    products, _ = load(folder, said, content, "export.xlsx")
    assert (products["a"].variants[0].sku, products["a"].status) == ("918223582", "DRAFT")


def test_an_archive_is_read_with_all_its_parts(folder, said):
    content = archive(
        **{
            "products_export_1.csv": shapes.text("Shopify now", THINGS[:3]),
            "products_export_2.csv": shapes.text("Shopify now", THINGS[3:5]),
            "orders.csv": "Name\n1\n",
        }
    )
    products, _ = load(folder, said, content, "products_export.zip")
    assert list(products) == [thing.handle for thing in THINGS[:5]]


def test_without_openpyxl_a_workbook_is_a_clear_message(folder, said, monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(CannotLoad, match="which needs openpyxl"):
        load(folder, said, archive(**{"[Content_Types].xml": "<x/>"}))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel"),
        (b"PK\x03\x04 and nothing", "cannot be read"),
        (b"\x89PNG\r\n\x1a\n", "no column Title"),
        (archive(**{"[Content_Types].xml": "<x>"}), "cannot be read: the workbook is broken"),
        (archive(**{"a.jpg": "x"}), "is empty"),
    ],
)
def test_a_file_of_another_kind_is_a_clear_message(folder, said, content, words):
    with pytest.raises(CannotLoad, match=words):
        load(folder, said, content)
