"""What a run keeps of the selection as it was arranged when its button was pressed, read whatever is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from linking.domain import stored
from linking.domain.galleries import MAX_MEDIA
from linking.domain.named_products import ROLES, BadReference, Reference

# The parts that say how a person arranged a selection.
ARRANGED = ("groups", "excluded", "alts", "alt_sources")


@dataclass(frozen=True, slots=True)
class KeptGroup:
    """`assets`: ids in order, also of those that are excluded. `picks`: store pk as text -> product ids. `manual`: whether
    somebody ordered them by hand; None in runs that did not keep that. `by_hand`: see stored.by_hand. `asks`: the product that a
    program named instead of a key, as a Reference's code; `position`: where they begin in its gallery, 0 as for the run; `roles`:
    asset id -> what it said that it is there (named_products.ROLES)."""

    key: str
    assets: Sequence[str]
    excluded: bool = False
    picks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    manual: bool | None = None
    by_hand: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    asks: str = ""
    position: int = 0
    roles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Adopting:
    """What a run does with pictures that seem to be there already. `every`: adopt the sure ones (`sure`), also the likely ones
    (`likely`), or none (`none`). `but`: (store pk as text, product id, medium id) -> whether this one is adopted all the same."""

    every: str = "sure"
    but: Mapping[tuple[str, str, str], bool] = field(default_factory=dict)

    @classmethod
    def of(cls, kept: object) -> "Adopting":
        """Never raises; what cannot be read is not decided."""
        known = stored.mapping(kept)
        every = known.get("every")
        rows = [one for one in stored.entries(known.get("but")) if stored.are_pairs([one], str, str, str, bool)]
        return cls(every if every in ("sure", "likely", "none") else "sure", {(a, b, c): d for a, b, c, d in rows})

    @property
    def nothing(self) -> bool:
        """Whether nobody has to look what is there."""
        return self.every == "none" and not any(self.but.values())

    def adopts(self, store: int, product: str, medium: str, likeness: str) -> bool:
        decided = self.but.get((str(store), product, medium))
        if decided is not None:
            return decided
        return (likeness == "sure" and self.every != "none") or (likeness == "likely" and self.every == "likely")

    def as_row(self) -> dict[str, object]:
        return {"every": self.every, "but": [[*place, adopt] for place, adopt in self.but.items()]}


@dataclass(frozen=True, slots=True)
class KeptArrangement:
    """`excluded`: ids of assets that stay out wherever they are. `alts`: asset id -> the text that was decided on; `alt_sources`:
    where that was from, in runs that kept it. `only`: the asset ids that an upload tries again; None: all. `unlink`: store pk as
    text -> product id -> ids of media that leave. `adopt`: what a person decided about pictures that are there already.

    `unread` names the parts that are missing or not whole: what ends a run goes on without them, what writes must not.
    """

    groups: Sequence[KeptGroup] = ()
    excluded: frozenset[str] = frozenset()
    alts: Mapping[str, str] = field(default_factory=dict)
    alt_sources: Mapping[str, str] = field(default_factory=dict)
    only: frozenset[str] | None = None
    unlink: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    adopt: Adopting = Adopting()
    unread: frozenset[str] = frozenset()

    @classmethod
    def of(cls, kept: object) -> "KeptArrangement":
        """Of Sync.arrangement. Never raises."""
        known = stored.mapping(kept)
        groups, all_groups = _groups(known.get("groups"))
        excluded, all_excluded = _ids(known.get("excluded"))
        alts, all_alts = _alts(known.get("alts"))
        sources, all_sources = _alts(known.get("alt_sources"))
        only, all_only = _ids(known.get("only"))
        unlink, all_unlink = _unlink(known.get("unlink"))
        whole = {
            "groups": all_groups,
            "excluded": all_excluded,
            "alts": all_alts,
            # Only some runs have these.
            "alt_sources": all_sources or "alt_sources" not in known,
            "only": all_only or "only" not in known,
            "unlink": all_unlink,
        }
        unread = frozenset(name for name, complete in whole.items() if not complete)
        return cls(
            groups,
            excluded,
            alts,
            sources,
            only if "only" in known else None,
            unlink,
            Adopting.of(known.get("adopt")),
            unread,
        )

    def whole(self, *parts: str) -> bool:
        """Whether these parts are there, and everything in them."""
        return self.unread.isdisjoint(parts)


# Each answers what can be read, and whether that is all


def _ids(value: object) -> tuple[frozenset[str], bool]:
    found = stored.texts(value)
    return frozenset(found), isinstance(value, list) and len(found) == len(value)


def _alts(value: object) -> tuple[dict[str, str], bool]:
    known = stored.mapping(value)
    found = {id: text for id, text in known.items() if isinstance(text, str)}
    return found, isinstance(value, dict) and len(found) == len(known)


def _groups(value: object) -> tuple[list[KeptGroup], bool]:
    read = [_group(row) for row in stored.entries(value)]
    return [group for group, _ in read if group], isinstance(value, list) and all(complete for _, complete in read)


def _group(row: object) -> tuple[KeptGroup | None, bool]:
    """Earlier runs have four or five. What follows the six that are known here is of a newer release."""
    match row:
        case [str() as key, list() as ids, bool() as excluded, dict() as picks, *rest]:
            named, all_named = _lists(picks)
            assets = stored.texts(ids)
            manual = rest[0] if rest and isinstance(rest[0], bool) else None
            more = {name: value for one in rest if isinstance(one, dict) for name, value in one.items()}
            by_hand: object = more.get("by_hand", {})
            asks, position, all_asked = _asked(more)
            roles, all_roles = _roles(more.get("roles", {}))
            all_of_program = all_asked and all_roles
            complete = all_named and all_of_program and len(assets) == len(ids) and stored.is_by_hand(by_hand)
            kept = KeptGroup(key, assets, excluded, named, manual, stored.by_hand(by_hand), asks, position, roles)
            return kept, complete
        case _:
            return None, False


def _asked(more: Mapping[str, object]) -> tuple[str, int, bool]:
    """The product that a program named, and the place that it gave it."""
    if "asks" not in more:
        return "", 0, True
    position = more.get("position")
    try:
        asks = Reference.parse(stored.text(more["asks"])).code
    except BadReference:
        return "", 0, False
    fits = type(position) is int and 0 <= position <= MAX_MEDIA
    return asks, position if fits else 0, fits  # type: ignore[return-value]


def _roles(value: object) -> tuple[dict[str, str], bool]:
    known, all_texts = _alts(value)
    found = {id: role for id, role in known.items() if role in ROLES}
    return found, all_texts and len(found) == len(known)


def _unlink(value: object) -> tuple[dict[str, dict[str, list[str]]], bool]:
    read = {store: _lists(media) for store, media in stored.mapping(value).items()}
    complete = isinstance(value, dict) and all(complete for _, complete in read.values())
    return {store: media for store, (media, _) in read.items()}, complete


def _lists(value: object) -> tuple[dict[str, list[str]], bool]:
    known = stored.mapping(value)
    found = {name: stored.texts(ids) for name, ids in known.items()}
    complete = isinstance(value, dict) and all(found[name] == ids for name, ids in known.items())
    return found, complete
