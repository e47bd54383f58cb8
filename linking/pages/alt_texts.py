"""What pages show about alt texts: how many there are, what could be done, and what is being done at Cloudinary."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import NamedTuple

from linking import queue
from linking.domain.alts import MAX_CONTEXT, cut, from_field, sense_of
from linking.domain.assets import Asset
from linking.domain.fields import CloudinaryField
from linking.models import AssetJob, SelectedAsset, Selection
from linking.models.jobs import JobState
from linking.pages.group_cards import AssetCard
from linking.pages.link_board import Board
from linking.pages.upload_board import UploadBoard
from linking.pages.versions import version_of
from linking.selection.alt_texts.asking import WRITE_ALTS, suggestible, unsaved
from linking.selection.alt_texts.deciding import lacks, own_of
from linking.selection.alt_texts.deciding import offered as offered_captions
from linking.selection.extracts import whole
from setup.reasons import Reason
from setup.words import ngettext, number

PROPOSALS_SHOWN = 20
FAILURES_SHOWN = 20
LOOKED_AT = 100  # of texts, to tell what most of them look like
WORDY = ("context", "metadata", "display_name", "tags")


@dataclass(frozen=True)
class Source:
    """A Cloudinary field that could give alt texts to `count` assets that have none."""

    code: str
    label: str
    count: int


class Undescribed(NamedTuple):
    """An image that the AI had no caption for, and why."""

    asset: Asset
    caption_problem: Reason


@dataclass(frozen=True)
class Panel:
    """`lacking` of `known` assets have no alt text, `meant` of these can be linked, or are uploaded; `images` can
    be described by AI. `unsaved` texts differ from those in Cloudinary, `shortened` of them are longer than it keeps.
    `undescribed`: why there is no caption."""

    known: int
    lacking: int
    meant: int
    images: int
    unsaved: int
    shortened: int
    sources: Sequence[Source]
    undescribed: Sequence[Undescribed]

    @property
    def others(self) -> int:
        """Without an alt text, and not meant."""
        return self.lacking - self.meant

    @property
    def chosen(self) -> Source | None:
        return self.sources[0] if self.sources else None


def panel(selection: Selection, with_alt: Collection[str]) -> Panel:
    """Reads the details of all assets, a few at a time. `with_alt`: ids of those that can be linked, or are uploaded."""
    counts, sources = Counter[str](), {known["code"]: Filled() for known in selection.offered_fields}
    undescribed: list[Undescribed] = []
    for row in whole(selection):
        if not row.known:
            continue
        counts["known"] += 1
        counts.update(["unsaved"] * bool(unsaved([row])))
        counts.update(["shortened"] * bool(unsaved([row]) and len(row.alt or "") > MAX_CONTEXT))
        if not lacks(row):
            continue
        asset = row.asset
        counts.update(["lacking"] + ["meant"] * (row.asset_id in with_alt) + ["images"] * len(suggestible([row])))
        for code, filled in sources.items():
            filled.take(from_field(CloudinaryField.parse(code), asset))
        if row.caption_state == "failed":
            undescribed.append(Undescribed(replace(asset, context={}, metadata={}), row.caption_problem))
    numbers = {name: counts[name] for name in ("known", "lacking", "meant", "images", "unsaved", "shortened")}
    return Panel(**numbers, sources=_sources(selection, sources), undescribed=undescribed)


@dataclass
class Filled:
    """Of a field: how many assets without a text it has one for, and the first of them."""

    count: int = 0
    texts: list[str] = field(default_factory=list)

    @property
    def sorts(self) -> bool:
        """Whether it has the same few words for many assets: a sort of asset, and no description of one."""
        return len(self.texts) >= 5 * len(set(self.texts))

    def take(self, text: str) -> None:
        self.count += bool(text)
        if text and len(self.texts) < LOOKED_AT:
            self.texts.append(text)


def _sources(selection: Selection, filled: Mapping[str, Filled]) -> list[Source]:
    """What makes sense as an alt text comes first, and the field that makes the groups last; then what tells assets apart, and
    what would fill most."""
    found = []
    for known in selection.labelled_fields():
        if (one := filled[known["code"]]).count:
            sense = (sense_of(known["code"], known["label"], one.texts), one.sorts)
            found.append((sense, Source(known["code"], known["label"], one.count)))
    makes_groups = selection.cloudinary_field
    found.sort(key=lambda one: (one[1].code == makes_groups, one[0], _kind(one[1].code), -one[1].count))
    return [source for _sense, source in found]


def _kind(code: str) -> int:
    kind = code.partition(":")[0]
    return WORDY.index(kind) if kind in WORDY else len(WORDY)


@dataclass(frozen=True)
class Numbers:
    """What the page says before the part for alt texts is opened. `lacking`: assets that can be linked or uploaded and have
    no alt text. `asked`: captions that are on their way."""

    lacking: int
    offered: int
    asked: int

    @property
    def active(self) -> bool:
        """There is something to look at."""
        return self.asked + self.offered > 0


def on_link(board: Board) -> Numbers:
    """On Link to Products."""
    return _numbers(board.lacking_alts, chain(board.keyless, *(group.assets for group in board.groups)))


def on_upload(board: UploadBoard) -> Numbers:
    """On Upload to Store Files."""
    return _numbers(board.lacking_alts, board.cards)


def _numbers(lacking: int, cards: Iterable[AssetCard]) -> Numbers:
    proposed = {card.number: card.row.caption_state for card in cards if card.row.caption_state}
    states = Counter(proposed.values())
    return Numbers(lacking, states["offered"], states["asked"])


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
            said = ngettext("{n} alt text saved to Cloudinary.", "{n} alt texts saved to Cloudinary.", job.done)
            said = said.format(n=number(job.done))
            lost = ngettext("{n} was not saved.", "{n} were not saved.", job.failed)
        else:
            said = ngettext("{done} of {n} image described.", "{done} of {n} images described.", job.total)
            said = said.format(done=number(job.done), n=number(job.total))
            lost = ngettext("AI has no words for {n}.", "AI has no words for {n}.", job.failed)
        sentences = [said, lost.format(n=number(job.failed)) if job.failed else ""]
        problem = "" if self.kind == WRITE_ALTS else str(job.problem)
        return " ".join(filter(None, [*sentences, problem]))


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
