"""Effects that are drawn, https://cloudinary.com/documentation/transformation_reference#e_effect.

Cloudinary removes backgrounds by a model, and lights shadows from a direction. Here a background is what looks like the picture's
border and is joined to it, and a shadow lies below and to the right: enough to see what a transformation does to a picture.
"""

from collections.abc import Callable

from PIL import Image, ImageChops, ImageDraw, ImageFilter

ALIKE = 48  # how far colours of a background may be apart, in all three channels together
SMALL = 400  # pixels of the longer side at which the background is looked for
STRENGTH, LONGEST = 40, 100


def with_effect(picture: Image.Image, effect: str | None) -> Image.Image:
    name, _, strength = (effect or "").partition(":")
    draw = DRAWN.get(name)
    return draw(picture, strength) if draw else picture


def gray(picture: Image.Image, strength: str) -> Image.Image:
    return picture.convert("LA" if has_alpha(picture) else "L").convert("RGBA" if has_alpha(picture) else "RGB")


def blurred(picture: Image.Image, strength: str) -> Image.Image:
    return solid(picture).filter(ImageFilter.GaussianBlur(int(strength or 100) / 50))


def sharpened(picture: Image.Image, strength: str) -> Image.Image:
    return solid(picture).filter(ImageFilter.UnsharpMask(2, int(strength or 100)))


def trimmed(picture: Image.Image, strength: str) -> Image.Image:
    corner = Image.new("RGB", picture.size, picture.convert("RGB").getpixel((0, 0)))
    difference = ImageChops.difference(picture.convert("RGB"), corner).convert("L")
    box = difference.point(lambda value: 255 if value > 25 else 0).getbbox()
    return picture.crop(box) if box else picture


def cut_out(picture: Image.Image, strength: str) -> Image.Image:
    """The product alone: what is like the border, and joined to it, is transparent. One that fills its picture stays whole."""
    made = picture.convert("RGBA")
    factor = max(1.0, max(picture.size) / SMALL)
    small = picture.convert("RGB").resize([max(3, round(side / factor)) for side in picture.size])
    width, height = small.size
    edge = [
        (x, y)
        for x in (0, width // 2, width - 1)
        for y in (0, height // 2, height - 1)
        if (x, y) != (width // 2, height // 2)
    ]
    for at in edge:
        ImageDraw.floodfill(small, at, MARK, thresh=ALIKE)
    ground = ImageChops.difference(small, Image.new("RGB", small.size, MARK)).convert("L")
    mask = ground.point(lambda value: 255 if value else 0)
    if mask.getbbox() is None:  # nothing but background: then nothing is taken away
        return made
    mask = mask.filter(ImageFilter.MedianFilter(3)).resize(picture.size, Image.Resampling.BILINEAR)
    made.putalpha(ImageChops.multiply(made.getchannel("A"), mask))
    return made


MARK = (255, 0, 254)  # a colour that products do not have


def border_shadow(picture: Image.Image, strength: str) -> Image.Image:
    """Of the picture's own shape, behind it; the picture grows by it."""
    return shadowed(picture, int(strength) if strength.isdigit() else STRENGTH)


def dropped_shadow(picture: Image.Image, strength: str) -> Image.Image:
    """Of what is not transparent."""
    return shadowed(picture, STRENGTH)


def shadowed(picture: Image.Image, strength: int) -> Image.Image:
    made = picture.convert("RGBA")
    away = max(2, max(made.size) // 40)
    board = Image.new("RGBA", (made.width + 3 * away, made.height + 3 * away), (0, 0, 0, 0))
    alpha = Image.new("L", board.size, 0)
    alpha.paste(made.getchannel("A"), (2 * away, 2 * away))
    alpha = alpha.filter(ImageFilter.GaussianBlur(away / 1.5)).point(
        lambda value: value * min(strength, LONGEST) // 100
    )
    board.putalpha(alpha)
    board.alpha_composite(made, (away, away))
    return board


def solid(picture: Image.Image) -> Image.Image:
    """In a mode that filters work on."""
    return picture if picture.mode in ("RGB", "RGBA") else picture.convert("RGBA" if has_alpha(picture) else "RGB")


def has_alpha(picture: Image.Image) -> bool:
    return picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info


DRAWN: dict[str, Callable[[Image.Image, str], Image.Image]] = {
    "grayscale": gray,
    "blur": blurred,
    "sharpen": sharpened,
    "trim": trimmed,
    "background_removal": cut_out,
    "shadow": border_shadow,
    "dropshadow": dropped_shadow,
}
