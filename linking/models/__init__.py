from linking.models.ledger import Link, StoreFile
from linking.models.matches import KeyMatch, StoreMatch
from linking.models.selections import SelectedAsset, Selection
from linking.models.syncs import ChangeRow, ProductSync, StoreLease, StoreSync, Sync

__all__ = [
    "ChangeRow",
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
