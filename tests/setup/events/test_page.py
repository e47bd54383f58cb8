"""Cloudinary events on Setup."""

from datetime import timedelta

import pytest
from django.utils import timezone

from setup.models import AuditEntry, CloudinaryEvent, EventAddress, EventSecret, Member
from tests.linking.visits import enter, text_of
from tests.scenes import asset, product

HOOK = "a secret of sixteen characters"


@pytest.fixture
def place(scene, client, settings):
    found = scene([product("a")], [asset("front", "a")])
    settings.APP_URL = "http://127.0.0.1:8000"
    found.member.roles = ["master_admin"]
    found.member.save()
    found.client = enter(client, found.member)
    found.triggers = found.world.environments[0].triggers
    return found


def test_an_admin_makes_an_address_that_nobody_guesses(place):
    assert "Events have no address yet" in text_of(place.client.get("/setup/events/"))
    for _ in range(2):
        place.client.post("/setup/events/make/")
    address = EventAddress.objects.get()
    page = place.client.get("/setup/events/")
    assert f"http://127.0.0.1:8000/webhooks/cloudinary/{address.token}" in page.content.decode()
    assert len(address.token) >= 40
    assert "None yet" in text_of(page)
    assert [one.action for one in AuditEntry.objects.filter(action__startswith="events.")] == ["events.address"]


def test_members_see_that_events_come_and_not_where(place, client):
    place.client.post("/setup/events/make/")
    member = Member.objects.create(
        environment=place.environment, external_id="m", name="Max", roles=["media_library_user"]
    )
    page = enter(client, member).get("/setup/events/").content.decode()
    assert "Last event" in page
    assert EventAddress.objects.get().token not in page


def test_cloudinary_is_asked_for_one_trigger_and_to_take_it_away(place):
    place.client.post("/setup/events/make/")
    assert "has no trigger" in text_of(place.client.get("/setup/events/trigger/"))
    for _ in range(2):
        place.client.post("/setup/events/trigger/make/")
    (row,) = place.triggers.values()
    assert (row["uri"].rpartition("/")[2], row["event_type"]) == (EventAddress.objects.get().token, "all")
    assert "sends all events here" in text_of(place.client.get("/setup/events/trigger/"))
    place.triggers["other"] = row | {"id": "other", "uri": "https://elsewhere.example/"}
    assert "2 of 30 triggers are used" in text_of(place.client.get("/setup/events/trigger/"))
    place.client.post("/setup/events/trigger/remove/")
    assert list(place.triggers) == ["other"]


def test_a_trigger_for_some_events_is_not_enough(place):
    place.client.post("/setup/events/make/")
    place.client.post("/setup/events/trigger/make/")
    (row,) = place.triggers.values()
    row["event_type"] = "delete"
    assert "sends some of the events" in text_of(place.client.get("/setup/events/trigger/"))
    place.client.post("/setup/events/trigger/make/")
    assert sorted(one["event_type"] for one in place.triggers.values()) == ["all", "delete"]


def test_where_all_triggers_are_used_the_page_offers_none_and_says_what_cloudinary_says(place):
    place.client.post("/setup/events/make/")
    for at in range(30):
        place.triggers[str(at)] = {"id": str(at), "uri": "https://x.example/", "event_type": "all"} | {
            "created_at": 0,
            "updated_at": 0,
        }
    assert "make-trigger" not in place.client.get("/setup/events/trigger/").content.decode()
    page = place.client.post("/setup/events/trigger/make/", follow=True)
    assert "Maximum number of triggers (30) reached" in text_of(page)


def test_a_refusal_of_cloudinary_is_shown_with_what_to_do(place):
    place.client.post("/setup/events/make/")
    place.environment.api_secret = "wrong"
    place.environment.save()
    found = text_of(place.client.get("/setup/events/trigger/"))
    assert "refuses the API key" in found
    assert "Webhook Notifications" in found


def test_a_secret_is_added_shown_by_its_end_and_removed(place):
    place.client.post("/setup/events/make/")
    assert place.client.post("/setup/events/secrets/", {"secret": "short"}).status_code == 422
    place.client.post("/setup/events/secrets/", {"secret": HOOK})
    page = place.client.get("/setup/events/").content.decode()
    assert "…ters" in page
    assert HOOK not in page
    row = EventSecret.objects.get()
    assert row.secret == HOOK
    place.client.post(f"/setup/events/secrets/{row.pk}/remove/")
    assert not EventSecret.objects.exists()
    assert not any(HOOK in str(vars(one)) for one in AuditEntry.objects.all())


def test_there_are_five_secrets_at_most(place):
    place.client.post("/setup/events/make/")
    answers = [place.client.post("/setup/events/secrets/", {"secret": f"{HOOK} {at}"}).status_code for at in range(6)]
    assert answers == [302] * 5 + [422]


def test_a_day_without_an_event_is_said(place):
    place.client.post("/setup/events/make/")
    assert "No event has come" not in text_of(place.client.get("/setup/events/"))
    long_ago = timezone.now() - timedelta(hours=25)
    EventAddress.objects.update(created=long_ago)
    assert "No event has come yet" in text_of(place.client.get("/setup/events/"))
    CloudinaryEvent.objects.create(environment=place.environment, digest="x", received=long_ago)
    assert "for more than a day" in text_of(place.client.get("/setup/events/"))
    EventAddress.objects.update(last_event=timezone.now())
    assert "No event has come" not in text_of(place.client.get("/setup/events/"))
