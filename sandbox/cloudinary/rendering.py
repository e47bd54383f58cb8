"""Pictures transformed as their URLs say, https://cloudinary.com/documentation/resizing_and_cropping."""

from io import BytesIO

from PIL import Image, ImageChops, ImageFilter, ImageOps

from sandbox.cloudinary.cropping import background_of, resized
from sandbox.cloudinary.transformation import Step, Transformation

SAVED_AS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF", "avif": "AVIF"}
AUTO_QUALITY = {"auto": 80, "auto:best": 90, "auto:good": 80, "auto:eco": 70, "auto:low": 60}
DEFAULT_QUALITY = 90


def rendered(content: bytes, transformation: Transformation, form: str) -> bytes:
    """The picture in `form` (jpg, png, webp, gif, avif)."""
    with Image.open(BytesIO(content)) as opened:
        read_small(opened, transformation)
        picture = ImageOps.exif_transpose(opened)
        for step in transformation.steps:
            picture = transformed(picture, step)
    return encoded(picture, form, quality(transformation.last("q")))


def read_small(opened: Image.Image, transformation: Transformation) -> None:
    """JPEGs that are going to be much smaller are decoded at a fraction of their size, which saves most of the time."""
    first = transformation.steps[0].values if transformation.steps else {}
    sides = [first.get("w", ""), first.get("h", "")]
    plain = first.get("c") in ("fit", "fill", "limit", "thumb", "pad") and not {"a", "e", "dpr"} & set(first)
    if plain and all(side.isdigit() for side in sides):
        opened.draft("RGB", (int(sides[0]) * 2, int(sides[1]) * 2))


def transformed(picture: Image.Image, step: Step) -> Image.Image:
    picture = with_effect(resized(turned(picture, step.get("a")), step), step.get("e"))
    background = step.get("b")
    if background and has_alpha(picture) and background != "transparent":
        below = Image.new("RGBA", picture.size, background_of(background, picture))
        picture = Image.alpha_composite(below, picture.convert("RGBA")).convert("RGB")
    return picture


def turned(picture: Image.Image, angle: str | None) -> Image.Image:
    if angle == "hflip":
        return ImageOps.mirror(picture)
    if angle == "vflip":
        return ImageOps.flip(picture)
    if angle and angle.lstrip("-").isdigit():
        return picture.rotate(-int(angle), expand=True)
    return picture


def with_effect(picture: Image.Image, effect: str | None) -> Image.Image:
    name, _, strength = (effect or "").partition(":")
    if name == "grayscale":
        return picture.convert("LA" if has_alpha(picture) else "L").convert("RGBA" if has_alpha(picture) else "RGB")
    if name == "blur":
        return solid(picture).filter(ImageFilter.GaussianBlur(int(strength or 100) / 50))
    if name == "sharpen":
        return solid(picture).filter(ImageFilter.UnsharpMask(2, int(strength or 100)))
    if name == "trim":
        corner = Image.new("RGB", picture.size, picture.convert("RGB").getpixel((0, 0)))
        difference = ImageChops.difference(picture.convert("RGB"), corner).convert("L")
        box = difference.point(lambda value: 255 if value > 25 else 0).getbbox()
        return picture.crop(box) if box else picture
    return picture


def solid(picture: Image.Image) -> Image.Image:
    """In a mode that filters work on."""
    return picture if picture.mode in ("RGB", "RGBA") else picture.convert("RGBA" if has_alpha(picture) else "RGB")


def has_alpha(picture: Image.Image) -> bool:
    return picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info


def quality(value: str | None) -> int:
    if value is None:
        return DEFAULT_QUALITY
    if value in AUTO_QUALITY:
        return AUTO_QUALITY[value]
    number = value.partition(":")[0]
    return int(number) if number.isdigit() else DEFAULT_QUALITY


def encoded(picture: Image.Image, form: str, quality: int) -> bytes:
    out = BytesIO()
    if form == "jpg":
        flat(picture).save(out, "JPEG", quality=min(quality, 95))
    elif form == "png":
        solid(picture).save(out, "PNG", compress_level=3)
    elif form == "gif":
        picture.convert("P", palette=Image.Palette.ADAPTIVE).save(out, "GIF")
    else:
        solid(picture).save(out, SAVED_AS[form], quality=quality)
    return out.getvalue()


def flat(picture: Image.Image) -> Image.Image:
    """On white, as JPEGs know no transparency."""
    if not has_alpha(picture):
        return picture.convert("RGB")
    below = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(below, picture.convert("RGBA")).convert("RGB")
