"""Which asset a picture in a gallery shows, and whether it is there because of us."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from linking.domain.filenames import asset_mark, read_mark
from linking.domain.galleries import Medium
from linking.domain.plan import Change
from linking.models import ChangeRow, Link, ProductSync, StoreFile
from linking.shopify.galleries import Gallery, GalleryMedium
from setup.models import Store

BROKEN = (ProductSync.State.FAILED, ProductSync.State.ABORTED)


@dataclass(frozen=True)
class Ledger:
    """What tells which asset a picture shows, and whether it is there because of us."""

    assets: Mapping[str, str]  # asset mark -> asset id
    files: Mapping[str, StoreFile]  # file id -> our row
    links: Mapping[tuple[str, str], str]  # (product id, medium id) -> asset id
    meant: Collection[tuple[str, str]] = ()  # what a run meant to put there that the store broke off

    @classmethod
    def of(cls, store: Store, found: Collection[Gallery], asset_ids: Iterable[str]) -> "Ledger":
        media = [id for gallery in found for id in gallery.ids]
        links = Link.objects.filter(store=store, product_id__in=[gallery.product_id for gallery in found])
        return cls(
            assets={asset_mark(id): id for id in asset_ids},
            files={
                id: row for at in range(0, len(media), 500) for id, row in _rows_of(store, media[at : at + 500]).items()
            },
            links={(link.product_id, link.medium_id): link.asset_id for link in links},
            meant=_meant(store, [gallery.product_id for gallery in found]),
        )

    def media(self, gallery: Gallery) -> list[Medium]:
        """A gallery as the core sees it. A file's id tells its asset, or else the mark in its name does."""
        return [self._medium(gallery.product_id, item) for item in gallery.media]

    def _medium(self, product_id: str, item: GalleryMedium) -> Medium:
        ours = (product_id, item.id) in self.links or (product_id, item.id) in self.meant
        if row := self.files.get(item.id):
            asset, mark = row.asset_id, row.mark
        else:
            found = read_mark(item.name or item.url)
            asset, mark = (self.assets.get(found.asset, ""), str(found)) if found else ("", "")
        asset = self.links.get((product_id, item.id), asset)
        # A medium that failed shows nothing: it is no rendition of anything.
        return Medium(item.id, asset or None, mark if mark and item.status == "READY" else None, ours)


def _meant(store: Store, product_ids: Sequence[str]) -> set[tuple[str, str]]:
    """(product id, file id) of arrivals that nobody could look for afterwards: a picture that stands there came by them."""
    broken = ChangeRow.objects.filter(part__store=store, change__in=[Change.ADD, Change.REPLACE], owner_id="")
    broken = broken.filter(product__result="", product__state__in=BROKEN).exclude(file__file_id="").exclude(file=None)
    found: set[tuple[str, str]] = set()
    for at in range(0, len(product_ids), 500):
        rows = broken.filter(product__product_id__in=product_ids[at : at + 500])
        found |= set(rows.values_list("product__product_id", "file__file_id"))
    return found


def _rows_of(store: Store, file_ids: Sequence[str]) -> dict[str, StoreFile]:
    return {row.file_id: row for row in StoreFile.objects.filter(store=store, file_id__in=file_ids)}


def texts_of(store: Store, asset_ids: Sequence[str]) -> dict[str, str]:
    """Mark -> alt text of the files that the store has of these assets, as far as the ledger knows."""
    found: dict[str, str] = {}
    for at in range(0, len(asset_ids), 500):
        rows = StoreFile.objects.filter(store=store, asset_id__in=asset_ids[at : at + 500], state=StoreFile.State.READY)
        found |= dict(rows.values_list("mark", "alt"))
    return found
