"""What a run will do, does or did, in one sentence with numbers: the same words before, while and after."""

from collections.abc import Sequence
from dataclasses import dataclass

from linking.domain.verdicts import FILES, GALLERIES
from setup.reasons import plural

PICTURES, STORES, SWATCHES = ("picture", "pictures"), ("store", "stores"), ("swatch", "swatches")
VARIANTS = ("variant", "variants")


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

    @property
    def pictures(self) -> int:
        """Those that change at all."""
        return self.added + self.replaced + self.moved + self.lost

    @property
    def did(self) -> int:
        return self.did_add + self.did_replace + self.did_move + self.did_lose

    @property
    def did_anything(self) -> bool:
        return bool(self.did or self.did_swatch or self.did_unset or self.did_show or self.did_unshow)

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence: `text` first, then `aside`; `takes` if the aside is that pictures leave."""

    text: str
    aside: str = ""
    takes: bool = False


def will(kind: str, sums: Sums, stores: int) -> Said:
    """“Adds 317 pictures to 70 galleries in 2 stores,” “takes none out”. Where pictures leave, it counts the galleries that
    they leave, and no others, to fit into a line: “Adds 317 pictures,” “takes 72 pictures out of 28 galleries”."""
    undo = kind == "undo"
    where = f" in {plural(stores, *STORES)}" if stores > 1 else ""
    amounts = [
        (sums.added, "puts {} back" if undo else "adds {}", "into" if undo else "to", sums.added_in),
        (sums.replaced, f"replaces {{}} with {_versions(sums.replaced, kind)}", "in", sums.replaced_in),
        (sums.moved, "moves {}", "in", sums.moved_in),
    ]
    found = [(n, verb, f" {into} {plural(galleries, *GALLERIES)}") for n, verb, into, galleries in amounts if n]
    clauses = [verb.format(f"{n:,}") for n, verb, _ in found]
    if found:
        n, verb, into = found[0]
        clauses[0] = verb.format(plural(n, *PICTURES)) + ("" if sums.lost else into)
    if sums.swatches:
        clauses.append(f"sets {plural(sums.swatches, *SWATCHES)}{' back' if undo else ''}")
    shown = _shown(sums, kind)
    unset = [f"removes {plural(sums.unset, *SWATCHES)}"] if sums.unset else []
    if not sums.lost:
        clauses += [*unset, *shown]
        return Said(f"{_sentence(clauses, where)},", "takes none out") if clauses else Said("")
    out = f"takes {plural(sums.lost, *PICTURES)} out of {plural(sums.lost_in, *GALLERIES)}"
    also = _and([*unset, *shown])
    if not clauses:
        return Said("", f"{_sentence([out], where)}{also}", takes=True)
    return Said(f"{_sentence(clauses)},", f"{out}{also}", takes=True)


def _which(n: int, kind: str) -> str:
    """What variants get."""
    return "another picture" if kind != "undo" else "its picture back" if n == 1 else "their pictures back"


def _shown(sums: Sums, kind: str) -> list[str]:
    """“gives 28 variants another picture”, “leaves 1 variant without a picture”"""
    return [
        *([f"gives {plural(sums.shown, *VARIANTS)} {_which(sums.shown, kind)}"] if sums.shown else []),
        *([f"leaves {plural(sums.unshown, *VARIANTS)} without a picture"] if sums.unshown else []),
    ]


def _and(clauses: Sequence[str]) -> str:
    """What follows a clause: “, removes 2 swatches and leaves 1 variant without a picture”."""
    *before, last = clauses or [""]
    return "".join(f", {one}" for one in before) + (f" and {last}" if last else "")


# Of a plan that changes texts alone.
OTHERS = "Changes no picture’s place, but what is named with each gallery."


def _versions(n: int, kind: str) -> str:
    word = "earlier" if kind == "undo" else "new"
    return f"{word} versions" if n > 1 else f"{'an' if kind == 'undo' else 'a'} {word} version"


def _sentence(clauses: Sequence[str], where: str = "") -> str:
    text = ", ".join([f"{clauses[0]}{where}", *clauses[1:]])
    return f"{text[:1].upper()}{text[1:]}"


def did(kind: str, sums: Sums) -> str:
    """“Added 309 of 317 pictures.”; empty if nothing was to be done to pictures."""
    added = "Put back" if kind == "undo" else "Added"
    lost = (sums.did_lose, sums.lost, sums.did_lose_in)
    clauses = [
        sums.added and f"{added} {_share(sums.did_add, sums.added, PICTURES)}",
        sums.replaced
        and f"replaced {_share(sums.did_replace, sums.replaced, PICTURES if not sums.added else None)} with "
        f"{_versions(sums.replaced, kind)}",
        sums.lost and _taken(*lost, PICTURES if not (sums.added or sums.replaced) else None),
        sums.moved and not sums.added and not sums.lost and f"moved {_share(sums.did_move, sums.moved, PICTURES)}",
        sums.swatches and f"set {_share(sums.did_swatch, sums.swatches, SWATCHES)}{' back' if kind == 'undo' else ''}",
        sums.unset and f"removed {_share(sums.did_unset, sums.unset, SWATCHES)}",
        sums.shown and f"gave {_share(sums.did_show, sums.shown, VARIANTS)} {_which(sums.shown, kind)}",
        sums.unshown and f"left {_share(sums.did_unshow, sums.unshown, VARIANTS)} without a picture",
    ]
    text = ", ".join(clause for clause in clauses if clause)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _share(done: int, of: int, unit: tuple[str, str] | None) -> str:
    """“309 of 317 pictures”, or “317 pictures” if that is all."""
    total = plural(of, *unit) if unit else f"{of:,}"
    return total if done == of else f"{done:,} of {total}"


def _taken(done: int, of: int, galleries: int, unit: tuple[str, str] | None) -> str:
    share = _share(done, of, unit)
    return f"took {share} out of {plural(galleries, *GALLERIES)}" if galleries else f"took {share} out"


def of_files(lines: dict[str, int], replaced: int, stores: int, *, over: bool) -> Said:
    """An upload's. `lines`: outcome -> files; `replaced`: those of them whose content is or was replaced."""
    done, there = lines.get("done", 0), lines.get("unchanged", 0)
    total = sum(lines.get(name, 0) for name in ("pending", "done", "failed", "refused", "unknown", "aborted"))
    where = f" to {plural(stores, *STORES)}" if stores > 1 else ""
    already = f"{there:,} {'is' if there == 1 else 'are'} there already" if there else ""
    if not total:
        return Said("", already)
    also = f", replaces the content of {replaced:,}" if replaced and not over else ""
    verb = "Uploaded" if over else "Uploads"
    text = f"{verb} {_share(done if over else total, total, FILES)}{where}{also}"
    return Said(f"{text}." if over or not already else f"{text},", "" if over else already)


def figures_of(sums: Sums) -> list[tuple[str, int, int]]:
    """(name, how many are done, of how many) of what was to be done; what is taken out always."""
    rows = [
        ("Pictures added", sums.did_add, sums.added),
        ("Pictures replaced", sums.did_replace, sums.replaced),
        ("Pictures moved", sums.did_move, sums.moved),
        ("Swatches set", sums.did_swatch, sums.swatches),
        ("Swatches removed", sums.did_unset, sums.unset),
        ("Variant pictures changed", sums.did_show, sums.shown),
        ("Variant pictures removed", sums.did_unshow, sums.unshown),
    ]
    return [*(row for row in rows if row[2]), ("Pictures taken out", sums.did_lose, sums.lost)]
