"""Which asset a picture in a gallery shows, and whether it is there because of us."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from linking.domain.filenames import asset_mark, read_mark
from linking.domain.galleries import Medium
from linking.domain.plan import Change
from linking.models import ChangeRow, Link, ProductSync, StoreFile
from linking.shopify.galleries import Gallery, GalleryMedium
from setup.models import Store

BROKEN = (ProductSync.State.FAILED, ProductSync.State.ABORTED, ProductSync.State.PARTIAL)


@dataclass(frozen=True)
class Ledger:
    """What tells which asset a picture shows, and whether it is there because of us."""

    assets: Mapping[str, str]  # asset mark -> asset id
    files: Mapping[str, StoreFile]  # file id -> our row
    links: Mapping[tuple[str, str], str]  # (product id, medium id) -> asset id
    # Product id -> asset id -> the variants that it is linked for; None where no run has seen them.
    carriers: Mapping[str, Mapping[str, list[str] | None]] = field(default_factory=dict)
    # (product id, medium id) -> the rendition that a medium counts as that was there before us.
    adopted: Mapping[tuple[str, str], str] = field(default_factory=dict)
    meant: Collection[tuple[str, str]] = ()  # what a run meant to put there that the store broke off

    @classmethod
    def of(cls, store: Store, found: Collection[Gallery], asset_ids: Iterable[str], *, prove: bool = True) -> "Ledger":
        """Rows whose files are in these galleries are proved, or voided, by the files' own names on the way; who only counts
        leaves them as they are."""
        media = [id for gallery in found for id in gallery.ids]
        links = list(Link.objects.in_galleries().filter(store=store, product_id__in=[one.product_id for one in found]))
        carriers: dict[str, dict[str, list[str] | None]] = {}
        for link in links:
            carriers.setdefault(link.product_id, {})[link.asset_id] = link.variants
        files: dict[str, StoreFile] = {}
        for at in range(0, len(media), 500):
            files |= _rows_of(store, media[at : at + 500])
        return cls(
            assets={asset_mark(id): id for id in asset_ids},
            files=proved(
                files, {item.id: item.name or item.url for gallery in found for item in gallery.media}, keep=prove
            ),
            links={(link.product_id, link.medium_id): link.asset_id for link in links},
            carriers=carriers,
            adopted={(link.product_id, link.medium_id): link.adopted for link in links if link.adopted},
            meant=_meant(store, [gallery.product_id for gallery in found]),
        )

    def media(self, gallery: Gallery) -> list[Medium]:
        """A gallery as the core sees it. The mark in a file's name tells its asset; without one, its id does."""
        return [self._medium(gallery.product_id, item) for item in gallery.media]

    def _medium(self, product_id: str, item: GalleryMedium) -> Medium:
        link, row = self.links.get((product_id, item.id)), self.files.get(item.id)
        adopted = self.adopted.get((product_id, item.id), "")
        ours = not adopted and (link is not None or (product_id, item.id) in self.meant)
        if row and row.adopted and not link:
            row = None  # somebody else's, who put it here: another gallery has adopted it, or an undone run had
        mark = read_mark(item.name or item.url)
        claimed = link or (row.asset_id if row else "")
        if mark and mark.asset != asset_mark(claimed):
            misplaced = link is not None
            asset, rendition = self.assets.get(mark.asset, ""), str(mark)
        else:
            misplaced, asset = False, claimed
            rendition = adopted or (row.mark if row else str(mark or ""))
        # A medium that failed shows nothing: it is no rendition of anything.
        shown = rendition if rendition and item.status != "FAILED" else None
        return Medium(item.id, asset or None, shown, ours, misplaced, adopted)


def proved(files: Mapping[str, StoreFile], names: Mapping[str, str], *, keep: bool = True) -> dict[str, StoreFile]:
    """The rows that their files' names (file id -> name or address) do not speak against. Those that they speak for are proved
    from now on; the others have no file any more: it is another's. A name without a mark proves nothing, as merchants rename
    files. `keep`: write down what was proved."""
    marks = {id: read_mark(names.get(id, "")) for id in files}
    void = {id for id, row in files.items() if (mark := marks[id]) and not row.may_be(str(mark))}
    if keep:
        fresh = [row.pk for id, row in files.items() if marks[id] and id not in void and not row.proved]
        for at in range(0, len(fresh), 500):
            StoreFile.objects.filter(pk__in=fresh[at : at + 500]).update(proved=True)
        StoreFile.objects.void([files[id] for id in void])
    return {id: row for id, row in files.items() if id not in void}


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
    return {row.file_id: row for row in StoreFile.objects.for_galleries().filter(store=store, file_id__in=file_ids)}
