"""The crop modes: what size a picture gets, and what happens to what does not fit."""

from PIL import Image

from sandbox.cloudinary.transformation import Step, color

BY_COVERING = ("fill", "thumb", "auto", "crop")
BY_PADDING = ("pad", "fill_pad", "lpad", "mpad")
NEVER_LARGER = ("limit", "lfill", "lpad")
NEVER_SMALLER = ("mfit", "mpad")
SIDES = {"north": (0.5, 0.0), "south": (0.5, 1.0), "east": (1.0, 0.5), "west": (0.0, 0.5)}
SIDES |= {"north_east": (1.0, 0.0), "north_west": (0.0, 0.0), "south_east": (1.0, 1.0), "south_west": (0.0, 1.0)}


def resized(picture: Image.Image, step: Step) -> Image.Image:
    width, height = wished(picture, step)
    if width is None and height is None:
        return picture
    mode = step.get("c") or "scale"
    full = (
        width or scaled(height, picture.height, picture.width),
        height or scaled(width, picture.width, picture.height),
    )
    if mode == "scale":
        return to_size(picture, full)
    if mode == "crop":
        return cut(picture, (min(full[0], picture.width), min(full[1], picture.height)), step.get("g"))
    if mode in BY_PADDING and width and height:
        return padded(picture, full, mode, step.get("b"))
    if mode in (*BY_COVERING, "lfill") and width and height:
        return covering(picture, full, mode, step.get("g"))
    return fitted(picture, full, mode)


def wished(picture: Image.Image, step: Step) -> tuple[int | None, int | None]:
    """In pixels: 0.5 is half of what there is, dpr multiplies, an aspect ratio completes."""
    ratio = aspect(step.get("ar"))
    factor = float(dpr) if (dpr := step.get("dpr")) and dpr != "auto" else 1.0
    width = pixels(step.get("w"), picture.width, picture, factor)
    height = pixels(step.get("h"), picture.height, picture, factor)
    if ratio and width and not height:
        height = max(1, round(width / ratio))
    elif ratio and height and not width:
        width = max(1, round(height * ratio))
    return width, height


def pixels(value: str | None, side: int, picture: Image.Image, factor: float) -> int | None:
    if value is None or value == "auto":
        return None
    if value in ("iw", "ih"):
        return picture.width if value == "iw" else picture.height
    number = float(value)
    return max(1, round((number * side if "." in value and number <= 1 else number) * factor))


def aspect(value: str | None) -> float | None:
    if value is None:
        return None
    width, _, height = value.partition(":")
    return float(width) / float(height or 1) if float(height or 1) and float(width) else None


def scaled(known: int | None, side: int, other: int) -> int:
    return max(1, round((known or side) * other / side))


def fitted(picture: Image.Image, box: tuple[int, int], mode: str) -> Image.Image:
    """Inside the box, in its own proportions."""
    factor = min(box[0] / picture.width, box[1] / picture.height)
    if (mode in NEVER_LARGER and factor > 1) or (mode in NEVER_SMALLER and factor < 1):
        return picture
    return to_size(picture, (max(1, round(picture.width * factor)), max(1, round(picture.height * factor))))


def covering(picture: Image.Image, box: tuple[int, int], mode: str, gravity: str | None) -> Image.Image:
    """The box filled; what sticks out is cut off."""
    factor = max(box[0] / picture.width, box[1] / picture.height)
    if mode in NEVER_LARGER and factor > 1:
        return cut(picture, (min(box[0], picture.width), min(box[1], picture.height)), gravity)
    size = max(box[0], round(picture.width * factor)), max(box[1], round(picture.height * factor))
    return cut(to_size(picture, size), box, gravity)


def cut(picture: Image.Image, box: tuple[int, int], gravity: str | None) -> Image.Image:
    across, down = SIDES.get((gravity or "center").partition(":")[0], (0.5, 0.5))
    left, top = round((picture.width - box[0]) * across), round((picture.height - box[1]) * down)
    return picture.crop((left, top, left + box[0], top + box[1]))


def padded(picture: Image.Image, box: tuple[int, int], mode: str, background: str | None) -> Image.Image:
    inside = fitted(picture, box, mode)
    see_through = background in (None, "transparent")
    board = Image.new("RGBA", box, (255, 255, 255, 0) if see_through else background_of(str(background), picture))
    layer = inside.convert("RGBA")
    board.paste(layer, ((box[0] - inside.width) // 2, (box[1] - inside.height) // 2), layer)
    return board


def background_of(value: str, picture: Image.Image) -> tuple[int, ...]:
    """A colour; auto and its kin take the one in the picture's corner."""
    if value.partition(":")[0] in ("auto", "blurred", "gen_fill"):
        return (*picture.convert("RGB").getpixel((0, 0)), 255)  # type: ignore[misc]
    return (*color(value)[:3], 255)


def to_size(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    if picture.size == size:
        return picture
    if picture.mode in ("P", "1"):
        picture = picture.convert("RGBA")
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
