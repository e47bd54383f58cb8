"""What may not be shown by now is left out of a plan before anything of it is written: since it was made, an admin may have
changed a setting, a moderator may have rejected an asset, and the file of it may be in the store already.

A line that is left out is to its gallery what a file that failed is: its place keeps what stood there, and nothing leaves.
"""

from collections.abc import Collection, Mapping

from django.db.models import F, Q

from linking.domain import stored
from linking.domain.assets import Asset
from linking.domain.plan import Change
from linking.models import ChangeRow, ProductSync, StoreFile
from linking.models.selected import assets_of
from linking.models.writing import save_fields
from linking.planning import shown
from linking.planning.kept import gallery_is_known, leaves
from linking.planning.present import READING, read_for_certain
from linking.planning.rows import UNASKED
from linking.syncing.goal import ARRIVALS
from linking.syncing.run import Run
from setup.reasons import Reason, joined

Outcome, State = ChangeRow.Outcome, StoreFile.State
Media = dict[str, str]


def read_again(run: Run) -> None:
    """A plan that was shown begins to be applied, maybe days later: the assets of its lines are read by id if that was not done a
    moment ago. Safe to repeat. Raises CloudinaryError: without an answer nothing is written."""
    plan = Plan(run, begins=True)
    if not plan.wanted:
        return
    run.say(READING)
    known = dict[str, Asset | None]()
    if run.part.sync.kind != "undo":  # of the selection an undo brings back what it needs only
        read_for_certain(run.part, run.client)
        known = _known(run, plan.wanted)
    if unknown := plan.wanted - known.keys():
        known |= shown.read(run.part.sync.environment, sorted(unknown))
    if run.part.away_since:
        run.progress()  # it was waited for, and has answered
    plan.judge(known)


def by_what_is_known(run: Run) -> None:
    """At the beginning of each slice, by the settings of now. It costs no call. Not for an undo: what the selection knows of its
    assets may be of long ago, and they were read when it began."""
    if run.part.sync.kind == "undo":
        return
    plan = Plan(run)
    if plan.wanted:
        plan.judge(_known(run, plan.wanted))


def _known(run: Run, asset_ids: Collection[str]) -> dict[str, Asset | None]:
    """As the run's selection has them; a run without one knows nothing."""
    rows = assets_of(run.part.sync).exclude(details={})
    return {row.asset_id: row.asset for row in rows if row.asset_id in asset_ids}


class Plan:
    """What is still to be brought or set, of products to which nothing was written yet, and of an upload. `begins`: nothing of
    the plan was done yet, so that files which are there were there before."""

    def __init__(self, run: Run, *, begins: bool = False) -> None:
        self.run = run
        self.lines = self._lines(begins=begins)
        swatches = {line.replaces for line in self.lines if line.owner_id and line.file is None}
        self._files = shown.assets_of(run.part.store, swatches) if swatches else {}
        self.products = self._with_new_variant_pictures()
        self.wanted = {id for id in map(self._asset_of, self.lines) if id}
        for product in self.products:
            self.wanted |= set(_pictures(product).values())

    def _lines(self, *, begins: bool) -> list[ChangeRow]:
        untouched = Q(product__state=ProductSync.State.PLANNED)
        new = Q(product=None, file__state__in=[*UNASKED, *([State.READY] if begins else [])])
        asked = Q(product=None, change=Change.REPLACE, file__file_id=F("medium_id"), file__sent__isnull=False)
        lines = self.run.part.changes.filter(untouched | new, ~asked, outcome=Outcome.PENDING, change__in=ARRIVALS)
        return list(lines.select_related("file"))

    def _with_new_variant_pictures(self) -> list[ProductSync]:
        """Products whose variants get other pictures."""
        rows = self.run.part.products.filter(state=ProductSync.State.PLANNED)
        rows = rows.exclude(variants=[])
        return [row for row in rows if gallery_is_known(row) and stored.rows(row.after) == row.after]

    def _asset_of(self, line: ChangeRow) -> str:
        """The asset that would be shown: an undone swatch names what it named before, not what its line tells of."""
        if line.file is not None:
            return line.file.asset_id
        return self._files.get(line.replaces, "") if line.owner_id else line.asset_id

    def judge(self, assets: Mapping[str, Asset | None]) -> None:
        reasons = shown.judged(self.run.part.sync.environment, assets)
        left = [line for line in self.lines if self._asset_of(line) in reasons]
        for line in left:
            line.outcome, line.reason = Outcome.SKIPPED, reasons[self._asset_of(line)]
        withheld = [product for product in self.products if _withhold(product, reasons)]
        if left or withheld:
            with self.run.fenced():
                save_fields(left, ["outcome", "reason"])
                save_fields(withheld, ["variants"])
                for product in withheld:
                    _note(product, reasons)


def _pictures(product: ProductSync) -> Media:
    """Medium or mark -> asset, of what its variants are to show."""
    slots = {slot.get("medium") or slot.get("return") or slot.get("file"): slot.get("asset") for slot in product.after}
    media = [_medium(change["after"]) for change in product.variants]
    return {medium: asset for medium in media if medium and (asset := slots.get(medium))}


def _medium(after: Mapping[str, str] | None) -> str:
    return (after or {}).get("medium") or (after or {}).get("file") or ""


def _withhold(product: ProductSync, reasons: Mapping[str, Reason]) -> bool:
    """Let its variants keep what they show where they were to show what may not be. Whether there are such."""
    withheld = {medium for medium, asset in _pictures(product).items() if asset in reasons}
    going, kept = set(leaves(product)), []
    for change in product.variants:
        if _medium(change["after"]) not in withheld:
            kept.append(change)
        elif change["before"] in going:
            kept.append({**change, "after": None})  # it may leave with its gallery, as the plan has shown
    changed = kept != product.variants
    product.variants = kept
    return changed


def _note(product: ProductSync, reasons: Mapping[str, Reason]) -> None:
    """Why a picture that stays is no variant's."""
    lines = list(product.changes.filter(asset_id__in=list(reasons), owner_id="").exclude(change__in=ARRIVALS))
    for line in lines:
        line.reason = joined(line.reason, reasons[line.asset_id])
    save_fields(lines, ["reason"])
