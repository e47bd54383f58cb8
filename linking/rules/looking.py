"""What a rule would find and do now, for who makes it: one look at Cloudinary, of which the first assets become a selection that
is matched and counted as people's selections are. Nobody is shown that as a selection of theirs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from linking.cloudinary import searching
from linking.models import Selection
from linking.picker.asking import asking
from linking.rules.making import Wanted
from linking.rules.settings import settle
from linking.selection import making
from linking.selection.named_assets import BY_AGE
from setup.cloudinary.client import CloudinaryError, Trouble
from setup.models import Environment, Member, Store
from setup.models.members import MEMBER
from setup.security.actors import Actor
from setup.security.launch import KEY

# Every environment has some of these.
ANYTHING = "resource_type:image OR resource_type:video OR resource_type:raw"
FIELD = re.compile(r"\bmetadata\.([\w-]+)")


@dataclass(frozen=True)
class Look:
    """`total`: how many assets the search finds; `ids`: the first of them. `unknown`: metadata fields that it names and that are
    none of Cloudinary's; `anything`: whether a search for whatever there is finds something."""

    total: int = 0
    ids: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    anything: bool = True

    @property
    def suspicious(self) -> bool:
        """Cloudinary finds nothing by a field that does not exist, and does not say so."""
        return bool(self.unknown) or (not self.total and self.anything)


class Refused(Exception):
    """Cloudinary does not take the expression; the text says why, in its words."""


def look(environment: Environment, expression: str) -> Look:
    """One call, and a second one if nothing is found. Raises Refused, CloudinaryError."""
    try:
        with asking(environment) as client:
            found = searching.search(client, expression, BY_AGE, searching.MOST)
            total = max(found.total, len(found.assets))
            anything = bool(total or searching.search(client, ANYTHING, [], 1).assets)
    except CloudinaryError as error:
        if error.trouble == Trouble.BAD_REQUEST:
            raise Refused(error.said or str(error.reason)) from None
        raise
    return Look(total, tuple(asset.asset_id for asset in found.assets), unknown_in(environment, expression), anything)


def unknown_in(environment: Environment, expression: str) -> tuple[str, ...]:
    """As far as it is known what there is."""
    fields = {str(field["id"]) for field in environment.seen.get("fields", [])}
    named = dict.fromkeys(FIELD.findall(re.sub(r'"[^"]*"', '""', expression)))
    return tuple(name for name in named if name not in fields) if environment.seen_at else ()


def previewer(environment: Environment) -> Member:
    """Whose selections previews are: nobody can sign in as it."""
    known = {"name": "Preview", "granted_role": MEMBER}
    found, _fresh = Member.objects.get_or_create(environment=environment, external_id=f"{KEY}preview", defaults=known)
    found.environment = environment
    return found


def preview(
    environment: Environment, ids: tuple[str, ...], settings: Mapping[str, Any], stores: list[Store]
) -> Selection:
    """A selection of what was found, which workers read, match and count."""

    def decide(selection: Selection) -> None:
        settle(selection, settings)
        selection.stores.set(stores)

    return making.make(Actor(previewer(environment), is_rule=True), ids, fresh=True, decided=decide)


def wrong_search(environment: Environment, wanted: Wanted) -> str:
    """Why Cloudinary does not take the expression, in its words; empty if it does, or does not answer now."""
    try:
        look(environment, wanted.search)
    except Refused as refusal:
        return str(refusal)
    except CloudinaryError:
        return ""
    return ""
