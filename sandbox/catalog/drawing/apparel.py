"""Things to wear, drawn flat."""

from sandbox.catalog.drawing.colors import Rgb, darker, lighter
from sandbox.catalog.drawing.pen import Pen, mirrored

COTTON: Rgb = (250, 247, 240)


def tee(pen: Pen, color: Rgb, style: int) -> None:
    sleeve = [(0.40, 0.12), (0.25, 0.17), (0.06, 0.38), (0.19, 0.47), (0.275, 0.385), (0.265, 0.90), (0.5, 0.91)]
    pen.area(mirrored(sleeve), color)
    neck(pen, color, depth=0.07 if style % 2 else 0.09)
    pen.line([(0.268, 0.865), (0.732, 0.865)], darker(color, 0.18), 0.004)
    for left, right in (((0.085, 0.365), (0.205, 0.455)), ((0.915, 0.365), (0.795, 0.455))):
        pen.line([left, right], darker(color, 0.18), 0.004)
    folds(pen, color)
    if style == 1:
        pen.block(0.56, 0.33, 0.67, 0.44, darker(color, 0.1), 0.008)
    if style == 2:
        for row in range(5):
            pen.line([(0.27, 0.45 + row * 0.07), (0.73, 0.45 + row * 0.07)], lighter(color, 0.55), 0.018)
    pen.rounded(0.22, 0.06)


def sweater(pen: Pen, color: Rgb, style: int) -> None:
    arm = [
        (0.40, 0.12),
        (0.26, 0.16),
        (0.15, 0.36),
        (0.07, 0.83),
        (0.18, 0.86),
        (0.275, 0.48),
        (0.265, 0.90),
        (0.5, 0.905),
    ]
    pen.area(mirrored(arm), color)
    knit = darker(color, 0.12)
    for row in range(30):
        pen.line([(0.272, 0.22 + row * 0.022), (0.728, 0.22 + row * 0.022)], knit, 0.0025)
    if style == 1:
        for y, tone in ((0.30, lighter(color, 0.6)), (0.345, darker(color, 0.4)), (0.39, lighter(color, 0.6))):
            pen.line([(0.285, y), (0.715, y)], tone, 0.028)
    if style == 2:
        for column in (0.40, 0.5, 0.60):
            pen.line([(column + (0.018 if n % 2 else -0.018), 0.22 + n * 0.045) for n in range(15)], knit, 0.012)
    ribs(pen, darker(color, 0.14), 0.265, 0.735, 0.86, 0.905)
    pen.area([(0.07, 0.83), (0.18, 0.86), (0.187, 0.82), (0.079, 0.79)], darker(color, 0.14))
    pen.area([(0.93, 0.83), (0.82, 0.86), (0.813, 0.82), (0.921, 0.79)], darker(color, 0.14))
    neck(pen, color, depth=0.06, rib=0.035)
    pen.rounded(0.25, 0.08)


def shirt(pen: Pen, color: Rgb, style: int) -> None:
    arm = [
        (0.41, 0.13),
        (0.26, 0.17),
        (0.14, 0.40),
        (0.08, 0.80),
        (0.17, 0.82),
        (0.275, 0.47),
        (0.265, 0.88),
        (0.5, 0.91),
    ]
    pen.area(mirrored(arm), color)
    if style:
        for n in range(9):
            pen.line([(0.285 + n * 0.055, 0.19), (0.28 + n * 0.055, 0.88)], lighter(color, 0.4), 0.006)
    pen.area([(0.47, 0.2), (0.53, 0.2), (0.53, 0.905), (0.47, 0.905)], lighter(color, 0.12))
    for n in range(7):
        pen.oval((0.5, 0.26 + n * 0.095), 0.009, 0.009, lighter(color, 0.75), darker(color, 0.4), 0.002)
    pen.area([(0.5, 0.21), (0.40, 0.115), (0.37, 0.15), (0.43, 0.26)], lighter(color, 0.18))
    pen.area([(0.5, 0.21), (0.60, 0.115), (0.63, 0.15), (0.57, 0.26)], lighter(color, 0.18))
    pen.area([(0.40, 0.115), (0.60, 0.115), (0.5, 0.21)], darker(color, 0.35))
    pen.block(0.58, 0.36, 0.69, 0.47, darker(color, 0.08), 0.008)
    pen.rounded(0.22, 0.06)


def beanie(pen: Pen, color: Rgb, style: int) -> None:
    pen.blob(mirrored([(0.5, 0.20), (0.33, 0.26), (0.22, 0.42), (0.19, 0.66), (0.5, 0.70)]), color)
    for n in range(15):
        x = 0.22 + n * 0.04
        pen.curve(
            [(0.5 + (x - 0.5) * 0.25, 0.22), (0.5 + (x - 0.5) * 0.92, 0.42), (x, 0.66)], darker(color, 0.14), 0.004
        )
    pen.block(0.165, 0.60, 0.835, 0.80, darker(color, 0.06), 0.05)
    ribs(pen, darker(color, 0.2), 0.19, 0.815, 0.615, 0.785, count=22)
    if style != 1:
        for radius, tone in ((0.11, lighter(color, 0.35)), (0.09, lighter(color, 0.5)), (0.05, lighter(color, 0.62))):
            pen.oval((0.49, 0.165), radius, radius * 0.93, tone)
    pen.rounded(0.3, 0.12)


def scarf(pen: Pen, color: Rgb, style: int) -> None:
    pen.area([(0.50, 0.16), (0.71, 0.20), (0.66, 0.84), (0.48, 0.82)], darker(color, 0.14))
    fringe(pen, darker(color, 0.2), 0.48, 0.66, 0.83)
    pen.area([(0.29, 0.20), (0.52, 0.16), (0.53, 0.90), (0.33, 0.92)], color)
    fringe(pen, darker(color, 0.1), 0.335, 0.53, 0.91)
    for n in range(4 if style else 2):
        top = 0.62 + n * 0.065
        pen.area([(0.322, top), (0.527, top - 0.01), (0.527, top + 0.02), (0.323, top + 0.03)], lighter(color, 0.5))
    pen.blob([(0.27, 0.20), (0.42, 0.10), (0.60, 0.10), (0.73, 0.20), (0.60, 0.27), (0.42, 0.28)], lighter(color, 0.1))
    pen.curve([(0.31, 0.205), (0.45, 0.16), (0.60, 0.17), (0.70, 0.21)], darker(color, 0.25), 0.008)
    pen.rounded(0.25, 0.08)


def neck(pen: Pen, color: Rgb, *, depth: float, rib: float = 0.022) -> None:
    """The opening, with a rib around it."""
    pen.oval((0.5, 0.125), 0.105 + rib / 2, depth + rib, darker(color, 0.12))
    pen.oval((0.5, 0.12), 0.098, depth, darker(color, 0.5))
    pen.erase_above(0.118)
    pen.curve([(0.40, 0.12), (0.5, 0.135), (0.60, 0.12)], darker(color, 0.12), rib * 0.7)


def folds(pen: Pen, color: Rgb) -> None:
    for start, end in (((0.30, 0.42), (0.36, 0.58)), ((0.69, 0.44), (0.63, 0.60)), ((0.33, 0.84), (0.38, 0.68))):
        pen.line([start, end], darker(color, 0.1), 0.005)


def ribs(pen: Pen, tone: Rgb, left: float, right: float, top: float, bottom: float, count: int = 26) -> None:
    for n in range(count):
        x = left + (right - left) * (n + 0.5) / count
        pen.line([(x, top), (x, bottom)], tone, 0.004)


def fringe(pen: Pen, tone: Rgb, left: float, right: float, top: float) -> None:
    for n in range(12):
        x = left + (right - left) * (n + 0.5) / 12
        pen.line([(x, top - 0.01), (x, top + 0.06)], tone, 0.006)
