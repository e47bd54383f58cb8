"""Of a rule's plans one waits: what makes another one takes over what the plan before was about."""

import pytest

from linking.models import StoreSync, Sync
from linking.rules import waiting
from linking.rules.events import consequences
from linking.runs import CannotStart
from tests.linking.rules.conftest import fired, run_of
from tests.linking.rules.events.conftest import event_rule, followed
from tests.linking.visits import enter, text_of
from tests.scenes import asset, product

__all__ = ["event_rule", "followed"]


def named(plan: Sync) -> list[str]:
    """What a plan would unlink."""
    return sorted(link.name for link in waiting.links_of([plan]))


def deleted(found, name: str) -> str:
    one = found.asset(name)
    found.world.remove(one)
    found.tell({"notification_type": "delete", "resources": [{"asset_id": one.asset_id}]})
    return one.asset_id


def test_a_new_plan_is_about_what_the_plan_before_was_about_and_takes_its_place(scene, make_rule):
    place = scene([product("a"), product("b")], [asset("a1", "a", 1), asset("b1", "b", 2)])
    rule = make_rule(place, policy={"freedom": "wait"})
    known = {one.display_name: id for id, one in place.world.environments[0].assets.items()}
    first = place.finish(run_of(fired(rule, assets=[known["a1"]])))
    second = place.finish(run_of(fired(rule, assets=[known["b1"]])))
    assert waiting.plans_of(rule, "link") == [second]
    with pytest.raises(CannotStart):
        place.apply(first)
    place.apply(second)
    assert (place.assets_in("product-a"), place.assets_in("product-b")) == (["a1"], ["b1"])


def test_the_page_of_a_withdrawn_plan_leads_to_the_newest_one(scene, make_rule, client):
    place = scene([product("a"), product("b")], [asset("a1", "a", 1), asset("b1", "b", 2)])
    rule = make_rule(place, policy={"freedom": "wait"})
    first, second, third = (place.finish(run_of(fired(rule))) for _ in range(3))
    enter(client, place.member)
    for plan in (first, second):
        page = client.get(f"/syncs/{plan.key}/")
        assert "Withdrawn: a newer run of its rule took its place, the run of" in text_of(page)
        assert f'id="successor" href="/syncs/{third.key}/"' in page.content.decode()
    assert "Withdrawn" not in text_of(client.get(f"/syncs/{third.key}/"))


def test_a_plan_that_is_withdrawn_while_it_is_made_was_stopped_by_nobody(scene, make_rule, client):
    place = scene([product("a")], [asset("a1", "a", 1)])
    rule = make_rule(place, policy={"freedom": "wait"})
    first = place.finish(run_of(fired(rule)))
    StoreSync.objects.filter(sync=first).update(state=StoreSync.State.ABORTED)
    second = run_of(fired(rule))
    Sync.objects.filter(pk=first.pk).update(abort_requested=second.created)
    place.finish(second)
    enter(client, place.member)
    page = text_of(client.get(f"/syncs/{first.key}/"))
    assert "A newer run of its rule took its place; AssetLink wrote nothing." in page
    assert "You stopped" not in page


def test_a_plan_with_nothing_to_do_and_one_for_reading_wait_for_nobody(scene, make_rule):
    place = scene([product("a")], [asset("a1", "a", 1)])
    reading = make_rule(place, name="Reading", policy={"freedom": "report"})
    place.finish(run_of(fired(reading)))
    place.run(place.select("a1"))
    idle = make_rule(place, policy={"freedom": "wait"})
    place.finish(run_of(fired(idle)))
    assert (waiting.plans_of(reading, "link"), waiting.plans_of(idle, "link")) == ([], [])


def test_what_leaves_later_joins_the_plan_that_waits(followed, event_rule):
    found = followed()
    rule = event_rule(found)
    for name in ("a1", "a2"):
        deleted(found, name)
        found.deal()
    (plan,) = waiting.plans_of(rule, "unlink")
    assert named(plan) == ["a1", "a2"]


def test_after_a_crash_and_one_more_change_no_second_plan_waits(followed, event_rule, monkeypatch):
    found = followed()
    rule = event_rule(found)
    deleted(found, "a1")
    with monkeypatch.context() as broken:
        broken.setattr(consequences, "remember", lambda *known, **more: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            found.deal()
    assert [named(plan) for plan in waiting.plans_of(rule, "unlink")] == [["a1"]]
    deleted(found, "a2")
    found.deal()
    assert [named(plan) for plan in waiting.plans_of(rule, "unlink")] == [["a1", "a2"]]


def test_what_comes_back_leaves_the_plan_and_the_rest_waits(followed, event_rule):
    found = followed()
    rule = event_rule(found)
    ids = [deleted(found, name) for name in ("a1", "a2")]
    found.deal()
    for id, rest in zip(ids, [["a2"], None], strict=True):
        found.world.restore(found.world.backups[id])
        found.tell({"notification_type": "restore_asset_version", "resources": [{"asset_id": id}]})
        found.deal()
        assert [named(plan) for plan in waiting.plans_of(rule, "unlink")] == ([rest] if rest else [])


def test_another_change_of_what_is_to_leave_makes_no_plan_once_more(followed, event_rule):
    found = followed()
    event_rule(found)
    one = found.asset("a1")
    for changed in ({"moderation": [{"kind": "manual", "status": "rejected"}]}, {"display_name": "Front"}):
        found.place.meddle("PATCH", f"/world/assets/{one.asset_id}", changed)
        found.tell({"notification_type": "moderation", "public_id": one.public_id})
        found.deal()
    assert Sync.objects.filter(kind="unlink").count() == 1


def test_a_picture_that_waits_to_leave_its_old_product_goes_on_waiting_when_it_changes(followed, event_rule):
    found = followed()
    rule = event_rule(found)
    found.hear("a1", "a2")
    found.deal()
    found.fire()
    one = found.asset("a1")
    one.metadata["sku"] = "b"
    found.world.touch(one)
    found.hear("a1")
    found.deal()
    one.tags = ["new"]
    found.world.touch(one)
    found.hear("a1")
    found.deal()
    assert [named(plan) for plan in waiting.plans_of(rule, "unlink")] == [["a1"]]
