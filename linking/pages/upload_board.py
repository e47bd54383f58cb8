"""What the Upload to Store Files page shows: every asset as the file that it becomes, and which of them the stores have."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from linking.cloudinary.renditions import NoRendition, Shape, shape_of
from linking.domain.assets import Asset
from linking.domain.keying import Keying
from linking.domain.limits import output_size
from linking.links import usage
from linking.models import AnyRow, Selection
from linking.pages.group_cards import AssetCard
from linking.selection.arrangement import group_ids
from linking.selection.as_run import allowed_now
from linking.selection.extracts import rows_of
from linking.selection.older_files import Kept, Shaped, ledger_of, newest_older
from setup.models import Store
from setup.reasons import NONE, Reason
from setup.words import _, number

# So many rows come at a time.
ROWS = 40


@dataclass(frozen=True, kw_only=True)
class FileCard(AssetCard):
    """`shape`: None if it cannot go to Files; then `trouble` says why. `there`: how many of the chosen stores have it."""

    shape: Shape | None
    there: int
    keying: Keying

    @property
    def ready(self) -> bool:
        return not self.trouble and not self.excluded

    @property
    def becomes(self) -> str:
        """What it will be in Files: its format, pixels and transformation, or “as it is, PDF”."""
        if self.shape is None:
            return ""
        extension = self.shape.extension.upper()
        if not self.shape.transformation:
            return _("as it is, {format}").format(format=extension)
        size = output_size(self.asset.width, self.asset.height, self.shape.transformation) if self.asset.width else None
        wide, high = map(number, size or (0, 0))
        pixels = _("{width} × {height} px").format(width=wide, height=high) if size else ""
        if self.shape.by and not size:  # its pixels are known once it is made
            return _("{format}, in the size that {transformation} makes").format(
                format=extension, transformation=self.shape.by
            )
        return ", ".join(filter(None, (extension, pixels, self.shape.by)))

    @property
    def group(self) -> Mapping[str, str]:
        """The first of its groups on Link to Products, which names the editor of its alt text."""
        return {"id": group_ids(self.keying, self.asset)[0]}


@dataclass(frozen=True)
class UploadStore:
    store: Store
    chosen: bool
    there: int = 0

    @property
    def broken(self) -> bool:
        return not self.store.is_open


@dataclass(frozen=True)
class Older:
    """An earlier version of an asset that is a file of a store. `used`: products in whose galleries it is because of us."""

    card: FileCard
    store: Store
    name: str
    replaceable: bool
    used: Sequence[str]


@dataclass(frozen=True)
class UploadBoard:
    cards: Sequence[FileCard] = ()
    stores: Sequence[UploadStore] = ()
    missing: Sequence[str] = ()
    older: Sequence[Older] = field(default_factory=tuple)

    @cached_property
    def ready(self) -> int:
        return sum(card.ready for card in self.cards)

    @property
    def coming(self) -> int:
        """How many of these at least one of the stores lacks."""
        most = max(1, self.chosen)
        return sum(card.there < most and card.ready for card in self.cards)

    @property
    def with_alt(self) -> set[str]:
        """Ids of the assets that go to Files, with their alt texts."""
        return {card.id for card in self.cards if card.ready}

    @property
    def lacking_alts(self) -> int:
        """How many of these have none."""
        return sum(card.ready and card.lacks_alt for card in self.cards)

    @property
    def out(self) -> int:
        return len(self.cards) - self.ready

    @cached_property
    def chosen(self) -> int:
        return sum(one.chosen for one in self.stores)

    @property
    def there(self) -> int:
        """Files that are in their stores already."""
        return sum(one.there for one in self.stores)

    @property
    def replaceable(self) -> int:
        return sum(one.replaceable for one in self.older)


def board_of(
    selection: Selection, rows: Sequence[AnyRow] | None = None, stores: Mapping[Store, bool] | None = None
) -> UploadBoard:
    """`rows`, `stores`: all of the selection's, if they are known. At most four queries; no store and no delivery is asked."""
    stores = selection.store_choices() if stores is None else stores
    chosen = {store.pk for store, taken in stores.items() if taken and store.is_open}
    rows = rows_of(selection) if rows is None else rows
    named = allowed_now(selection)
    drawn = [(row, *_shaped(selection, row, named)) for row in rows if row.known]
    ledger = [row for row in ledger_of(selection) if row.store_id in chosen]
    marks = {
        asset.asset_id: shape.mark(asset.asset_id, asset.version) for _row, asset, shape, _trouble in drawn if shape
    }
    there = {(row.store_id, row.asset_id) for row in ledger if row.mark == marks.get(row.asset_id)}
    having, keying = Counter(asset_id for _store, asset_id in there), selection.keying
    shown = [
        FileCard(asset, row, trouble, shape=shape, there=having[asset.asset_id], keying=keying)
        for row, asset, shape, trouble in drawn
    ]
    open_ones = {card.id: card for card in shown if card.ready}
    return UploadBoard(
        cards=shown,
        stores=[_store(store, chosen, there, open_ones) for store in stores],
        missing=[row.asset_id for row in rows if not row.known],
        older=list(_older(list(stores), open_ones, ledger)),
    )


def _shaped(selection: Selection, row: AnyRow, named: str) -> tuple[Asset, Shape | None, Reason]:
    """The asset, what it becomes in Files, and why it cannot go there if it cannot."""
    asset = row.asset
    try:
        return asset, shape_of(selection.environment, asset, named), NONE
    except NoRendition as trouble:
        return asset, None, trouble.reason


def _store(store: Store, chosen: set[int], there: set[tuple[int, str]], cards: Mapping[str, FileCard]) -> UploadStore:
    taken = store.pk in chosen and store.is_open
    return UploadStore(store, taken, sum(pk == store.pk and id in cards for pk, id in there))


def _older(
    stores: Sequence[Store],
    cards: Mapping[str, FileCard],
    ledger: Sequence[Kept],
) -> Iterable[Older]:
    """The newest earlier version of each asset, in the stores that lack the present one."""
    shapes = {id: Shaped(card.asset.version, card.shape) for id, card in cards.items() if card.shape}
    found = newest_older(shapes, ledger)
    used = usage.galleries_of(stores, [row.file_id for row in found.values()])
    for store in stores:
        for row in (row for row in found.values() if row.store_id == store.pk):
            card = cards[row.asset_id]
            can = card.shape is not None and card.shape.can_replace(row.name)
            yield Older(card, store, row.name, can, used.get((store.pk, row.file_id), ()))
