"""What tests of rules share."""

from collections.abc import Callable

import pytest

from linking.models import Firing, Rule, Sync
from linking.rules import firing
from linking.selection.fetching import fetch_selection
from tests.scenes import Scene

SETTINGS = {"link_mode": "append", "cloudinary_field": "metadata:sku", "shopify_field": "sku"}


@pytest.fixture
def make_rule() -> Callable[..., Rule]:
    """A rule of a place, for all of its stores and pictures."""

    def make(place: Scene, *, mode: str = "append", **known) -> Rule:
        known = {
            "name": "Nightly",
            "search": "resource_type:image",
            "on": True,
            "policy": {"freedom": "keeping"},
        } | known
        made = Rule.objects.create(environment=place.environment, settings=SETTINGS | {"link_mode": mode}, **known)
        made.stores.set(place.stores)
        return made

    return make


def fired(rule: Rule, **known) -> Firing:
    """Asked for, and worked off."""
    made = firing.request(rule, "person", **known)
    assert made is not None
    firing.fire(made.pk)
    return Firing.objects.get(pk=made.pk)


def run_of(one: Firing) -> Sync:
    """Its run, with the details of its assets read."""
    sync = one.runs.get()
    fetch_selection(sync.selection_id)
    return sync
