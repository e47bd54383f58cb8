"""What a plan adds up to: the numbers that a person reads before the button is pressed."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import NamedTuple, Self

from linking.domain.plan import FULL, NEW_VERSIONS, Change
from linking.domain.stored import mapping, whole
from setup.reasons import Reason, plural

PENDING, SKIPPED = "pending", "skipped"
# Which variants show what leaves is not read for an estimate.
VARYING = ", variant pictures may change"
ARRIVALS = (Change.ADD, Change.REPLACE)


class PlannedLine(NamedTuple):
    """One line of a plan. `product`: empty for an asset that goes nowhere; `swatch`: of a metafield, not of a gallery."""

    product: str
    asset: str
    change: str
    outcome: str
    reason: Reason
    swatch: bool = False

    @property
    def takes_out(self) -> bool:
        """Whether it takes a picture out of a gallery, as linking.models.syncs.ChangeRowQuerySet.taking_away says."""
        leaves = self.change == Change.UNLINK or (self.change == Change.REPLACE and self.reason not in NEW_VERSIONS)
        return bool(self.product) and leaves and self.outcome == PENDING

    @property
    def by_new_version(self) -> bool:
        """Whether a picture is replaced by a newer version of itself."""
        return self.change == Change.REPLACE and self.reason in NEW_VERSIONS and self.outcome == PENDING


@dataclass(frozen=True)
class Counted:
    """Pictures and galleries of all ticked stores. `galleries` of the products were planned; `unread` were not, and what is
    counted is the least that it can be."""

    galleries: int = 0
    unread: int = 0
    added: int = 0
    taken: int = 0
    losing: int = 0  # galleries that pictures are taken out of
    gaining: int = 0  # galleries that pictures are added to
    replaced: int = 0
    moved: int = 0  # pictures that only change places
    moving: int = 0  # galleries that they do it in
    alts: int = 0
    skipped: int = 0  # there is no place for them in a gallery
    refused: int = 0  # galleries that nothing is planned for
    swatches: int = 0  # that are set, each once for a product

    @classmethod
    def read(cls, value: object) -> Self:
        """Of what is stored."""
        known = mapping(value)
        return cls(**{field.name: max(0, whole(known.get(field.name))) for field in fields(cls)})

    def __add__(self, other: "Counted") -> "Counted":
        mine, theirs = asdict(self), asdict(other)
        return Counted(**{name: mine[name] + theirs[name] for name in mine})

    @property
    def whole(self) -> bool:
        return not self.unread

    @property
    def changes_nothing(self) -> bool:
        return not (self.added or self.taken or self.replaced or self.moved or self.swatches or self.alts)

    @property
    def words(self) -> tuple[str, str]:
        """In one line: what it does foremost, and the rest of the sentence. What is taken out is said before anything else."""
        if self.taken:
            of = f" of {self.galleries:,} galleries" if self.galleries > self.losing else ""
            out = f"{self.losing:,}{of}" if of else plural(self.losing, "gallery", "galleries")
            return f"Takes {plural(self.taken, 'picture')} out of {out}", f"{self._besides}{VARYING}"
        return self._foremost(""), "" if self.changes_nothing else f"{self._besides}, takes none out"

    @property
    def _besides(self) -> str:
        """What it does as well to pictures and swatches, behind what comes first."""
        found = {
            f"adds {self.added:,}": self.added,
            f"replaces {self.replaced:,}": self.replaced,
            f"moves {self.moved:,}": self.moved,
            f"sets {plural(self.swatches, 'swatch', 'swatches')}": self.swatches,
        }
        clauses = [words for words, number in found.items() if number]
        return "".join(f", {words}" for words in (clauses if self.taken else clauses[1:]))

    @property
    def at_least(self) -> tuple[str, str]:
        """The same where galleries are left: that nothing is taken out is not known then."""
        if self.taken:
            out = plural(self.losing, "gallery", "galleries")
            return f"Takes at least {plural(self.taken, 'picture')} out of {out}", VARYING
        return self._foremost("at least "), ""

    def _foremost(self, least: str) -> str:
        if self.added:
            return f"Adds {least}{plural(self.added, 'picture')}"
        if self.replaced:
            versions = "a new version" if self.replaced == 1 else "new versions"
            return f"Replaces {least}{plural(self.replaced, 'picture')} with {versions}"
        if self.moved:
            return f"Moves {least}{plural(self.moved, 'picture')} in {plural(self.moving, 'gallery', 'galleries')}"
        if self.swatches:
            return f"Sets {least}{plural(self.swatches, 'swatch', 'swatches')}"
        if self.alts:
            return f"Changes {least}{plural(self.alts, 'alt text')}"
        return "Changes nothing so far" if least else "Changes no gallery"


def count(lines: Iterable[PlannedLine], **known: int) -> Counted:
    """Of one store. `known`: the other numbers by name."""
    of_galleries = [line for line in lines if line.product and not line.swatch]
    coming = [line for line in of_galleries if line.change in ARRIVALS and line.outcome == PENDING]
    taken = [line for line in of_galleries if line.takes_out]
    added = [line for line in coming if not line.by_new_version]
    moved = [line for line in of_galleries if line.change == Change.MOVE and line.outcome == PENDING]
    return Counted(
        added=len(added),
        taken=len(taken),
        losing=len({line.product for line in taken}),
        gaining=len({line.product for line in added}),
        replaced=len(coming) - len(added),
        moved=len(moved),
        moving=len({line.product for line in moved}),
        skipped=sum(line.reason.code == FULL and line.outcome == SKIPPED for line in of_galleries),
        **known,
    )
