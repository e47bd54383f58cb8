"""Bags, cushions and throws."""

from sandbox.catalog.drawing.colors import Rgb, darker, lighter
from sandbox.catalog.drawing.pen import Pen, mirrored

LEATHER: Rgb = (150, 98, 58)


def tote(pen: Pen, color: Rgb, style: int) -> None:
    strap = LEATHER if style == 1 else darker(color, 0.22)
    pen.curve([(0.36, 0.40), (0.38, 0.20), (0.5, 0.10), (0.62, 0.20), (0.64, 0.40)], darker(strap, 0.3), 0.026)
    pen.area([(0.20, 0.34), (0.80, 0.34), (0.84, 0.91), (0.16, 0.91)], color)
    pen.area([(0.20, 0.34), (0.80, 0.34), (0.806, 0.39), (0.194, 0.39)], darker(color, 0.12))
    pen.curve([(0.36, 0.46), (0.37, 0.22), (0.5, 0.13), (0.63, 0.22), (0.64, 0.46)], strap, 0.03)
    if style == 1:
        pen.area([(0.165, 0.80), (0.835, 0.80), (0.84, 0.91), (0.16, 0.91)], LEATHER)
    else:
        leaf(pen, (0.5, 0.64), 0.13, lighter(color, 0.6) if sum(color) < 500 else darker(color, 0.45))
    pen.rounded(0.28, 0.08)


def backpack(pen: Pen, color: Rgb, style: int) -> None:
    pen.curve([(0.42, 0.16), (0.44, 0.08), (0.56, 0.08), (0.58, 0.16)], darker(color, 0.35), 0.025)
    for x in (0.205, 0.795):
        pen.block(x - 0.03, 0.34, x + 0.03, 0.84, darker(color, 0.3), 0.03)
    pen.blob(
        mirrored([(0.5, 0.13), (0.34, 0.15), (0.25, 0.26), (0.22, 0.55), (0.23, 0.87), (0.30, 0.92), (0.5, 0.925)]),
        color,
    )
    pen.block(0.29, 0.56, 0.71, 0.86, darker(color, 0.1), 0.05)
    pen.line([(0.31, 0.61), (0.69, 0.61)], darker(color, 0.4), 0.008)
    if style == 1:
        pen.blob(mirrored([(0.5, 0.12), (0.30, 0.16), (0.25, 0.32), (0.27, 0.46), (0.5, 0.49)]), darker(color, 0.16))
        for x in (0.38, 0.62):
            pen.block(x - 0.02, 0.40, x + 0.02, 0.60, LEATHER, 0.01)
            pen.block(x - 0.026, 0.50, x + 0.026, 0.54, (196, 170, 110), 0.006)
    else:
        pen.curve([(0.29, 0.30), (0.5, 0.24), (0.71, 0.30)], darker(color, 0.4), 0.008)
        pen.block(0.455, 0.36, 0.545, 0.43, LEATHER, 0.012)
    pen.rounded(0.32, 0.1)


def cushion(pen: Pen, color: Rgb, style: int) -> None:
    edge = [
        (0.10, 0.13),
        (0.32, 0.165),
        (0.5, 0.17),
        (0.68, 0.165),
        (0.90, 0.13),
        (0.855, 0.32),
        (0.85, 0.5),
        (0.855, 0.68),
    ]
    edge += [
        (0.90, 0.87),
        (0.68, 0.835),
        (0.5, 0.83),
        (0.32, 0.835),
        (0.10, 0.87),
        (0.145, 0.68),
        (0.15, 0.5),
        (0.145, 0.32),
    ]
    pen.blob(edge, color)
    if style == 0:
        for n in range(7):
            pen.curve(
                [(0.17, 0.25 + n * 0.085), (0.5, 0.262 + n * 0.079), (0.83, 0.25 + n * 0.085)],
                lighter(color, 0.42),
                0.012,
            )
    elif style == 1:
        for n in range(16):
            leaf(pen, (0.25 + n % 4 * 0.167, 0.26 + n // 4 * 0.16), 0.05, lighter(color, 0.45))
    else:
        pen.blob(
            [(0.30, 0.36), (0.5, 0.30), (0.70, 0.36), (0.72, 0.56), (0.5, 0.70), (0.28, 0.56)], lighter(color, 0.4)
        )
        pen.oval((0.5, 0.48), 0.085, 0.085, darker(color, 0.25))
    pen.curve([*edge, edge[0]], darker(color, 0.22), 0.008)
    pen.rounded(0.3, 0.1)


def throw(pen: Pen, color: Rgb, style: int) -> None:
    for n, tone in enumerate((darker(color, 0.18), darker(color, 0.08), color)):
        top = 0.62 - n * 0.13
        pen.block(0.14 + n * 0.01, top, 0.86 - n * 0.01, top + 0.17, tone, 0.075)
        pen.curve([(0.17, top + 0.125), (0.5, top + 0.14), (0.83, top + 0.125)], darker(tone, 0.18), 0.005)
    if style:
        for x in (0.30, 0.36, 0.64, 0.70):
            pen.line([(x, 0.365), (x, 0.52)], lighter(color, 0.55), 0.02)
    for n in range(22):
        pen.line([(0.19 + n * 0.029, 0.785), (0.185 + n * 0.029, 0.85)], darker(color, 0.14), 0.006)
    pen.rounded(0.3, 0.08)


def leaf(pen: Pen, center: tuple[float, float], size: float, tone: Rgb) -> None:
    """The house's fern."""
    x, y = center
    pen.line([(x, y + size), (x, y - size)], tone, size * 0.07)
    for n in range(5):
        reach = size * (0.62 - n * 0.1)
        stem = y + size * (0.65 - n * 0.36)
        for side in (-1, 1):
            tip = (x + side * reach, stem - reach * 0.62)
            pen.blob(
                [
                    (x, stem),
                    (x + side * reach * 0.55, stem - reach * 0.1),
                    tip,
                    (x + side * reach * 0.4, stem - reach * 0.5),
                ],
                tone,
            )
