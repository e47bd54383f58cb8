"""Scenarios beside the usual ones: several stores, one file in several galleries, videos, galleries that are nearly full, and
alt texts that Shopify keeps otherwise. To import this registers them."""

import threading
import unicodedata
from collections.abc import Iterable
from dataclasses import replace

from django.db import connection

from linking.models import ChangeRow, Link, Sync
from tests import pressing
from tests.awkward.behaviours import FEW, SOME
from tests.awkward.oracle import doubles, expected, nothing_left, problems, promised, right, same, untrue
from tests.awkward.scenarios import scenario
from tests.awkward.shop import SKUS, Build, behave, chosen, finish_part, names, old, opened, press, undo, write_alts
from tests.films import clip
from tests.scenes import Variant, asset, product

TEXT = "  Two  words of caf" + unicodedata.normalize("NFD", "\u00e9") + " " + "and so on " * 20


@scenario("two stores at once", ("prepend",), SOME, committed=True)
def two_stores_at_once(build: Build, mode: str, behaviours: Iterable[str]) -> list[str]:
    """Each has its own thread, as it would have its own worker."""
    place = opened(build, stores=2)
    behave(place, behaviours)
    selection = chosen(place, mode)
    sync = pressing.link(selection, "both", dry_run=False)
    threads = [threading.Thread(target=worked_off, args=(part.pk,)) for part in sync.parts.all()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    wrong = untrue(place, sync) + problems(sync)
    for store in place.stores:
        shop = place.world.shops[store.domain]  # not every store has every product
        wanted = {sku: shown for sku, shown in promised(mode).items() if shop.product_with(f"product-{sku}")}
        wrong += right(replace(place, stores=[store]), wanted) + same("products", len(wanted) > 1, True)
    return wrong + doubles(place) + nothing_left(place, selection)


def worked_off(pk: int) -> None:
    try:
        finish_part(pk)
    finally:
        connection.close()


@scenario("a file in several galleries", ("append", "prepend"), SOME)
def a_file_in_several_galleries(build: Build, mode: str, behaviours: Iterable[str]) -> list[str]:
    """Linked, given another alt text, undone, taken out."""
    products = [product(sku, pictures=2, variants=(Variant(sku=sku),)) for sku in SKUS]
    everywhere = [asset(f"x{at}", shade=at + 1, tags=SKUS, context={"alt": f"x {at}"}) for at in range(3)]
    place = build(products, everywhere)
    behave(place, behaviours)
    known = {"cloudinary_field": "tags"}
    selection = chosen(place, mode, **known)
    first = press(place, selection)
    ours = [f"x{at}" for at in range(3)]
    wanted = {sku: expected(mode, old(sku), ours) for sku in SKUS}
    wrong = untrue(place, first) + problems(first) + right(place, wanted) + nothing_left(place, selection)
    again = chosen(place, mode, alt_policy="overwrite", **known)
    write_alts(again, "New")
    second = press(place, again)
    texts = {file.alt for file in place.shop.files.values() if file.filename.startswith("x")}
    wrong += untrue(place, second) + same("texts", texts, {"New"}) + doubles(place)
    undo(place, second)
    wrong += problems(undo(place, first)) + right(place, {sku: old(sku) for sku in SKUS})
    return wrong + same("links", Link.objects.count(), 0)


@scenario("videos", ("append", "prepend"), SOME)
def videos(build: Build, mode: str, behaviours: Iterable[str]) -> list[str]:
    """Among pictures; they come last, and stand where they belong."""
    films = [asset(f"{sku}1", sku, content=clip(12 + at)) for at, sku in enumerate(SKUS)]
    pictures = [asset(f"{sku}{at}", sku, shade=at + 1) for sku in SKUS for at in (0, 2)]
    place = build([product(sku, pictures=2, variants=(Variant(sku=sku),)) for sku in SKUS], [*films, *pictures])
    place.world.settings.change({"video_seconds": [0.0, 0.3]})
    behave(place, behaviours)
    selection = chosen(place, mode, *(name for sku in SKUS for name in names(sku)))
    sync = press(place, selection)
    wrong = untrue(place, sync) + problems(sync)
    press(place, selection)
    wanted = {sku: [f"{name}.mp4" if name == f"{sku}1" else name for name in promised(mode)[sku]] for sku in SKUS}
    shown = {sku: [plain(name) for name in place.gallery(f"product-{sku}")] for sku in SKUS}
    return wrong + same("galleries", shown, wanted) + doubles(place) + nothing_left(place, selection)


def plain(name: str) -> str:
    """`a1-al….mp4` -> `a1.mp4`; a picture has no extension then."""
    words, _, extension = name.rpartition(".")
    return words.partition("-al")[0] + (".mp4" if extension == "mp4" else "")


@scenario("a gallery that is nearly full", ("append", "reset"), SOME)
def a_gallery_that_is_nearly_full(build: Build, mode: str, behaviours: Iterable[str]) -> list[str]:
    """245 media and 10 to come are refused whole, with nothing written to it; 240 and 10 go in."""
    full, nearly = product("full", pictures=245), product("nearly", pictures=240)
    assets = [asset(f"{sku}{at}", sku, shade=at + 1) for sku in ("full", "nearly") for at in range(10)]
    place = build([full, nearly], assets)
    behave(place, behaviours)
    before = place.assets_in("product-full")
    sync = press(place, chosen(place, mode))
    outcomes = set(ChangeRow.objects.filter(part__sync=sync, name__startswith="full").values_list("outcome", flat=True))
    wrong = same("words on the full one", outcomes, {"refused"}) + problems(sync)
    wrong += same("the full one", place.assets_in("product-full"), before)
    wanted = [f"nearly{at}" for at in range(10)]
    theirs = [] if mode == "reset" else [f"product-nearly-{at}" for at in range(240)]
    return wrong + same("the other", place.assets_in("product-nearly"), [*theirs, *wanted]) + doubles(place)


def kept_otherwise(code: str):
    def play(build: Build, mode: str, behaviours: Iterable[str]) -> list[str]:
        """What Shopify makes of a text is no reason to fail, nor to write it again and again in one run."""
        place = opened(build)
        press(place, chosen(place, mode))
        place.world.faults.add(service="shopify", kind="alts_changed", code=code, times=None)
        behave(place, behaviours)
        selection = chosen(place, mode, alt_policy="overwrite")
        write_alts(selection, TEXT[:512])
        sync = press(place, selection)
        wrong = untrue(place, sync) + problems(sync) + right(place, promised(mode))
        kept = {place.shop.files[link.medium_id].alt for link in Link.objects.all()}
        wrong += same("texts", len(kept), 1) + [f"{text!r} is not of it" for text in kept if "Two" not in text]
        return wrong + again_and_again(place, sync)

    return play


def again_and_again(place, sync: Sync) -> list[str]:
    """A text is asked for a few times at most."""
    written = [row["id"] for entry in place.mutations() for row in entry["variables"].get("files", ()) if "id" in row]
    times = {id: written.count(id) for id in written}
    return [f"{id} was written {n} times" for id, n in times.items() if n > 12]


for code in ("trimmed", "composed", "cut"):
    scenario(f"alt texts that Shopify keeps otherwise: {code}", ("append",), FEW)(kept_otherwise(code))
