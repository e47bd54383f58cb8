"""What rows keep of decisions and galleries, and whether it is whole: nothing is planned or written by a half of it."""

from linking.domain import stored
from linking.domain.arrangements import ARRANGED, KeptArrangement
from linking.domain.plan import Change, fingerprint
from linking.models import ChangeRow, ProductSync, Sync
from setup.reasons import Reason
from setup.shopify.errors import Remedy, ShopifyError

# What each kind of run plans by.
NEEDED = {
    "link": ARRANGED,
    "upload": ("excluded", "alts", "alt_sources", "only"),
    "unlink": ("unlink",),
    "undo": (),
}
UNREAD = Reason("run.unreadable")
DEPARTURES = (Change.UNLINK, Change.REPLACE)


def kept_of(sync: Sync) -> KeptArrangement:
    """What was decided when the button was pressed. Raises ShopifyError (give up) where anything is missing: half of it is not
    what was decided."""
    kept = KeptArrangement.of(sync.arrangement)
    if not kept.whole(*NEEDED[sync.kind]) or not stored.are_pairs(sync.only, int, str):
        raise ShopifyError(Remedy.GIVE_UP, UNREAD, "unreadable")
    return kept


def gallery_is_known(product: ProductSync) -> bool:
    """Whether the gallery that its plan found is kept whole, with the variants whose pictures change."""
    media, changes = stored.rows(product.before, "id"), stored.rows(product.variants, "id")
    if media != product.before or changes != product.variants or not all(map(_is_change, changes)):
        return False
    if not all(map(_is_medium, media)):
        return False
    return product.fingerprint in ("", fingerprint([(item["id"], item["alt"]) for item in media]))


def _is_medium(item: dict) -> bool:
    return all(isinstance(item.get(name), str) for name in ("id", "alt", "url")) and _is_known(item.get("asset"))


def _is_known(asset: object) -> bool:
    return asset is None or isinstance(asset, str)


def _is_change(of_variant: dict) -> bool:
    before, after = of_variant.get("before", 0), of_variant.get("after", 0)
    arrival = after is None or is_named(after, "medium", "file")
    return _is_known(before) and arrival and isinstance(of_variant.get("title"), str)


def plan_is_whole(product: ProductSync) -> bool:
    """Whether gallery and plan are there: every place that a line names, and nothing leaves that no line names."""
    if not gallery_is_known(product) or not isinstance(product.after, list) or not all(map(_is_slot, product.after)):
        return False
    lines = [line for line in product.changes.all() if not line.owner_id]
    planned = {id for line in lines if line.change in DEPARTURES for id in (line.medium_id, line.replaces)}
    if not planned >= set(leaves(product)) or not stored.are_pairs(product.incoming, str, str):
        return False
    # Without the place of an arrival, what it replaces would leave, and nothing would come.
    return all(_has_its_place(line, product.after) for line in lines if line.outcome == ChangeRow.Outcome.PENDING)


def _has_its_place(line: ChangeRow, after: list[dict]) -> bool:
    if line.position_after is None:
        return True
    if not 0 < line.position_after <= len(after):
        return False
    slot = after[line.position_after - 1]
    return (
        slot["asset"] == line.asset_id if "file" in slot else line.medium_id in (slot.get("medium"), slot.get("return"))
    )


def _is_slot(slot: object) -> bool:
    if is_named(slot, "medium", "return"):
        return _is_known(stored.mapping(slot).get("asset"))
    return is_named(slot, "file") and is_named(slot, "asset")


def is_named(item: object, *names: str) -> bool:
    """Whether it is an object with a text under one of these names."""
    return isinstance(item, dict) and any(isinstance(item.get(name), str) and item[name] for name in names)


def leaves(product: ProductSync) -> list[str]:
    """The media that leave the gallery, as planned."""
    staying = {slot.get("medium") or slot.get("return") for slot in product.after}
    return [item["id"] for item in product.before if item["id"] not in staying]
