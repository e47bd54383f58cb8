"""A store on a bad day, and what people do with it: link, upload, undo, abort, try again."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from django.utils import timezone

from linking.models import Link, SelectedAsset, Selection, StoreSync, Sync
from linking.syncing.work import Next, work
from setup.shopify import pace
from tests import pressing
from tests.awkward.behaviours import together
from tests.scenes import Scene, Variant, asset, part_of, product

SKUS = ("a", "b", "c")
MODES = ("in_place", "overwrite_and_add", "reset", "append", "prepend", "position", "mirror")
OVERWRITING = ("in_place", "overwrite_and_add")
POSITION = 2
Build = Callable[..., Scene]


@contextmanager
def hastened() -> Iterator[None]:
    """Deadlines are a tenth of the real ones in tests (settings.PATIENCE); so are the waits after a refusal that tells no level
    of the bucket."""
    blind, guess = pace.BLIND, pace.FIRST_GUESS
    pace.BLIND, pace.FIRST_GUESS = blind * settings.PATIENCE, guess * settings.PATIENCE
    try:
        yield
    finally:
        pace.BLIND, pace.FIRST_GUESS = blind, guess


def opened(build: Build, **known) -> Scene:
    """Three products with two pictures each, and three assets for each of them."""
    products = [product(sku, pictures=2, variants=(Variant(sku=sku),)) for sku in SKUS]
    shades = iter(range(1, 100))
    assets = [asset(f"{sku}{at}", sku, next(shades), context={"alt": f"{sku} {at}"}) for sku in SKUS for at in range(3)]
    return build(products, assets, **known)


def names(sku: str) -> list[str]:
    return [f"{sku}{at}" for at in range(3)]


def old(sku: str) -> list[str]:
    return [f"product-{sku}-0", f"product-{sku}-1"]


def chosen(place: Scene, mode: str, *assets: str, **more) -> Selection:
    return place.select(*assets, link_mode=mode, position=POSITION, **more)


def behave(place: Scene, behaviours: Iterable[str]) -> None:
    for fault in together(behaviours):
        place.world.faults.add(service="shopify", **fault)


def finish(place: Scene, sync: Sync, *, seconds: float = 300.0) -> Sync:
    """Worked off in this process, slice after slice and store after store, until its end."""
    until = time.monotonic() + seconds
    while (busy := [part for part in sync.parts.all() if part.busy]) and time.monotonic() < until:
        if {work(part.pk) for part in busy} <= {Next.LATER, Next.WAIT}:
            time.sleep(0.05)
    left = [f"still {part.state}: {part.doing}" for part in sync.parts.all() if part.busy]
    assert not left, left
    return Sync.objects.get(pk=sync.pk)


def finish_part(pk: int, *, seconds: float = 300.0) -> None:
    """One store alone."""
    until = time.monotonic() + seconds
    while StoreSync.objects.get(pk=pk).busy and time.monotonic() < until:
        if work(pk) in (Next.LATER, Next.WAIT):
            time.sleep(0.05)


def press(place: Scene, selection: Selection, *, dry_run: bool = False) -> Sync:
    """The button; what takes media away is shown first, and applied."""
    place.clicks += 1
    sync = finish(place, pressing.link(selection, f"{selection.key}-{place.clicks}", dry_run=dry_run))
    return applied(place, sync) if sync.dry_run and not dry_run else sync


def upload(place: Scene, selection: Selection, *, new_versions: str = "add") -> Sync:
    place.clicks += 1
    token = f"{selection.key}-{place.clicks}"
    return finish(place, pressing.upload(selection, token, dry_run=False, new_versions=new_versions))


def undo(place: Scene, sync: Sync) -> Sync:
    place.clicks += 1
    return applied(place, finish(place, pressing.undo(sync, place.member, f"undo-{place.clicks}")))


def retry(place: Scene, sync: Sync) -> Sync:
    place.clicks += 1
    again = finish(place, pressing.retry(sync, place.member, f"retry-{place.clicks}"))
    return applied(place, again) if again.dry_run else again


def unlink(place: Scene, links: Iterable[Link]) -> Sync:
    place.clicks += 1
    return applied(place, finish(place, pressing.unlink(place.member, list(links), f"unlink-{place.clicks}")))


def applied(place: Scene, sync: Sync) -> Sync:
    pressing.apply(sync)
    return finish(place, Sync.objects.get(pk=sync.pk))


def write_alts(selection: Selection, text: str) -> None:
    """What a person types for every asset of the selection."""
    SelectedAsset.objects.filter(selection=selection).update(alt=text, alt_source="typed")


@contextmanager
def meanwhile(place: Scene, operation: str, act: Callable[[], object], *, nth: int = 1) -> Iterator[list[float]]:
    """`act` is done right after the nth mutation of this kind, before its answer is sent. Yields the moments when it was done:
    none if it never came to that. Needs real transactions, as it happens in the pretend store's thread."""
    record, journal = place.world.journal.record, place.world.journal
    seen, done = 0, list[float]()

    def recorded(**entry) -> None:
        nonlocal seen
        record(**entry)
        seen += entry["operation"] == operation
        if entry["operation"] == operation and seen == nth and not done:
            done.append(time.time())
            try:
                act()
            finally:
                connection.close()

    journal.record = recorded
    try:
        yield done
    finally:
        journal.record = record


def come_to_rest(place: Scene) -> None:
    """Whatever was asked of the store by anybody has happened."""
    while place.shop.reorders:
        time.sleep(0.05)
        place.shop.settle()


def aborted_after(place: Scene, selection: Selection, operation: str) -> Sync:
    """The abort comes when the operation was carried out for the first time, if it ever is."""
    place.clicks += 1
    # What takes pictures away would stop at its plan by itself.
    sync = pressing.link(selection, f"abort-{place.clicks}", dry_run=selection.link_mode in OVERWRITING)
    if sync.dry_run:
        sync = finish(place, sync)
        pressing.apply(sync)
    rows = Sync.objects.filter(pk=sync.pk)
    with meanwhile(place, operation, lambda: rows.update(abort_requested=timezone.now())) as done:
        sync = finish(place, Sync.objects.get(pk=sync.pk))
    expected = "aborted" if done else "done"
    assert done or part_of(sync).state == expected, f"{part_of(sync).state}: {part_of(sync).problem}"
    return sync
