"""What of a gallery is not as the ledger says: its links, and how the latest run left it, beside what stands there now. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from linking.domain.moves import stable
from setup.spelling import plain


class Drift(StrEnum):
    """In the order in which people want to know of it."""

    PRODUCT = "product"  # the product is gone, with its gallery
    MISSING = "missing"  # a picture of ours is not in the gallery any more
    REORDERED = "reordered"  # ours do not follow each other as they did
    VERSION = "version"  # the asset has newer content
    ALT = "alt"  # the alt text is another one
    ASSET = "asset"  # the picture is there, and its asset is gone
    FOREIGN = "foreign"  # others have come that are not ours


# What a plan can bring back. A product that is gone does not come back, and what others add is theirs.
MENDABLE = frozenset({Drift.MISSING, Drift.REORDERED, Drift.VERSION, Drift.ALT})


@dataclass(frozen=True, slots=True)
class Linked:
    """A link. `version`: of the asset, in the file that stands there; 0 is unknown. `young`: Shopify may still show what was
    there before."""

    asset: str
    medium: str
    version: int = 0
    young: bool = False


@dataclass(frozen=True, slots=True)
class Left:
    """A gallery as the latest run left it: media ids in order. `alts`: of those whose alt text is known."""

    media: Sequence[str] = ()
    alts: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """`asset`, `medium`: the link's, if it is about one; else `count` says how many. `was`, `now`: alt texts, or versions."""

    kind: Drift
    asset: str = ""
    medium: str = ""
    count: int = 1
    was: str = ""
    now: str = ""


def findings(
    links: Sequence[Linked],
    gallery: Sequence[tuple[str, str]] | None,
    left: Left | None,
    assets: Mapping[str, int],
) -> list[Finding]:
    """Of one product. `gallery`: (medium id, alt text) in order; None: the product is not shown. `left`: None if it is not known.
    `assets`: the version that each asset has now; 0 if that cannot be read, and nothing of one that is gone."""
    if gallery is None:
        return [Finding(Drift.PRODUCT, count=len(links))] if links else []
    there = dict(gallery)
    standing = [link for link in links if link.medium in there]
    found = [
        Finding(Drift.MISSING, link.asset, link.medium) for link in links if link.medium not in there and not link.young
    ]
    found += _moved(standing, [id for id, _alt in gallery], left)
    for link in standing:
        found += _of_picture(link, there[link.medium], left, assets)
    if others := foreign([id for id, _alt in gallery], links, left):
        found.append(Finding(Drift.FOREIGN, count=len(others)))
    return found


def _of_picture(link: Linked, alt: str, left: Left | None, assets: Mapping[str, int]) -> Iterator[Finding]:
    if link.asset not in assets:
        yield Finding(Drift.ASSET, link.asset, link.medium)
    elif 0 < link.version < assets[link.asset]:
        now = str(assets[link.asset])
        yield Finding(Drift.VERSION, link.asset, link.medium, was=str(link.version), now=now)
    was = (left.alts or {}).get(link.medium) if left else None
    if was is not None and plain(was) != plain(alt):
        yield Finding(Drift.ALT, link.asset, link.medium, was=was, now=alt)


def _moved(standing: Sequence[Linked], order: Sequence[str], left: Left | None) -> list[Finding]:
    """Only ours, among each other: where others put theirs is their business."""
    if left is None:
        return []
    ours, place = {link.medium for link in standing}, {id: at for at, id in enumerate(left.media)}
    now = [place[id] for id in order if id in ours and id in place]
    moved = len(now) - len(stable(now))
    return [Finding(Drift.REORDERED, count=moved)] if moved else []


def foreign(order: Sequence[str], links: Sequence[Linked], left: Left | None) -> list[str]:
    """Media that are not ours, and that the latest run had not seen there; all that are not ours, where that is not known."""
    known = {link.medium for link in links} | ({*left.media} if left else set())
    return [id for id in order if id not in known]


def in_order(links: Sequence[Linked], left: Left | None) -> list[str]:
    """Assets as the latest run left them; those of which it says nothing follow."""
    place = {id: at for at, id in enumerate(left.media)} if left else {}
    ordered = sorted(links, key=lambda link: place.get(link.medium, len(place)))
    return list(dict.fromkeys(link.asset for link in ordered))
