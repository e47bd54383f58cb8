"""Another tool fills a gallery with pictures of the same assets: under its own names, encoded again, smaller, or cut."""

from io import BytesIO

from PIL import Image, ImageOps

from sandbox.cloudinary.records import Asset
from sandbox.shopify.records import Product
from sandbox.shopify.seeding import ready_file
from sandbox.shopify.shop import Shop

WAYS = ("same", "encoded", "resized", "square")
SIDE = 2048


def changed(content: bytes, way: str) -> tuple[bytes, str]:
    """The bytes that the tool uploads, and their ending. Raises ValueError for a way that is none, and for what is no picture."""
    if way not in WAYS:
        raise ValueError(f"a picture is added as one of {', '.join(WAYS)}")
    try:
        with Image.open(BytesIO(content)) as opened:
            if way == "same":
                return content, str(opened.format or "jpg").lower().replace("jpeg", "jpg")
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, SyntaxError) as wrong:
        raise ValueError("the asset is no picture that can be read") from wrong
    if way == "resized":
        factor = SIDE / max(picture.size)
        size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    elif way == "square":
        side = min(picture.size)
        left, top = (picture.width - side) // 2, (picture.height - side) // 2
        picture = picture.crop((left, top, left + side, top + side))
    out = BytesIO()
    picture.save(out, "JPEG", quality=72)
    return out.getvalue(), "jpg"


def add(shop: Shop, product: Product, asset: Asset, way: str, name: str = "") -> str:
    """At the end of the gallery, there at once; answers the file's id. Raises ValueError."""
    content, ending = changed(shop.world.blobs.get(asset.blob), way)
    with shop.lock:
        number = len(product.media) + 1
        file = ready_file(shop, content, name or f"{product.handle}-{number}.{ending}", "")
        product.media.append(file.id)
        shop.touch(product)
    return file.id
