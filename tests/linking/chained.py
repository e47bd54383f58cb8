"""Selections of more assets than a part takes, as a launch makes them."""

from linking.jobs import fetch
from linking.models import Selection, Sync
from linking.selection import making
from setup.security.actors import Actor
from tests import pressing
from tests.scenes import Scene


def launched(place: Scene, **chosen) -> Selection:
    """All assets of the environment in the order of their names, read and split; its first part. `chosen`: settings."""
    assets = sorted(place.world.environments[0].assets.values(), key=lambda one: one.display_name)
    first = making.make(Actor(place.member), [one.asset_id for one in assets])
    for part in list(first.whole()):
        fetch(part.pk)
    chain = Selection.objects.filter(chain=first.chain_id)
    chain.update(**chosen)
    for part in chain:
        part.stores.set(place.stores)
    return Selection.objects.get(pk=first.pk)


def names_of(part: Selection) -> list[str]:
    return [row.asset.name for row in part.assets.all()]


def parts_of(first: Selection) -> list[list[str]]:
    return [names_of(part) for part in first.whole()]


def run_of(place: Scene, part: Selection, **known) -> Sync:
    return place.run(Selection.objects.get(pk=part.pk), **known)


def pressed(place: Scene, part: Selection, token: str = "t") -> Sync:
    """Begun, and not worked on."""
    return pressing.link(Selection.objects.get(pk=part.pk), token, dry_run=False)
