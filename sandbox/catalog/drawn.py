"""The project's own catalog, a shop named Fjord & Fern: drawn on the first start, always the same."""

import math
import os
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor

from sandbox.catalog import mess
from sandbox.catalog.drawing import clips, studio
from sandbox.catalog.drawing.colors import COLORS
from sandbox.catalog.drawn_assets import FIELDS, assets
from sandbox.catalog.drawn_products import METAFIELDS, products
from sandbox.catalog.goods import GOODS, Good
from sandbox.catalog.records import Catalog
from sandbox.catalog.rows import Say

MOST_WORKERS = 8
EVERY = 25  # so many pictures between two words about it
Shot = tuple[tuple[int, str, str], bytes]


def catalog(say: Say) -> Catalog:
    started = time.monotonic()
    total = sum(1 for good in GOODS for _ in shots_of(good))
    say(f"Drawing {total} pictures of Fjord & Fern, which only the first start does ...")
    with ProcessPoolExecutor(min(MOST_WORKERS, os.cpu_count() or 1)) as pool:
        films = pool.map(film, [good for good in GOODS if good.number in mess.CLIPS])
        drawn = pool.map(photographed, GOODS)
        shots = dict(announced(drawn, say, total=total, now=time.monotonic))
        clips = dict(films)
    chips = {color: studio.chip(color, studio.label(color)) for color in COLORS}
    library = assets(shots, chips, clips, studio.huge("fjord", mess.TOO_BIG_SIDE))
    others = len(library) - len(shots)
    say(
        f"Drew all {total} in {time.monotonic() - started:.0f} s, and {others} swatches, films and odd files beside them."
    )
    return Catalog(
        products=products(shots),
        assets=library,
        metadata_fields=FIELDS,
        metafields=METAFIELDS,
        transformations={"product_images": "c_pad,w_1600,h_1600,b_white", "square": "c_fill,w_1200,h_1200,g_auto"},
        cloud_name="fjord-fern",
        environment_name="Fjord & Fern",
        store_names=("Fjord & Fern", "Fjord & Fern Europe", "Fjord & Fern America"),
    )


def announced(series: Iterable[list[Shot]], say: Say, *, total: int, now: Callable[[], float]) -> Iterator[Shot]:
    """The shots one by one; now and then how many there are, and how long the others will take at that pace."""
    started, count = now(), 0
    for pictures in series:
        if count // EVERY != (count + len(pictures)) // EVERY:
            done = count + len(pictures)
            left = math.ceil((now() - started) / done * (total - done))
            say(f"  {done} of {total} pictures{f', about {left} s left' if left else ''}")
        count += len(pictures)
        yield from pictures


def shots_of(good: Good) -> Iterator[tuple[str, str]]:
    """Colour and view of each of its pictures, one colour after another."""
    for color in good.colors:
        for view in studio.VIEWS[: good.views if color == good.colors[0] else max(2, good.views - 2)]:
            yield color, view


def photographed(good: Good) -> list[Shot]:
    return [
        (
            (good.number, color, view),
            studio.photo(good.shape, color, good.style, view, f"{good.title} · {studio.label(color)}"),
        )
        for color, view in shots_of(good)
    ]


def film(good: Good) -> tuple[int, bytes]:
    return good.number, clips.clip(good.shape, good.colors[0], good.style)
