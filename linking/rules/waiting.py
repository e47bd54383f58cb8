"""Plans of a rule that wait for a person: of each kind there is one, and it is the newest. What makes another one takes over what
the plans before were about, and withdraws them: two plans for one gallery would each be right only until the other is applied."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef
from django.utils import timezone

from linking.domain import stored
from linking.domain.policies import Policy
from linking.models import Link, Rule, SelectedAsset, StoreSync, Sync
from linking.models.selected import selections_of
from setup.security.actors import Actor

State = StoreSync.State
AT_ONCE = 500


def plans_of(rule: Rule, kind: str) -> list[Sync]:
    """That nobody has applied or aborted, made or being made. One that has nothing to do, or is for reading only, waits for
    nobody."""
    rows = Sync.objects.filter(rule=rule, kind=kind, dry_run=True, abort_requested=None).order_by("pk")
    plans = rows.filter(
        Exists(StoreSync.objects.filter(sync=OuterRef("pk"), state__in=[State.PLANNING, State.PLANNED]))
    )
    return [plan for plan in plans.select_related("selection").prefetch_related("parts") if _waits(plan)]


def _waits(plan: Sync) -> bool:
    return Policy.of(plan.policy).asks and any(
        part.state == State.PLANNING or (part.state == State.PLANNED and (part.outcome_counts or {}).get("pending"))
        for part in plan.parts.all()
    )


def withdraw(actor: Actor, plans: Iterable[Sync]) -> None:
    """As if somebody had aborted them; what was applied at this moment stays applied."""
    for plan in plans:
        mine = Sync.objects.filter(pk=plan.pk, dry_run=True, abort_requested=None)
        if mine.update(abort_requested=timezone.now()):
            actor.record("sync.abort", f"run {plan.key}")


def assets_of(plans: Iterable[Sync]) -> list[str]:
    chosen = [selection.pk for plan in plans for selection in selections_of(plan)]
    return list(SelectedAsset.objects.filter(selection__in=chosen).order_by("pk").values_list("asset_id", flat=True))


def links_of(plans: Iterable[Sync]) -> list[Link]:
    """What they would unlink, as far as the ledger has it."""
    named = {
        (int(store), product, medium)
        for plan in plans
        for store, products in stored.mapping(stored.mapping(plan.arrangement).get("unlink")).items()
        if store.isdecimal()
        for product, media in stored.mapping(products).items()
        for medium in stored.texts(media)
    }
    products = sorted({product for _store, product, _medium in named})
    found = list[Link]()
    for at in range(0, len(products), AT_ONCE):
        rows = Link.objects.in_galleries().filter(product_id__in=products[at : at + AT_ONCE]).order_by("pk")
        found += [link for link in rows if (link.store_id, link.product_id, link.medium_id) in named]
    return found
