"""Alt texts: what a run wishes, and what the files that a store has already say now."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from linking.domain.alts import AltPolicy, new_alt
from linking.domain.arrangements import KeptArrangement
from linking.domain.assets import Asset
from linking.models import StoreFile, Sync
from linking.planning.rows import UNASKED, alt_of
from linking.selection.arrangement import explicit_alts
from linking.shopify import files
from linking.shopify.galleries import Gallery
from setup.models import Store
from setup.shopify.client import ShopifyClient
from setup.spelling import plain


@dataclass(frozen=True)
class AltTexts:
    """What a run does to alt texts of pictures that a store has already. `explicit`: ids of assets for which a person decided."""

    policy: str
    explicit: frozenset[str]

    @classmethod
    def of(cls, sync: Sync, kept: KeptArrangement) -> "AltTexts":
        return cls(sync.alt_policy, explicit_alts(kept.alt_sources))

    def instead(self, asset: Asset, current: str) -> str | None:
        """What the asset's picture gets instead of its `current` text; None: it keeps that."""
        return self.of_asset(asset.asset_id, alt_of(asset), current)

    def of_asset(self, asset_id: str, wanted: str, current: str) -> str | None:
        """The same where the asset's text is known already."""
        text = new_alt(self.policy, current, wanted, explicit=asset_id in self.explicit)
        return text if plain(text) != plain(current) else None

    def may_change(self, asset_ids: Sequence[str]) -> list[str]:
        """Those whose pictures may get another text: of the others nobody has to know the present one."""
        return [id for id in asset_ids if self.policy != AltPolicy.KEEP or id in self.explicit]


def present_texts(
    store: Store, client: ShopifyClient, asset_ids: Sequence[str], found: Collection[Gallery]
) -> dict[str, str]:
    """Mark -> alt text now, of the files that the store has of these assets. `found`: galleries as just read, whose files are
    not asked for again. A file that is not shown yet has the text that it was asked for with. Raises ShopifyError."""
    rows = _files_of(store, asset_ids)
    texts = {item.id: item.alt for gallery in found for item in gallery.media}
    unknown = [row.file_id for row in rows if row.file_id and row.file_id not in texts]
    texts |= {id: state.alt for id, state in files.states(client, unknown).items()}
    return {row.mark: texts.get(row.file_id, row.alt) for row in rows}


def _files_of(store: Store, asset_ids: Sequence[str]) -> list[StoreFile]:
    rows: list[StoreFile] = []
    for at in range(0, len(asset_ids), 500):
        known = StoreFile.objects.for_galleries().filter(store=store, asset_id__in=asset_ids[at : at + 500])
        rows += known.exclude(state__in=UNASKED)
    return rows
