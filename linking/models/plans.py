"""Plans of rules that wait for a person."""

from collections.abc import Iterable

from django.db.models import Exists, Max, OuterRef

from linking.domain.policies import Policy
from linking.models.rules import ASKED, Firing, Rule
from linking.models.syncs import StoreSync, Sync


def waiting_plans(rules: Iterable[Rule]) -> list[Sync]:
    """Plans that somebody is asked to apply, newest first: but for those that a later firing for all assets has made again. What
    unlinks by an event belongs to no firing, and is made by none."""
    shown = Sync.objects.filter(rule__in=rules, dry_run=True, abort_requested=None).defer("arrangement")
    planned = StoreSync.objects.filter(sync=OuterRef("pk"), state=StoreSync.State.PLANNED)
    rows = shown.filter(Exists(planned)).select_related("rule", "member")
    found = [sync for sync in rows.prefetch_related("parts__store").order_by("-pk") if waits(sync)]
    whole = Firing.objects.filter(rule__in=rules, assets__isnull=True, result=Firing.Result.RAN)
    newest = dict(whole.order_by().values("rule").annotate(last=Max("pk")).values_list("rule", "last"))
    return [sync for sync in found if sync.firing_id is None or sync.firing_id >= newest.get(sync.rule_id, 0)]


def waits(sync: Sync) -> bool:
    """Whether its plan has something to do, and is not for reading only."""
    if not Policy.of(sync.policy).asks:
        return False
    return any(
        part.state == StoreSync.State.PLANNED and (part.outcome_counts or {}).get("pending")
        for part in sync.parts.all()
    )


def is_wanted(sync: Sync) -> bool:
    """Whether the rule of this run may still apply plans by itself: it is there, and on or fired by somebody."""
    if sync.rule is None:
        return False
    return sync.rule.on or (sync.firing is not None and sync.firing.cause in ASKED)


def successor_of(sync: Sync) -> Sync | None:
    """The newest run of its rule that took the place of this plan (linking.rules.waiting); None if nothing did. What began after
    it was aborted has nothing to do with that."""
    if not sync.rule_id or not sync.dry_run or sync.abort_requested is None:
        return None
    rows = Sync.objects.filter(rule=sync.rule_id, kind=sync.kind, pk__gt=sync.pk)
    if not rows.filter(created__lte=sync.abort_requested).exists():
        return None
    return rows.order_by("-pk").defer("arrangement").first()
