"""Whether the add-on answers, asked of the sandbox as of the real service: each answer, and what asking costs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from setup.captions import asking
from setup.captions.offer import State, next_month
from setup.models import Environment
from tests.scenes import asset

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(scene):
    built = scene([], [asset("front", "a")])
    built.world.settings.change({"caption_seconds": [0, 0], "caption_quota": 48})
    return built


def asked(place):
    """What a row keeps after it was asked."""
    assert asking.ask(place.environment)
    return asking.known(Environment.objects.get(pk=place.environment.pk))


def spent(place) -> int:
    return place.world.environments[0].captions["made"]


def fault(place, kind: str, operation: str, times: int | None = None) -> None:
    place.world.faults.add(service="cloudinary", kind=kind, operation=operation, times=times)


def test_the_report_of_the_usage_says_that_it_answers_and_what_is_left_for_nothing(place):
    found = asked(place)
    assert (found.state, found.left, found.limit) == (State.ANSWERS, 48, 48)
    assert spent(place) == 0


def test_an_add_on_that_the_report_does_not_list_describes_one_picture_and_nothing_is_said_of_its_quota(place):
    place.world.settings.change({"captions": "unlisted"})
    found = asked(place)
    assert (found.state, found.left, found.limit) == (State.ANSWERS, None, None)
    assert spent(place) == 1


def test_a_key_that_may_not_read_the_report_tells_by_one_picture(place):
    fault(place, "http_403", "usage")
    assert asked(place).state == State.ANSWERS
    assert spent(place) == 1


def test_a_missing_subscription_is_what_cloudinary_says_itself(place):
    place.world.settings.change({"captions": "absent"})
    found = asked(place)
    assert (found.state, found.unasked) == (State.ABSENT, "")


@pytest.mark.parametrize("captions", ["subscribed", "unlisted"])
def test_a_quota_that_is_used_up_comes_back_with_the_next_month(place, captions):
    place.world.settings.change({"captions": captions, "caption_quota": 1})
    place.world.environments[0].captions = {"month": f"{timezone.now():%Y-%m}", "made": 1}
    found = asked(place)
    assert (found.state, found.until) == (State.USED_UP, next_month(timezone.now()))


def test_credentials_that_are_refused_are_no_missing_add_on(place):
    place.environment.api_secret = "wrong"
    place.environment.save()
    assert asked(place).state == State.REFUSED


@pytest.mark.parametrize("kind", ["http_502", "throttled"])
@pytest.mark.parametrize("operation", ["usage", "explicit"])
def test_without_an_answer_nothing_is_known_and_nothing_is_taken_back(place, kind, operation):
    place.world.settings.change({"captions": "unlisted"})
    fault(place, kind, operation)
    found = asked(place)
    assert (found.state, found.unasked) == (None, "busy" if kind == "throttled" else "away")
    place.world.faults.clear()
    assert asked(place).state == State.ANSWERS
    fault(place, kind, operation)
    found = asked(place)
    assert (found.state, bool(found.unasked)) == (State.ANSWERS, True)


def test_without_a_public_picture_that_is_approved_nothing_is_described(scene):
    place = scene([], [asset("front", "a", moderation=[{"kind": "manual", "status": "pending"}])])
    place.world.settings.change({"captions": "unlisted"})
    assert asked(place).unasked == "no_picture"
    assert spent(place) == 0


def test_other_credentials_are_asked_again_also_if_they_were_changed_by_hand(place):
    assert asking.is_due(place.environment)
    asked(place)
    assert not asking.is_due(Environment.objects.get())
    place.environment.api_key = "another"
    assert asking.is_due(place.environment)
    place.environment.captions = "off"
    assert not asking.is_due(place.environment)


def test_two_who_open_setup_at_once_ask_once(place):
    Environment.objects.update(add_on_asking=timezone.now())
    assert not asking.ask(place.environment)
    assert asking.known(Environment.objects.get()).tried is None
    Environment.objects.update(add_on_asking=timezone.now() - timedelta(minutes=5))  # a look that was lost
    assert asked(place).state == State.ANSWERS
    assert Environment.objects.get().add_on_asking is None


def test_numbers_are_counted_again_for_nothing(place):
    asked(place)
    place.world.environments[0].captions = {"month": f"{timezone.now():%Y-%m}", "made": 8}
    asking.recount(place.environment)
    assert asking.known(Environment.objects.get()).left == 40
    fault(place, "http_502", "usage")
    asking.recount(place.environment)
    assert asking.known(Environment.objects.get()).left == 40
