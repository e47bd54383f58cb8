"""Rows of selections, matches, runs, the ledger and reports."""

from linking.models.addresses import SelectionAddress
from linking.models.asset_jobs import AssetJob
from linking.models.changed import ChangedProduct, ChangeFeed
from linking.models.channels import Channel
from linking.models.delivery import DeliveredName, DeliveredProduct, DeliveryEndpoint
from linking.models.drift import DriftFinding, LeftGallery
from linking.models.embedded import EmbeddedRow
from linking.models.estimates import Estimate, SeenGallery
from linking.models.events import EventWork, SeenAsset
from linking.models.idempotency import IdempotentRequest
from linking.models.leases import StoreLease
from linking.models.ledger import Link, LinkCheck, LinkedVariant, StoreFile
from linking.models.looks import MediumLook, RenditionLook
from linking.models.matches import KeyMatch, KeyRow, StoreMatch
from linking.models.metafields import StoreMetafields
from linking.models.notices import Notice, NoticeChannel, NoticeChoice, NoticeLetter, Occurrence
from linking.models.picker import SavedSearch, Ticked
from linking.models.presets import Preset
from linking.models.product_events import ProductWork, SeenProduct
from linking.models.reports import Report
from linking.models.rules import Firing, Rule
from linking.models.selections import (
    AnyRow,
    BriefRow,
    GroupArrangement,
    SelectedAsset,
    SelectedRow,
    Selection,
    SelectionChain,
    SelectionExtract,
)
from linking.models.sheets import Sheet, SheetPart, SheetRow
from linking.models.syncs import ChangeRow, ProductSync, StoreSync, Sync
from linking.models.webhooks import WebhookDelivery, WebhookEndpoint
from linking.models.write_back import WriteBack, WrittenBack

__all__ = [
    "AnyRow",
    "AssetJob",
    "BriefRow",
    "ChangeFeed",
    "ChangeRow",
    "ChangedProduct",
    "Channel",
    "DeliveredName",
    "DeliveredProduct",
    "DeliveryEndpoint",
    "DriftFinding",
    "EmbeddedRow",
    "Estimate",
    "EventWork",
    "Firing",
    "GroupArrangement",
    "IdempotentRequest",
    "KeyMatch",
    "KeyRow",
    "LeftGallery",
    "Link",
    "LinkCheck",
    "LinkedVariant",
    "MediumLook",
    "Notice",
    "NoticeChannel",
    "NoticeChoice",
    "NoticeLetter",
    "Occurrence",
    "Preset",
    "ProductSync",
    "ProductWork",
    "RenditionLook",
    "Report",
    "Rule",
    "SavedSearch",
    "SeenAsset",
    "SeenGallery",
    "SeenProduct",
    "SelectedAsset",
    "SelectedRow",
    "Selection",
    "SelectionAddress",
    "SelectionChain",
    "SelectionExtract",
    "Sheet",
    "SheetPart",
    "SheetRow",
    "StoreFile",
    "StoreLease",
    "StoreMatch",
    "StoreMetafields",
    "StoreSync",
    "Sync",
    "Ticked",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WriteBack",
    "WrittenBack",
]
