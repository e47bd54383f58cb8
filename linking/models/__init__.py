"""Rows of selections, matches, runs, the ledger and reports."""

from linking.models.ledger import Link, LinkCheck, LinkedVariant, StoreFile
from linking.models.matches import KeyMatch, KeyRow, StoreMatch
from linking.models.reports import Report
from linking.models.selections import AnyRow, AssetJob, GroupArrangement, SelectedAsset, SelectedRow, Selection
from linking.models.syncs import ChangeRow, ProductSync, StoreLease, StoreSync, Sync

__all__ = [
    "AnyRow",
    "AssetJob",
    "ChangeRow",
    "GroupArrangement",
    "KeyMatch",
    "KeyRow",
    "Link",
    "LinkCheck",
    "LinkedVariant",
    "ProductSync",
    "Report",
    "SelectedAsset",
    "SelectedRow",
    "Selection",
    "StoreFile",
    "StoreLease",
    "StoreMatch",
    "StoreSync",
    "Sync",
]
