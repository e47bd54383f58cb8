"""Drawing on a square of unit size: (0, 0) is the left upper corner, (1, 1) the right lower one."""

from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw

from sandbox.catalog.drawing.colors import Rgb

SIDE = 1200  # pixels; pictures show it at half of that or less, which smooths the edges
Point = tuple[float, float]


class Pen:
    """A transparent square to draw on."""

    def __init__(self) -> None:
        self.sheet = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))
        self._draw = ImageDraw.Draw(self.sheet)

    def area(self, points: Sequence[Point], fill: Rgb) -> None:
        self._draw.polygon([(x * SIDE, y * SIDE) for x, y in points], fill=fill)

    def blob(self, points: Sequence[Point], fill: Rgb) -> None:
        """A smooth outline through the points."""
        self.area(smooth(points), fill)

    def line(self, points: Sequence[Point], fill: Rgb, width: float = 0.005) -> None:
        self._draw.line([(x * SIDE, y * SIDE) for x, y in points], fill, max(1, round(width * SIDE)), joint="curve")

    def curve(self, points: Sequence[Point], fill: Rgb, width: float = 0.005) -> None:
        self.line(smooth(points, closed=False), fill, width)

    def oval(
        self, center: Point, rx: float, ry: float, fill: Rgb | None, edge: Rgb | None = None, width: float = 0.004
    ) -> None:
        (x, y), thick = center, max(1, round(width * SIDE))
        box = [(x - rx) * SIDE, (y - ry) * SIDE, (x + rx) * SIDE, (y + ry) * SIDE]
        self._draw.ellipse(box, fill=fill, outline=edge, width=thick)

    def block(self, left: float, top: float, right: float, bottom: float, fill: Rgb, radius: float = 0.0) -> None:
        box = [left * SIDE, top * SIDE, right * SIDE, bottom * SIDE]
        self._draw.rounded_rectangle(box, radius * SIDE, fill=fill)

    def erase_above(self, y: float) -> None:
        self._draw.rectangle([0, 0, SIDE, y * SIDE], fill=(0, 0, 0, 0))

    def rounded(self, dark_right: float = 0.35, dark_left: float = 0.12) -> None:
        """Light from the left: the sheet's things get a body. The shares are how dark their edges become."""
        box = self.sheet.getbbox()
        if not box:
            return
        ramp = Image.linear_gradient("L").rotate(90)  # 0 at the left, 255 at the right
        curve = [round(255 * (1 - shade(value / 255, dark_left, dark_right))) for value in range(256)]
        light = ramp.point(curve).resize((box[2] - box[0], box[3] - box[1]))
        part = self.sheet.crop(box)
        shaded = ImageChops.multiply(part.convert("RGB"), Image.merge("RGB", (light, light, light)))
        shaded.putalpha(part.getchannel("A"))
        self.sheet.paste(shaded, box)
        self._draw = ImageDraw.Draw(self.sheet)


def shade(at: float, left: float, right: float) -> float:
    """How dark a round body is at that share of its width; lightest at a third."""
    return left * ((0.34 - at) / 0.34) ** 2 if at < 0.34 else right * ((at - 0.34) / 0.66) ** 2


def mirrored(half: Sequence[Point]) -> list[Point]:
    """The outline whose left half, from top to bottom, is given."""
    return [*half, *((1 - x, y) for x, y in reversed(half))]


def smooth(points: Sequence[Point], *, closed: bool = True, steps: int = 8) -> list[Point]:
    """A Catmull-Rom curve through the points."""
    count = len(points)
    at = (lambda i: points[i % count]) if closed else (lambda i: points[min(max(i, 0), count - 1)])
    spans = range(count if closed else count - 1)
    curve = [between(at(i - 1), at(i), at(i + 1), at(i + 2), step / steps) for i in spans for step in range(steps)]
    return curve if closed else [*curve, points[-1]]


def between(before: Point, start: Point, end: Point, after: Point, share: float) -> Point:
    x, y = (
        0.5 * (2 * b + (c - a) * share + (2 * a - 5 * b + 4 * c - d) * share**2 + (3 * b - a - 3 * c + d) * share**3)
        for a, b, c, d in zip(before, start, end, after, strict=True)
    )
    return x, y
