"""What a plan adds up to: the numbers that a person reads before the button is pressed."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import NamedTuple, Self

from linking.domain.amounts import in_galleries, out_of_galleries
from linking.domain.plan import ADOPTED, FULL, NEW_VERSIONS, Change
from linking.domain.sentences import opening
from linking.domain.stored import mapping, whole
from setup.reasons import Reason
from setup.words import _, ngettext, npgettext, number

PENDING, SKIPPED = "pending", "skipped"
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
    def adds(self) -> bool:
        """Whether it brings another picture into a gallery."""
        comes = self.change in ARRIVALS and self.outcome == PENDING
        return bool(self.product) and not self.swatch and comes and not self.by_new_version

    @property
    def adopts(self) -> bool:
        """As linking.models.pictures counts it."""
        return self.reason == ADOPTED and self.change in (Change.KEEP, Change.MOVE) and self.outcome == PENDING

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
    adopted: int = 0  # pictures that are there already, and count as linked
    # Of those added, into galleries whose own pictures nobody has looked at: a run may adopt some instead.
    unlooked: int = 0

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
        return not (
            self.added or self.taken or self.replaced or self.moved or self.swatches or self.alts or self.adopted
        )

    @property
    def words(self) -> tuple[str, str, str]:
        """In one line: what comes before what matters most, that, and the rest of the sentence. In the order of a plan's
        sentence: what comes, what is taken out, what else changes."""
        coming = [self._foremost(), *self._besides()[1:]] if self._besides() else []
        if self.taken:
            before = "".join(f"{one}, " for one in coming)
            taking = self._takes_out()
            return before, taking if coming else opening(taking), _rest([_("variant pictures may change")])
        return "", self._foremost(), "" if self.changes_nothing else _rest([*coming[1:], _("removes none")])

    def _takes_out(self) -> str:
        if self.galleries > self.losing:
            said = npgettext("out of", "{some} of {n} gallery", "{some} of {n} galleries", self.galleries)
            galleries = said.format(some=number(self.losing), n=number(self.galleries))
        else:
            galleries = out_of_galleries(self.losing)
        said = ngettext("removes {n} picture from {galleries}", "removes {n} pictures from {galleries}", self.taken)
        return said.format(n=number(self.taken), galleries=galleries)

    def _besides(self) -> list[str]:
        """What it does to pictures and swatches, each in a clause of its own; what comes first without others is the first."""
        swatches = ngettext("sets {n} swatch", "sets {n} swatches", self.swatches)
        clauses = (
            (self.added, _("adds up to {n}") if self.unlooked else _("adds {n}")),
            (self.replaced, _("replaces {n}")),
            (self.moved, _("moves {n}")),
            (
                self.adopted,
                ngettext("adopts {n} that is there already", "adopts {n} that are there already", self.adopted),
            ),
            (self.swatches, swatches),
        )
        return [words.format(n=number(n)) for n, words in clauses if n]

    @property
    def at_least(self) -> tuple[str, str, str]:
        """The same where galleries are left: that nothing is taken out is not known then."""
        if self.taken:
            said = ngettext(
                "Removes at least {n} picture from {galleries}",
                "Removes at least {n} pictures from {galleries}",
                self.taken,
            )
            text = said.format(n=number(self.taken), galleries=out_of_galleries(self.losing))
            return "", text, _rest([_("variant pictures may change"), *self._before_looking()])
        return "", self._foremost_at_least(), _rest(self._before_looking())

    def _before_looking(self) -> list[str]:
        """Where `at least` cannot be said of what comes: some of it may be there."""
        return [_("before AssetLink looks for pictures that are there already")] if self.unlooked else []

    def _foremost(self) -> str:
        if n := self.added:
            said = (
                ngettext("Adds up to {n} picture", "Adds up to {n} pictures", n)
                if self.unlooked
                else ngettext("Adds {n} picture", "Adds {n} pictures", n)
            )
        elif n := self.replaced:
            said = ngettext("Replaces {n} picture with a new version", "Replaces {n} pictures with new versions", n)
        elif n := self.moved:
            said = ngettext("Moves {n} picture in {galleries}", "Moves {n} pictures in {galleries}", n)
        elif n := self.swatches:
            said = ngettext("Sets {n} swatch", "Sets {n} swatches", n)
        elif n := self.alts:
            said = ngettext("Changes {n} alt text", "Changes {n} alt texts", n)
        elif n := self.adopted:
            said = ngettext("Adopts {n} picture that is there already", "Adopts {n} pictures that are there already", n)
        else:
            said = _("Changes no gallery")
        return said.format(n=number(n), galleries=in_galleries(self.moving))

    def _foremost_at_least(self) -> str:
        if self.unlooked:
            n = self.added
            said = ngettext("Adds {n} picture", "Adds {n} pictures", n)
        elif n := self.added:
            said = ngettext("Adds at least {n} picture", "Adds at least {n} pictures", n)
        elif n := self.replaced:
            said = ngettext(
                "Replaces at least {n} picture with a new version",
                "Replaces at least {n} pictures with new versions",
                n,
            )
        elif n := self.moved:
            said = ngettext(
                "Moves at least {n} picture in {galleries}", "Moves at least {n} pictures in {galleries}", n
            )
        elif n := self.swatches:
            said = ngettext("Sets at least {n} swatch", "Sets at least {n} swatches", n)
        elif n := self.alts:
            said = ngettext("Changes at least {n} alt text", "Changes at least {n} alt texts", n)
        elif n := self.adopted:
            said = ngettext(
                "Adopts at least {n} picture that is there already",
                "Adopts at least {n} pictures that are there already",
                n,
            )
        else:
            said = _("Changes nothing so far")
        return said.format(n=number(n), galleries=in_galleries(self.moving))


def _rest(clauses: Sequence[str]) -> str:
    return "".join(f", {one}" for one in clauses)


def count(lines: Iterable[PlannedLine], **known: int) -> Counted:
    """Of one store. `known`: the other numbers by name."""
    of_galleries = [line for line in lines if line.product and not line.swatch]
    coming = [line for line in of_galleries if line.change in ARRIVALS and line.outcome == PENDING]
    taken = [line for line in of_galleries if line.takes_out]
    added = [line for line in coming if line.adds]
    moved = [line for line in of_galleries if line.change == Change.MOVE and line.outcome == PENDING]
    return Counted(
        added=len(added),
        taken=len(taken),
        losing=len({line.product for line in taken}),
        gaining=len({line.product for line in added}),
        replaced=len(coming) - len(added),
        moved=len(moved),
        moving=len({line.product for line in moved}),
        adopted=sum(line.adopts for line in of_galleries),
        skipped=sum(line.reason.code == FULL and line.outcome == SKIPPED for line in of_galleries),
        **known,
    )
