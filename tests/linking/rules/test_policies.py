"""A rule's policy decides at the planned run, each store for itself."""

import pytest

from linking.models import Rule, StoreSync, Sync
from linking.rules import firing
from tests.linking.rules.conftest import fired, run_of
from tests.linking.visits import enter, text_of
from tests.scenes import asset, product

State = StoreSync.State


@pytest.fixture
def place(scene):
    """In both stores a gallery of ten pictures, of which in-place overwriting would take the first three."""
    names = ("a1", "a2", "a3")
    return scene([product("a", pictures=10)], [asset(name, "a", at) for at, name in enumerate(names)], stores=2)


def ended(place, rule) -> list[Sync]:
    """Its runs, worked off."""
    one = fired(rule)
    place.finish(run_of(one))
    return list(one.runs.order_by("pk"))


def states(sync: Sync) -> list[tuple[str, str]]:
    return [(str(part.store), part.state) for part in sync.parts.select_related("store")]


@pytest.mark.parametrize(
    ("policy", "mode", "applied"),
    [
        ({"freedom": "report"}, "append", False),
        ({}, "append", False),
        ({"freedom": "keeping"}, "append", True),
        ({"freedom": "keeping"}, "in_place", False),
        ({"freedom": "bounded", "removals": 3}, "in_place", True),
        ({"freedom": "bounded", "removals": 5, "percent": 29}, "in_place", False),
        ({"freedom": "bounded", "removals": 3}, "mirror", True),
    ],
)
def test_a_plan_is_applied_as_far_as_the_policy_goes(place, make_rule, policy, mode, applied):
    rule = make_rule(place, mode=mode, policy=policy)
    rule.stores.set(place.stores[:1])
    (sync,) = ended(place, rule)
    assert (sync.dry_run, states(sync)) == (not applied, [("North", State.DONE if applied else State.PLANNED)])
    assert ("a1" in place.assets_in("product-a")) is applied


def test_the_store_that_has_to_wait_becomes_a_plan_of_its_own_and_the_other_goes_on(place, make_rule):
    south = place.world.shops[place.stores[1].domain]
    south.product_with("product-a").media.clear()
    applied, waiting = ended(place, make_rule(place, mode="in_place"))
    assert (applied.dry_run, states(applied)) == (False, [("South", State.DONE)])
    assert (waiting.dry_run, states(waiting)) == (True, [("North", State.PLANNED)])
    assert waiting.losses() == (3, 1)
    assert waiting.token != applied.token
    place.apply(waiting)
    assert place.assets_in("product-a")[:3] == ["a1", "a2", "a3"]


def test_where_both_have_to_wait_each_has_its_plan(place, make_rule):
    found = ended(place, make_rule(place, mode="in_place"))
    assert [sync.dry_run for sync in found] == [True, True]
    assert sorted(state for sync in found for state in states(sync)) == [
        ("North", State.PLANNED),
        ("South", State.PLANNED),
    ]


def test_moves_and_new_versions_do_not_count_as_leaving(place, make_rule):
    rule = make_rule(place, mode="in_place", policy={"freedom": "bounded", "removals": 3})
    rule.stores.set(place.stores[:1])
    ended(place, rule)
    shown = next(one for one in place.world.environments[0].assets.values() if one.display_name == "a2")
    place.meddle("PUT", f"/world/assets/{shown.asset_id}", {"redraw": True})
    rule.policy = {"freedom": "keeping"}
    rule.save()
    (sync,) = ended(place, rule)
    assert states(sync) == [("North", State.DONE)]


@pytest.mark.parametrize(
    ("cause", "then", "applied"), [("schedule", "off", False), ("schedule", "gone", False), ("person", "off", True)]
)
def test_a_rule_that_is_switched_off_or_deleted_while_it_plans_applies_nothing_by_itself(
    place, make_rule, cause, then, applied
):
    rule = make_rule(place)
    rule.stores.set(place.stores[:1])
    one = firing.request(rule, cause)
    firing.fire(one.pk)
    sync = run_of(one)
    if then == "off":
        Rule.objects.update(on=False)
    else:
        rule.delete()
    place.finish(sync)
    sync = Sync.objects.get(pk=sync.pk)
    assert (sync.dry_run, "a1" in place.assets_in("product-a")) == (not applied, applied)


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ({"freedom": "wait"}, "It waits for somebody, as each plan of its rule does."),
        ({"freedom": "keeping"}, "It waits because 3 pictures would leave galleries. Its rule applies a plan"),
        ({"freedom": "bounded", "removals": 2}, "By its rule, at most 2 may leave."),
        (
            {"freedom": "bounded", "percent": 0},
            "By its rule, at most 0 % of the pictures in the plan’s galleries may leave.",
        ),
        ({"freedom": "bounded", "removals": 5, "percent": 29}, "at most 5 may leave, and at most 29 % of"),
        ({"freedom": "report"}, ""),
    ],
)
def test_the_page_of_a_plan_says_why_it_waits(place, make_rule, client, policy, said):
    rule = make_rule(place, mode="in_place", policy=policy)
    rule.stores.set(place.stores[:1])
    (sync,) = ended(place, rule)
    enter(client, place.member)
    page = text_of(client.get(f"/syncs/{sync.key}/"))
    assert said in page if said else "It waits" not in page
