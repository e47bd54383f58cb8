from linking.models.ledger import Link, StoreFile
from linking.models.matches import KeyMatch, StoreMatch
from linking.models.selections import AssetJob, GroupArrangement, SelectedAsset, Selection
from linking.models.syncs import ChangeRow, ProductSync, StoreLease, StoreSync, Sync

__all__ = [
    "AssetJob",
    "ChangeRow",
    "GroupArrangement",
    "KeyMatch",
    "Link",
    "ProductSync",
    "SelectedAsset",
    "Selection",
    "StoreFile",
    "StoreLease",
    "StoreMatch",
    "StoreSync",
    "Sync",
]
