"""A busy run as a picture: everything that its fragment shows, in one value, so that the value tells whether anything is
new."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html

from linking.domain.doings import next_look, waits_for_limit
from linking.domain.pacing import in_words, seconds_left
from linking.domain.plan import Change
from linking.domain.results import Result
from linking.domain.sentences import Said, Sums, of_files, will
from linking.models import ChangeRow, ProductSync, StoreLease, StoreSync, Sync
from linking.models.syncs import BUSY, OPEN
from linking.operations import recovery
from linking.pages.gallery_strips import (
    AFTER,
    SWATCHES,
    Gap,
    ProductLink,
    Tile,
    excerpt,
    product_link,
    swatch_strip,
    tile_of_line,
)
from linking.pages.gallery_words import DONE, WARN, words_of
from linking.pages.run.numbers import PartNumbers, RunNumbers, counted_again
from linking.pages.run.pictures import Pictures, pictures_of, total
from linking.pages.run.problems import SO_FAR, Trouble, add_examples, troubles_of
from linking.pages.versions import version_of
from setup.models import Store
from setup.words import _, gettext_lazy, ngettext, number

Outcome, State = ChangeRow.Outcome, ProductSync.State
NOTHING = (Outcome.SKIPPED, Outcome.UNCHANGED)
UNDER_WAY = {
    "link": gettext_lazy("Linking"),
    "undo": gettext_lazy("Undoing"),
    "upload": gettext_lazy("Uploading"),
    "unlink": gettext_lazy("Unlinking"),
}

# Of the time so far, the share that was spent waiting for Shopify's limit that makes a run a throttled one.
MUCH = 0.3
# So many galleries that were just settled are shown.
LATEST = 7
# Of the time between two renewals of a lease, how much may pass before the page says so.
MISSED = 1.6


@dataclass(frozen=True)
class Ahead:
    """The run that writes in a store before this one may."""

    key: str
    member: str
    created: datetime


@dataclass(frozen=True)
class PartProgress:
    """What one store does right now. `slowed`: that Shopify throttles it; `left`: the time left, if it can be estimated;
    `ahead`: the run that it waits for; `throttled`: it waits for Shopify's limit; `steps`: (name, how many, of how many);
    `far`: how far it is, in the units of the whole run, each a sentence of its own."""

    pk: int
    store: str
    result: Result
    doing: str
    throttled: bool
    slowed: str
    left: str
    percent: int
    counts: Mapping[str, int]
    ahead: Ahead | None
    steps: Sequence[tuple[str, int, int]]
    far: Sequence[str]


@dataclass(frozen=True)
class Done:
    """A gallery that has just been settled, with the pictures that it was about."""

    link: ProductLink
    at: datetime
    picture: str
    strip: Sequence[Tile | Gap]
    mark: str
    said: str


@dataclass(frozen=True)
class RunProgress:
    """`started` is false as long as nothing can be counted: the bar has no end then."""

    title: str
    percent: int
    started: bool
    aborting: bool
    queue_down: bool
    says: Said
    counts: Mapping[str, int]
    did: int
    pictures: int
    settled: int
    galleries: int
    parts: Sequence[PartProgress]
    troubles: Sequence[Trouble]
    latest: Sequence[Done]
    files: bool = False

    @property
    def problems(self) -> int:
        return sum(self.counts[outcome] for outcome in SO_FAR)

    @property
    def left(self) -> str:
        """The longest of what the stores need, where that is known."""
        return next((f"{part.left[:1].upper()}{part.left[1:]}" for part in self.parts if part.left), "")

    @property
    def far(self) -> list[str]:
        """How far it is, in pictures and in galleries or files."""
        pictures = [of_pictures(self.did, self.pictures)] if self.pictures else []
        unit = of_files_done if self.files else of_galleries
        return [*pictures, *([unit(self.settled, self.galleries)] if self.galleries else [])]

    @property
    def status(self) -> str:
        """For those who hear the page: how far it is, and what waits."""
        if not self.galleries:
            return self.title
        if self.files:
            far = ngettext("{done} of {n} file finished.", "{done} of {n} files finished.", self.galleries)
        else:
            far = ngettext("{done} of {n} gallery finished.", "{done} of {n} galleries finished.", self.galleries)
        left = f"{self.left}." if self.left else ""
        waits = [
            _("{store} waits for Shopify’s rate limit.").format(store=part.store)
            for part in self.parts
            if part.throttled
        ]
        return " ".join(filter(None, [far.format(done=number(self.settled), n=number(self.galleries)), left, *waits]))

    @property
    def news(self) -> str:
        """What is not well so far; empty if all is."""
        failed = self.counts[Outcome.FAILED] + self.counts[Outcome.REFUSED]
        unsure = self.counts[Outcome.UNKNOWN]
        if failed and unsure:
            said = _("{failed} failed, {unconfirmed} unconfirmed so far.")
        elif failed:
            said = _("{failed} failed so far.")
        else:
            said = _("{unconfirmed} unconfirmed so far.") if unsure else ""
        return said.format(failed=number(failed), unconfirmed=number(unsure))

    @property
    def version(self) -> str:
        """Another one for everything that can be seen."""
        return version_of(self)


def progress_of(sync: Sync, numbers: RunNumbers, *, now: datetime) -> RunProgress:
    """Enqueues what nobody works on, too. At most five queries beside those of the numbers and the sweep."""
    parts = numbers.parts
    if any(neglected(part, sync, now) for part in parts):
        recovery.sweep_shown()
    counts = numbers.counts
    bad = troubles_of(sync, SO_FAR) if any(counts[outcome] for outcome in SO_FAR) else []
    add_examples(parts, bad)
    planned = any(not part.busy or part.state == StoreSync.State.APPLYING for part in parts)
    lists = planned and not sync.dry_run and sync.kind != "upload"
    # The list first, its pictures next, and galleries again where more are listed than were settled when they were counted.
    latest = latest_of(parts) if lists else []
    ahead, pictures = ahead_of(parts), pictures_of(sync, varying=bool(numbers.variants))
    if len(latest) > settled_of(numbers.states):
        numbers = counted_again(numbers)
    whole, states = total(pictures), numbers.states
    settled, galleries = settled_of(states), sum(states.values())
    if sync.kind == "upload":
        galleries = sum(counts.values()) - counts[Outcome.SKIPPED]
        settled = galleries - counts[Outcome.PENDING]
    return RunProgress(
        title=title_of(sync),
        percent=percent_of(numbers, whole, settled, galleries),
        started=planned,
        aborting=sync.abort_requested is not None,
        queue_down=numbers.queue_down,
        says=says(sync, numbers, whole, planned=planned and not sync.dry_run),
        counts=counts,
        did=whole.did,
        pictures=whole.pictures if planned and not sync.dry_run else 0,
        settled=settled,
        galleries=galleries if planned and not sync.dry_run else 0,
        parts=[
            part_progress(
                one,
                sync,
                ahead.get(one.part.store_id),
                steps_of(one, pictures.get(one.part.pk, Pictures())) if planned else [],
                far_of(one, sync, pictures.get(one.part.pk, Pictures()).sums) if planned and not sync.dry_run else [],
                now,
            )
            for one in numbers.stores
        ],
        troubles=bad,
        latest=latest,
        files=sync.kind == "upload",
    )


def percent_of(numbers: RunNumbers, sums: Sums, settled: int, galleries: int) -> int:
    """Of a run that moves no picture, by its galleries alone, as the line below the bar says."""
    by_galleries = numbers.sync.kind != "upload" and galleries and not sums.pictures
    return 100 * settled // galleries if by_galleries else numbers.percent


def settled_of(states: Mapping[str, int]) -> int:
    """Galleries that are decided, of those by state."""
    return sum(n for state, n in states.items() if state not in OPEN)


def says(sync: Sync, numbers: RunNumbers, sums: Sums, *, planned: bool) -> Said:
    """What it does. Before it is planned, nobody knows how much."""
    if not planned:
        stores = len(numbers.parts)
        said = ngettext(
            "Reads what {n} store has now, and plans what changes.",
            "Reads what {n} stores have now, and plans what changes.",
            stores,
        )
        return Said(said.format(n=number(stores)))
    if sync.kind == "upload":
        return of_files(numbers.counts, 0, len(numbers.parts), over=False)
    return will(sync.kind, sums, len(numbers.parts))


def steps_of(one: PartNumbers, pictures: Pictures) -> list[tuple[str, int, int]]:
    """How far each step is; a step without anything to do is none."""
    (needed, made, ready), sums = pictures.files, pictures.sums
    total_, settled = sum(one.galleries.values()), settled_of(one.galleries)
    steps = [(_("Files"), made, needed), (_("Ready"), ready, needed), (_("Pictures"), sums.did, sums.pictures)]
    return [step for step in [*steps, (_("Galleries"), settled, total_)] if step[2]]


def far_of(one: PartNumbers, sync: Sync, sums: Sums) -> list[str]:
    """A store's share of what is said of the whole run."""
    if sync.kind == "upload":
        total_ = sum(n for name, n in one.counts.items() if name != Outcome.SKIPPED)
        return [of_files_done(total_ - one.counts[Outcome.PENDING], total_)] if total_ else []
    total_, settled = sum(one.galleries.values()), settled_of(one.galleries)
    pictures = [of_pictures(sums.did, sums.pictures)] if sums.pictures else []
    return [*pictures, *([of_galleries(settled, total_)] if total_ else [])]


def of_pictures(done: int, of: int) -> str:
    said = ngettext("<b>{done}</b> of {n} picture", "<b>{done}</b> of {n} pictures", of)
    return format_html(said, done=number(done), n=number(of))


def of_galleries(done: int, of: int) -> str:
    said = ngettext("<b>{done}</b> of {n} gallery", "<b>{done}</b> of {n} galleries", of)
    return format_html(said, done=number(done), n=number(of))


def of_files_done(done: int, of: int) -> str:
    said = ngettext("<b>{done}</b> of {n} file", "<b>{done}</b> of {n} files", of)
    return format_html(said, done=number(done), n=number(of))


def latest_of(parts: Sequence[StoreSync]) -> list[Done]:
    """The galleries that were settled last, newest first. One query."""
    products = ProductSync.objects.filter(part__in=parts, settled__isnull=False)
    latest = products.exclude(state__in=[*OPEN, State.UNCHANGED]).order_by("-settled", "-pk").values("pk")[:LATEST]
    names = ("title", "handle", "product_id", "state", "reason", "settled")
    lines = ChangeRow.objects.filter(product__in=latest).select_related("product")
    heavy = ("alt_before", "key", "replaces")
    lines = lines.only(
        *(field.name for field in ChangeRow._meta.concrete_fields if field.name not in heavy),
        *(f"product__{name}" for name in names),
    )
    found: dict[ProductSync, list[ChangeRow]] = {}
    for line in lines.order_by("-product__settled", "-product", "place"):
        if line.product is not None:
            found.setdefault(line.product, []).append(line)
    stores = {part.pk: part.store for part in parts}
    return [_done(row, lines, stores[lines[0].part_id]) for row, lines in found.items()]


def _done(row: ProductSync, lines: Sequence[ChangeRow], store: Store) -> Done:
    changed = [line for line in lines if line.change != Change.KEEP and line.outcome not in NOTHING]
    tiles = [tile_of_line(line) for line in changed if not line.owner_id]
    link = product_link(store, row.pk, row.product_id, row.title, row.handle)
    [(mark, said), *more] = words_of(row, lines, [], [], 0, reasons=False)
    if mark != WARN:
        said = ", ".join([said, *(text for also, text in more if also in DONE)])
    picture = next((line.thumbnail for line in lines if line.thumbnail), "")
    at = row.settled or timezone.now()
    strip = [*excerpt(tiles, AFTER), *excerpt(swatch_strip(changed), SWATCHES)]
    return Done(link, at, picture, strip, mark if row.state != State.DONE else "good", said)


def title_of(sync: Sync) -> str:
    if sync.abort_requested:
        return _("Aborting")
    if sync.dry_run:
        return _("Planning")
    return str(UNDER_WAY[sync.kind])


def neglected(part: StoreSync, sync: Sync, now: datetime) -> bool:
    """Nobody works on it for some time, or its worker may not react to an abort (see StoreSyncQuerySet)."""
    if not part.busy or sync.abort_requested:
        return part.busy
    free = part.lease_until is None or part.lease_until < now
    return free and part.enqueued_at < now - timedelta(seconds=settings.LEASE_SECONDS / 2)


def part_progress(
    one: PartNumbers,
    sync: Sync,
    ahead: Ahead | None,
    steps: Sequence[tuple[str, int, int]],
    far: Sequence[str],
    now: datetime,
) -> PartProgress:
    part = one.part
    result = part.result
    if part.state == StoreSync.State.APPLYING:
        result = Result(str(UNDER_WAY[sync.kind]), result.tone)
    mine = ahead if part.busy and not part.owner and not sync.dry_run else None
    if mine:
        result = Result(_("Waiting"), "plain")
    slowed, left = slowed_of(one, now) if part.busy and not mine else ("", "")
    doing = "" if slowed and waits_for_limit(part.doing) else str(part.doing)
    idle = part.busy and not part.owner and not mine
    doing = silence_of(part, now) or doing or (_("Waiting for a worker.") if idle else "")
    known = (one.percent, dict(one.counts), mine, steps, far)
    throttled = bool(slowed) and waits_for_limit(part.doing)
    return PartProgress(part.pk, str(part.store), result, doing, throttled, slowed, left, *known)


def silence_of(part: StoreSync, now: datetime) -> str:
    """That its worker may be lost, and who goes on when; empty as long as it renews its lease, six times in its length."""
    if not (part.busy and part.owner and part.lease_until):
        return ""
    left = (part.lease_until - now).total_seconds()
    silent = settings.LEASE_SECONDS - left
    if left <= 0:
        return _("Its worker was lost. Another one goes on as soon as there is one.")
    if silent < settings.LEASE_SECONDS / 6 * MISSED:
        return ""
    said = _("No sign of life from its worker for {silent} s. If it was lost, another one goes on in {left} s.")
    return said.format(silent=number(round(silent)), left=number(round(left)))


def slowed_of(one: PartNumbers, now: datetime) -> tuple[str, str]:
    """“Waiting 12 s for the rate limit of Shopify …” and “about 3 minutes left”; empty if Shopify does not slow it
    down."""
    part = one.part
    elapsed = (now - part.started).total_seconds() if part.started else 0
    waits = waits_for_limit(part.doing)
    if not waits and part.waited <= MUCH * max(elapsed, 10.0):
        return "", ""
    left = in_words(seconds_left(points=part.points, percent=one.percent, rate=part.store.rate))
    if not waits:
        return _("Slowed down by Shopify’s rate limit. Continues by itself."), left
    seconds = next_look(part.doing)
    said = _("Waiting {n} s for Shopify’s rate limit. Continues by itself.")
    said = said if seconds else _("Waiting for Shopify’s rate limit. Continues by itself.")
    return said.format(n=number(seconds)), left


def ahead_of(parts: Sequence[StoreSync]) -> dict[int, Ahead]:
    """Store pk -> the run that has its turn, where that is another one."""
    waiting = [part.store_id for part in parts if part.busy and not part.owner]
    if not waiting:
        return {}
    leases = StoreLease.objects.filter(store__in=waiting, part__state__in=BUSY)
    others = leases.exclude(part__in=parts).select_related("part__sync__member")
    found = {}
    for lease in others:
        if lease.part is not None:
            sync = lease.part.sync
            found[lease.store_id] = Ahead(str(sync.key), str(sync.member), sync.created)
    return found
