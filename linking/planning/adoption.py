"""What a plan takes over of what stands in a gallery already: a medium that seems to be an asset that comes counts as that asset.
It keeps its place, or moves as the link mode says, and nothing is uploaded for it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from linking.adopting.comparing import Beside
from linking.cloudinary.renditions import Rendition
from linking.domain.adopting import Pair
from linking.domain.arrangements import Adopting
from linking.domain.assets import Asset
from linking.domain.filenames import read_mark
from linking.domain.galleries import Incoming, Medium
from linking.domain.plan import ProductPlan
from linking.models import ProductSync
from linking.planning.rows import before_rows
from linking.shopify.galleries import Gallery, GalleryMedium


@dataclass(frozen=True)
class Decided:
    """A pair, and whether it is taken over: by itself, or because a person said so."""

    pair: Pair
    adopt: bool


def strangers(gallery: Gallery, media: Sequence[Medium]) -> list[GalleryMedium]:
    """Pictures that nobody of us brought: no asset is known of them, and no mark is in their names."""
    return [
        item
        for item, medium in zip(gallery.media, media, strict=True)
        if not (medium.asset or medium.rendition or medium.ours or medium.misplaced)
        and item.type in ("IMAGE", "")
        and item.status in ("READY", "")
        and not read_mark(item.name or item.url)
    ]


def beside(
    assets: Mapping[str, Iterable[Asset]],
    found: Mapping[str, Gallery],
    shown: Mapping[str, Sequence[Medium]],
    picture: Callable[[Asset], Rendition | None],
) -> dict[str, Beside]:
    """By product, what is to be compared. `assets`: what comes; `picture`: as what."""
    known: dict[str, Beside] = {}
    for id, coming in assets.items():
        if not (media := strangers(found[id], shown[id])):
            continue
        there = {medium.asset for medium in shown[id]}
        made = [(asset, picture(asset)) for asset in coming if asset.asset_id not in there]
        known[id] = Beside(media, [(asset, rendition) for asset, rendition in made if rendition])
    return known


def decided(pairs: Sequence[Pair], choice: Adopting, store: int, product: str) -> list[Decided]:
    return [Decided(pair, choice.adopts(store, product, pair.medium, pair.likeness)) for pair in pairs]


def adopting(similar: Sequence[Decided], before: Sequence[Medium], incoming: Sequence[Incoming]) -> list[Medium]:
    """The gallery as if what is taken over were its asset already, in the rendition that comes."""
    marks = {item.asset: item.rendition for item in incoming}
    taken = {one.pair.medium: one.pair.asset for one in similar if one.adopt and one.pair.asset in marks}
    return [
        replace(medium, asset=asset, rendition=marks[asset], adopted=marks[asset])
        if (asset := taken.get(medium.id))
        else medium
        for medium in before
    ]


def adopted(plan: ProductPlan, before: Sequence[Medium]) -> dict[str, str]:
    """Medium id -> mark, of what this plan takes over: what leaves all the same is left as it is, and a plan that is refused
    takes nothing."""
    known = {medium.id for medium in before if medium.adopted}
    if plan.refusal:
        return {}
    return {
        slot.id: slot.adopted
        for slot in plan.after
        if isinstance(slot, Medium) and slot.adopted and slot.id not in known
    }


def fill(
    row: ProductSync, gallery: Gallery, before: Sequence[Medium], similar: Sequence[Decided], taken: Mapping[str, str]
) -> None:
    """Into a product's row. What the gallery was before is what undo goes back to: there nothing is adopted yet."""
    row.before = before_rows(gallery, before)
    row.lookalikes = [
        {
            "medium": one.pair.medium,
            "asset": one.pair.asset,
            "likeness": one.pair.likeness.value,
            "adopt": one.pair.medium in taken,
            "apart": one.pair.apart,
            "because": list(one.pair.because),
        }
        for one in similar
    ]
