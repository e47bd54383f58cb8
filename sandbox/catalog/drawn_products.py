"""The drawn shop's products, as its stores have them."""

from collections.abc import Iterator, Mapping

from sandbox.catalog import mess
from sandbox.catalog.drawing.studio import VIEWS, label
from sandbox.catalog.goods import GOODS, TYPES, Good
from sandbox.catalog.records import Metafield, Picture, Product, Variant

METAFIELDS = (
    Metafield("custom", "material", "single_line_text_field", admin_filterable=True),
    Metafield("custom", "code", "single_line_text_field", admin_filterable=False),
)
Shots = Mapping[tuple[int, str, str], bytes]  # (number, colour, view) -> a picture


def products(shots: Shots) -> list[Product]:
    return [product(good, shots) for good in GOODS]


def product(good: Good, shots: Shots) -> Product:
    text = f"{TYPES[good.shape]} in {' or '.join(label(color).lower() for color in good.colors)}. {good.material}."
    return Product(
        handle=slug(good.title),
        title=good.title,
        vendor="Fjord & Fern",
        product_type=TYPES[good.shape],
        tags=[TYPES[good.shape].lower(), good.material.lower(), "spring" if good.number % 3 else "bestseller"],
        status=status(good.number),
        description_html=f"<p>{text}</p>",
        variants=list(variants(good)),
        metafields={
            ("custom", "material"): ("single_line_text_field", good.material),
            ("custom", "code"): ("single_line_text_field", f"C{good.number}"),
        },
        pictures=list(old_pictures(good, shots)),
    )


def status(number: int) -> str:
    return "DRAFT" if number in mess.DRAFTS else "ARCHIVED" if number in mess.ARCHIVED else "ACTIVE"


def variants(good: Good) -> Iterator[Variant]:
    """One for each colour and size."""
    for color in good.colors:
        for size in good.sizes or ("",):
            options = {"Color": label(color)} if len(good.colors) > 1 else {}
            options |= {"Size": size} if size else {}
            yield Variant(
                title=" / ".join(options.values()) or "Default Title",
                sku=sku(good, color, size),
                barcode=barcode(good.number, good.colors.index(color), size),
                price=good.price,
                options=options,
            )


def sku(good: Good, color: str, size: str = "") -> str | None:
    """FF-1001-FER-M; of a thing without sizes and colours FF-1004."""
    if good.number in mess.WITHOUT_SKU:
        return None
    start = mess.PRODUCT_SKUS.get(good.number, f"FF-{good.number}")
    return "-".join(part for part in (start, color[:3].upper() if len(good.colors) > 1 else "", size) if part)


def barcode(number: int, color: int, size: str) -> str:
    """An EAN-13, https://www.gs1.org/services/how-calculate-check-digit-manually."""
    digits = f"7031{number}{color}{' SMLX'.find(size[:1] or ' '):03}"[:12].ljust(12, "0")
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(digits))
    return digits + str(-total % 10)


def old_pictures(good: Good, shots: Shots) -> Iterator[Picture]:
    """The last views first, under the names that cameras give; the first one is the first variant's picture."""
    known = [shots[key] for view in reversed(VIEWS) if (key := (good.number, good.colors[0], view)) in shots]
    for at in range(mess.OLD_PICTURES.get(good.number, 0)):
        alt = good.title if at == 0 else ""
        yield Picture(known[at % len(known)], f"IMG_{good.number * 7 + at:05}.jpg", alt, [0] if at == 0 else [])


def slug(text: str) -> str:
    plain = text.lower().translate(str.maketrans("åøæéö", "aoaeo"))
    return "-".join(plain.split())
