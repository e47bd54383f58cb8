"""When the sweeper asks for the work: a batch that is whole, a walk that is due, the daily look at the ledger."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from linking import jobs
from linking.models import ChangedProduct, EventWork, Firing, Link, Rule, SeenAsset, Sync
from linking.models.jobs import JobState
from linking.operations import retention
from linking.rules.events import collecting
from linking.rules.events.working import next_check
from setup.models import CloudinaryEvent, Environment, EventAddress
from tests.scenes import picture

NOW = timezone.now()


def test_a_batch_is_asked_for_when_it_is_whole_and_once(followed):
    found = followed(linked=False)
    EventWork.objects.update(walk_due=None)
    for seconds in (100, 70):
        found.tell({"notification_type": "upload", "asset_id": "x"}, received=NOW - timedelta(seconds=seconds))
    assert collecting.collect(NOW - timedelta(seconds=20)) == 0
    assert [collecting.collect(NOW) for _ in range(3)] == [1, 0, 0]
    assert found.work.state == JobState.WAITING


def test_events_that_never_stop_are_dealt_with_after_five_minutes(followed):
    found = followed(linked=False)
    EventWork.objects.update(walk_due=None)
    for seconds in range(0, 299, 10):
        found.tell({"notification_type": "upload", "asset_id": "x"}, received=NOW - timedelta(seconds=seconds))
    assert collecting.collect(NOW) == 0
    found.tell({"notification_type": "upload", "asset_id": "x"}, received=NOW - timedelta(seconds=300))
    assert collecting.collect(NOW) == 1


def test_only_environments_that_wait_for_events_are_looked_after(followed, event_rule):
    found = followed(linked=False)
    EventWork.objects.all().delete()
    EventAddress.objects.all().delete()
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    Environment.objects.create(cloud_name="other", **known)
    collecting.begin(now=NOW)
    assert not EventWork.objects.exists()
    event_rule(found)
    for _ in range(2):
        collecting.begin(now=NOW)
    work = EventWork.objects.get()
    assert (work.environment, work.walked, work.check_due) == (found.place.environment, NOW, NOW)


def test_work_that_failed_is_asked_for_again_after_a_while(followed):
    followed(linked=False)
    EventWork.objects.update(state=JobState.FAILED, heartbeat_at=NOW - timedelta(minutes=5), walk_due=NOW)
    assert collecting.collect(NOW) == 0
    assert collecting.collect(NOW + timedelta(minutes=6)) == 1


def test_what_no_event_reported_is_found_by_the_walk(followed, event_rule):
    found = followed(linked=False)
    event_rule(found)
    found.world.overwrite(found.asset("b1"), picture(99))
    EventWork.objects.update(walked=NOW - timedelta(minutes=1), walk_due=NOW)
    found.deal()
    assert found.asset("b1").asset_id in Firing.objects.get().assets
    work = found.work
    assert work.walked >= NOW
    assert work.walk_due - work.walked == timedelta(hours=1)


def test_a_walk_reaches_back_ten_minutes_and_finds_nothing_twice(followed, event_rule):
    found = followed(linked=False)
    event_rule(found)
    for _ in range(2):
        EventWork.objects.update(walk_due=timezone.now())
        found.deal()
        found.fire()
    assert Firing.objects.count() == 1
    assert SeenAsset.objects.count() == 3


def test_the_daily_check_finds_what_is_gone_whatever_was_lost(followed, event_rule):
    found = followed()
    event_rule(found)
    found.world.remove(found.asset("a1"))
    EventWork.objects.update(check_due=NOW, walk_due=None)
    found.deal()
    assert Link.objects.filter(gone="asset").count() == 1
    assert Sync.objects.filter(kind="unlink").count() == 1
    work = found.work
    assert timedelta(0) < work.check_due - work.checked <= timedelta(days=1, minutes=10)
    assert (work.check_due.hour, work.check_due.minute) == (0, 10)
    assert work.reached == ""


def test_the_first_check_only_learns_what_is_there_and_finds_new_versions(followed, event_rule):
    found = followed()
    event_rule(found)
    EventWork.objects.update(check_due=NOW, walk_due=None)
    found.deal()
    assert not Firing.objects.exists()
    assert SeenAsset.objects.count() == 2
    SeenAsset.objects.all().delete()
    found.world.overwrite(found.asset("a2"), picture(99))
    EventWork.objects.update(check_due=NOW)
    found.deal()
    assert found.asset("a2").asset_id in Firing.objects.get().assets


def test_a_time_of_access_that_ends_is_noticed_though_nothing_was_changed(followed, event_rule):
    found = followed()
    event_rule(found)
    one = found.asset("a1")
    one.access_control = [{"access_type": "anonymous", "end": (timezone.now() + timedelta(days=1)).isoformat()}]
    found.world.touch(one)
    EventWork.objects.update(check_due=NOW, walk_due=None)
    found.deal()
    assert not Sync.objects.filter(kind="unlink").exists()
    SeenAsset.objects.filter(asset_id=one.asset_id).update(said="as it was before its end")
    one.access_control = [{"access_type": "anonymous", "end": (timezone.now() - timedelta(days=1)).isoformat()}]
    EventWork.objects.update(check_due=NOW)
    found.deal()
    assert Sync.objects.filter(kind="unlink").count() == 1


def test_a_ledger_is_checked_a_part_at_a_time(followed, event_rule, monkeypatch):
    found = followed()
    event_rule(found)
    monkeypatch.setattr("linking.rules.events.working.PER_SLICE", 1)
    EventWork.objects.update(check_due=NOW, walk_due=None, state=JobState.WAITING)
    reached = []
    while jobs.work_on_events(found.work.pk):
        reached.append(found.work.reached)
    assert reached == [*sorted(Link.objects.values_list("asset_id", flat=True)), ""]
    assert SeenAsset.objects.count() == 2


def test_a_rule_that_was_changed_has_the_ledger_looked_at(followed, event_rule):
    found = followed()
    EventWork.objects.update(checked=NOW, check_due=NOW + timedelta(days=1))
    collecting.check_for_new_rules(now=NOW)
    assert found.work.check_due > NOW
    event_rule(found)
    Rule.objects.update(changed=NOW + timedelta(minutes=1))
    collecting.check_for_new_rules(now=NOW)
    assert found.work.check_due == NOW


@pytest.mark.django_db
def test_what_was_dealt_with_is_removed_after_a_week(followed):
    found = followed(linked=False)
    new, old, waiting = (found.hear("a1") for _ in range(3))
    CloudinaryEvent.objects.filter(pk=old.pk).update(settled=NOW - timedelta(days=8))
    CloudinaryEvent.objects.filter(pk=new.pk).update(settled=NOW)
    retention.clean(now=NOW, seconds=60)
    assert set(CloudinaryEvent.objects.values_list("pk", flat=True)) == {new.pk, waiting.pk}


def test_the_last_day_of_an_asset_takes_its_picture_out_and_a_later_day_brings_it_back(followed, event_rule):
    found = followed()
    event_rule(found)
    Environment.objects.update(expiration_field="metadata:expiration", time_zone="Pacific/Auckland")
    found.place.environment.refresh_from_db()
    one, today = found.asset("a1"), datetime.now(ZoneInfo("Pacific/Auckland")).date()

    def checked(last: date) -> tuple[int, int]:
        one.metadata["expiration"] = last.isoformat()
        EventWork.objects.update(check_due=NOW, walk_due=None)
        found.deal()
        return Sync.objects.filter(kind="unlink").count(), Firing.objects.count()

    found.hear("a1", "a2")
    found.deal()
    assert checked(today) == (0, 1)  # a day counts to its end
    assert checked(today - timedelta(days=1)) == (1, 1)
    found.place.apply(found.place.finish(Sync.objects.get(kind="unlink")))
    assert found.place.assets_in("product-a") == ["a2"]
    assert checked(today + timedelta(days=1))[0] == 1
    found.fire()
    assert sorted(found.place.assets_in("product-a")) == ["a1", "a2"]


def test_the_ledger_is_looked_at_after_midnight_of_the_environment():
    here = Environment(time_zone="Europe/Berlin")
    at = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)  # before the night of the change to summer time
    due = next_check(here, at)
    assert due.astimezone(UTC) == datetime(2026, 3, 28, 23, 10, tzinfo=UTC)
    assert next_check(here, due).astimezone(UTC) == datetime(2026, 3, 29, 22, 10, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch):
    """Call it: from now on it is so much later for who looks at what may be shown, and for the work."""
    real = timezone.now

    def later(by: timedelta) -> datetime:
        monkeypatch.setattr("django.utils.timezone.now", lambda: real() + by)
        return real() + by

    return later


def test_a_time_of_access_takes_its_picture_out_when_it_ends_and_another_brings_it_back(followed, event_rule, clock):
    found = followed()
    event_rule(found)
    one, begin = found.asset("a1"), timezone.now().replace(microsecond=0)

    def moment(hours: int) -> str:
        return (begin + timedelta(hours=hours)).isoformat()

    spans = [{"start": moment(-1), "end": moment(2)}, {"start": moment(4), "end": moment(6)}]
    one.access_control = [{"access_type": "anonymous", **span} for span in spans]
    found.world.touch(one)
    found.hear("a1", "a2")
    found.deal()
    found.fire()
    EventWork.objects.update(walk_due=None, check_due=None)  # neither the hourly walk nor the daily check
    assert SeenAsset.objects.get(asset_id=one.asset_id).turns == begin + timedelta(hours=2)

    def after(hours: float) -> tuple[int, int]:
        """How many looks the sweeper asks for, and how many plans to unlink there are."""
        asked = collecting.collect(clock(timedelta(hours=hours)))
        found.deal()
        return asked, Sync.objects.filter(kind="unlink").count()

    ChangedProduct.objects.all().delete()
    assert after(1.9) == (0, 0)
    assert not ChangedProduct.objects.exists()
    assert after(2.1) == (1, 1)
    assert [row.handle for row in ChangedProduct.objects.all()] == ["product-a"]
    found.place.apply(found.place.finish(Sync.objects.get(kind="unlink")))
    assert found.place.assets_in("product-a") == ["a2"]
    assert after(3.9) == (0, 1)
    assert after(4.1) == (1, 1)
    found.fire()
    assert sorted(found.place.assets_in("product-a")) == ["a1", "a2"]
    assert SeenAsset.objects.get(asset_id=one.asset_id).turns == begin + timedelta(hours=6)


def test_one_query_says_where_it_is_time_to_look(followed, django_assert_num_queries):
    followed(linked=False)
    with django_assert_num_queries(1):
        collecting.with_walks(NOW)


def test_an_asset_that_cloudinary_says_nothing_readable_of_turns_later(followed, event_rule, monkeypatch):
    found = followed()
    event_rule(found)
    found.hear("a1", "a2")
    found.deal()
    EventWork.objects.update(walk_due=None, check_due=None)
    SeenAsset.objects.update(turns=NOW)
    monkeypatch.setattr("linking.rules.events.looking.present", lambda *_args, **_options: iter([{}]))
    found.deal()
    assert found.work.state == JobState.DONE
    assert all(timezone.now() < row.turns for row in SeenAsset.objects.all())
    assert collecting.collect(timezone.now()) == 0
