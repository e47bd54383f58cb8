"""What came of a run, in one sentence, and what to do next. Counted from the states of its products (of an upload, from its
lines); what it did to pictures is said by linking.domain.sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from linking.domain.results import NEED_YOU, troubled
from setup.reasons import plural

# As people read them: the words of ChangeRow.Outcome.
OF_LINES = {
    "done": "done",
    "failed": "failed",
    "refused": "refused",
    "unknown": "unconfirmed",
    "aborted": "aborted",
}
# Of a run that is over, by its success.
HEADINGS = {
    "link": ("Done", "Done in part", "Not confirmed yet", "Nothing linked"),
    "unlink": ("Unlinked", "Unlinked in part", "Unlink: not confirmed", "Not unlinked"),
    "undo": ("Undone", "Undone in part", "Undo: not confirmed", "Not undone"),
    "upload": ("Uploaded", "Uploaded in part", "Upload: not confirmed", "Not uploaded"),
}
NOTHING = {
    "link": "Nothing was linked.",
    "unlink": "Nothing was unlinked.",
    "undo": "Nothing was undone.",
    "upload": "Nothing was uploaded.",
}
KEPT = "What is uploaded stays: AssetLink deletes nothing in Shopify."
AGAIN_FILES = "Retry failed brings these files again, and no others."
LOOKS = "What is unconfirmed may have been made: Retry failed looks, and does only what is missing."
MAYBE = "What is unconfirmed may have been made; the next run looks."


class Success(StrEnum):
    """How much of it is known to have been done. PERHAPS: nothing is, but some of it may have been."""

    ALL = "all"
    PART = "part"
    PERHAPS = "perhaps"
    NONE = "none"


IN_PART = {Success.PART: "Done in part.", Success.PERHAPS: "Not confirmed yet."}


@dataclass(frozen=True, slots=True)
class Verdict:
    """`tone`: good, plain, warn or bad, with the words that say the same."""

    tone: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that is over. `lines`: outcome -> how many; `products`: state -> how many (an upload has none); `aborted`,
    `stopped`: the names of the stores that ended so; `retry`, `undo`: whether the page offers that."""

    kind: str
    lines: Mapping[str, int]
    products: Mapping[str, int]
    aborted: str = ""
    stopped: str = ""
    retry: bool = False
    undo: bool = False

    @property
    def troubled(self) -> bool:
        return bool(self.aborted or self.stopped) or troubled(self.lines, self.products)

    @property
    def success(self) -> Success:
        perhaps = bool(self.lines.get("unknown"))
        # What is done in part has lines that are done, or lines that are unconfirmed, or nothing but variants.
        some = self.lines.get("done") or self.products.get("done") or (self.products.get("partial") and not perhaps)
        if self.troubled:
            return Success.PART if some else Success.PERHAPS if perhaps else Success.NONE
        # A product of which every asset is left out is unchanged, too, and nothing of it is as planned.
        already = self.lines.get("unchanged")
        if self.kind != "upload" and not self.lines.get("skipped"):
            already = self.products.get("unchanged")
        return Success.ALL if some or already else Success.NONE

    @property
    def unsure(self) -> bool:
        """Whether the only trouble is that something is unconfirmed."""
        bad = ("failed", "refused", "aborted")
        others = any(self.lines.get(name) or self.products.get(name) for name in bad)
        return bool(self.lines.get("unknown")) and not others


def heading(run: Ended) -> str:
    """What its page is called."""
    if run.kind == "link" and (run.aborted or (run.stopped and run.success == Success.NONE)):
        return "Aborted" if run.aborted else "Stopped"
    return dict(zip(Success, HEADINGS[run.kind], strict=True))[run.success]


def verdict(run: Ended) -> Verdict:
    """Of a run that was applied, and is over."""
    if run.aborted:
        return Verdict("warn", "Aborted.", joined(happened(run), stays(run), *unconfirmed(run)))
    if run.stopped:
        title = IN_PART.get(run.success, "Stopped.")
        stop = f"{run.stopped} had to stop; the reason is below."
        rest = "What is done stays; then Retry failed does the rest." if run.retry else "What is done stays."
        return Verdict("bad", title, joined(stop, happened(run), rest, *unconfirmed(run)))
    return in_part(run) if run.troubled else all_well(run)


def in_part(run: Ended) -> Verdict:
    if run.unsure:
        title = "Done, but not all is confirmed." if run.success == Success.PART else IN_PART[Success.PERHAPS]
        return Verdict("warn", title, joined(happened(run), *unconfirmed(run)))
    again = AGAIN_FILES if run.kind == "upload" and run.retry else ""
    text = joined(happened(run), again, *unconfirmed(run), left_out(run))
    return Verdict("warn" if run.success in IN_PART else "bad", IN_PART.get(run.success, NOTHING[run.kind]), text)


def all_well(run: Ended) -> Verdict:
    if run.success == Success.NONE:
        why = "No asset found its product." if run.kind == "link" and not run.products else ""
        return Verdict("warn", NOTHING[run.kind], joined(why, left_out(run)))
    if run.kind == "upload":
        return files_well(run)
    made, already = run.products.get("done", 0), run.products.get("unchanged", 0)
    if not made:
        return Verdict("good", "Everything was already as planned: nothing was written.", "")
    also = f", {already:,} {'stays as it is' if already == 1 else 'stay as they are'}" if already else ""
    return Verdict("good", "Done.", f"{plural(made, *GALLERIES)} {'is' if made == 1 else 'are'} as planned{also}.")


def files_well(run: Ended) -> Verdict:
    made, already = run.lines.get("done", 0), run.lines.get("unchanged", 0)
    if not made:
        return Verdict("good", "Everything was there already: nothing was written.", left_out(run))
    also = f", {already:,} {'was' if already == 1 else 'were'} there already" if already else ""
    return Verdict("good", "Done.", joined(f"{plural(made, *FILES)} as planned{also}.", left_out(run), KEPT))


def happened(run: Ended) -> str:
    """“66 of 70 galleries are done, 4 need you.” An upload has files, and says what became of each."""
    if run.kind == "upload":
        return f"{listed(run.lines, OF_LINES, FILES) or 'Nothing was begun'}."
    total = sum(run.products.values())
    if not total:
        return "Nothing was begun."
    need = sum(run.products.get(state, 0) for state in NEED_YOU)
    done = run.products.get("done", 0) + run.products.get("unchanged", 0)
    if not done:
        return "The gallery is not done." if total == 1 else f"None of {total:,} galleries is done."
    are = "is" if done == 1 else "are"
    rest = f", {need:,} {'needs' if need == 1 else 'need'} you" if need else ""
    return f"{done:,} of {plural(total, *GALLERIES)} {are} done{rest}."


def stays(run: Ended) -> str:
    """Of an aborted run."""
    rest = "Retry failed does the rest" if run.retry else ""
    if run.kind == "upload":
        return joined(KEPT, f"{rest}." if rest else "")
    offers = ", ".join(filter(None, [rest, "Undo takes back what was done" if run.undo else ""]))
    done = "What is done stays." if run.success == Success.PART else ""
    return joined(done, f"{offers}." if offers else "")


def unconfirmed(run: Ended) -> Sequence[str]:
    return [LOOKS if run.retry else MAYBE] if run.lines.get("unknown") else []


def left_out(run: Ended) -> str:
    """Of files: assets that found no gallery are counted beside, as assets."""
    n = run.lines.get("skipped", 0) if run.kind == "upload" else 0
    return f"{n:,} not uploaded, each with its reason below." if n else ""


GALLERIES, FILES = ("gallery", "galleries"), ("file", "files")


def listed(counts: Mapping[str, int], words: Mapping[str, str], unit: tuple[str, str]) -> str:
    """“25 galleries done, 2 failed”: what there is of it, the first with its unit."""
    found = [(counts[name], word) for name, word in words.items() if counts.get(name)]
    return ", ".join(f"{plural(n, *unit) if at == 0 else f'{n:,}'} {word}" for at, (n, word) in enumerate(found))


def joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))
