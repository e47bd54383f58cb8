"""What pages show about alt texts: how many there are, what could be done, and what is being done at Cloudinary."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from linking import queue
from linking.domain import stored
from linking.domain.alts import MAX_CONTEXT, cut, from_field
from linking.domain.fields import CloudinaryField
from linking.models import AnyRow, AssetJob, SelectedAsset, Selection
from linking.models.jobs import JobState
from linking.pages.versions import version_of
from linking.selection.alt_texts.asking import WRITE_ALTS, suggestible, unsaved
from linking.selection.alt_texts.deciding import lacks, own_of
from linking.selection.alt_texts.deciding import offered as offered_captions
from setup.spelling import plain

PROPOSALS_SHOWN = 20
FAILURES_SHOWN = 20
WORDY = ("context", "metadata", "display_name", "tags")


@dataclass(frozen=True)
class Source:
    """A Cloudinary field that could give alt texts to `count` assets that have none."""

    code: str
    label: str
    count: int


@dataclass(frozen=True)
class Panel:
    """`lacking` of `known` assets have no alt text; `images` of these can be described by AI. `unsaved` texts differ from
    those in Cloudinary, `shortened` of them are longer than it keeps. `undescribed`: why there is no caption."""

    known: int
    lacking: int
    images: int
    unsaved: int
    shortened: int
    sources: Sequence[Source]
    undescribed: Sequence[SelectedAsset]

    @property
    def chosen(self) -> Source | None:
        return self.sources[0] if self.sources else None


def panel(selection: Selection) -> Panel:
    """One query."""
    rows = [row for row in selection.assets.all() if row.details]
    empty = [row for row in rows if lacks(row)]
    to_save = unsaved(rows)
    return Panel(
        known=len(rows),
        lacking=len(empty),
        images=len(suggestible(empty)),
        unsaved=len(to_save),
        shortened=sum(len(row.alt or "") > MAX_CONTEXT for row in to_save),
        sources=_sources(selection, empty),
        undescribed=[row for row in empty if row.caption_state == "failed"],
    )


def _sources(selection: Selection, empty: Sequence[SelectedAsset]) -> list[Source]:
    """Texts that somebody wrote for people come before names and codes; then what would fill most."""
    assets = [row.asset for row in empty]
    found = []
    for known in selection.offered_fields:
        field = CloudinaryField.parse(known["code"])
        if count := sum(bool(from_field(field, asset)) for asset in assets):
            found.append(Source(known["code"], known["label"], count))
    return sorted(found, key=lambda one: (one.code == selection.cloudinary_field, _kind(one.code), -one.count))


def _kind(code: str) -> int:
    kind = code.partition(":")[0]
    return WORDY.index(kind) if kind in WORDY else len(WORDY)


@dataclass(frozen=True)
class Numbers:
    """What the page says before the part for alt texts is opened. `asked`: captions that are on their way."""

    known: int
    lacking: int
    offered: int
    asked: int

    @property
    def active(self) -> bool:
        """There is something to look at."""
        return self.asked + self.offered > 0


def numbers(selection: Selection) -> Numbers:
    """A light query: of a thousand rows only what counts."""
    names = ("details__context__alt", "alt", "caption_state")
    return counted(selection.assets.exclude(details={}).values_list(*names))


def numbers_of(rows: Iterable[AnyRow]) -> Numbers:
    """The same of rows that are there anyway."""
    return counted((own_of(row), row.alt, row.caption_state) for row in {row.pk: row for row in rows}.values())


def counted(known: Iterable[tuple[object, str | None, str]]) -> Numbers:
    """`known`: of each asset its own alt text as stored, the decided one and the state of its caption."""
    rows = list(known)
    states = Counter(state for _, _, state in rows)
    lacking = sum(alt is None and not plain(stored.text(own)) for own, alt, _ in rows)
    return Numbers(len(rows), lacking, states["offered"], states["asked"])


@dataclass(frozen=True)
class Proposal:
    """A caption that waits for a decision. `now`: the alt text that the asset has."""

    row: SelectedAsset

    @property
    def place(self) -> int:
        return self.row.place

    @property
    def name(self) -> str:
        return self.row.asset.name

    @property
    def text(self) -> str:
        return cut(self.row.caption)

    @property
    def now(self) -> str:
        return own_of(self.row) if self.row.alt is None else self.row.alt


@dataclass(frozen=True)
class ShownJob:
    """A job at Cloudinary as a person sees it. `asked`: on so many assets of it something is known."""

    job: AssetJob

    @property
    def kind(self) -> str:
        return self.job.kind

    @property
    def asked(self) -> int:
        return self.job.done + self.job.failed

    @property
    def percent(self) -> int:
        return 100 * self.asked // self.job.total if self.job.total else 0

    @property
    def problems(self) -> Sequence[str]:
        return str(self.job.problem).splitlines()[:FAILURES_SHOWN]

    @property
    def more_problems(self) -> int:
        return max(0, len(str(self.job.problem).splitlines()) - FAILURES_SHOWN)

    @property
    def ending(self) -> str:
        """How it ended, in a sentence."""
        job = self.job
        if job.state == JobState.FAILED:
            return str(job.problem)
        if self.kind == WRITE_ALTS:
            saved = f"{job.done:,} alt text{'' if job.done == 1 else 's'} saved to Cloudinary."
            return f"{saved} {job.failed:,} could not be saved." if job.failed else saved
        found = f"{job.done:,} of {job.total:,} image{'' if job.total == 1 else 's'} described"
        return (
            f"{found}, {job.failed:,} could not be. {job.problem}".strip()
            if job.failed
            else f"{found}. {job.problem}".strip()
        )


def jobs_of(selection: Selection) -> list[ShownJob]:
    """What was ever asked for, captions first."""
    return [ShownJob(job) for job in selection.asset_jobs.order_by("kind")]


def jobs_context(selection: Selection) -> dict:
    """`seen` changes with whatever is shown of the jobs; `busy`: one of them goes on."""
    jobs = jobs_of(selection)
    offered = offered_captions(selection).count()
    busy = any(one.job.busy for one in jobs)
    queue_down = busy and not queue.answers()
    shown = [(one.kind, one.job.state, one.job.problem, one.job.total, one.job.done, one.job.failed) for one in jobs]
    seen = version_of((shown, offered, queue_down))
    known = {"selection": selection, "jobs": jobs, "offered": offered, "busy": busy, "seen": seen}
    return known | {"queue_down": queue_down}


def captions_context(selection: Selection, offered: int | None = None) -> dict:
    """The first proposals; `more` follow. `offered`: how many there are, if that is known."""
    rows = offered_captions(selection)
    count = rows.count() if offered is None else offered
    shown = [Proposal(row) for row in rows[:PROPOSALS_SHOWN]]
    return {"selection": selection, "offered": count, "proposals": shown, "more": count - len(shown)}
