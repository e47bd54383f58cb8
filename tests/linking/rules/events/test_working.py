"""What follows from events: the ledger without any rule, and what rules do; the same, however often and in whatever order."""

import itertools
from datetime import timedelta

import pytest
from django.utils import timezone

from linking import jobs
from linking.models import EventWork, Firing, Link, SeenAsset, Sync
from linking.models.jobs import JobState
from linking.rules.events import consequences, metering, working
from setup.models import CloudinaryEvent, EventAddress, Store
from setup.reasons import NONE
from tests.linking.rules.events.conftest import Followed
from tests.linking.visits import enter, text_of
from tests.scenes import asset, picture, product


def writes(found) -> int:
    return len(found.place.mutations())


def test_a_rename_and_a_move_change_the_ledger_alone_without_any_rule(followed):
    found = followed()
    before, one = writes(found), found.asset("a1")
    found.place.meddle("PATCH", f"/world/assets/{one.asset_id}", {"public_id": "other/name", "display_name": "Front"})
    found.tell({"notification_type": "rename", "asset_id": one.asset_id, "to_public_id": "other/name"})
    found.deal()
    link = Link.objects.get(asset_id=one.asset_id)
    assert link.name == "Front"
    assert "other/name" in link.thumbnail
    assert writes(found) == before
    assert not Firing.objects.exists()


def test_a_rename_of_a_linked_asset_that_is_known_fires_no_rule(followed, event_rule):
    found = followed()
    event_rule(found)
    found.hear("a1")
    found.deal()
    found.fire()
    before, one = writes(found), found.asset("a1")
    found.place.meddle("PATCH", f"/world/assets/{one.asset_id}", {"public_id": "other/name"})
    found.tell({"notification_type": "rename", "asset_id": one.asset_id})
    found.deal()
    assert Firing.objects.filter(state=JobState.WAITING).count() == 0
    assert writes(found) == before


def test_events_are_settled_emptied_and_shown_as_the_last_one(followed):
    found = followed()
    event = found.hear("a1")
    found.deal()
    event.refresh_from_db()
    assert (event.settled is not None, event.body) == (True, "")
    assert EventAddress.objects.get().last_event == event.received
    assert found.work.state == JobState.DONE


def test_a_new_version_replaces_the_picture(followed, event_rule):
    found = followed()
    event_rule(found)
    found.hear("a1", "a2", "b1")
    found.deal()
    found.fire()
    old = found.place.gallery("product-a")
    found.world.overwrite(found.asset("a1"), picture(99))
    found.hear("a1", type="upload")
    found.deal()
    (fired,) = found.fire()
    assert set(fired.assets) == {
        found.asset(name).asset_id for name in ("a1", "a2")
    }  # beside each other they keep their order
    assert sorted(found.place.assets_in("product-a")) == ["a1", "a2"]
    assert len(set(found.place.gallery("product-a")) & set(old)) == 1


def test_a_bulk_edit_is_one_firing(followed, event_rule):
    found = followed(linked=False)
    event_rule(found)
    for name in ("a1", "a2", "b1", "a1"):
        found.hear(name)
    found.deal()
    firing = Firing.objects.get()
    assert (firing.cause, sorted(firing.assets)) == ("event", sorted(found.world.assets))
    found.fire()
    assert found.place.assets_in("product-b") == ["b1"]


def test_what_is_deleted_becomes_a_plan_that_waits_and_comes_back(followed, event_rule):
    found = followed()
    rule = event_rule(found)
    before, one = writes(found), found.asset("a1")
    found.hear("a1", type="delete")
    found.world.remove(one)
    found.deal()
    assert Link.objects.get(asset_id=one.asset_id).gone == Link.Gone.ASSET
    plan = Sync.objects.get(kind="unlink")
    plan = found.place.finish(plan)
    assert (plan.dry_run, plan.rule, str(plan.member)) == (True, rule, "Follow")
    assert writes(found) == before
    found.world.restore(one)
    found.tell({"notification_type": "restore_asset_version", "resources": [{"asset_id": one.asset_id}]})
    found.deal()
    assert Link.objects.get(asset_id=one.asset_id).gone == ""
    assert one.asset_id in Firing.objects.get().assets


def test_a_plan_that_a_person_applies_takes_the_picture_out(followed, event_rule):
    found = followed()
    event_rule(found)
    found.world.remove(found.asset("a1"))
    found.tell({"notification_type": "delete", "resources": [{"asset_id": row} for row in found.world.backups]})
    found.deal()
    found.place.apply(found.place.finish(Sync.objects.get(kind="unlink")))
    assert found.place.assets_in("product-a") == ["a2"]


@pytest.mark.parametrize(
    "changed",
    [{"moderation": [{"kind": "manual", "status": "rejected"}]}, {"access_control": [{"access_type": "token"}]}],
)
def test_what_may_not_be_shown_any_more_becomes_a_plan_that_waits(followed, event_rule, changed):
    found = followed()
    event_rule(found)
    one = found.asset("a1")
    found.place.meddle("PATCH", f"/world/assets/{one.asset_id}", changed)
    found.tell({"notification_type": "moderation", "public_id": one.public_id})
    found.deal()
    assert Sync.objects.get(kind="unlink").arrangement["unlink"]
    assert not Firing.objects.exists()


def test_another_key_moves_the_picture_to_the_other_product_and_the_old_place_waits(followed, event_rule):
    found = followed()
    event_rule(found)
    found.hear("a1", "a2")
    found.deal()
    found.fire()
    assert not Sync.objects.filter(kind="unlink").exists()
    one = found.asset("a1")
    one.metadata["sku"] = "b"
    found.world.touch(one)
    found.hear("a1")
    found.deal()
    plan = found.place.finish(Sync.objects.get(kind="unlink"))
    found.fire()
    assert found.place.assets_in("product-b") == ["a1"]
    found.place.apply(plan)
    assert found.place.assets_in("product-a") == ["a2"]


@pytest.mark.cases(1)
@pytest.mark.parametrize(("said", "plans"), [("wait", 1), ("ledger", 0)])
def test_a_rule_may_leave_a_picture_with_another_key_where_it_is(followed, event_rule, said, plans):
    found = followed()
    event_rule(found, trigger_settings={"follow": {"key": said}})
    found.hear("a1", "a2")
    found.deal()
    found.fire()
    found.asset("a1").metadata["sku"] = "b"
    found.world.touch(found.asset("a1"))
    found.hear("a1")
    found.deal()
    assert Sync.objects.filter(kind="unlink").count() == plans
    assert found.fire() == []


def test_links_by_other_keys_are_none_of_a_rules_business(followed, event_rule):
    """Somebody linked it by another field: that its SKU is another one says nothing about that."""
    found = followed()
    event_rule(found)
    Link.objects.update(key="of another field")
    for sku in ("a", "b"):
        found.asset("a1").metadata["sku"] = sku
        found.world.touch(found.asset("a1"))
        found.hear("a1")
        found.deal()
    assert not Sync.objects.filter(kind="unlink").exists()


def test_a_status_fires_its_rule_when_it_has_the_value(followed, event_rule):
    found = followed(linked=False)
    event_rule(found, trigger="status", trigger_settings={"field": "sku", "value": "b"})
    found.hear("a1", "b1")
    found.deal()
    firing = Firing.objects.get()
    assert (firing.cause, firing.assets) == ("status", [found.asset("b1").asset_id])


def test_a_rule_that_is_off_or_waits_for_something_else_does_nothing(followed, event_rule):
    found = followed()
    event_rule(found, on=False)
    event_rule(found, name="Nightly", trigger="schedule")
    found.hear("a1", "b1")
    found.world.remove(found.asset("a2"))
    found.tell({"notification_type": "delete", "resources": [{"asset_id": row} for row in found.world.backups]})
    found.deal()
    assert not Firing.objects.exists()
    assert not Sync.objects.filter(kind="unlink").exists()
    assert Link.objects.filter(gone="asset").count() == 1


def test_repeats_have_no_consequences(followed, event_rule):
    found = followed()
    event_rule(found)
    found.hear("a1", "b1")
    found.deal()
    found.fire()
    before = writes(found)
    for _ in range(3):
        found.hear("a1", "b1")
        found.deal()
    assert Firing.objects.count() == 1
    assert writes(found) == before


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.cases(2)
def test_any_order_of_events_ends_the_same(followed, event_rule, order):
    found = followed()
    event_rule(found)
    one = found.asset("a1")
    found.world.overwrite(one, picture(99))
    found.world.rename(one, "other/name", "upload")
    found.world.remove(found.asset("a2"))
    gone = next(iter(found.world.backups))
    bodies = [
        {"notification_type": "upload", "asset_id": one.asset_id, "version": 1},
        {"notification_type": "rename", "asset_id": one.asset_id},
        {"notification_type": "delete", "resources": [{"asset_id": gone}]},
    ]
    for at in order:
        found.tell(bodies[at])
        found.deal()
    found.fire()
    assert set(Link.objects.values_list("asset_id", "gone")) == {(one.asset_id, ""), (gone, "asset")}
    assert Sync.objects.filter(kind="unlink").count() == 1
    assert found.place.assets_in("product-a") == ["a1", "a2"]


@pytest.mark.cases(2)
@pytest.mark.parametrize("step", ["keep_ledger", "plan_to_unlink", "remember", "fire"])
def test_a_job_that_breaks_off_anywhere_is_done_once_more(followed, event_rule, monkeypatch, step):
    found = followed()
    event_rule(found)
    found.world.remove(found.asset("a1"))
    found.hear("a2", "b1")
    found.tell({"notification_type": "delete", "resources": [{"asset_id": row} for row in found.world.backups]})
    real = getattr(consequences, step)

    def breaks_off(*arguments, **known):
        real(*arguments, **known)
        monkeypatch.setattr(consequences, step, real)
        raise ZeroDivisionError

    monkeypatch.setattr(consequences, step, breaks_off)
    with pytest.raises(ZeroDivisionError):
        found.deal()
    assert CloudinaryEvent.objects.filter(settled=None).count() == 2
    found.deal()
    assert Sync.objects.filter(kind="unlink").count() == 1
    assert Firing.objects.count() == 1
    assert not CloudinaryEvent.objects.filter(settled=None).exists()


def test_a_folder_that_was_renamed_is_searched_for(followed):
    found = followed()
    one = found.asset("a1")
    found.place.meddle("PATCH", f"/world/assets/{one.asset_id}", {"display_name": "Front"})
    found.tell({"notification_type": "move_or_rename_asset_folder", "from_path": "a", "to_path": "b"})
    found.deal()
    assert Link.objects.get(asset_id=one.asset_id).name == "Front"


def test_while_cloudinary_is_away_events_wait(followed):
    found = followed()
    found.hear("a1")
    found.place.world.faults.add(service="cloudinary", kind="http_420", times=None)
    EventWork.objects.update(state=JobState.WAITING)
    jobs.work_on_events(found.work.pk)
    assert CloudinaryEvent.objects.filter(settled=None).count() == 1
    assert found.work.not_before > timezone.now()
    found.place.world.faults.clear()
    found.deal()
    assert not CloudinaryEvent.objects.filter(settled=None).exists()


def test_no_more_than_three_tenths_of_the_hourly_limit_are_spent(followed):
    found = followed()
    found.place.world.settings.change({"hourly_limit": 1000})
    EventWork.objects.update(spent=290, hourly=1000, hour=metering.hour_of(timezone.now()))
    found.hear("a1")
    found.deal()
    assert not CloudinaryEvent.objects.filter(settled=None).exists()
    EventWork.objects.update(state=JobState.WAITING, spent=300)
    found.hear("a1")
    jobs.work_on_events(found.work.pk)
    assert CloudinaryEvent.objects.filter(settled=None).count() == 1
    work = found.work
    assert (work.state, work.spent) == (JobState.WAITING, 300)
    assert timezone.now() < work.not_before <= timezone.now() + timedelta(minutes=61)


def test_what_an_asset_was_is_kept_in_one_row(followed):
    found = followed()
    found.hear("a1")
    found.deal()
    one = SeenAsset.objects.get()
    assert (one.asset_id, one.version, one.gone) == (found.asset("a1").asset_id, found.asset("a1").version, False)


def test_setup_says_when_all_was_looked_at_and_what_keeps_it_from_going_on(followed, client):
    found = followed(linked=False)
    enter(client, found.place.member)
    assert "looked at" not in text_of(client.get("/setup/events/"))
    EventWork.objects.update(check_due=timezone.now())
    found.deal()
    assert "Last check of all linked assets" in text_of(client.get("/setup/events/"))
    found.hear("a1")
    found.place.environment.api_secret = "wrong"
    found.place.environment.save()
    found.deal()
    page = text_of(client.get("/setup/events/"))
    assert "AssetLink could not read what changed. Cloudinary refuses the API key" in page


def test_a_place_that_cloudinary_refuses_keeps_no_other_event_from_being_dealt_with(followed):
    found = followed()
    one = found.asset("a1")
    found.world.rename(one, one.public_id, "private")
    found.tell({"notification_type": "upload", "public_id": "anything", "type": "of_the_future"})
    found.tell({"notification_type": "rename", "public_id": one.public_id, "type": "private"})
    found.deal()
    assert (found.work.state, found.work.problem) == (JobState.DONE, NONE)
    assert not CloudinaryEvent.objects.filter(settled=None).exists()
    assert one.asset_id in SeenAsset.objects.values_list("asset_id", flat=True)


def test_events_that_name_more_than_an_hour_allows_are_dealt_with_hour_by_hour(followed, monkeypatch):
    found = followed()
    monkeypatch.setattr(metering, "SHARE", 0.01)  # 20 calls of 2,000
    monkeypatch.setattr(working, "MOST_NAMED", 1000)
    for at in range(4):
        rows = [{"asset_id": f"{at * 900 + n:032x}"} for n in range(900)]
        found.tell({"notification_type": "delete", "resources": rows})
    left = []
    for _hour in range(3):
        EventWork.objects.update(hour=0)
        found.deal()
        left.append(CloudinaryEvent.objects.filter(settled=None).count())
    assert (left[-1], found.work.state) == (0, JobState.DONE)


def test_what_is_rejected_while_one_of_its_stores_is_not_connected_is_planned_there_once_it_is(scene, event_rule):
    place = scene([product("a")], [asset("a1", "a", 1)], stores=2)
    place.world.settings.change({"index_lag": 0})
    place.run(place.select("a1"))
    found = Followed(place)
    event_rule(found)
    away = place.stores[1]
    Store.objects.filter(pk=away.pk).update(status=Store.Status.DISCONNECTED)
    path, refused = f"/world/assets/{found.asset('a1').asset_id}", [{"kind": "manual", "status": "rejected"}]
    found.place.meddle("PATCH", path, {"moderation": refused})
    found.hear("a1")
    found.deal()
    (plan,) = Sync.objects.filter(kind="unlink")
    assert [part.store for part in plan.parts.all()] == place.stores[:1]
    Store.objects.filter(pk=away.pk).update(status=Store.Status.CONNECTED)
    for _ in range(2):
        EventWork.objects.update(check_due=timezone.now())
        found.deal()
    (plan,) = Sync.objects.filter(kind="unlink", abort_requested=None)
    assert [part.store for part in plan.parts.order_by("pk")] == place.stores
