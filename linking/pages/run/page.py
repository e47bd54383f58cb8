"""What a run's page shows: numbers, words, its relatives among the runs, and what may be done next."""

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils import timezone

from linking import rights
from linking.domain.counting import Fate, words_for
from linking.domain.fields import field_label
from linking.domain.results import NEED_YOU, Result, result_of, troubled
from linking.domain.sentences import Sums, amounts_of, figures_of
from linking.domain.verdicts import Verdict, heading, verdict
from linking.forms import SHOPIFY_FIELDS
from linking.models import ChangeRow, ProductSync, StoreSync, Sync, WriteBack
from linking.models.outcomes import AMISS
from linking.models.plans import successor_of
from linking.models.setting_words import mode_of, order_of, own_words, with_differing
from linking.models.syncs import BUSY
from linking.pages.reports import formats_context
from linking.pages.run import files
from linking.pages.run.filter import RunFilter, of_run
from linking.pages.run.galleries import PER_PAGE, choices_of, galleries_context, undone_of
from linking.pages.run.held import held
from linking.pages.run.numbers import Lines, PartNumbers, RunNumbers, numbers_of
from linking.pages.run.offers import allowed
from linking.pages.run.pictures import Pictures, pictures_of, total
from linking.pages.run.problems import add_examples, not_linked, troubles_of, troubles_of_galleries
from linking.pages.run.progress import UNDER_WAY, progress_of
from linking.pages.run.saying import says, undo_says
from linking.pages.run.there import there_of
from linking.pages.run.verdict import ended, shown
from linking.rights import Verb
from setup.models import Member
from setup.words import _, gettext_lazy, ngettext, number

FOLLOWERS = 10
# So many galleries of a run that is over come with its page; more come once they are in sight.
FEW = 8
State, Outcome = ProductSync.State, ChangeRow.Outcome
DRY_RUNS = {
    "link": gettext_lazy("Dry run"),
    "undo": gettext_lazy("Undo: dry run"),
    "upload": gettext_lazy("Upload: dry run"),
    "unlink": gettext_lazy("Unlink: dry run"),
}
STOPPED = (StoreSync.State.FAILED, StoreSync.State.ABORTED)


def run_context(sync: Sync, asked: Mapping, member: Member) -> dict:
    """The whole page, as the member may use it. While a run is busy its galleries still change, so they are not read."""
    numbers = numbers_of(sync)
    context = {**numbers_context(numbers), "heading": heading_of(sync, numbers)}
    if numbers.busy:
        context |= allowed({"can_abort": True}, sync, member)
        return {**context, "progress": progress_of(sync, numbers, now=timezone.now())}
    chosen, pictures = RunFilter.of(sync, asked), pictures_of(sync, varying=bool(numbers.variants))
    followers = followers_of(sync)
    wrong = troubles_of(sync, AMISS) if any(numbers.counts[outcome] for outcome in AMISS) else []
    need_you = sum(numbers.states.get(state, 0) for state in NEED_YOU)
    as_a_whole = troubles_of_galleries(sync) if need_you else []
    context |= {
        "cards": cards_of(numbers, pictures),
        "followers": followers,
        "successor": successor_of(sync),
        "held": held(sync),
        "settings": settings_of(sync, total(pictures)),
        "stopped": [part for part in numbers.parts if part.problem],
        "need_you": need_you,
        **left_out_of(sync, numbers),
        **formats_context(sync, numbers.parts),
    }
    if sync.kind == "upload":
        found = files.upload_run_context(numbers, chosen, asked, member)
        context |= found | {"say": files.says(numbers, found["verdict"])}
    else:
        context |= galleries_of_run(numbers, pictures, chosen, member, bool(followers), bool(wrong or as_a_whole))
    add_examples(numbers.parts, wrong)
    wrong = [*wrong, *as_a_whole]
    retried = [at for at, one in enumerate(wrong) if one.action == "retry"] or ([0] if wrong else [])
    return {**context, "troubles": wrong, "retry_at": retried[0] if retried and context["can_retry"] else None}


def galleries_of_run(
    numbers: RunNumbers,
    pictures: Mapping[int, Pictures],
    chosen: RunFilter,
    member: Member,
    followed: bool,
    wrong: bool,
) -> dict:
    """What a run of galleries shows and offers. A plan shows them at once; of a run that is over they come when they are in
    sight, where they are many or something else comes first. What a filter names comes by a request of its own: the page asks
    the database enough."""
    sync, sums = numbers.sync, total(pictures)
    undone = undone_of(sync) if followed else set()
    offers = allowed(offers_of(sync, numbers, undone, sums), sync, member)
    said = verdict_of(sync, numbers, offers)
    count = sum(numbers.states.values())
    found = {
        "there": there_of(sync) if sync.dry_run and sync.kind == "link" else None,
        "verdict": said,
        "say": says(sync, numbers, sums, said),
        "nothing_to_do": numbers.planned and State.PLANNED not in numbers.states,
        "galleries_n": count,
        "to_come": range(min(count, PER_PAGE)),
        "as_planned": numbers.states.get(State.DONE, 0),
        "already_n": numbers.states.get(State.UNCHANGED, 0),
        "figures": figures_of(sums),
        "undo_says": "" if undone else undo_says(sums),
        "unfolded": not chosen and (sync.dry_run or (count <= FEW and not wrong)),
        "filter": chosen,
        "token": uuid.uuid4().hex,
        **offers,
    }
    if not found["unfolded"]:
        return found
    undo = rights.may(member, Verb.UNDO, sync)
    found |= galleries_context(chosen, {}, numbers.parts, undone, count, undo=undo)
    return found | choices_of(chosen, numbers.parts, of_run(numbers, pictures))


def left_out_of(sync: Sync, numbers: RunNumbers) -> dict:
    """What stays out, by reason: of a run that links, assets; of any other, lines."""
    if not numbers.counts[Outcome.SKIPPED]:
        return {"left_out": [], "left_out_n": 0}
    if sync.kind == "link":
        found, fates = not_linked(sync)
        n = fates.total()
        said = ngettext("{n} asset not linked", "{n} assets not linked", n).format(n=number(n))
        return {"left_out": found, "left_out_n": n, "left_out_said": said, "left_out_why": why_of(sync, fates)}
    found = troubles_of(sync, [Outcome.SKIPPED])
    n = sum(one.lines for one in found)
    if sync.kind == "upload":
        said = ngettext("{n} file not uploaded", "{n} files not uploaded", n)
    else:
        said = ngettext("{n} picture not linked", "{n} pictures not linked", n)
    return {
        "left_out": found,
        "left_out_n": n,
        "left_out_said": said.format(n=number(n)),
        "left_out_why": _("by reason"),
    }


def why_of(sync: Sync, fates: Counter[Fate]) -> str:
    """“20 without a SKU · 14 unmatched”: as Link to Products says it."""
    offered = sync.selection.offered_fields if sync.selection else ()
    words = words_for(field_label(sync.cloudinary_field, offered))
    return " · ".join(f"{number(n)} {words[fate]}" for fate, n in fates.most_common())


def numbers_context(numbers: RunNumbers) -> dict:
    """What templates show of them."""
    known = {name: getattr(numbers, name) for name in ("sync", "busy", "planned", "queue_down")}
    said_mode = mode_of(numbers.sync, (part.store_id for part in numbers.parts))
    return known | {"numbers": numbers, "said_mode": said_mode}


def verdict_of(sync: Sync, numbers: RunNumbers, offers: dict) -> Verdict:
    if sync.dry_run:
        return shown(numbers)
    return verdict(ended(sync, numbers, retry=offers["can_retry"], undo=offers["can_undo"]))


def variants_of(sync: Sync, sums: Sums) -> str:
    """Nobody asked for them, and yet one that leaves a gallery, or that another takes the place of, leaves its variants."""
    if sync.variant_pictures:
        return _("Set")
    stores = [part.store_id for part in sync.parts.all()] if sync.store_settings else []
    may = sync.takes_in(stores) or sums.shown or sums.unshown
    return _("Changed only where one leaves a gallery") if may else _("Unchanged")


def settings_of(sync: Sync, sums: Sums) -> list[tuple[str, str]]:
    """(name, value) of what a run was made with."""
    if sync.kind == "upload":
        return [(_("New versions"), sync.get_new_versions_display())]
    if sync.kind != "link":
        return []
    if sync.names_products:
        return [
            (_("Products"), _("Named by the program")),
            (_("Run again"), _("Have the program send its request again")),
            (_("Alt texts"), sync.get_alt_policy_display()),
            (_("Variant pictures"), variants_of(sync, sums)),
        ]
    offered = sync.selection.offered_fields if sync.selection else ()  # a run may outlive its selection
    differing = sync.differing(part.store_id for part in sync.parts.all()) if sync.store_settings else {}
    others = sum("shopify_field" in own for own in differing.values())
    shopify = dict(SHOPIFY_FIELDS).get(sync.shopify_field) or sync.shopify_field.partition(":")[2]
    return [
        (_("Matched by"), with_differing(f"{field_label(sync.cloudinary_field, offered)} = {shopify}", others)),
        (_("Ordered by"), order_of(sync)),
        (_("Groups of one product"), sync.get_group_order_display()),
        (_("Alt texts"), sync.get_alt_policy_display()),
        (_("Variant pictures"), variants_of(sync, sums)),
    ]


def heading_of(sync: Sync, numbers: RunNumbers) -> str:
    """A run that is over is called by what came of it."""
    if sync.dry_run:
        return str(DRY_RUNS[sync.kind])
    if numbers.busy:
        return str(UNDER_WAY[sync.kind])
    return heading(ended(sync, numbers))


@dataclass(frozen=True)
class PartCard:
    """A store's result. `counts`: outcome -> lines, `products`: [(state in words, n), …], `pictures`: “88 added”, …;
    `out`: assets that no product here has, of a run that links: `counts` are without them;
    `fine` of `total` galleries (of an upload, files) are as planned; `own`: what was set otherwise for it than for all."""

    part: StoreSync
    result: Result
    counts: Mapping[str, int]
    products: list[tuple[str, int]]
    pictures: list[str]
    out: int
    seconds: float | None
    fine: int
    total: int
    own: str = ""

    @property
    def lines(self) -> dict[str, int]:
        """What the report has of this store: with the assets that no product here has."""
        return {**self.counts, Outcome.SKIPPED.value: self.counts[Outcome.SKIPPED] + self.out}

    @property
    def empty(self) -> bool:
        """Planned to its end, without any line. Its counts name every outcome."""
        planned = self.part.state in (StoreSync.State.PLANNED, StoreSync.State.DONE)
        return planned and not self.out and not any(self.counts.values())


def cards_of(numbers: RunNumbers, pictures: Mapping[int, Pictures]) -> list[PartCard]:
    known = [pictures.get(one.part.pk, Pictures()).sums for one in numbers.stores]
    return [_part_card(one, sums, numbers.lines, numbers.sync) for one, sums in zip(numbers.stores, known, strict=True)]


def _part_card(one: PartNumbers, sums: Sums, lines: Lines, sync: Sync) -> PartCard:
    part, out = one.part, 0
    for (owner, _change, outcome), (_lines, without) in lines.items():
        if owner == part.pk and sync.kind == "link" and outcome == Outcome.SKIPPED:
            out += without
    counts = {**one.counts, Outcome.SKIPPED.value: one.counts[Outcome.SKIPPED] - out}
    products = [(str(state.label), one.galleries[state]) for state in State if state in one.galleries]
    said = amounts_of(sums, planned=sync.dry_run)
    seconds = (part.finished - part.started).total_seconds() if part.started and part.finished else None
    trouble = troubled(one.counts, one.galleries)
    result = result_of(part.state, str(part.get_state_display()), one.counts, trouble=trouble)
    of: Mapping[str, int] = one.galleries
    if sync.kind == "upload":
        of = {name: n for name, n in one.counts.items() if name != Outcome.SKIPPED}
    fine = of.get("done", 0) + of.get("unchanged", 0)
    own = own_words(sync, part.store_id) if sync.kind == "link" else ""
    return PartCard(part, result, counts, products, said, out, seconds, fine, sum(of.values()), own)


def offers_of(sync: Sync, numbers: RunNumbers, undone: set[tuple[int, str]], sums: Sums) -> dict:
    """What may follow a finished run. `undo_parts`: the stores that can be undone each; `unlinks` media would leave
    `unlink_galleries` galleries if this plan were applied."""
    parts, changed = numbers.parts, dict(numbers.changed)
    if sync.dry_run:
        return {
            "unlinks": sums.lost if numbers.planned else 0,
            "unlink_galleries": sums.lost_in if numbers.planned else 0,
            "can_retry": False,
            "can_apply": numbers.planned and not sync.abort_requested,
        }
    for store_id, _product in undone:
        for part in parts:
            changed[part.pk] = changed.get(part.pk, 0) - (part.store_id == store_id)
    undo = [part.pk for part in parts if changed.get(part.pk, 0) > 0]
    failed = any(numbers.states.get(state) for state in NEED_YOU)
    lost = any(not one.galleries for one in numbers.stores if one.part.state in STOPPED)
    again = sync.kind in ("undo", "unlink") or sync.selection is not None
    return {
        "can_apply": False,
        "can_undo": bool(undo),
        "undo_parts": undo if len(parts) > 1 else [],
        "can_retry": again and (failed or lost),
        "writes_back": sync.kind == "link" and WriteBack.is_set_up(sync.environment_id),
    }


def followers_of(sync: Sync) -> list[tuple[str, Sync]]:
    """The runs that undo this one or try its failures again, each with what it is to this one, as sync/_relatives.html
    words it. A dry run has none."""
    if sync.dry_run:
        return []
    parts = StoreSync.objects.filter(sync=OuterRef("pk"))
    lines = ChangeRow.objects.filter(part__sync=OuterRef("pk"))
    as_wanted = ProductSync.objects.filter(part__sync=OuterRef("pk"), state__in=[State.DONE, State.UNCHANGED])
    runs = sync.followers.select_related("member").defer("arrangement")
    runs = runs.annotate(
        going=Exists(parts.filter(state__in=BUSY)),
        worked=Exists(as_wanted) | Exists(lines.filter(outcome=Outcome.DONE)),
        unsure=Exists(lines.filter(outcome=Outcome.UNKNOWN)),
        partly=Exists(parts.exclude(state=StoreSync.State.DONE, troubled=False)),
    )
    return [(relation_of(run), run) for run in runs[:FOLLOWERS]]


def relation_of(follower: Sync) -> str:
    """`follower`: annotated as in `followers_of`."""
    going, worked, unsure, partly = (getattr(follower, name) for name in ("going", "worked", "unsure", "partly"))
    if follower.kind in ("link", "upload", "unlink"):
        return "retry-shown" if follower.dry_run else "retry"
    if follower.dry_run:
        return "undo-shown"
    if going:
        return "undo-going"
    if not worked:
        return "undo-unsure" if unsure else "undo-failed"
    return "undo-part" if follower.only or partly else "undo"
