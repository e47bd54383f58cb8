"""A group on Link to Products: its assets as pictures with names, and what each chosen store answered for its key."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from linking.cloudinary.renditions import linkable, unfit
from linking.domain.alts import own
from linking.domain.assets import Asset
from linking.domain.bounds import in_short
from linking.domain.counting import Fate, Standing, fate, standing, wants_alt
from linking.domain.fields import ShopifyField
from linking.domain.matching import Verdict
from linking.domain.ordering import Orders
from linking.domain.ranges import ranges
from linking.domain.swatches import SwatchRule
from linking.models import AnyRow, KeyRow
from linking.selection.arrangement import group_id
from linking.selection.swatches import is_swatch
from setup.models import Environment
from setup.reasons import NONE, Reason
from setup.spelling import searched
from setup.words import _, ngettext, number

COLUMNS = 3  # of stores; more share one
# Of what cannot be linked, that Cloudinary refuses to show here, too.
UNSEEN = ("asset.restricted", "asset.not_yet", "asset.no_longer", "asset.no_file")


@dataclass(frozen=True)
class AssetCard:
    """An asset as a picture with a name. `trouble`: why it cannot be linked; empty if it can. `lacks`: whether it has no value of
    each field that assets are ordered by. `swatch`: it goes to the metafield, not into a gallery."""

    asset: Asset
    row: AnyRow
    trouble: Reason
    lacks: Sequence[bool] = ()
    swatch: bool = False

    @property
    def number(self) -> int:
        """Its place in the selection: how pages and their requests name it."""
        return self.row.place

    @property
    def thumbnail(self) -> str:
        """Empty where Cloudinary shows none."""
        return "" if self.asset.gone or self.trouble.code in UNSEEN else self.row.thumbnail

    @property
    def excluded(self) -> bool:
        return self.row.excluded

    @property
    def alt(self) -> str:
        """What Shopify gets: what the person decided on, or the asset's own."""
        return own(self.asset) if self.row.alt is None else self.row.alt

    @cached_property
    def lacks_alt(self) -> bool:
        """Whether it has no alt text, and nobody decided that it is to have none."""
        return self.row.alt is None and not own(self.asset)

    @property
    def alt_source(self) -> str:
        """Where it comes from: `typed`, `field`, `ai`, `asset`, or empty if there is none."""
        return self.row.alt_source if self.row.alt is not None else "asset" if self.alt else ""

    @property
    def decorative(self) -> bool:
        """No alt text, on purpose."""
        return self.row.alt == ""

    @property
    def id(self) -> str:
        return self.asset.asset_id

    @property
    def name(self) -> str:
        return self.asset.name

    @property
    def kind(self) -> str:
        return self.asset.resource_type


class ShownStore(NamedTuple):
    """What groups show of a store. No model: groups are kept, and it may have another name by the next request. `admin`: the
    address of its Shopify admin."""

    pk: int
    name: str
    admin: str = ""

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Answer:
    """What one chosen store says about a group's key. `state`: matched, ambiguous, outside, unmatched, pending, failed, or
    excluded where somebody excluded all products that match. `picked`: ids of products that somebody chose; `out`: of those that
    match and are excluded; `also`: what was chosen comes beside what matches; `beyond`: one of the chosen is outside of what the
    run is for."""

    store: ShownStore
    state: str
    reason: Reason = NONE
    products: Sequence[Mapping] = ()
    picked: Sequence[str] = ()
    offered: KeyRow | None = None
    out: Sequence[str] = ()
    also: bool = False
    # What matches as well, and is outside of what the run is for: a product, and why.
    outside: Sequence[tuple[Mapping, Reason]] = ()
    beyond: bool = False

    @property
    def more(self) -> int:
        """Products that it means besides the first."""
        return max(0, len(self.products) - 1)

    @property
    def in_short(self) -> str:
        """Why it means no product, where its key stands beside it."""
        if self.reason.code == "match.no_product":
            return _("No such {field}").format(field=ShopifyField.parse(self.reason.values["field"]).label)
        if len(self.outside) == 1 and not self.products:
            return f"{in_short(self.reason)} · {self.outside[0][0]['title']}"  # a row has room for the reason
        return str(self.reason)

    @property
    def how(self) -> str:
        """In few words why this is the product: a person's word, or which of its variants carry the key."""
        if self.beyond and not self.also:
            return _("Chosen by hand, outside of the chosen products")
        if self.picked and not self.also:
            return _("Suggestion used") if self.suggestion_used else _("Chosen by hand")
        if self.picked or self.out:
            return self._decided
        if self.more:
            n = len(self.products)
            return ngettext("{n} product", "{n} products", n).format(n=number(n))
        why = self.products[0]["why"].values if self.products else {}
        return ", ".join(map(str, why.get("variants", ()))) or _("Matched")

    @property
    def open_choice(self) -> Sequence[Mapping]:
        """What the store leaves to the person: products of an ambiguous key, or suggestions."""
        if self.offered is None or self.offered.verdict == Verdict.MATCHED:
            return ()
        if self.offered.verdict == Verdict.AMBIGUOUS:
            return self.offered.products
        return [found["product"] for found in self.offered.suggestions]

    @property
    def chosen(self) -> Sequence[Mapping]:
        """Products that somebody looked for and chose."""
        open_ones = {product["id"] for product in self.open_choice}
        return [product for product in self.products if product["id"] in self.picked and product["id"] not in open_ones]

    @property
    def matching(self) -> Sequence[Mapping]:
        """Products that match within what the run is for, whatever somebody decided of them."""
        known = self.offered
        if known is None or known.verdict != Verdict.MATCHED:
            return ()
        outside = {product["id"] for product, _why in self.outside}
        return [product for product in known.products if product["id"] not in outside]

    @property
    def besides(self) -> Sequence[Mapping]:
        """Products that match, but for those that somebody chose by hand: what was chosen is shown by itself."""
        return [product for product in self.matching if product["id"] not in self.picked]

    @property
    def replaced(self) -> bool:
        """Whether what was chosen takes the place of what matches."""
        return bool(self.picked) and not self.also and bool(self.besides)

    @property
    def suggestion_used(self) -> bool:
        """Whether somebody chose nothing but what the store suggests."""
        near = self.offered.suggestions if self.offered is not None else ()
        return bool(self.picked) and set(self.picked) <= {found["product"]["id"] for found in near}

    @property
    def _decided(self) -> str:
        """Of products that match: how many somebody chose besides, or excluded."""
        n, chosen, out = len(self.products), len(self.picked), len(self.out)
        said = [ngettext("{n} product", "{n} products", n).format(n=number(n))]
        said += [_("{n} chosen by hand").format(n=number(chosen))] if chosen else []
        said += [_("{n} excluded").format(n=number(out))] if out else []
        return " · ".join(said)


@dataclass(frozen=True)
class Said:
    """What many stores say about one key: how many of them what. `state`: what the row is drawn as."""

    state: str
    matched: int
    ambiguous: int
    unmatched: int
    pending: int
    failed: int
    products: int
    excluded: int = 0

    @classmethod
    def of(cls, answers: Sequence[Answer]) -> "Said":
        count = Counter(answer.state for answer in answers)
        order = (
            Verdict.AMBIGUOUS,
            Verdict.MATCHED,
            "pending",
            Standing.OUTSIDE,
            Verdict.UNMATCHED,
            "excluded",
            "failed",
        )
        products = sum(len(answer.products) for answer in answers if answer.state == Verdict.MATCHED)
        state = next((str(one) for one in order if count[one]), "unmatched")
        matched, ambiguous, unmatched = (count[one] for one in (Verdict.MATCHED, Verdict.AMBIGUOUS, Verdict.UNMATCHED))
        rest = (count["pending"], count["failed"], products, count["excluded"])
        return cls(state, matched, ambiguous, unmatched, *rest)


@dataclass(frozen=True)
class GroupCard:
    """`same` identifies it (Keying.same); `manual`: ordered by hand; `by`: what it is ordered by otherwise, as people call it.
    `alone`: none of its assets is in another group. What it counts is counted once: groups are kept from one request to the
    next (linking.pages.kept_groups)."""

    key: str
    same: str
    assets: Sequence[AssetCard]
    answers: Sequence[Answer]
    excluded: bool = False
    manual: bool = False
    by: str = ""
    # The last position that an asset can be moved to; swatches come behind it.
    last: int = 0
    alone: bool = False

    @cached_property
    def id(self) -> str:
        return group_id(self.same)

    @cached_property
    def matched(self) -> bool:
        return any(answer.state == Verdict.MATCHED for answer in self.answers)

    @cached_property
    def by_hand(self) -> bool:
        """Whether somebody chose a product for it."""
        return any(answer.picked for answer in self.answers)

    @cached_property
    def out(self) -> int:
        """How many of its assets are excluded one by one."""
        return sum(card.excluded for card in self.assets)

    @cached_property
    def standing(self) -> Standing:
        """What it is counted as."""
        return Standing.EXCLUDED if self.out == len(self.assets) else self.heard

    @cached_property
    def heard(self) -> Standing:
        """The same for each of its assets, whether that is excluded or not."""
        return standing({answer.state for answer in self.answers}, excluded=self.excluded)

    @cached_property
    def outside(self) -> Collection[tuple[int, str]]:
        """The products that match and are outside of what the run is for, each by its store and id."""
        return frozenset((one.store.pk, product["id"]) for one in self.answers for product, _why in one.outside)

    @cached_property
    def left_out(self) -> int:
        """How many of its assets cannot be linked, though nobody excluded them."""
        return sum(bool(card.trouble) and not card.excluded for card in self.assets)

    @cached_property
    def in_trouble(self) -> bool:
        """Whether a store could not be asked, or an asset that is not left out cannot be linked."""
        failed = any(answer.state == "failed" for answer in self.answers)
        return failed or (not self.excluded and self.left_out > 0)

    @cached_property
    def notes(self) -> dict[str, Sequence[str]]:
        """What others find out of it once, by a name of theirs."""
        return {}

    @property
    def wide(self) -> bool:
        """More stores than there is room for: one column says it for all."""
        return len(self.answers) > COLUMNS

    @property
    def said(self) -> "Said":
        return Said.of(self.answers)

    @cached_property
    def numbers(self) -> str:
        """Of its assets, as ranges."""
        return ranges(self.places)

    @cached_property
    def places(self) -> Sequence[int]:
        """The numbers of its assets."""
        return tuple(card.number for card in self.assets)

    @cached_property
    def linked(self) -> Collection[str]:
        """The ids of the assets that are linked if the group matches."""
        if self.excluded:
            return frozenset()
        return frozenset(card.id for card in self.assets if not card.trouble and not card.excluded)

    @cached_property
    def last_for_lack(self) -> Collection[tuple[int, str]]:
        """Of its assets that galleries get, those without a value to be ordered by: (which of the orders, the asset's id)."""
        going = [card for card in self.assets if card.id in self.linked and not card.swatch and any(card.lacks)]
        return frozenset((at, card.id) for card in going for at, lacks in enumerate(card.lacks) if lacks)

    @cached_property
    def products(self) -> Sequence[Collection[str]]:
        """The ids of those that its assets go to, for each of its answers."""
        return tuple(
            frozenset(product["id"] for product in matched_products(answer)) if self.linked else frozenset()
            for answer in self.answers
        )

    @cached_property
    def fates(self) -> Mapping[Fate, int]:
        """How many of its assets come to what, where they are in no other group; without a key they are in none."""
        heard = (self.heard,) if self.key else ()
        return Counter(fate_of(card, heard) for card in self.assets)

    @cached_property
    def lacking_alts(self) -> int:
        """How many of its assets can be linked and have no alt text, where they are in no other group."""
        heard = (self.heard,) if self.key else ()
        return sum(card.lacks_alt and wants_alt(fate_of(card, heard), swatch=card.swatch) for card in self.assets)

    @cached_property
    def words(self) -> str:
        """What it can be found by, as searches compare: the key, names and tags of assets, and titles of products, also of those
        that are only offered."""
        found = [self.key]
        for card in self.assets:
            found += [card.name, *card.asset.tags]
        for answer in self.answers:
            found += [product["title"] for product in answer.products]
            if answer.offered is not None:
                found += [product["title"] for product in answer.offered.products]
                found += [near["product"]["title"] for near in answer.offered.suggestions]
        return searched("\n".join(dict.fromkeys(found)))


def fate_of(card: AssetCard, groups: Collection[Standing]) -> Fate:
    """`groups`: what each group that it is in has heard."""
    barred = Fate.GONE if card.asset.gone else Fate.UNLINKABLE if card.trouble else None
    return fate(groups, excluded=card.excluded, barred=barred)


def matched_products(answer: Answer) -> Sequence[Mapping]:
    return answer.products if answer.state == Verdict.MATCHED else ()


def card_of(
    environment: Environment,
    row: AnyRow,
    asset: Asset,
    orders: Orders = (),
    rule: SwatchRule | None = None,
    named: Sequence[str] = ("",),
) -> AssetCard:
    """`named`: the named transformations that the chosen stores get: what fits in one of them can be linked. A swatch that is
    too large stays a swatch, as in a plan."""
    swatch = rule is not None and is_swatch(rule, asset, linkable(environment, asset))
    lacks = tuple(not order.value(asset) for order in orders)
    troubles = [unfit(environment, asset, one) for one in named]
    return AssetCard(asset, row, troubles[0] if all(troubles) else NONE, lacks, swatch)
