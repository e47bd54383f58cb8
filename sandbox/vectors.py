"""SVG, as far as a sandbox draws it: plain shapes in plain colours, on nothing.

https://developer.mozilla.org/en-US/docs/Web/SVG/Element. What is not known is left out of the picture, never out of the file.
"""

import re
from collections.abc import Callable
from io import BytesIO
from xml.etree import ElementTree

from PIL import Image, ImageColor, ImageDraw

DEFAULT_SIZE = (300, 150)  # of a browser, for one that says nothing
FINER = 4
NUMBER = re.compile(r"\s*(-?\d*\.?\d+)")
BEGINS = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*|<!DOCTYPE[^>\[]*>\s*)*<svg[\s>]", re.DOTALL
)
Box = tuple[float, float, float, float]


def is_svg(content: bytes) -> bool:
    return bool(BEGINS.match(content[:4096]))


def size_of(content: bytes) -> tuple[int, int]:
    """In pixels. Raises ValueError for what cannot be read; entities are refused, as they can grow without end."""
    root = read(content)
    _, _, wide, high = box_of(root)
    return max(1, round(number(root.get("width"), wide))), max(1, round(number(root.get("height"), high)))


def read(content: bytes) -> ElementTree.Element:
    if b"<!ENTITY" in content:
        raise ValueError("an SVG with entities")
    try:
        return ElementTree.fromstring(content)  # noqa: S314 - without entities there is nothing to expand
    except ElementTree.ParseError as wrong:
        raise ValueError("it is not an SVG that can be read") from wrong


def box_of(root: ElementTree.Element) -> Box:
    sides = [float(side) for side in re.findall(r"-?\d*\.?\d+", root.get("viewBox", ""))]
    if len(sides) == 4 and min(sides[2:]) > 0:
        return sides[0], sides[1], sides[2], sides[3]
    return 0, 0, number(root.get("width"), DEFAULT_SIZE[0]), number(root.get("height"), DEFAULT_SIZE[1])


def number(text: str | None, otherwise: float) -> float:
    """Without its unit; a share of a page that is not known is not a size."""
    found = NUMBER.match(text or "")
    return float(found[1]) if found and not (text or "").strip().endswith("%") else otherwise


def drawn(content: bytes) -> bytes:
    """A PNG with nothing behind the shapes. Raises ValueError."""
    root, (wide, high) = read(content), size_of(content)
    left, top, across, down = box_of(root)
    board = Image.new("RGBA", (wide * FINER, high * FINER), (0, 0, 0, 0))
    pen = ImageDraw.Draw(board)
    for shape in root.iter():
        draw = SHAPES.get(shape.tag.rpartition("}")[2])
        fill = shape.get("fill", "black")
        if draw and fill != "none":
            draw(pen, shape, Scale(left, top, wide * FINER / across, high * FINER / down), coloured(fill))
    kept = BytesIO()
    board.resize((wide, high), Image.Resampling.LANCZOS).save(kept, "PNG")
    return kept.getvalue()


def coloured(text: str) -> tuple[int, ...]:
    try:
        return ImageColor.getcolor(text, "RGBA")  # type: ignore[return-value]
    except ValueError:
        return (0, 0, 0, 255)


class Scale:
    """From the coordinates of the file to those of the board."""

    def __init__(self, left: float, top: float, across: float, down: float) -> None:
        self.left, self.top, self.across, self.down = left, top, across, down

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        return (x - self.left) * self.across, (y - self.top) * self.down


def rectangle(pen: ImageDraw.ImageDraw, shape: ElementTree.Element, at: Scale, fill: tuple[int, ...]) -> None:
    x, y, wide, high = (number(shape.get(name), 0) for name in ("x", "y", "width", "height"))
    pen.rectangle((at(x, y), at(x + wide, y + high)), fill)


def ellipse(pen: ImageDraw.ImageDraw, shape: ElementTree.Element, at: Scale, fill: tuple[int, ...]) -> None:
    x, y, radius = (number(shape.get(name), 0) for name in ("cx", "cy", "r"))
    across, down = number(shape.get("rx"), radius), number(shape.get("ry"), radius)
    pen.ellipse((at(x - across, y - down), at(x + across, y + down)), fill)


def polygon(pen: ImageDraw.ImageDraw, shape: ElementTree.Element, at: Scale, fill: tuple[int, ...]) -> None:
    sides = [float(side) for side in re.findall(r"-?\d*\.?\d+", shape.get("points", ""))]
    if len(sides) >= 6:
        pen.polygon([at(x, y) for x, y in zip(sides[::2], sides[1::2], strict=False)], fill)


Draw = Callable[[ImageDraw.ImageDraw, ElementTree.Element, Scale, tuple[int, ...]], None]
SHAPES: dict[str, Draw] = {"rect": rectangle, "circle": ellipse, "ellipse": ellipse, "polygon": polygon}
