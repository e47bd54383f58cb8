"""Removes what nobody needs any more, by the days that are set.

Selections, dry runs that were not applied, files of reports, launch ids and sessions. Never the ledger (StoreFile, Link),
and nothing of an applied run as long as it can be undone. Small batches, each on its own: broken off anywhere, the next
time goes on; several at once do no harm.
"""

import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from linking.domain.notices import Cause
from linking.models import (
    ChangedProduct,
    ChangeFeed,
    ChangeRow,
    EmbeddedRow,
    Firing,
    IdempotentRequest,
    Link,
    LinkedVariant,
    MediumLook,
    NoticeLetter,
    Occurrence,
    ProductSync,
    RenditionLook,
    Report,
    SeenAsset,
    SeenGallery,
    SeenProduct,
    SelectedAsset,
    Selection,
    SelectionAddress,
    SelectionChain,
    Sheet,
    SheetRow,
    StoreSync,
    Sync,
    WebhookDelivery,
    WebhookEndpoint,
)
from linking.models.changed import KEPT as CHANGES_KEPT
from linking.models.embedded import KEPT as EMBEDDED_KEPT
from linking.models.embedded import MOST_KEPT as MOST_EMBEDDED
from linking.models.estimates import KEPT
from linking.models.idempotency import KEPT as REQUESTS_KEPT
from linking.models.jobs import JobState
from linking.models.looks import KEPT as LOOKS_KEPT
from linking.models.notices import KEPT as NOTICES_KEPT
from linking.models.reports import FILE_NAME
from linking.models.rules import KEPT as FIRINGS_KEPT
from linking.models.sheets import Stage
from linking.models.webhooks import KEPT as DELIVERIES_KEPT
from linking.reporting.kept import kept
from setup.models import CloudinaryEvent, EmailCode, ProductEvent, UsedLaunch
from setup.models.events import KEPT as EVENTS_KEPT

log = logging.getLogger(__name__)
EVERY, SOON = 3600.0, 60.0  # seconds until the next time: after all was done, and after an error
SLICE = 2.0  # seconds at a time; the sweeper has other things to do
GRACE = timedelta(hours=1)  # launches are checked with some leeway of the clocks
STRAY = timedelta(days=1)  # since when nobody can be writing a file any more
SIGHTS_KEPT = timedelta(days=90)
STRAYS = "stray report files"
VARIANTS, PRODUCTS = "variants", 200  # so many products are looked at together


@dataclass(frozen=True)
class Chore:
    """`found` is what is due; `remove` takes it away and yields after every batch how many have gone."""

    name: str
    found: Callable[[datetime], QuerySet]
    remove: Callable[[QuerySet, datetime], Iterator[int]]


@dataclass
class Walk:
    """How far the ledger's variants were looked through: too many for one slice, and most of them stay."""

    store: int = 0
    product_id: str = ""


def clean(*, now: datetime, seconds: float = SLICE, walk: Walk | None = None) -> tuple[Counter[str], bool]:
    """What was removed, and whether everything is done. The clock is looked at between two batches. `walk`: where the previous
    slice came to, and from then on this one."""
    removed: Counter[str] = Counter()
    until, done = time.monotonic() + seconds, True
    for name, n in _batches(now, walk or Walk()):
        removed[name] += n
        if time.monotonic() > until:
            done = False
            break
    if counts := ", ".join(f"{n:,} {name}" for name, n in removed.items() if n):
        log.info("Housekeeping removed %s.", counts)
    return +removed, done


def due(now: datetime) -> Counter[str]:
    """What would be removed now."""
    found = Counter({chore.name: chore.found(now).count() for chore in CHORES})
    found[VARIANTS] = sum(rows.count() for rows, _ in orphaned_variants(Walk()))
    found[STRAYS] = sum(1 for _ in strays(now))
    return +found


def _batches(now: datetime, walk: Walk) -> Iterator[tuple[str, int]]:
    for chore in CHORES:
        for n in chore.remove(chore.found(now), now):
            yield chore.name, n
    for name in strays(now):
        kept().delete(name)
        yield STRAYS, 1
    for rows, reached in orphaned_variants(walk):
        yield from ((VARIANTS, n) for n in _in_batches(rows, 500))
        walk.store, walk.product_id = reached.store, reached.product_id
        yield VARIANTS, 0
    walk.store, walk.product_id = 0, ""


def older(name: str, days: int, now: datetime) -> Q:
    """Nothing, if 0 days are set."""
    return Q(**{f"{name}__lt": now - timedelta(days=days)}) if days else Q(pk__in=[])


def old_selections(now: datetime) -> QuerySet[Selection]:
    """Those that nothing was done with for so long. Runs keep their own copy of the arrangement."""
    used = Sync.objects.filter(selection=OuterRef("pk")).exclude(older("created", settings.SELECTION_DAYS, now))
    mine = Selection.objects.filter(older("created", settings.SELECTION_DAYS, now), chain=None)
    return mine.exclude(Exists(used))


def old_chains(now: datetime) -> QuerySet[SelectionChain]:
    """The same, all parts together."""
    used = Sync.objects.filter(chain=OuterRef("pk")).exclude(older("created", settings.SELECTION_DAYS, now))
    return SelectionChain.objects.filter(older("created", settings.SELECTION_DAYS, now)).exclude(Exists(used))


def old_addresses(now: datetime) -> QuerySet[SelectionAddress]:
    """As long as a selection that nobody opens, they say what became of them."""
    return SelectionAddress.objects.filter(older("expires", settings.SELECTION_DAYS, now))


def old_deliveries(now: datetime) -> QuerySet[WebhookDelivery]:
    """The schedule of tries ends long before: what is not over by then is under way."""
    over = WebhookDelivery.objects.filter(state__in=[JobState.DONE, JobState.FAILED])
    return over.filter(created__lt=now - DELIVERIES_KEPT)


def old_firings(now: datetime) -> QuerySet[Firing]:
    """Their runs stay, and still name the rule. The last one of each rule is shown in the list."""
    over = Firing.objects.filter(state__in=[JobState.DONE, JobState.FAILED], created__lt=now - FIRINGS_KEPT)
    newer = Firing.objects.filter(rule=OuterRef("rule"), pk__gt=OuterRef("pk"))
    return over.filter(Exists(newer))


def old_changes(now: datetime) -> QuerySet[ChangedProduct]:
    """Reported long ago. Who asks for what changed since then learns that something is missing."""
    return ChangedProduct.objects.filter(changed__lt=now - CHANGES_KEPT, number__isnull=False)


def old_letters(now: datetime) -> QuerySet[NoticeLetter]:
    """With the notices in it. The last one of each person says when the next one may go."""
    over = NoticeLetter.objects.filter(state__in=[JobState.DONE, JobState.FAILED])
    return over.filter(created__lt=now - timedelta(days=NOTICES_KEPT))


def old_occurrences(now: datetime) -> QuerySet[Occurrence]:
    """What goes on stays, or it would be said again."""
    over = Q(ended__lt=now - timedelta(days=NOTICES_KEPT)) | Q(cause=Cause.PROBLEMS.value)
    return Occurrence.objects.filter(over, began__lt=now - timedelta(days=NOTICES_KEPT))


def old_secrets(now: datetime) -> QuerySet[WebhookEndpoint]:
    """Those whose secret from the time before a rotation signs nothing any more."""
    return WebhookEndpoint.objects.filter(former_until__lte=now)


def old_events(now: datetime) -> QuerySet[CloudinaryEvent]:
    """Those that were dealt with, and are not sent again any more."""
    return CloudinaryEvent.objects.filter(settled__lt=now - timedelta(days=EVENTS_KEPT))


def old_product_events(now: datetime) -> QuerySet[ProductEvent]:
    """Those that were dealt with, and are not sent again any more."""
    return ProductEvent.objects.filter(settled__lt=now - timedelta(days=EVENTS_KEPT))


def old_sights(now: datetime) -> QuerySet[SeenAsset]:
    """An asset that nobody looked at for so long counts as a new one; those of the ledger are looked at every day."""
    return SeenAsset.objects.filter(seen__lt=now - SIGHTS_KEPT)


def old_sights_of_products(now: datetime) -> QuerySet[SeenProduct]:
    """In stores that no rule waits for any more: of the others it has to be known which keys products had."""
    return SeenProduct.objects.filter(store__product_topics=False, seen__lt=now - SIGHTS_KEPT)


def old_requests(now: datetime) -> QuerySet[IdempotentRequest]:
    return IdempotentRequest.objects.filter(created__lt=now - REQUESTS_KEPT)


def old_embedded(now: datetime) -> QuerySet[EmbeddedRow]:
    """What files carry: read long ago, or more than is kept of an environment."""
    due = Q(read__lt=now - EMBEDDED_KEPT)
    counted = EmbeddedRow.objects.order_by().values("environment").annotate(n=Count("pk"))
    for pk in counted.filter(n__gt=MOST_EMBEDDED).values_list("environment", flat=True):
        rows = EmbeddedRow.objects.filter(environment=pk).order_by("-read")
        due |= Q(environment=pk, read__lte=rows.values_list("read", flat=True)[MOST_EMBEDDED])
    return EmbeddedRow.objects.filter(due)


def old_plans(now: datetime) -> QuerySet[Sync]:
    return _idle(Sync.objects.filter(older("created", settings.PLAN_DAYS, now), dry_run=True))


def old_runs(now: datetime) -> QuerySet[Sync]:
    """Applied ones that cannot be undone any more. One that another run undoes or repeats stays as long as that does."""
    return _idle(Sync.objects.filter(older("created", settings.UNDO_DAYS, now), dry_run=False, followers=None))


def orphaned_variants(walk: Walk) -> Iterator[tuple[QuerySet[LinkedVariant], Walk]]:
    """Of products without a link, and without a run whose undo would bring one back: of some products at a time, possibly of
    none, from where the walk is; with how far it is when these are dealt with."""
    while found := _next_products(walk):
        store, ids = found[0][0], {product_id for _, product_id in found}
        ids -= set(Link.objects.filter(store=store, product_id__in=ids).values_list("product_id", flat=True))
        runs = ProductSync.objects.filter(product_id__in=ids, part__store=store).order_by()
        ids -= set(runs.values_list("product_id", flat=True).distinct())
        walk = Walk(*found[-1])
        yield LinkedVariant.objects.filter(store=store, product_id__in=ids), walk


def _next_products(walk: Walk) -> list[tuple[int, str]]:
    """(store, product id) of one store, by the index of the unique constraint."""
    rows = LinkedVariant.objects.order_by("store", "product_id").values_list("store", "product_id").distinct()
    left = list(rows.filter(store=walk.store, product_id__gt=walk.product_id)[:PRODUCTS])
    found = left or list(rows.filter(store__gt=walk.store)[:PRODUCTS])
    return [one for one in found if one[0] == found[0][0]]


def old_sheets(now: datetime) -> QuerySet[Sheet]:
    """As long as they can be undone they stay, and what did not arrive whole for a day. None that a worker is at, or will be."""
    idle = Sheet.objects.exclude(state__in=[JobState.WAITING, JobState.RUNNING])
    arriving = Q(stage=Stage.ARRIVING, created__lt=now - STRAY)
    return idle.filter(arriving | older("created", settings.UNDO_DAYS, now))


def remove_sheets(found: QuerySet[Sheet], now: datetime) -> Iterator[int]:
    """Rows first, so that what is left is found again."""
    for pk in list(found.values_list("pk", flat=True)):
        yield from (0 for _ in _in_batches(SheetRow.objects.filter(sheet=pk), 5000))
        Sheet.objects.filter(pk=pk).delete()
        yield 1


def _idle(syncs: QuerySet[Sync]) -> QuerySet[Sync]:
    return syncs.exclude(Exists(StoreSync.objects.busy().filter(sync=OuterRef("pk"))))


def remove_syncs(found: QuerySet[Sync], now: datetime) -> Iterator[int]:
    """From their rows upwards, so that what is left is found again. Their reports' files become strays."""
    for pk in list(found.values_list("pk", flat=True)):
        if not _is_barred(found.filter(pk=pk), now):
            continue
        yield from (0 for _ in _in_batches(ChangeRow.objects.filter(part__sync=pk), 5000))
        yield from (0 for _ in _in_batches(ProductSync.objects.filter(part__sync=pk), 200))
        Sync.objects.filter(pk=pk).delete()
        yield 1


def _is_barred(found: QuerySet[Sync], now: datetime) -> bool:
    """A plan cannot be applied once an abort was asked for: only then may its first row go."""
    found.filter(dry_run=True, abort_requested=None).update(abort_requested=now)
    return found.exists()


def remove_selections(found: QuerySet[Selection], now: datetime) -> Iterator[int]:
    return _in_batches(found, 5)  # each has a thousand assets


def remove_chains(found: QuerySet[SelectionChain], now: datetime) -> Iterator[int]:
    """Part by part, from the last one on, so that what is left is found again."""
    for pk in list(found.values_list("pk", flat=True)):
        yield from (0 for _ in _in_batches(SelectedAsset.objects.filter(selection__chain=pk), 5000))
        SelectionChain.objects.filter(pk=pk).delete()
        yield 1


def forget_secrets(found: QuerySet[WebhookEndpoint], now: datetime) -> Iterator[int]:
    """Of one that is rotated meanwhile the secret is another, and stays."""
    if forgotten := found.update(former_secret="", former_until=None):
        yield forgotten


def forget_changes(found: QuerySet[ChangedProduct], now: datetime) -> Iterator[int]:
    """The feed knows up to where, before the rows are gone."""
    while rows := list(found.order_by("pk").values_list("pk", "environment", "number")[:500]):
        for environment in {environment for _pk, environment, _number in rows}:
            upto = max(number or 0 for _pk, of, number in rows if of == environment)
            ChangeFeed.objects.filter(environment=environment, forgotten__lt=upto).update(forgotten=upto)
        yield found.filter(pk__in=[pk for pk, _environment, _number in rows]).delete()[0]


def remove_rows(found: QuerySet, now: datetime) -> Iterator[int]:
    return _in_batches(found, 500)


def _in_batches(found: QuerySet, size: int) -> Iterator[int]:
    while pks := list(found.order_by("pk").values_list("pk", flat=True)[:size]):
        found.model.objects.filter(pk__in=pks).delete()
        yield len(pks)


def remove_report_files(found: QuerySet[Report], now: datetime) -> Iterator[int]:
    """A file goes before its name: broken off in between, the name is found again. The row stays: it says what was there."""
    for pk, name in list(found.values_list("pk", "file")):
        kept().delete(name)
        yield Report.objects.filter(pk=pk, file=name).update(file="")


def strays(now: datetime) -> Iterator[str]:
    """Reports that no row names: of runs and environments that are gone, and of workers that died while they saved.
    Files that are none of our reports are left alone."""
    try:
        names = [name for name in kept().listdir("")[1] if re.fullmatch(FILE_NAME, name)]
    except FileNotFoundError:  # nothing was ever kept
        return
    for at in range(0, len(names), 500):
        some = names[at : at + 500]
        known = set(Report.objects.filter(file__in=some).values_list("file", flat=True))
        yield from (name for name in some if name not in known and _is_old(name, now))


def _is_old(name: str, now: datetime) -> bool:
    try:
        return kept().get_modified_time(name) < now - STRAY
    except FileNotFoundError:
        return False


CHORES = (
    Chore("selections", old_selections, remove_selections),
    Chore("chains of selections", old_chains, remove_chains),
    Chore("selection addresses", old_addresses, remove_rows),
    Chore("plans", old_plans, remove_syncs),
    Chore("applied runs", old_runs, remove_syncs),
    Chore("spreadsheets", old_sheets, remove_sheets),
    Chore("launch ids", lambda now: UsedLaunch.objects.filter(expires__lt=now - GRACE), remove_rows),
    Chore("codes by e-mail", lambda now: EmailCode.objects.filter(expires__lt=now - GRACE), remove_rows),
    Chore("sessions", lambda now: Session.objects.filter(expire_date__lt=now), remove_rows),
    Chore("galleries of estimates", lambda now: SeenGallery.objects.filter(seen__lt=now - KEPT), remove_rows),
    Chore("looks of media", lambda now: MediumLook.objects.filter(seen__lt=now - LOOKS_KEPT), remove_rows),
    Chore("looks of renditions", lambda now: RenditionLook.objects.filter(seen__lt=now - LOOKS_KEPT), remove_rows),
    Chore("metadata in files", old_embedded, remove_rows),
    Chore("deliveries to webhooks", old_deliveries, remove_rows),
    Chore("Cloudinary's events", old_events, remove_rows),
    Chore("events of products", old_product_events, remove_rows),
    Chore("sights of assets", old_sights, remove_rows),
    Chore("sights of products", old_sights_of_products, remove_rows),
    Chore("firings of rules", old_firings, remove_rows),
    Chore("products that changed", old_changes, forget_changes),
    Chore("letters with notices", old_letters, remove_rows),
    Chore("what notices were about", old_occurrences, remove_rows),
    Chore("former secrets of webhooks", old_secrets, forget_secrets),
    Chore("answers of the HTTP API", old_requests, remove_rows),
    Chore("report files", lambda now: Report.objects.filter(expires__lte=now).exclude(file=""), remove_report_files),
)


class Keeper:
    """Cleans a little at a time, and once everything is done, not again for an hour."""

    def __init__(self) -> None:
        self._next = 0.0
        self._walk = Walk()

    def tidy(self) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + SOON
        _, done = clean(now=timezone.now(), walk=self._walk)
        self._next = time.monotonic() + (EVERY if done else 0)
