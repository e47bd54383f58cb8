"""Which assets may not be shown now, as Cloudinary says of them: asked before what is in a store already gets into a gallery."""

from collections.abc import Collection, Iterable, Mapping

from linking.cloudinary.assets import present
from linking.cloudinary.renditions import withheld
from linking.domain.assets import Asset
from linking.domain.reasons import GONE
from linking.models import StoreFile
from setup.cloudinary.client import CloudinaryClient
from setup.models import Environment, Store
from setup.reasons import Reason


def read(environment: Environment, asset_ids: Iterable[str]) -> dict[str, Asset | None]:
    """What these assets are now, by id; None for one that is gone. One that cannot be read has no public ID, so it may not be
    shown. One call of the Admin API for 100. Raises CloudinaryError."""
    wanted = [Asset(id, "") for id in dict.fromkeys(asset_ids)]
    found: dict[str, Asset | None] = {}
    for some in present(CloudinaryClient(environment), wanted, timed=False):
        found |= some
    return {asset.asset_id: asset for asset in wanted} | found


def judged(environment: Environment, assets: Mapping[str, Asset | None]) -> dict[str, Reason]:
    """Of those that may not be shown now: by id, why."""
    reasons = {id: withheld(environment, asset) if asset else GONE for id, asset in assets.items()}
    return {id: reason for id, reason in reasons.items() if reason}


def assets_of(store: Store, file_ids: Collection[str]) -> dict[str, str]:
    """File id -> asset id, of files that are ours."""
    ids, found = list(file_ids), dict[str, str]()
    for at in range(0, len(ids), 500):
        rows = StoreFile.objects.for_galleries().filter(store=store, file_id__in=ids[at : at + 500])
        found |= dict(rows.values_list("file_id", "asset_id"))
    return found


def kept_back(store: Store, media: Mapping[str, str]) -> dict[str, Reason]:
    """Of media that may not come back now: by file id, why. `media`: file id -> asset id, empty where only the ledger may know
    it; what is nobody's asset may. Raises CloudinaryError."""
    owners = assets_of(store, media) | {id: asset for id, asset in media.items() if asset}
    reasons = judged(store.environment, read(store.environment, owners.values())) if owners else {}
    return {id: reasons[asset] for id, asset in owners.items() if asset in reasons}
