"""A run that has ended says in Cloudinary how far its assets are, linked or no longer, where admins want that. The row is written
in the transaction in which the run ends, so it is neither lost nor made up; a worker does the rest
(linking.ingest.sheets.statuses)."""

from django.db import transaction
from django.utils import timezone

from linking.domain.scopes import Assets, Scope
from linking.domain.sheet_columns import ASSET_ID
from linking.domain.statuses import CODE
from linking.models import Sheet, StoreSync, WriteBack
from linking.models.jobs import asked_for
from linking.models.sheets import Stage

KIND, LINK = "status", "link"
# Runs after which assets may be linked nowhere any more.
BACK = ("undo", "unlink")


def run_ended(part: StoreSync) -> None:
    """A store of a run has ended. Two that end at once take turns at the run's row, so that one of them finds nobody at work."""
    sync = part.sync
    if sync.kind not in (LINK, *BACK) or sync.dry_run:
        return
    known = WriteBack.objects.filter(environment=sync.environment_id, sets_status=True).first()
    if known is None:
        return
    with transaction.atomic():
        sync.lock()
        if StoreSync.objects.busy().filter(sync=sync.pk).exists():
            return
        source = {"kind": KIND, "run": sync.pk, "by_itself": True, "scope": Assets(Scope.RUN, run=sync.pk).kept}
        source |= {"back": True, "required": known.required} if sync.kind in BACK else {}
        owned = {"environment_id": sync.environment_id, "member_id": sync.member_id, "columns": [ASSET_ID, CODE]}
        work = {"stage": Stage.CHECKING, **asked_for(now=timezone.now())}
        Sheet.objects.create(**owned, **work, name="Status", source=source)
