"""Stores, a selection, and what is estimated of it: shared by the tests of estimates."""

from linking.estimating import asking, counting
from linking.matching import asking as matching
from linking.matching.answering import match_store
from linking.models import Estimate
from tests.scenes import asset, product

OLD = [product("a", pictures=3), product("b", pictures=1), product("c"), product("gone", pictures=2)]
NEW = [
    asset("a1", "a", 1, context={"alt": "Front"}),
    asset("a2", "a", 2),
    asset("b1", "b", 3),
    asset("b2", "b", 4),
    asset("c1", "c", 5),
]
NEW += [asset("keyless"), asset("nowhere", "x", 6), asset("dot", "a", 7, tags=("swatch",))]


def matched(selection):
    for match in matching.ask(selection).values():
        match_store(match.pk)
    return selection


def estimated(selection) -> Estimate:
    """As the page asks, and a worker answers."""
    row = asking.ask(selection)
    while counting.count(row.pk):
        pass
    return Estimate.objects.get(pk=row.pk)


def points(place) -> int:
    """That all stores were asked for so far, by their own books."""
    return sum(store["points"] for store in place.world.journal.as_json()["totals"].values())


def changed(selection, **settings):
    """As an edit leaves it."""
    for name, value in settings.items():
        setattr(selection, name, value)
    selection.version += 1
    selection.save()
    return selection
