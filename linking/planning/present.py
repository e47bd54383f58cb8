"""What a plan's assets are in Cloudinary at its beginning: an address or a version of an hour ago may be wrong."""

from datetime import datetime
from functools import partial

from django.utils import timezone

from linking.domain.present import FRESH
from linking.models import StoreSync
from linking.models.selected import selections_of
from linking.selection import rereading
from setup.reasons import Reason
from setup.shopify.client import ShopifyClient

READING = Reason("doing.reading_assets")


def up_to_date(part: StoreSync, client: ShopifyClient) -> datetime | None:
    """Have the selection's assets been read, and answer when that was. A run that tries failures again may have failed for what
    has changed a moment ago: it always reads. No Cloudinary error is raised: None, and the plan goes by what is known. What it
    brings is asked about once more before it is fetched (linking.syncing.addresses)."""
    fresh = timezone.now() - FRESH
    after = max(fresh, part.sync.created) if part.sync.origin_id else fresh
    pause = partial(client.pause, 0.5, READING)
    read = [rereading.refresh(one, pause, after=after) for one in selections_of(part.sync)]
    return min(filter(None, read), default=None) if all(read) else None


def read_for_certain(part: StoreSync, client: ShopifyClient) -> None:
    """Have the selection's assets been read within FRESH. Raises CloudinaryError where there is no answer."""
    for selection in selections_of(part.sync):
        rereading.refresh(selection, partial(client.pause, 0.5, READING), insist=True)
