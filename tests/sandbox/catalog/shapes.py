"""One catalog, written as four programs write it; columns in the order of their public documentation.

https://help.shopify.com/en/manual/products/import-export/using-csv (as it was before 2024, as exports are now, and as the newer
template names things) and https://matrixify.app/documentation/products/.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

CDN = "https://cdn.shopify.com/s/files/1/0533/2089/files"
GOOGLE = "Google Product Category,Gender,Age Group,MPN,Condition,Custom Product,Custom Label 0,Custom Label 1"
OPTIONS = "Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value"
LINKED = ",".join(f"Option{n} Name,Option{n} Value,Option{n} Linked To" for n in (1, 2, 3))
BEFORE_2024 = (
    "Handle,Title,Body (HTML),Vendor,Standard Product Type,Custom Product Type,Tags,Published,"
    f"{OPTIONS},Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,"
    "Variant Fulfillment Service,Variant Price,Variant Compare At Price,Variant Requires Shipping,Variant Taxable,"
    "Variant Barcode,Image Src,Image Position,Image Alt Text,Gift Card,SEO Title,SEO Description,"
    + ",".join(f"Google Shopping / {name}" for name in GOOGLE.split(","))
    + ",Codes (product.metafields.custom.codes),Variant Image,Variant Weight Unit,Variant Tax Code,Cost per item,"
    "Price / International,Compare At Price / International,Status"
).split(",")
NOW = (
    f"Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,{LINKED},Variant SKU,Variant Grams,"
    "Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Fulfillment Service,Variant Price,"
    "Variant Compare At Price,Variant Requires Shipping,Variant Taxable,Unit Price Total Measure,"
    "Unit Price Total Measure Unit,Unit Price Base Measure,Unit Price Base Measure Unit,Variant Barcode,Image Src,"
    "Image Position,Image Alt Text,Gift Card,SEO Title,SEO Description,"
    "Color (product.metafields.shopify.color-pattern),Codes (product.metafields.custom.codes),"
    "Google: Custom Product (product.metafields.mm-google-shopping.custom_product),Variant Image,Variant Weight Unit,"
    "Variant Tax Code,Cost per item,Included / Norway,Price / Norway,Compare At Price / Norway,Status"
).split(",")
TEMPLATE = (
    "Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,Status,SKU,Barcode,"
    + LINKED.replace("Name", "name").replace("Value", "value")
    + ",Price,Compare-at price,Cost per item,Charge tax,Tax code,Unit price total measure,Inventory tracker,"
    "Inventory quantity,Continue selling when out of stock,Weight value (grams),Weight unit for display,Requires shipping,"
    "Fulfillment service,Product image URL,Image position,Image alt text,Variant image URL,Gift card,SEO title,"
    "SEO description,Color (product.metafields.shopify.color-pattern),Codes (product.metafields.custom.codes),"
    "Google Shopping / Google product category"
).split(",")
MATRIXIFY = (
    "ID,Handle,Command,Title,Body HTML,Vendor,Type,Tags,Tags Command,Created At,Updated At,Status,Published,Published At,"
    "Published Scope,Template Suffix,Gift Card,URL,Total Inventory Qty,Row #,Top Row,Category: ID,Category: Name,Category,"
    "Custom Collections,Smart Collections,Image Type,Image Src,Image Command,Image Position,Image Width,Image Height,"
    f"Image Alt Text,Variant Inventory Item ID,Variant ID,Variant Command,{OPTIONS},Variant Position,Variant SKU,"
    "Variant Barcode,Variant Image,Variant Weight,Variant Weight Unit,Variant Price,Variant Compare At Price,"
    "Variant Taxable,Variant Tax Code,Variant Inventory Tracker,Variant Inventory Policy,Variant Fulfillment Service,"
    "Variant Requires Shipping,Variant Inventory Qty,Variant Cost,Metafield: title_tag [string],"
    "Metafield: shopify.color-pattern [list.metaobject_reference],Metafield: custom.codes [list.single_line_text_field],"
    "Variant Metafield: custom.cut [single_line_text_field]"
).split(",")


@dataclass
class Thing:
    """`pictures`: (file name, alt text); `variants`: (option, SKU, barcode, price, index of its picture or None)."""

    handle: str
    title: str
    status: str
    tags: list[str]
    pictures: list[tuple[str, str]]
    variants: list[tuple[str, str, str, str, int | None]]
    codes: list[str] = field(default_factory=list)
    colors: list[str] = field(default_factory=list)


def things(count: int) -> list[Thing]:
    """As varied as real ones: without pictures, with more pictures than variants and the other way round, texts of several
    lines, letters of other languages, no SKU, quotes in SKUs."""
    made = []
    for at in range(count):
        pictures = [
            (f"thing-{at}-{n}.jpg", f'No. {n}, "front"' if n % 2 else "") for n in range(1, (0, 1, 3, 8)[at % 4] + 1)
        ]
        sizes = ["Default Title"] if at % 3 == 0 else ["S", "M", "L", "XL"][: at % 5 + 1]
        variants = [
            (
                size,
                "" if at % 7 == 6 else f'T{at}-{size} 5"' if at % 5 == 4 else f"T{at}-{size[0]}{n}",
                f"70310{at:04}{n:04}",
                f"{at + 10}.50",
                (n * 2) % len(pictures) if pictures and len(sizes) > 1 else None,
            )
            for n, size in enumerate(sizes)
        ]
        status = ("active", "draft", "archived")[at % 3]
        codes, colors = [f"A{at}", f"B{at}"] if at % 2 else [], ["beige", "brown"][: at % 3]
        title = f"Thing {at}, ½ größer; “rød”"
        made.append(Thing(f"thing-{at}", title, status, ["new", f"t{at}"], pictures, variants, codes, colors))
    return made


def address(name: str) -> str:
    return f"{CDN}/{name}?v=1700000000"


def body(thing: Thing) -> str:
    return f'<p class="x">{thing.title},\nfor "you"</p>'


def of_shopify(thing: Thing) -> Iterator[dict[str, str]]:
    """The n-th row has the n-th variant and the n-th picture; what is left of either stands in rows of its own."""
    for at in range(max(len(thing.variants), len(thing.pictures))):
        row = {"Handle": thing.handle}
        if at == 0:
            row |= {"Title": thing.title, "Body (HTML)": body(thing), "Vendor": "Fern", "Type": "Lamp"}
            row |= {"Tags": ", ".join(thing.tags), "Published": "true", "Status": thing.status, "Gift Card": "false"}
            row |= {"codes": "; ".join(thing.codes), "colors": "; ".join(thing.colors)}
            row |= {"Product Category": "Home & Garden > Lighting > Lamps"}
        if at < len(thing.variants):
            size, sku, barcode, price, shown = thing.variants[at]
            row |= {"Option1 Name": "Size" if len(thing.variants) > 1 else "Title", "Option1 Value": size}
            row |= {"Variant SKU": sku, "Variant Barcode": f"'{barcode}", "Variant Price": price}
            row |= {
                "Variant Grams": "100.0",
                "Variant Inventory Policy": "deny",
                "Variant Fulfillment Service": "manual",
            }
            row |= {"Variant Image": address(thing.pictures[shown][0]) if shown is not None else ""}
        if at < len(thing.pictures):
            name, alt = thing.pictures[at]
            row |= {"Image Src": address(name), "Image Position": str(at + 1), "Image Alt Text": alt}
        yield row


def before_2024(thing: Thing) -> Iterator[dict[str, str]]:
    names = {"codes": "Codes (product.metafields.custom.codes)", "Type": "Custom Product Type"}
    names |= {"Product Category": "Standard Product Type"}
    for row in of_shopify(thing):
        yield {names.get(name, name): value for name, value in row.items() if name != "colors"}


def now(thing: Thing) -> Iterator[dict[str, str]]:
    names = {"codes": "Codes (product.metafields.custom.codes)"}
    names |= {"colors": "Color (product.metafields.shopify.color-pattern)"}
    for row in of_shopify(thing):
        yield {names.get(name, name): value for name, value in row.items()}


def template(thing: Thing) -> Iterator[dict[str, str]]:
    names = {
        "Handle": "URL handle",
        "Body (HTML)": "Description",
        "Product Category": "Product category",
        "Published": "Published on online store",
        "Variant SKU": "SKU",
        "Variant Barcode": "Barcode",
        "Variant Price": "Price",
        "Variant Grams": "Weight value (grams)",
        "Variant Inventory Policy": "Continue selling when out of stock",
        "Variant Fulfillment Service": "Fulfillment service",
        "Image Src": "Product image URL",
        "Image Position": "Image position",
        "Image Alt Text": "Image alt text",
        "Variant Image": "Variant image URL",
        "Option1 Name": "Option1 name",
        "Option1 Value": "Option1 value",
        "Gift Card": "Gift card",
        "codes": "Codes (product.metafields.custom.codes)",
        "colors": "Color (product.metafields.shopify.color-pattern)",
    }
    for row in of_shopify(thing):
        yield {names.get(name, name): value for name, value in row.items()}


def matrixify(thing: Thing) -> Iterator[dict[str, str]]:
    """Every row has the product's id and handle; pictures first, then variants."""
    number = str(8_000_000 + int(thing.handle.rpartition("-")[2]))
    rows: list[dict[str, str]] = [
        {
            "Image Type": "IMAGE",
            "Image Src": address(name),
            "Image Command": "MERGE",
            "Image Position": str(at),
            "Image Width": "900",
            "Image Alt Text": alt,
        }
        for at, (name, alt) in enumerate(thing.pictures, 1)
    ]
    for at, (size, sku, barcode, price, shown) in enumerate(thing.variants, 1):
        rows.append(
            {"Variant ID": f"{number}{at}", "Variant Command": "MERGE", "Option1 Name": "Size", "Option1 Value": size}
        )
        rows[-1] |= {
            "Variant SKU": sku,
            "Variant Barcode": barcode,
            "Variant Price": price,
            "Variant Position": str(at),
        }
        rows[-1] |= {"Variant Image": address(thing.pictures[shown][0]) if shown is not None else ""}
        rows[-1] |= {"Variant Metafield: custom.cut [single_line_text_field]": "slim"}
    rows[0] |= {"Title": thing.title, "Body HTML": body(thing), "Vendor": "Fern", "Type": "Lamp", "Top Row": "TRUE"}
    rows[0] |= {"Tags": ", ".join(thing.tags), "Status": thing.status.title(), "Published": "TRUE"}
    codes = json.dumps(thing.codes) if thing.codes else ""
    colors = "; ".join(f"gid://shopify/Metaobject/{len(color)}" for color in thing.colors)
    rows[0] |= {"Metafield: custom.codes [list.single_line_text_field]": codes}
    rows[0] |= {"Metafield: shopify.color-pattern [list.metaobject_reference]": colors}
    rows[0] |= {"Metafield: title_tag [string]": thing.title}
    for at, row in enumerate(rows, 1):
        yield {"ID": number, "Handle": thing.handle, "Command": "MERGE", "Row #": str(at), **row}


SHAPES: dict[str, tuple[list[str], Callable[[Thing], Iterator[dict[str, str]]]]] = {
    "Shopify before 2024": (BEFORE_2024, before_2024),
    "Shopify now": (NOW, now),
    "Shopify's newer template": (TEMPLATE, template),
    "Matrixify": (MATRIXIFY, matrixify),
}


def table(shape: str, known: list[Thing]) -> list[list[str]]:
    """Header and rows. A value without a column is a mistake of the writer's."""
    header, write = SHAPES[shape]
    rows = [row for thing in known for row in write(thing)]
    assert not {name for row in rows for name in row} - set(header)
    return [header, *([row.get(name, "") for name in header] for row in rows)]


def text(shape: str, known: list[Thing], *, mark: str = ",", ends: str = "\n") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=mark, lineterminator=ends).writerows(table(shape, known))
    return out.getvalue()
