"""Pictures of variants: what becomes of each when media leave a gallery, or make room for others."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from setup.words import _, pgettext

# What Shopify calls the variant of a product that has no options.
ONLY_VARIANT = "Default Title"


@dataclass(frozen=True, slots=True)
class Picture:
    """A medium that stands in the gallery (or returns to it), or the rendition, by its mark, of a file that is to come."""

    medium: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class PictureChange:
    """`before`: the medium that the variant shows now; `after` is None for one that loses its picture."""

    variant: str
    before: str | None
    after: Picture | None


def picture_changes(
    shown: Mapping[str, str | None],
    leaving: Collection[str],
    instead: Mapping[str, Picture | None],
    wished: Mapping[str, Picture | None],
    heirs: Mapping[str, Picture] = MappingProxyType({}),
) -> list[PictureChange]:
    """The variants whose picture changes, in the order of `shown` (variant -> medium).

    A medium that is `leaving` takes the picture along, unless something that a variant can show comes `instead` of it, or one of
    the `heirs` takes over, the first picture of the variant's group; what is `wished` for a variant goes before all of them.
    """
    changes = []
    for variant, medium in shown.items():
        current = Picture(medium=medium) if medium else None
        after = (instead.get(medium or "") or heirs.get(variant)) if medium in leaving else current
        after = wished.get(variant, after)
        if after != current:
            changes.append(PictureChange(variant, medium, after))
    return changes


def pictures_back(
    made: Iterable[tuple[str, str | None, str | None]], shown: Mapping[str, str | None]
) -> Iterator[tuple[str, str | None]]:
    """(variant, medium that it shall show again) of what a run `made`: (variant, medium before, medium after).

    A variant that shows neither the one nor the other was given its picture by somebody else since: it keeps that.
    """
    for variant, before, after in made:
        if variant in shown and shown[variant] in (before, after, None):
            yield variant, before


def still_true(planned: Mapping[str, str | None], shown: Mapping[str, str | None], leaving: Collection[str]) -> bool:
    """Whether variants show what a plan saw (`planned`: variant -> medium), and no other one shows what is `leaving`."""
    return all(
        medium == planned[variant] if variant in planned else medium not in leaving for variant, medium in shown.items()
    )


def changes_in_words(changes: Iterable[Mapping[str, Any]], medium: str, file: str) -> str:
    """What a plan's `changes` of variants, as rows keep them, mean for one picture: a `medium`, or the `file` (a mark) that takes
    its place. Each variant that gets or loses it is named; empty if there is none."""
    gets, loses = [], []
    for change in changes:
        after = change["after"] or {}
        title = pgettext("picture of", "the only variant") if change["title"] == ONLY_VARIANT else change["title"]
        if (file and after.get("file") == file) or (medium and after.get("medium") == medium):
            gets.append(title)
        elif medium and change["before"] == medium:
            loses.append(title)
    sentences = [
        _("Picture of {variants}.").format(variants=", ".join(gets)) if gets else "",
        _("No longer the picture of {variants}.").format(variants=", ".join(loses)) if loses else "",
    ]
    return " ".join(filter(None, sentences))
