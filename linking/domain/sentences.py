"""What a run will do, does or did, in one sentence with numbers: the same words before, while and after."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from linking.domain import amounts
from setup.words import _, enumeration, gettext_lazy, ngettext, npgettext, number


@dataclass(frozen=True, slots=True)
class Sums:
    """Pictures by what becomes of them, and how many galleries that concerns. `replaced`: with new versions of themselves;
    `lost`: those that are taken out, or that another asset takes the place of. `swatches`: set, each once in a product; `unset`:
    taken off. `shown`: variants that get a picture, or another one; `unshown`: those that lose theirs. `did_…`: how much of it
    is done."""

    added: int = 0
    replaced: int = 0
    moved: int = 0
    lost: int = 0
    swatches: int = 0
    unset: int = 0
    shown: int = 0
    unshown: int = 0
    added_in: int = 0
    replaced_in: int = 0
    moved_in: int = 0
    lost_in: int = 0
    did_add: int = 0
    did_replace: int = 0
    did_move: int = 0
    did_lose: int = 0
    did_swatch: int = 0
    did_unset: int = 0
    did_show: int = 0
    did_unshow: int = 0
    did_add_in: int = 0
    did_lose_in: int = 0
    adopted: int = 0
    did_adopt: int = 0
    released: int = 0  # by undo: no longer adopted
    did_release: int = 0

    @property
    def pictures(self) -> int:
        """Those that change at all."""
        return self.added + self.replaced + self.moved + self.lost

    @property
    def did(self) -> int:
        return self.did_add + self.did_replace + self.did_move + self.did_lose

    @property
    def did_anything(self) -> bool:
        kept = self.did_adopt or self.did_release
        return bool(self.did or kept or self.did_swatch or self.did_unset or self.did_show or self.did_unshow)

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence: `text` first, then `aside`; `takes` if the aside is that pictures leave."""

    text: str
    aside: str = ""
    takes: bool = False


# A clause, with in how many stores it is; 0: that is not said.
Clause = Callable[[int], str]


def will(kind: str, sums: Sums, stores: int) -> Said:
    """“Adds 317 pictures to 70 galleries in 2 stores,” “removes none”. Where pictures leave, it counts the galleries that
    they leave, and no others, to fit into a line: “Adds 317 pictures,” “removes 72 pictures from 28 galleries”."""
    stores = stores if stores > 1 else 0
    clauses, also = _will_bring(kind, sums), _will_do_besides(kind, sums)
    if not sums.lost:
        text = _listed([*clauses, *also], stores)
        return Said(f"{text},", _("removes none")) if text else Said("")
    if not clauses:
        return Said("", opening(_taking(sums, stores, also)), takes=True)
    return Said(f"{_listed(clauses, 0)},", _taking(sums, stores, also), takes=True)


def _will_bring(kind: str, sums: Sums) -> list[Clause]:
    """What comes and moves. The first says of what, and in which galleries unless pictures leave some."""
    undo = kind == "undo"
    pictures = [
        (sums.added, _will_put_back if undo else _will_add),
        (sums.replaced, _will_replace_with_earlier if undo else _will_replace),
        (sums.moved, _will_move),
    ]
    found = [verb for n, verb in pictures if n]
    clauses: list[Clause] = [partial(_brings, verb, sums, at == 0) for at, verb in enumerate(found)]
    if sums.adopted:
        adopts = ngettext("adopts {n} that is there already", "adopts {n} that are there already", sums.adopted)
        if not found:
            adopts = ngettext(
                "adopts {n} picture that is there already", "adopts {n} pictures that are there already", sums.adopted
            )
        clauses.append(lambda stores: amounts.in_stores(adopts.format(n=number(sums.adopted)), stores))
    if sums.released:
        ends = ngettext("ends the adoption of {n} picture", "ends the adoption of {n} pictures", sums.released)
        clauses.append(lambda stores: amounts.in_stores(ends.format(n=number(sums.released)), stores))
    if sums.swatches:
        template = _("sets {swatches} back") if undo else _("sets {swatches}")
        clauses.append(
            lambda stores: template.format(swatches=amounts.in_stores(amounts.swatches(sums.swatches), stores))
        )
    return clauses


def _brings(verb: Callable[..., str], sums: Sums, first: bool, stores: int) -> str:
    return verb(sums, stores, first=first)


def _will_add(sums: Sums, stores: int, *, first: bool) -> str:
    n = sums.added
    if sums.lost:
        return ngettext("adds {n} picture", "adds {n} pictures", n).format(n=number(n))
    galleries = npgettext("to", "{n} gallery", "{n} galleries", sums.added_in).format(n=number(sums.added_in))
    said = ngettext("adds {n} picture to {galleries}", "adds {n} pictures to {galleries}", n)
    return said.format(n=number(n), galleries=amounts.in_stores(galleries, stores))


def _will_put_back(sums: Sums, stores: int, *, first: bool) -> str:
    n = sums.added
    if sums.lost:
        return ngettext("puts {n} picture back", "puts {n} pictures back", n).format(n=number(n))
    galleries = npgettext("into", "{n} gallery", "{n} galleries", sums.added_in).format(n=number(sums.added_in))
    said = ngettext("puts {n} picture back into {galleries}", "puts {n} pictures back into {galleries}", n)
    return said.format(n=number(n), galleries=amounts.in_stores(galleries, stores))


def _will_replace(sums: Sums, stores: int, *, first: bool) -> str:
    n = sums.replaced
    if not first:
        said = ngettext("replaces {n} with a new version", "replaces {n} with new versions", n)
    elif sums.lost:
        said = ngettext("replaces {n} picture with a new version", "replaces {n} pictures with new versions", n)
    else:
        said = ngettext(
            "replaces {n} picture with a new version in {galleries}",
            "replaces {n} pictures with new versions in {galleries}",
            n,
        )
    return said.format(n=number(n), galleries=amounts.in_stores(amounts.in_galleries(sums.replaced_in), stores))


def _will_replace_with_earlier(sums: Sums, stores: int, *, first: bool) -> str:
    n = sums.replaced
    if not first:
        said = ngettext("replaces {n} with an earlier version", "replaces {n} with earlier versions", n)
    elif sums.lost:
        said = ngettext(
            "replaces {n} picture with an earlier version", "replaces {n} pictures with earlier versions", n
        )
    else:
        said = ngettext(
            "replaces {n} picture with an earlier version in {galleries}",
            "replaces {n} pictures with earlier versions in {galleries}",
            n,
        )
    return said.format(n=number(n), galleries=amounts.in_stores(amounts.in_galleries(sums.replaced_in), stores))


def _will_move(sums: Sums, stores: int, *, first: bool) -> str:
    n = sums.moved
    if not first:
        return _("moves {n}").format(n=number(n))
    if sums.lost:
        return ngettext("moves {n} picture", "moves {n} pictures", n).format(n=number(n))
    said = ngettext("moves {n} picture in {galleries}", "moves {n} pictures in {galleries}", n)
    return said.format(n=number(n), galleries=amounts.in_stores(amounts.in_galleries(sums.moved_in), stores))


def _will_do_besides(kind: str, sums: Sums) -> list[Clause]:
    """“removes 2 swatches”, “gives 28 variants another picture”, “leaves 1 variant without a picture”"""
    given = _("gives {variants} another picture")
    if kind == "undo":
        given = ngettext(
            "gives {variants} its picture back",
            "gives {variants} their pictures back",
            sums.shown,
        )
    found: list[tuple[int, Clause]] = [
        (
            sums.unset,
            lambda stores: _("removes {swatches}").format(
                swatches=amounts.in_stores(amounts.swatches(sums.unset), stores)
            ),
        ),
        (sums.shown, lambda stores: given.format(variants=amounts.in_stores(amounts.variants(sums.shown), stores))),
        (
            sums.unshown,
            lambda stores: _("leaves {variants} without a picture").format(
                variants=amounts.in_stores(amounts.variants(sums.unshown), stores)
            ),
        ),
    ]
    return [clause for n, clause in found if n]


def _taking(sums: Sums, stores: int, also: Sequence[Clause]) -> str:
    """“removes 72 pictures from 28 galleries, gives 28 variants another picture and leaves 1 variant without a picture”"""
    said = ngettext("removes {n} picture from {galleries}", "removes {n} pictures from {galleries}", sums.lost)
    out = said.format(n=number(sums.lost), galleries=amounts.in_stores(amounts.out_of_galleries(sums.lost_in), stores))
    return enumeration([out, *(clause(0) for clause in also)])


# Of a plan that changes texts alone.
OTHERS = gettext_lazy("Moves no picture; each gallery says what changes.")


def did(kind: str, sums: Sums) -> str:
    """“Added 309 of 317 pictures.”; empty if nothing was to be done to pictures."""
    return ended(opening(", ".join([*_did_to_pictures(kind, sums), *_did_besides(kind, sums)])))


def _did_to_pictures(kind: str, sums: Sums) -> list[str]:
    """The first says of what: pictures."""
    undo, said = kind == "undo", []
    if sums.added:
        template = _("put back {pictures}") if undo else _("added {pictures}")
        said.append(template.format(pictures=amounts.share(sums.did_add, sums.added, amounts.pictures)))
    if sums.replaced:
        said.append(_did_replace(sums, undo=undo))
    if sums.lost:
        share = amounts.share(sums.did_lose, sums.lost, amounts.alone if said else amounts.pictures)
        galleries = amounts.out_of_galleries(sums.did_lose_in)
        template = _("removed {pictures} from {galleries}") if sums.did_lose_in else _("removed {pictures}")
        said.append(template.format(pictures=share, galleries=galleries))
    elif sums.moved and not sums.added:
        share = amounts.share(sums.did_move, sums.moved, amounts.alone if said else amounts.pictures)
        said.append(_("moved {pictures}").format(pictures=share))
    return said


def _did_replace(sums: Sums, *, undo: bool) -> str:
    share = amounts.share(sums.did_replace, sums.replaced, amounts.alone if sums.added else amounts.pictures)
    if undo:
        said = ngettext(
            "replaced {pictures} with an earlier version",
            "replaced {pictures} with earlier versions",
            sums.replaced,
        )
    else:
        said = ngettext(
            "replaced {pictures} with a new version", "replaced {pictures} with new versions", sums.replaced
        )
    return said.format(pictures=share)


def _did_besides(kind: str, sums: Sums) -> list[str]:
    undo, said = kind == "undo", []
    if sums.adopted:
        pictures = amounts.share(sums.did_adopt, sums.adopted, amounts.pictures)
        said.append(_("adopted {pictures} that stood there").format(pictures=pictures))
    if sums.released:
        pictures = amounts.share(sums.did_release, sums.released, amounts.pictures)
        said.append(_("ended the adoption of {pictures}").format(pictures=pictures))
    if sums.swatches:
        template = _("set {swatches} back") if undo else _("set {swatches}")
        said.append(template.format(swatches=amounts.share(sums.did_swatch, sums.swatches, amounts.swatches)))
    if sums.unset:
        said.append(
            _("removed {swatches}").format(swatches=amounts.share(sums.did_unset, sums.unset, amounts.swatches))
        )
    if sums.shown:
        template = _("gave {variants} another picture")
        if undo:
            template = ngettext("gave {variants} its picture back", "gave {variants} their pictures back", sums.shown)
        said.append(template.format(variants=amounts.share(sums.did_show, sums.shown, amounts.variants)))
    if sums.unshown:
        share = amounts.share(sums.did_unshow, sums.unshown, amounts.variants)
        said.append(_("left {variants} without a picture").format(variants=share))
    return said


def of_files(lines: dict[str, int], replaced: int, stores: int, *, over: bool) -> Said:
    """An upload's. `lines`: outcome -> files; `replaced`: those of them whose content is or was replaced."""
    done, there = lines.get("done", 0), lines.get("unchanged", 0)
    total = sum(lines.get(name, 0) for name in ("pending", "done", "failed", "refused", "unknown", "aborted"))
    already = ngettext("{n} is there already", "{n} are there already", there).format(n=number(there)) if there else ""
    if not total:
        return Said("", already)
    files = amounts.share(done if over else total, total, amounts.files)
    to = npgettext("to", "{n} store", "{n} stores", stores).format(n=number(stores))
    if over:
        said = _("Uploaded {files} to {stores}.") if stores > 1 else _("Uploaded {files}.")
        return Said(said.format(files=files, stores=to))
    if replaced:
        said = _("Uploads {files}, replaces the content of {n}")
        said = _("Uploads {files} to {stores}, replaces the content of {n}") if stores > 1 else said
    else:
        said = _("Uploads {files} to {stores}") if stores > 1 else _("Uploads {files}")
    text = said.format(files=files, stores=to, n=number(replaced))
    return Said(f"{text}," if already else ended(text), already)


def figures_of(sums: Sums) -> list[tuple[str, int, int]]:
    """(name, how many are done, of how many) of what was to be done; what is taken out always."""
    rows = [
        (_("Pictures added"), sums.did_add, sums.added),
        (_("Pictures replaced"), sums.did_replace, sums.replaced),
        (_("Pictures moved"), sums.did_move, sums.moved),
        (_("Pictures adopted"), sums.did_adopt, sums.adopted),
        (_("Pictures no longer adopted"), sums.did_release, sums.released),
        (_("Swatches set"), sums.did_swatch, sums.swatches),
        (_("Swatches removed"), sums.did_unset, sums.unset),
        (_("Variant pictures changed"), sums.did_show, sums.shown),
        (_("Variant pictures removed"), sums.did_unshow, sums.unshown),
    ]
    return [*(row for row in rows if row[2]), (_("Pictures removed"), sums.did_lose, sums.lost)]


def amounts_of(sums: Sums, *, planned: bool) -> list[str]:
    """“88 added”, “3 of 4 removed”: pictures, swatches and variants of a store, by what is done to them; of a plan, by what
    would be."""
    rows = [
        (_("{n} added"), sums.did_add, sums.added),
        (_("{n} replaced"), sums.did_replace, sums.replaced),
        (_("{n} moved"), sums.did_move, sums.moved),
        (_("{n} adopted"), sums.did_adopt, sums.adopted),
        (_("{n} no longer adopted"), sums.did_release, sums.released),
        (_("Swatches set: {n}"), sums.did_swatch, sums.swatches),
        (_("Swatches removed: {n}"), sums.did_unset, sums.unset),
        (_("Variant pictures changed: {n}"), sums.did_show, sums.shown),
        (_("Variant pictures removed: {n}"), sums.did_unshow, sums.unshown),
        (_("{n} removed"), sums.did_lose, sums.lost),
    ]
    return [text.format(n=amounts.share(of if planned else done, of, amounts.alone)) for text, done, of in rows if of]


# Clauses become sentences


def _listed(clauses: Sequence[Clause], stores: int) -> str:
    return opening(", ".join(clause(0 if at else stores) for at, clause in enumerate(clauses)))


def opening(text: str) -> str:
    """As a sentence begins."""
    return f"{text[:1].upper()}{text[1:]}"


def ended(text: str) -> str:
    return f"{text}." if text else ""
