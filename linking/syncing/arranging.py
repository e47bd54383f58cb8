"""A run that began before its selection was read: once that is there, it is arranged as any other is at its start. If a program
named its products, the request said how it is arranged."""

from django.db import transaction

from linking.models import Sync
from linking.models.jobs import JobState
from linking.selection.as_run import frozen
from linking.syncing.run import Run
from setup.reasons import NONE, Reason
from setup.shopify.errors import Remedy, ShopifyError


def arrange(run: Run) -> bool:
    """Whether it is arranged now. False while the details of its assets are still being read. Raises ShopifyError, which ends the
    run, if nobody can read them."""
    sync = run.part.sync
    if not sync.to_arrange:
        return True
    if sync.selection is None:
        raise ShopifyError(Remedy.GIVE_UP, Reason("run.selection_gone"), "selection_gone")
    parts = list(sync.selection.whole())
    if failed := next((one for one in parts if one.state == JobState.FAILED), None):
        raise ShopifyError(Remedy.GIVE_UP, failed.problem, "unread")
    if not all(one.fetched for one in parts):
        run.say(Reason("doing.reading_assets"))
        return False
    with transaction.atomic():
        sync.lock()  # of several stores, the first one arranges for all
        sync.refresh_from_db(fields=["to_arrange", "arrangement"])
        if sync.to_arrange:
            if not sync.names_products:
                sync.arrangement = frozen(sync.selection)
            sync.to_arrange = False
            Sync.objects.filter(pk=sync.pk).update(arrangement=sync.arrangement, to_arrange=False)
    run.say(NONE)
    return True
