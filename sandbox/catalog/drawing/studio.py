"""Pictures of a thing: in front of a studio's backdrop, from the side, close up, or in use at home."""

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

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
        picture = backdrop(color)
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
    """Seen from the side: narrower, the far edge a little smaller and darker."""
    narrow = thing.resize((round(SIDE * share), SIDE), Image.Resampling.BILINEAR)
    return dimmed(narrow, 0.06)


def dimmed(thing: Image.Image, share: float = 0.1) -> Image.Image:
    dark = Image.new("RGB", thing.size, (24, 20, 22))
    mixed_in = Image.blend(thing.convert("RGB"), dark, share)
    mixed_in.putalpha(thing.getchannel("A"))
    return mixed_in


def backdrop(color: str) -> Image.Image:
    """Light paper in a breath of the thing's colour, brighter in the middle."""
    tint = mixed(WARM, lighter(rgb(color), 0.45), 0.28)
    if sum(rgb(color)) > 640:
        tint = mixed((222, 216, 206), rgb(color), 0.15)
    glow = Image.radial_gradient("L").resize(SIZE)
    return Image.composite(
        Image.new("RGB", SIZE, darker(tint, 0.12)), Image.new("RGB", SIZE, lighter(tint, 0.25)), glow
    )


def put(picture: Image.Image, thing: Image.Image, width: int, center: tuple[int, int], *, flat: bool) -> None:
    """With a soft shadow: all around a thing that lies, below a thing that stands."""
    height = round(width * thing.height / thing.width)
    scaled = thing.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
    left, top = center[0] - width // 2, center[1] - height // 2
    box = scaled.getbbox()
    if box and flat:
        picture.paste((70, 60, 58), (left + 14, top + 22), soft(scaled.getchannel("A"), 0.34))
    elif box:
        floor = Image.new("L", (width, height), 0)
        ImageDraw.Draw(floor).ellipse(
            (box[0] - 10, box[3] - width // 22, box[2] + width // 12, box[3] + width // 26), fill=255
        )
        picture.paste((60, 50, 48), (left + 8, top), soft(floor, 0.5))
    picture.paste(scaled, (left, top), scaled)


def soft(mask: Image.Image, strength: float) -> Image.Image:
    """Blurred at a tenth of its size, which is quick and looks the same."""
    small = mask.resize((max(1, mask.width // 10), max(1, mask.height // 10)), Image.Resampling.BOX)
    return small.filter(ImageFilter.GaussianBlur(2.2)).point(lambda value: value * strength).resize(mask.size)


def at_home(shape: str, color: str, style: int) -> Image.Image:
    """A wall with light from a window, and a peg rail or a table."""
    wall = mixed((226, 219, 207), lighter(rgb("sage" if sum(rgb(color)) > 450 else "sand"), 0.3), 0.55)
    picture = Image.new("RGB", SIZE, wall)
    light = Image.new("L", SIZE, 0)
    pen = ImageDraw.Draw(light)
    for x, y in ((90, 60), (330, 110), (90, 420), (330, 470)):
        pen.polygon([(x, y), (x + 200, y + 42), (x + 200, y + 330), (x, y + 288)], fill=255)
    picture.paste((255, 250, 236), mask=soft(light, 0.5))
    thing, hanging = sprite(shape, color, style), shape in HANGING
    if shape == "pendant":
        put(picture, thing, 620, (560, 310), flat=True)
    elif hanging:
        rail(picture)
    if shape == "pendant" or not hanging:
        table(picture)
    if hanging and shape != "pendant":
        put(picture, thing, 640, (560, 620 if shape in ("scarf", "tote", "backpack") else 590), flat=True)
    elif shape != "pendant":
        put(picture, sprite("vase", "sage" if color != "sage" else "clay", 0), 330, (190, 770), flat=False)
        put(picture, thing, 560, (590, table_height(thing, 560)), flat=False)
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
