"""A store on a bad day, runs in it, and what has to be right after them."""

import time
from collections import Counter
from collections.abc import Iterable

from linking import starting
from linking.domain.filenames import mark_of_made
from linking.models import ChangeRow, Link, Selection, StoreFile, StoreSync, Sync
from linking.syncing.work import Next, work
from tests.awkward.behaviours import together
from tests.scenes import Scene, Variant, asset, part_of, product

SKUS = ("a", "b", "c")
MODES = ("in_place", "overwrite_and_add", "reset", "append", "prepend", "position", "mirror")
TRUE_WORDS = {"done", "unchanged", "unknown", "skipped"}


def expected(mode: str, old: list[str], new: list[str], position: int = 2) -> list[str]:
    """What a link mode promises, told once more: names of old pictures and of assets."""
    return {
        "in_place": [*new[: len(old)], *old[len(new) :]],
        "overwrite_and_add": [*new, *old[len(new) :]],
        "reset": new,
        "append": [*old, *new],
        "mirror": [*old, *new],
        "prepend": [*new, *old],
        "position": [*old[: position - 1], *new, *old[position - 1 :]],
    }[mode]


def opened(scene) -> Scene:
    """Three products with two pictures each, and three assets for each of them."""
    products = [product(sku, pictures=2, variants=(Variant(sku=sku),)) for sku in SKUS]
    shades = iter(range(1, 100))
    assets = [asset(f"{sku}{at}", sku, next(shades), context={"alt": f"{sku} {at}"}) for sku in SKUS for at in range(3)]
    return scene(products, assets)


def names(sku: str) -> list[str]:
    return [f"{sku}{at}" for at in range(3)]


def behave(place: Scene, behaviours: Iterable[str]) -> None:
    for fault in together(behaviours):
        place.world.faults.add(service="shopify", **fault)


def finish(place: Scene, sync: Sync, *, seconds: float = 900.0) -> Sync:
    """Worked off in this process, slice after slice, until its end."""
    until = time.monotonic() + seconds
    while (part := part_of(sync)).busy and time.monotonic() < until:
        if work(part.pk) in (Next.LATER, Next.WAIT):
            time.sleep(0.05)
    assert not part_of(sync).busy, f"still {part_of(sync).state}: {part_of(sync).doing}"
    return Sync.objects.get(pk=sync.pk)


def press(place: Scene, selection: Selection, *, dry_run: bool = False) -> Sync:
    place.clicks += 1
    sync = finish(place, starting.link(selection, f"{selection.key}-{place.clicks}", dry_run=dry_run))
    return applied(place, sync) if sync.dry_run and not dry_run else sync


def upload(place: Scene, selection: Selection, *, new_versions: str = "add") -> Sync:
    place.clicks += 1
    token = f"{selection.key}-{place.clicks}"
    return finish(place, starting.upload(selection, token, dry_run=False, new_versions=new_versions))


def undo(place: Scene, sync: Sync) -> Sync:
    place.clicks += 1
    return applied(place, finish(place, starting.undo(sync, place.member, f"undo-{place.clicks}")))


def applied(place: Scene, sync: Sync) -> Sync:
    starting.apply(sync)
    return finish(place, sync)


def right(place: Scene, mode: str, **of_sku: list[str]) -> list[str]:
    """Sentences on galleries that are not what the mode promises."""
    found = []
    for sku in SKUS:
        old = [f"product-{sku}-0", f"product-{sku}-1"]
        wanted = expected(mode, old, of_sku.get(sku, names(sku)))
        if place.assets_in(f"product-{sku}") != wanted:
            found.append(f"{sku}: {place.assets_in(f'product-{sku}')} instead of {wanted}")
    return found


def doubles(place: Scene) -> list[str]:
    """Renditions that are in the store twice, media that stand in a gallery twice, and what the ledger does not know."""
    good = [file for file in place.shop.files.values() if file.status != "FAILED"]
    marks = Counter(str(mark) for file in good if (mark := mark_of_made(file.filename)))
    found = [f"{count} files of {mark}" for mark, count in marks.items() if count > 1]
    for shown in place.shop.products.values():
        found += [f"{shown.handle} shows {id} {n} times" for id, n in Counter(shown.media).items() if n > 1]
    return found + astray(place)


def astray(place: Scene) -> list[str]:
    """Ledger rows that name a file which is another's, and links that name no medium of their gallery."""
    files = place.shop.files
    found = []
    for row in StoreFile.objects.exclude(file_id=""):
        mark = mark_of_made(files[row.file_id].filename) if row.file_id in files else None
        if mark is None or not row.may_be(str(mark)):
            found.append(f"{row.name} is said to be {row.file_id}")
    shown = {id: one.media for id, one in place.shop.products.items()}
    lost = [link for link in Link.objects.all() if link.medium_id not in shown[link.product_id]]
    return found + [f"{link.asset_id} is said to be in {link.title}" for link in lost]


def words(sync: Sync) -> Counter[str]:
    return Counter(ChangeRow.objects.filter(part__sync=sync).values_list("outcome", flat=True))


def untrue(place: Scene, sync: Sync) -> list[str]:
    """Lines that say what is not so. An asset beyond the places that In-Place Overwrite has is skipped, and says so."""
    found = []
    for line in ChangeRow.objects.filter(part__sync=sync, owner_id="").select_related("file", "product"):
        shown = place.shop.products[line.product.product_id].media if line.product else []
        there = bool(line.medium) and line.medium in shown
        if line.change in ("add", "replace") and line.outcome == "done" and not there:
            found.append(f"{line.name}: done, and not there")
        if line.change in ("add", "replace") and line.outcome in ("failed", "refused", "aborted") and there:
            found.append(f"{line.name}: {line.outcome} ({line.reason}), and there")
        if line.change == "unlink" and line.outcome == "done" and line.medium_id in shown:
            found.append(f"{line.medium_id}: unlinked, and there")
        if line.outcome == "failed":
            found.append(f"{line.name}: {line.change} failed: {line.reason}")
    return found


def nothing_left(place: Scene, selection: Selection) -> list[str]:
    """What one more run finds to do."""
    before = len(place.mutations())
    sync = press(place, selection)
    written = place.mutations()[before:]
    states = set(part_of(sync).products.values_list("state", flat=True))
    found = [f"{entry['operation']} was sent" for entry in written]
    return found + [f"a product is {state}" for state in states - {"unchanged"}] + part_problem(sync)


def part_problem(sync: Sync) -> list[str]:
    return [part.problem for part in StoreSync.objects.filter(sync=sync) if part.problem]
