"""Things for the house: turned bodies, lamps, candles."""

from collections.abc import Sequence

from sandbox.catalog.drawing.carried import leaf
from sandbox.catalog.drawing.colors import Rgb, darker, lighter
from sandbox.catalog.drawing.pen import Pen, Point, smooth

BRASS: Rgb = (190, 152, 88)
WOOD: Rgb = (176, 128, 84)
GLOW: Rgb = (255, 232, 180)
VASES: Sequence[Sequence[Point]] = (
    [(0.43, 0.14), (0.44, 0.26), (0.33, 0.42), (0.26, 0.62), (0.31, 0.82), (0.38, 0.90)],
    [(0.40, 0.12), (0.45, 0.24), (0.455, 0.40), (0.35, 0.54), (0.27, 0.70), (0.33, 0.86), (0.39, 0.90)],
    [(0.34, 0.16), (0.36, 0.22), (0.30, 0.40), (0.29, 0.60), (0.33, 0.80), (0.37, 0.90)],
)


def vase(pen: Pen, color: Rgb, style: int) -> None:
    half = VASES[style % len(VASES)]
    if style != 1:
        for dx, height in ((-0.05, 0.0), (0.03, -0.04), (0.09, 0.03)):
            leaf(pen, (0.5 + dx, 0.02 + height + 0.08), 0.10, (104, 128, 88))
    turned(pen, half, color)
    band = half[len(half) // 2][1]
    pen.curve(
        [(half[len(half) // 2][0], band), (0.5, band + 0.03), (1 - half[len(half) // 2][0], band)],
        lighter(color, 0.4),
        0.01,
    )
    pen.rounded(0.5, 0.25)
    mouth(pen, half[0], color)


def mug(pen: Pen, color: Rgb, style: int) -> None:
    pen.oval((0.74, 0.53), 0.15, 0.17, None, darker(color, 0.15), 0.05)
    turned(pen, [(0.22, 0.26), (0.22, 0.5), (0.225, 0.74), (0.26, 0.83)], color)
    if style == 1:
        turned(pen, [(0.223, 0.56), (0.223, 0.7), (0.23, 0.76), (0.26, 0.83)], lighter(color, 0.65))
    if style == 2:
        for n in range(12):
            pen.oval((0.28 + n % 4 * 0.145, 0.42 + n // 4 * 0.13), 0.022, 0.022, lighter(color, 0.6))
    pen.rounded(0.45, 0.2)
    mouth(pen, (0.22, 0.26), color, inside=(92, 58, 38) if style != 2 else None)


def bowl(pen: Pen, color: Rgb, style: int) -> None:
    turned(pen, [(0.10, 0.38), (0.13, 0.54), (0.24, 0.70), (0.38, 0.78), (0.40, 0.83)], color)
    if style:
        pen.curve([(0.115, 0.47), (0.5, 0.57), (0.885, 0.47)], lighter(color, 0.45), 0.02)
    pen.rounded(0.5, 0.2)
    mouth(pen, (0.10, 0.38), color, flat=0.24)


def plate(pen: Pen, color: Rgb, style: int) -> None:
    for radius, tone in (
        (0.42, darker(color, 0.12)),
        (0.41, color),
        (0.29, darker(color, 0.1)),
        (0.28, lighter(color, 0.2)),
    ):
        pen.oval((0.5, 0.5), radius, radius, tone)
    if style:
        pen.oval((0.5, 0.5), 0.385, 0.385, None, darker(color, 0.4), 0.008)
    leaf(pen, (0.5, 0.5), 0.12, darker(color, 0.28))
    pen.rounded(0.18, 0.02)


def table_lamp(pen: Pen, color: Rgb, style: int) -> None:
    foot = color if style != 1 else WOOD
    if style == 2:
        turned(pen, [(0.46, 0.50), (0.40, 0.60), (0.33, 0.72), (0.36, 0.86), (0.40, 0.90)], foot)
    else:
        pen.block(0.485, 0.45, 0.515, 0.88, BRASS if style == 0 else foot)
        pen.oval((0.5, 0.885), 0.17, 0.04, darker(foot, 0.15))
        pen.oval((0.5, 0.87), 0.17, 0.04, foot)
    pen.rounded(0.35, 0.15)
    cloth = color if style == 1 else lighter(color, 0.72)
    pen.area([(0.36, 0.12), (0.64, 0.12), (0.76, 0.48), (0.24, 0.48)], cloth)
    pen.oval((0.5, 0.48), 0.26, 0.035, lighter(cloth, 0.3))
    pen.oval((0.5, 0.48), 0.24, 0.026, GLOW)
    pen.oval((0.5, 0.12), 0.14, 0.018, darker(cloth, 0.12))


def pendant(pen: Pen, color: Rgb, style: int) -> None:
    pen.line([(0.5, 0.0), (0.5, 0.34)], (60, 56, 54), 0.008)
    pen.block(0.465, 0.28, 0.535, 0.37, BRASS, 0.01)
    half = [(0.5, 0.34), (0.36, 0.38), (0.22, 0.52), (0.14, 0.74)]
    if style:
        half = [(0.5, 0.34), (0.30, 0.40), (0.20, 0.56), (0.27, 0.74)]
    pen.area([*smooth(half, closed=False), *((1 - x, y) for x, y in reversed(smooth(half, closed=False)))], color)
    pen.rounded(0.45, 0.2)
    edge = half[-1][0]
    pen.oval((0.5, 0.74), 0.5 - edge, 0.055, lighter(color, 0.25))
    pen.oval((0.5, 0.745), 0.48 - edge, 0.044, GLOW)
    pen.oval((0.5, 0.755), 0.07, 0.05, (255, 250, 232))


def candle(pen: Pen, color: Rgb, style: int) -> None:
    pen.blob([(0.5, 0.05), (0.475, 0.14), (0.485, 0.185), (0.515, 0.185), (0.525, 0.14)], (252, 196, 92))
    pen.blob([(0.5, 0.10), (0.49, 0.15), (0.495, 0.18), (0.505, 0.18), (0.51, 0.15)], (255, 244, 210))
    pen.line([(0.5, 0.18), (0.5, 0.30)], (60, 50, 44), 0.007)
    turned(pen, [(0.29, 0.28), (0.29, 0.5), (0.29, 0.86), (0.31, 0.885)], color)
    pen.rounded(0.4, 0.18)
    mouth(pen, (0.29, 0.28), color, inside=lighter(color, 0.7))
    pen.line([(0.5, 0.2), (0.5, 0.285)], (60, 50, 44), 0.007)
    pen.block(0.37, 0.46, 0.63, 0.72, (250, 246, 238), 0.01 if style else 0.12)
    leaf(pen, (0.5, 0.58), 0.08, darker(color, 0.2) if sum(color) < 640 else (120, 130, 100))


def turned(pen: Pen, half: Sequence[Point], color: Rgb) -> None:
    """A body from its left profile, with a round foot."""
    left = smooth(half, closed=False)
    foot_x, foot_y = half[-1]
    pen.oval((0.5, foot_y), 0.5 - foot_x, 0.022, color)
    pen.area([*left, *((1 - x, y) for x, y in reversed(left))], color)


def mouth(pen: Pen, edge: Point, color: Rgb, *, inside: Rgb | None = None, flat: float = 0.16) -> None:
    """The opening of a body, seen a little from above; `inside`: what it holds."""
    radius = 0.5 - edge[0]
    pen.oval((0.5, edge[1]), radius, radius * flat, lighter(color, 0.3))
    pen.oval((0.5, edge[1] + 0.004), radius * 0.93, radius * flat * 0.86, inside or darker(color, 0.35))
