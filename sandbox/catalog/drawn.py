"""The project's own catalog, a shop named Fjord & Fern: drawn on the first start, always the same."""

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor

from sandbox.catalog import mess
from sandbox.catalog.drawing import clips, studio
from sandbox.catalog.drawing.colors import COLORS
from sandbox.catalog.drawn_assets import FIELDS, assets
from sandbox.catalog.drawn_products import METAFIELDS, products
from sandbox.catalog.goods import GOODS, Good
from sandbox.catalog.records import Catalog
from sandbox.catalog.rows import Say

WORKERS = 2
Shot = tuple[tuple[int, str, str], bytes]


def catalog(say: Say) -> Catalog:
    started = time.monotonic()
    say("Drawing the catalog of Fjord & Fern ...")
    with ProcessPoolExecutor(WORKERS) as pool:
        films = pool.map(film, [good for good in GOODS if good.number in mess.CLIPS])
        shots = dict(announced(pool.map(photographed, GOODS, chunksize=2), say))
        clips = dict(films)
    chips = {color: studio.chip(color, studio.label(color)) for color in COLORS}
    library = assets(shots, chips, clips, studio.huge("fjord", mess.TOO_BIG_SIDE))
    say(f"Drew {len(library)} pictures and films in {time.monotonic() - started:.0f} s.")
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


def announced(series: Iterable[list[Shot]], say: Say) -> Iterator[Shot]:
    count = 0
    for pictures in series:
        if count // 50 != (count + len(pictures)) // 50:
            say(f"  {count + len(pictures)} pictures ...")
        count += len(pictures)
        yield from pictures


def photographed(good: Good) -> list[Shot]:
    """All pictures of a thing, one colour after another."""
    return [
        (
            (good.number, color, view),
            studio.photo(good.shape, color, good.style, view, f"{good.title} · {studio.label(color)}"),
        )
        for color in good.colors
        for view in studio.VIEWS[: good.views if color == good.colors[0] else max(2, good.views - 2)]
    ]


def film(good: Good) -> tuple[int, bytes]:
    return good.number, clips.clip(good.shape, good.colors[0], good.style)
