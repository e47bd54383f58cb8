"""What came of a run, in one sentence, and what to do next. Counted from the states of its products (of an upload, from its
lines); what it did to pictures is said by linking.domain.sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from linking.domain.results import NEED_YOU, troubled
from setup.words import _, gettext_lazy, ngettext, npgettext, number

# What became of so many files, as people read it: the words of ChangeRow.Outcome.
OF_LINES = {
    "done": gettext_lazy("{n} done"),
    "failed": gettext_lazy("{n} failed"),
    "refused": gettext_lazy("{n} refused"),
    "unknown": gettext_lazy("{n} unconfirmed"),
    "aborted": gettext_lazy("{n} aborted"),
}
# Of a run that is over, by its success.
HEADINGS = {
    "link": (
        gettext_lazy("Done"),
        gettext_lazy("Done in part"),
        gettext_lazy("Not confirmed yet"),
        gettext_lazy("Nothing linked"),
    ),
    "unlink": (
        gettext_lazy("Unlinked"),
        gettext_lazy("Unlinked in part"),
        gettext_lazy("Unlink: not confirmed"),
        gettext_lazy("Not unlinked"),
    ),
    "undo": (
        gettext_lazy("Undone"),
        gettext_lazy("Undone in part"),
        gettext_lazy("Undo: not confirmed"),
        gettext_lazy("Not undone"),
    ),
    "upload": (
        gettext_lazy("Uploaded"),
        gettext_lazy("Uploaded in part"),
        gettext_lazy("Upload: not confirmed"),
        gettext_lazy("Not uploaded"),
    ),
}
NOTHING = {
    "link": gettext_lazy("AssetLink linked nothing."),
    "unlink": gettext_lazy("AssetLink unlinked nothing."),
    "undo": gettext_lazy("AssetLink undid nothing."),
    "upload": gettext_lazy("AssetLink uploaded nothing."),
}
KEPT = gettext_lazy("Uploaded files stay: AssetLink deletes nothing in Shopify.")
AGAIN_FILES = gettext_lazy("“Retry failed” uploads these files again, and no others.")
LOOKS = gettext_lazy("Shopify has not confirmed everything: “Retry failed” looks, and does only what is missing.")
MAYBE = gettext_lazy("Shopify has not confirmed everything; the next run looks.")


class Success(StrEnum):
    """How much of it is known to have been done. PERHAPS: nothing is, but some of it may have been."""

    ALL = "all"
    PART = "part"
    PERHAPS = "perhaps"
    NONE = "none"


IN_PART = {Success.PART: gettext_lazy("Done in part."), Success.PERHAPS: gettext_lazy("Not confirmed yet.")}


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
        return _("Aborted") if run.aborted else _("Stopped")
    return str(dict(zip(Success, HEADINGS[run.kind], strict=True))[run.success])


def verdict(run: Ended) -> Verdict:
    """Of a run that was applied, and is over."""
    if run.aborted:
        return Verdict("warn", _("Aborted."), joined(happened(run), stays(run), *unconfirmed(run)))
    if run.stopped:
        title = IN_PART.get(run.success) or _("Stopped.")
        stop = _("{stores} had to stop; the reason is below.").format(stores=run.stopped)
        rest = _("What is done stays; then “Retry failed” does the rest.") if run.retry else _("What is done stays.")
        return Verdict("bad", str(title), joined(stop, happened(run), rest, *unconfirmed(run)))
    return in_part(run) if run.troubled else all_well(run)


def in_part(run: Ended) -> Verdict:
    if run.unsure:
        sure = run.success == Success.PART
        title = _("Done, but not all is confirmed.") if sure else str(IN_PART[Success.PERHAPS])
        return Verdict("warn", title, joined(happened(run), *unconfirmed(run)))
    again = str(AGAIN_FILES) if run.kind == "upload" and run.retry else ""
    text = joined(happened(run), again, *unconfirmed(run), left_out(run))
    title = str(IN_PART.get(run.success) or NOTHING[run.kind])
    return Verdict("warn" if run.success in IN_PART else "bad", title, text)


def all_well(run: Ended) -> Verdict:
    if run.success == Success.NONE:
        why = _("No asset found its product.") if run.kind == "link" and not run.products else ""
        return Verdict("warn", str(NOTHING[run.kind]), joined(why, left_out(run)))
    if run.kind == "upload":
        return files_well(run)
    made, already = run.products.get("done", 0), run.products.get("unchanged", 0)
    if not made:
        return Verdict("good", _("Everything was already as planned: AssetLink wrote nothing."), "")
    done = ngettext("{n} gallery is as planned.", "{n} galleries are as planned.", made).format(n=number(made))
    return Verdict("good", _("Done."), joined(done, unchanged(already)))


def unchanged(galleries: int) -> str:
    if not galleries:
        return ""
    said = ngettext("{n} gallery is unchanged.", "{n} galleries are unchanged.", galleries)
    return said.format(n=number(galleries))


def files_well(run: Ended) -> Verdict:
    made, already = run.lines.get("done", 0), run.lines.get("unchanged", 0)
    if not made:
        return Verdict("good", _("Every file was there already: AssetLink wrote nothing."), left_out(run))
    done = ngettext("{n} file is as planned.", "{n} files are as planned.", made).format(n=number(made))
    there = ngettext("{n} was there already.", "{n} were there already.", already).format(n=number(already))
    return Verdict("good", _("Done."), joined(done, there if already else "", left_out(run), str(KEPT)))


def happened(run: Ended) -> str:
    """“66 of 70 galleries are done. 4 galleries need your attention.” An upload has files, and says what became of each."""
    if run.kind == "upload":
        return files_by_outcome(run.lines) or _("No file was started.")
    total = sum(run.products.values())
    if not total:
        return _("No gallery was started.")
    need = sum(run.products.get(state, 0) for state in NEED_YOU)
    done = run.products.get("done", 0) + run.products.get("unchanged", 0)
    if not done:
        said = ngettext("The gallery is not done.", "None of {n} galleries is done.", total)
        return said.format(n=number(total))
    galleries = npgettext("of", "{n} gallery", "{n} galleries", total).format(n=number(total))
    said = ngettext("{done} of {galleries} is done.", "{done} of {galleries} are done.", done)
    return joined(said.format(done=number(done), galleries=galleries), needs_you(need))


def needs_you(galleries: int) -> str:
    if not galleries:
        return ""
    said = ngettext("{n} gallery needs your attention.", "{n} galleries need your attention.", galleries)
    return said.format(n=number(galleries))


def stays(run: Ended) -> str:
    """Of an aborted run."""
    if run.kind == "upload":
        return joined(str(KEPT), _("“Retry failed” does the rest.") if run.retry else "")
    done = _("What is done stays.") if run.success == Success.PART else ""
    if run.retry and run.undo:
        return joined(done, _("“Retry failed” does the rest, “Undo” takes back what was done."))
    rest = _("“Retry failed” does the rest.") if run.retry else ""
    return joined(done, rest or (_("“Undo” takes back what was done.") if run.undo else ""))


def unconfirmed(run: Ended) -> Sequence[str]:
    return [str(LOOKS if run.retry else MAYBE)] if run.lines.get("unknown") else []


def left_out(run: Ended) -> str:
    """Of files: assets that found no gallery are counted beside, as assets."""
    n = run.lines.get("skipped", 0) if run.kind == "upload" else 0
    if not n:
        return ""
    said = ngettext(
        "{n} asset was not uploaded; the reason is below.", "{n} assets were not uploaded; the reasons are below.", n
    )
    return said.format(n=number(n))


def files_by_outcome(lines: Mapping[str, int]) -> str:
    """“Files: 23 done, 2 failed.”; empty without any."""
    found = [str(words).format(n=number(lines[name])) for name, words in OF_LINES.items() if lines.get(name)]
    return _("Files: {outcomes}.").format(outcomes=", ".join(found)) if found else ""


def joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))
