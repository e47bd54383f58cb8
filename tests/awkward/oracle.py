"""What has to be right after runs in a store on a bad day. Each function answers sentences on what is not; none is what
everybody hopes for."""

from collections import Counter
from collections.abc import Mapping, Sequence

from linking.domain.filenames import mark_of_made
from linking.models import ChangeRow, Link, ProductSync, Selection, StoreFile, StoreSync, Sync
from sandbox.shopify.shop import Shop
from tests.awkward.shop import POSITION, SKUS, names, old, press
from tests.scenes import Scene

BROUGHT = ("add", "replace")
NOT_DONE = ("failed", "refused", "aborted")
# What merchants call files of ours: a name without a mark proves nothing once the id is known.
RENAMED = ("a1.jpg",)


def expected(mode: str, before: Sequence[str], new: Sequence[str], position: int = POSITION) -> list[str]:
    """What a link mode promises, written a second time: names of the pictures that stand there, and of assets."""
    rest = [name for name in before if name not in new]
    beyond = [name for name in before[len(new) :] if name not in new]
    return {
        "in_place": [*new[: len(before)], *beyond],
        "overwrite_and_add": [*new, *beyond],
        "reset": [*new],
        "append": [*rest, *new],
        "mirror": mirrored(before, new),
        "prepend": [*new, *rest],
        "position": [*rest[: position - 1], *new, *rest[position - 1 :]],
    }[mode]


def mirrored(before: Sequence[str], new: Sequence[str]) -> list[str]:
    """What is not ours stays on its place; ours take the places of ours, and follow at the end."""
    left = [*new]
    after = [left.pop(0) if name in new else name for name in before]
    return [*after, *left]


def promised(mode: str) -> dict[str, list[str]]:
    """The galleries after all assets were linked for the first time."""
    return {sku: expected(mode, old(sku), names(sku)) for sku in SKUS}


def right(place: Scene, wanted: Mapping[str, Sequence[str]]) -> list[str]:
    """Galleries that are not as `wanted` (sku -> names)."""
    shown = {sku: place.assets_in(f"product-{sku}") for sku in wanted}
    return [f"{sku}: {shown[sku]} instead of {list(wanted[sku])}" for sku in wanted if shown[sku] != list(wanted[sku])]


def same(what: str, shown: object, wanted: object) -> list[str]:
    return [] if shown == wanted else [f"{what}: {shown} instead of {wanted}"]


def doubles(place: Scene) -> list[str]:
    """Renditions that are in a store twice, media that stand in a gallery twice, and what the ledger has wrong."""
    found = []
    for shop in place.world.shops.values():
        good = [file for file in shop.files.values() if file.status != "FAILED"]
        marks = Counter(str(mark) for file in good if (mark := mark_of_made(file.filename)))
        found += [f"{count} files of {mark}" for mark, count in marks.items() if count > 1]
        for one in shop.products.values():
            found += [f"{one.handle} shows {id} {n} times" for id, n in Counter(one.media).items() if n > 1]
    return found + astray(place)


def astray(place: Scene) -> list[str]:
    """Ledger rows that name a file which is another's, and links that name no medium of their gallery."""
    found = []
    for store in place.stores:
        shop = place.world.shops[store.domain]
        for row in StoreFile.objects.filter(store=store).exclude(file_id=""):
            name = shop.files[row.file_id].filename if row.file_id in shop.files else "gone"
            mark = mark_of_made(name)
            if name not in RENAMED and (mark is None or not row.may_be(str(mark))):
                found.append(f"{row.name} is said to be {row.file_id}, which is {name}")
        shown = {id: one.media for id, one in shop.products.items()}
        rows = Link.objects.in_galleries().filter(store=store)  # what swatches show is compared in `false_swatches`
        links = [link for link in rows if link.medium_id not in shown.get(link.product_id, ())]
        found += [f"{link.asset_id} is said to be in {link.title}" for link in links]
    return found


def words(sync: Sync) -> Counter[str]:
    return Counter(ChangeRow.objects.filter(part__sync=sync).values_list("outcome", flat=True))


def untrue(place: Scene, sync: Sync) -> list[str]:
    """Lines that say what is not so, and lines that failed: nothing does on such a day."""
    lines = [*lines_of(sync), *swatches_of(sync)]
    failed = [f"{line.name}: {line.change} failed: {line.reason}" for line in lines if line.outcome == "failed"]
    return false_words(place, sync) + false_swatches(place, sync) + failed + lost(sync)


def lost(sync: Sync) -> list[str]:
    """Assets of the selection of which no line tells what became of them in a store. A retry tells of what failed only."""
    if sync.kind not in ("link", "upload") or sync.selection is None or sync.only or "only" in sync.arrangement:
        return []
    wanted = dict(sync.selection.assets.values_list("asset_id", "details__display_name"))
    found = []
    for part in sync.parts.filter(state__in=["done", "aborted"]):
        reported = set(part.changes.values_list("asset_id", flat=True))
        found += [f"{name}: no line of it" for id, name in wanted.items() if id not in reported]
    return found


def false_places(place: Scene, sync: Sync) -> list[str]:
    """Places that are reported for galleries that are done, and are not so."""
    found = []
    for line in lines_of(sync):
        if line.product is None or line.product.state not in ("done", "unchanged"):
            continue
        product = place.world.shops[line.part.store.domain].products.get(line.product.product_id)
        if product and line.position_after and line.medium in product.media:
            seen = product.media.index(line.medium) + 1
            found += (
                [f"{line.name}: at {line.position_after}, and it is at {seen}"] if seen != line.position_after else []
            )
    return found


def false_galleries(place: Scene, sync: Sync) -> list[str]:
    """Galleries that were changed, by somebody who says that nothing was done there. What is refused was changed by others."""
    found = []
    for row in ProductSync.objects.filter(part__sync=sync, state__in=["aborted", "failed", "unchanged"]):
        product = place.world.shops[row.part.store.domain].products.get(row.product_id)
        if product and [item["id"] for item in row.before] != list(product.media):
            found.append(f"{row.handle}: {row.state}, and its gallery is another one")
    return found


def false_words(place: Scene, sync: Sync) -> list[str]:
    """Lines that say what is not so. An asset beyond the places that In-Place Overwrite has is skipped, and says so."""
    found = [*false_places(place, sync), *false_galleries(place, sync)]
    for line in lines_of(sync):
        shop = place.world.shops[line.part.store.domain]
        product = shop.products.get(line.product.product_id) if line.product else None
        shown = product.media if product else []
        there = bool(line.medium) and line.medium in shown
        if line.change in BROUGHT and line.outcome == "done" and not there and line.product:
            found.append(f"{line.name}: done, and not there")
        if line.change in BROUGHT and line.outcome in NOT_DONE and there:
            found.append(f"{line.name}: {line.outcome} ({line.reason}), and there")
        if line.change == "unlink" and line.outcome == "done" and line.medium_id in shown:
            found.append(f"{line.medium_id}: unlinked, and there")
        if line.outcome == "pending":
            found.append(f"{line.name}: {line.change} has no outcome")
    return found


def false_swatches(place: Scene, sync: Sync) -> list[str]:
    """Lines of metafields that say what is not so."""
    found = []
    for line in swatches_of(sync):
        wanted = line.file.file_id if line.file else line.replaces
        named = swatch_of(place.world.shops[line.part.store.domain], line.owner_id)
        if line.outcome == "done" and named != wanted:
            found.append(f"{line.name}: done, and the swatch is {named or 'none'}")
        if line.outcome in NOT_DONE and wanted and named == wanted:
            found.append(f"{line.name}: {line.outcome} ({line.reason}), and it is the swatch")
    return found


def swatch_of(shop: Shop, owner_id: str) -> str:
    owners = [shop.products.get(owner_id), *(v for p in shop.products.values() for v in p.variants if v.id == owner_id)]
    values = [owner.metafields.get("cloudinary.swatch") for owner in owners if owner]
    return next((value.value for value in values if value), "")


def lines_of(sync: Sync) -> list[ChangeRow]:
    rows = ChangeRow.objects.filter(part__sync=sync, owner_id="")
    return list(rows.select_related("file", "product", "part__store"))


def swatches_of(sync: Sync) -> list[ChangeRow]:
    rows = ChangeRow.objects.filter(part__sync=sync).exclude(owner_id="")
    return list(rows.select_related("file", "part__store"))


def nothing_left(place: Scene, selection: Selection) -> list[str]:
    """What one more run finds to do."""
    before = len(place.mutations())
    sync = press(place, selection)
    written = place.mutations()[before:]
    states = {state for part in sync.parts.all() for state in part.products.values_list("state", flat=True)}
    found = [f"{entry['operation']} was sent" for entry in written]
    return found + [f"a product is {state}" for state in states - {"unchanged"}] + problems(sync)


def problems(sync: Sync) -> list[str]:
    """Why a run ended before its end."""
    return [str(part.problem) for part in StoreSync.objects.filter(sync=sync) if part.problem]
