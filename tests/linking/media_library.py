"""A Media Library for tests of Choose Assets: what is in it, what a page shows of it, and what is ticked."""

import re

from linking.models import Ticked
from tests.scenes import asset


def things(count: int = 3):
    return [
        asset(f"chair-{at}", f"sku-{at}" if at else None, at, tags=["oak"] if at == 1 else []) for at in range(count)
    ]


def names(response) -> list[str]:
    return re.findall(r'role="option"[^>]* aria-label="([^",]*)', response.content.decode())


def ids_of(place) -> dict[str, str]:
    return {one.display_name: one.asset_id for one in place.world.environments[0].assets.values()}


def calls(place) -> int:
    """How many calls of the hour's limit were made."""
    return place.world.settings.hourly_limit - place.world.environments[0].spending.remaining


def ticked(place) -> list[str]:
    known = {id: name for name, id in ids_of(place).items()}
    return [known[one[0]] for one in Ticked.objects.get(member=place.member).assets]


def tick(client, place, *wanted: str, **more):
    ids = ids_of(place)
    return client.post("/assets/ticks/", {"add": [ids[one] for one in wanted], "about": ["image"] * len(wanted)} | more)
