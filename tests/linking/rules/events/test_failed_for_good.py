"""What could not be done when it happened is asked for again by the daily check."""

from contextlib import suppress

import pytest
from django.utils import timezone

from linking.models import EventWork, Firing, Sync
from linking.models.jobs import JobState
from linking.rules import firing
from setup.models import Store


def check(found) -> None:
    EventWork.objects.update(check_due=timezone.now())
    found.deal()


def away(found, monkeypatch) -> None:
    found.place.world.faults.add(service="cloudinary", kind="http_500", times=None)


def crashes(found, monkeypatch) -> None:
    monkeypatch.setattr(firing, "_found", lambda rule: 1 / 0)


def tried(pk: int) -> None:
    """Until it has failed for good."""
    for _ in range(50):
        Firing.objects.update(not_before=None)
        with suppress(ZeroDivisionError):
            firing.fire(pk)
        if Firing.objects.get(pk=pk).state == JobState.FAILED:
            return
    raise AssertionError("it never ends")


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("breaks", [away, crashes])
def test_a_change_whose_firing_failed_is_linked_after_the_daily_check(followed, event_rule, monkeypatch, breaks):
    found = followed(linked=False)
    event_rule(found)
    found.hear("b1")
    found.deal()
    with monkeypatch.context() as broken:
        breaks(found, broken)
        tried(Firing.objects.get().pk)
    found.place.world.faults.clear()
    found.deal()
    assert found.fire() == []
    check(found)
    (again,) = found.fire()
    assert (again.cause, again.result, again.assets) == ("event", "ran", [found.asset("b1").asset_id])
    assert found.place.assets_in("product-b") == ["b1"]
    check(found)
    assert found.fire() == []


def test_a_rule_that_is_off_is_not_asked_again_until_it_is_on(followed, event_rule):
    found = followed(linked=False)
    rule = event_rule(found, on=False)
    Firing.objects.create(rule=rule, cause="event", assets=["a"], due=timezone.now(), state=JobState.FAILED)
    check(found)
    assert Firing.objects.count() == 1
    rule.on = True
    rule.save()
    check(found)
    assert Firing.objects.filter(state=JobState.WAITING).get().assets == ["a"]


def test_a_plan_to_unlink_that_could_not_be_made_is_made_by_the_daily_check(followed, event_rule):
    found = followed()
    event_rule(found)
    found.hear("a1")
    found.deal()
    found.fire()
    one = found.asset("a1")
    rejected = {"moderation": [{"kind": "manual", "status": "rejected"}]}
    found.place.meddle("PATCH", f"/world/assets/{one.asset_id}", rejected)
    Store.objects.update(status=Store.Status.DISCONNECTED)
    found.hear("a1")
    found.deal()
    check(found)
    assert not Sync.objects.filter(kind="unlink").exists()
    Store.objects.update(status=Store.Status.CONNECTED)
    check(found)
    assert Sync.objects.filter(kind="unlink").count() == 1
    check(found)
    assert Sync.objects.filter(kind="unlink").count() == 1
