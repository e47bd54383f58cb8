"""Pictures of a thing: in front of a studio's backdrop, from the side, close up, or in use at home."""

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter, ImageOps

from sandbox.catalog.drawing import apparel, carried, home
from sandbox.catalog.drawing.colors import COLORS, Rgb, darker, lighter, mixed, rgb
from sandbox.catalog.drawing.lettering import font, legible
from sandbox.catalog.drawing.pen import SIDE, Pen

SIZE = (1000, 1250)
WARM: Rgb = (243, 239, 232)
SHAPES = {
    shape.__name__: shape for shape in (apparel.tee, apparel.sweater, apparel.shirt, apparel.beanie, apparel.scarf)
}
SHAPES |= {shape.__name__: shape for shape in (carried.tote, carried.backpack, carried.cushion, carried.throw)}
SHAPES |= {shape.__name__: shape for shape in (home.vase, home.mug, home.bowl, home.plate)}
SHAPES |= {shape.__name__: shape for shape in (home.table_lamp, home.pendant, home.candle)}
HANGING = ("tee", "sweater", "shirt", "scarf", "tote", "backpack", "pendant")
LYING = ("tee", "sweater", "shirt", "beanie", "scarf", "plate", "cushion")
VIEWS = ("front", "side", "detail", "in use", "back", "pair")


@lru_cache(maxsize=8)
def sprite(shape: str, color: str, style: int) -> Image.Image:
    """The thing alone, on nothing."""
    pen = Pen()
    SHAPES[shape](pen, rgb(color), style)
    return pen.sheet


def photo(shape: str, color: str, style: int, view: str, caption: str) -> bytes:
    """A JPEG of SIZE."""
    if view == "in use":
        picture = at_home(shape, color, style)
    else:
        picture = backdrop(color).copy()
        for thing, width, center in placed(shape, color, style, view):
            put(picture, thing, width, center, flat=shape in LYING)
    write(picture, f"{caption} · {view}", darker(WARM, 0.55))
    return as_jpeg(picture)


def placed(shape: str, color: str, style: int, view: str) -> list[tuple[Image.Image, int, tuple[int, int]]]:
    """Things with the width of their square and its centre, in pixels."""
    thing = sprite(shape, color, style)
    if view == "side":
        return [(turned(thing, 0.62), 500, (500, 620))]
    if view == "detail":
        left, top, right, bottom = (round(part * SIDE) for part in (0.24, 0.12, 0.80, 0.68))
        return [(thing.crop((left, top, right, bottom)), 1380, (470, 660))]
    if view == "back":
        return [(dimmed(thing.transpose(Image.Transpose.FLIP_LEFT_RIGHT)), 800, (500, 620))]
    if view == "pair":
        return [(dimmed(turned(thing, 0.94)), 560, (640, 520)), (thing, 620, (380, 690))]
    return [(thing, 820, (500, 620))]


def turned(thing: Image.Image, share: float) -> Image.Image:
    """Seen from the side: narrower, and a little darker."""
    left, top, right, bottom = thing.getbbox() or (0, 0, SIDE, SIDE)
    seen = thing.crop((left, top, right, bottom))
    narrow = seen.resize((round((right - left) * share), bottom - top), Image.Resampling.BILINEAR)
    sheet = Image.new("RGBA", (round(SIDE * share), SIDE))
    sheet.paste(dimmed(narrow, 0.06), (round(left * share), top))
    return sheet


def dimmed(thing: Image.Image, share: float = 0.1) -> Image.Image:
    dark = Image.new("RGB", thing.size, (24, 20, 22))
    mixed_in = Image.blend(thing.convert("RGB"), dark, share)
    mixed_in.putalpha(thing.getchannel("A"))
    return mixed_in


@lru_cache(maxsize=4)
def backdrop(color: str) -> Image.Image:
    """Light paper in a breath of the thing's colour, brighter in the middle. Drawn on in copies only."""
    tint = mixed(WARM, lighter(rgb(color), 0.45), 0.28)
    if sum(rgb(color)) > 640:
        tint = mixed((222, 216, 206), rgb(color), 0.15)
    glow = Image.radial_gradient("L").resize(SIZE)
    return Image.composite(
        Image.new("RGB", SIZE, darker(tint, 0.12)), Image.new("RGB", SIZE, lighter(tint, 0.25)), glow
    )


def put(picture: Image.Image, thing: Image.Image, width: int, center: tuple[int, int], *, flat: bool) -> None:
    """With a soft shadow: all around a thing that lies, below a thing that stands."""
    seen = thing.getbbox()
    if not seen:
        return
    # No more than what is seen of the square, and not by Lanczos: both would take most of the drawing's time.
    scale = width / thing.width
    corner = center[0] - width // 2, center[1] - round(thing.height * scale) // 2
    left, top, right, bottom = (round(edge * scale) + corner[at % 2] for at, edge in enumerate(seen))
    scaled = thing.crop(seen).resize((max(1, right - left), max(1, bottom - top)), Image.Resampling.BILINEAR)
    if flat:
        alpha = scaled.getchannel("A")
        mask = alpha.resize(small(alpha.size), Image.Resampling.BOX)
        shadow(picture, mask, (left + 14, top + 22), 0.34, (70, 60, 58))
    else:
        mask = Image.new("L", small((right - left + 10 + width // 12, width // 22 + width // 26)))
        ImageDraw.Draw(mask).ellipse((0, 0, mask.width - 1, mask.height - 1), fill=255)
        shadow(picture, mask, (left - 2, bottom - width // 22), 0.5, (60, 50, 48))
    picture.paste(scaled, (left, top), scaled)


COARSE = 10  # what is blurred is so many times smaller than it is seen: quick, and it looks the same
MARGIN = 7  # how far the blur reaches there


def small(size: tuple[int, int]) -> tuple[int, int]:
    return max(1, size[0] // COARSE), max(1, size[1] // COARSE)


def shadow(picture: Image.Image, mask: Image.Image, corner: tuple[int, int], strength: float, tone: Rgb) -> None:
    """`mask`: COARSE times smaller than the shadow, whose left upper corner is `corner`."""
    roomy = ImageOps.expand(mask, MARGIN)
    left, top = (edge - MARGIN * COARSE for edge in corner)
    picture.paste(tone, (left, top), soft(roomy, strength, (roomy.width * COARSE, roomy.height * COARSE)))


def soft(mask: Image.Image, strength: float, size: tuple[int, int]) -> Image.Image:
    blurred = mask.filter(ImageFilter.GaussianBlur(2.2)).point([round(value * strength) for value in range(256)])
    return blurred.resize(size, Image.Resampling.BILINEAR)


def at_home(shape: str, color: str, style: int) -> Image.Image:
    """Hanging on a peg rail or from above, or standing on a table."""
    thing, hanging = sprite(shape, color, style), shape in HANGING
    picture = room(
        "sage" if sum(rgb(color)) > 450 else "sand", "rail" if hanging and shape != "pendant" else "table"
    ).copy()
    if shape == "pendant":
        put(picture, thing, 620, (560, 310), flat=True)
    elif hanging:
        put(picture, thing, 640, (560, 620 if shape in ("scarf", "tote", "backpack") else 590), flat=True)
    else:
        put(picture, sprite("vase", "sage" if color != "sage" else "clay", 0), 330, (190, 770), flat=False)
        put(picture, thing, 560, (590, table_height(thing, 560)), flat=False)
    return picture


@lru_cache(maxsize=4)
def room(tone: str, furniture: str) -> Image.Image:
    """A wall with light from a window, and a peg rail or a table. Drawn on in copies only."""
    picture = Image.new("RGB", SIZE, mixed((226, 219, 207), lighter(rgb(tone), 0.3), 0.55))
    light = Image.new("L", small(SIZE), 0)
    pen = ImageDraw.Draw(light)
    for x, y in ((90, 60), (330, 110), (90, 420), (330, 470)):
        pane = [(x, y), (x + 200, y + 42), (x + 200, y + 330), (x, y + 288)]
        pen.polygon([(x // COARSE, y // COARSE) for x, y in pane], fill=255)
    picture.paste((255, 250, 236), mask=soft(light, 0.5, SIZE))
    if furniture == "rail":
        rail(picture)
    else:
        table(picture)
    return picture


def table_height(thing: Image.Image, width: int) -> int:
    """Where the centre must be so that it stands on the table."""
    box = thing.getbbox() or (0, 0, SIDE, SIDE)
    return round(985 - (box[3] / SIDE - 0.5) * width)


def rail(picture: Image.Image) -> None:
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 250, 1000, 296), fill=home.WOOD)
    pen.rectangle((0, 290, 1000, 296), fill=darker(home.WOOD, 0.25))
    for x in (120, 340, 560, 780):
        pen.ellipse((x - 17, 256, x + 17, 290), fill=lighter(home.WOOD, 0.3))


def table(picture: Image.Image) -> None:
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 900, 1000, 1250), fill=home.WOOD)
    for n, y in enumerate((930, 968, 1016, 1078, 1150, 1226)):
        pen.line((0, y, 1000, y + n % 3 * 6), fill=darker(home.WOOD, 0.12), width=3)
    pen.rectangle((0, 900, 1000, 906), fill=lighter(home.WOOD, 0.25))


def write(picture: Image.Image, text: str, tone: Rgb) -> None:
    ImageDraw.Draw(picture).text((44, 1188), legible(text), fill=tone, font=font(27))


def chip(color: str, caption: str) -> bytes:
    """A swatch: 400 px of cloth in that colour."""
    tone = rgb(color)
    picture = Image.new("RGB", (400, 400), tone)
    pen = ImageDraw.Draw(picture)
    for n in range(0, 400, 8):
        pen.line((0, n, 400, n), fill=darker(tone, 0.06), width=2)
        pen.line((n, 0, n, 400), fill=lighter(tone, 0.05), width=2)
    pen.text((24, 348), caption, fill=lighter(tone, 0.85) if sum(tone) < 430 else darker(tone, 0.7), font=font(26))
    return as_jpeg(picture)


def huge(color: str, side: int) -> bytes:
    """More pixels than Shopify takes: a wide, calm gradient."""
    ramp = Image.linear_gradient("L").resize((side, side))
    tone = rgb(color)
    return as_jpeg(
        Image.composite(Image.new("RGB", ramp.size, tone), Image.new("RGB", ramp.size, lighter(tone, 0.7)), ramp), 70
    )


def as_jpeg(picture: Image.Image, quality: int = 84) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def label(color: str) -> str:
    return COLORS[color][0]
