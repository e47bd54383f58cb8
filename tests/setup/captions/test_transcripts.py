"""Transcripts of videos that are there: found beside them, asked for once and only by an admin, with what it costs."""

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setup.captions import beside, transcripts
from setup.models import AskedTranscript, AuditEntry
from setup.security.actors import Actor
from tests.linking.visits import enter, text_of
from tests.sandbox.world.factories import film
from tests.scenes import asset

LANGUAGES = st.lists(st.sampled_from(["de", "fr", "pt-BR"]), unique=True)


@given(st.text("ab./", min_size=1), LANGUAGES, st.data())
def test_what_lies_beside_a_video_is_found_and_nothing_else(public_id, languages, data):
    names = dict(beside.names(public_id, languages))
    assert len(names) == 3 * (1 + len(languages))
    assert all(name.startswith(public_id + ".") for name in names)
    there = data.draw(st.sets(st.sampled_from(sorted(names))))
    assert set(beside.found(public_id, languages, there | {"other.vtt"})) == {names[name] for name in there}


@pytest.fixture
def place(scene):
    windows = [{"access_type": "token"}]
    found = scene(
        [],
        [
            asset("walk", content=film()),
            asset("turn", content=film(), public_id="shop/turn"),
            asset("hidden", content=film(), access_control=windows),
            asset("front", "a"),
        ],
    )
    found.here = found.world.environments[0]
    found.member.roles = ["master_admin"]
    found.member.save()
    found.world.settings.change({"add_ons": ["transcription"], "add_on_seconds": 60, "index_lag": 0})
    return found


@pytest.fixture
def visit(client, place):
    return enter(client, place.member)


def ids(place, *names) -> list[str]:
    return [one.asset_id for one in place.here.assets.values() if one.display_name in names]


def used(place) -> int:
    return sum(place.here.used.values())


def test_a_page_tells_what_each_has_and_what_one_costs_and_asks_for_nothing(visit, place):
    place.here.add_asset(content=b"WEBVTT", public_id="shop/turn.vtt", raw=True)
    page = visit.get("/setup/transcripts/?look=1")
    said = text_of(page)
    assert "50 of 50 calls of the add-on Cloudinary Video Transcription are left this month" in said
    assert ".vtt" in said
    assert "it is sent to no add-on" in said
    assert "Ask for the 1 without one" in said
    assert "front" not in said
    assert (used(place), AskedTranscript.objects.count()) == (0, 0)


def test_one_that_was_asked_for_is_in_progress_then_there_and_never_asked_for_twice(visit, place):
    chosen = {"video": ids(place, "walk"), "translate": "fr"}
    assert "Cloudinary was asked for 1 transcript." in text_of(
        visit.post("/setup/transcripts/ask/", chosen, follow=True)
    )
    assert "In progress" in text_of(visit.get("/setup/transcripts/?look=1"))
    again = visit.post("/setup/transcripts/ask/", chosen, follow=True)
    assert (
        "AssetLink did not ask for 1 video: it has a transcript, was asked for already, or may not be shown."
        in text_of(again)
    )
    assert used(place) == 1
    place.world.forward += 61
    said = text_of(visit.get("/setup/transcripts/?look=1"))
    assert ".fr.transcript" in said
    assert "In progress" not in said
    assert AuditEntry.objects.get(action="setup.transcripts").after == {"assets": ["walk"], "languages": ["fr"]}


def test_all_of_a_page_are_asked_for_but_those_that_may_not_be_shown(visit, place):
    everything = ids(place, "walk", "turn", "hidden", "front")
    visit.post("/setup/transcripts/ask/", {"all": "1", "listed": everything})
    assert {row["asset_id"] for row in place.here.working} == set(ids(place, "walk", "turn"))


def test_a_day_without_a_transcript_lets_it_be_asked_for_again(place):
    actor, one = Actor(place.member), ids(place, "walk")
    transcripts.ask(actor, one, [])
    place.here.working.clear()
    assert transcripts.ask(actor, one, []).names == []
    AskedTranscript.objects.update(at=AskedTranscript.objects.get().at - transcripts.WAITS)
    assert transcripts.ask(actor, one, []).names == ["walk"]


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"add_ons": []}, "You don't have an active subscription for Cloudinary Video Transcription"),
        ({"add_on_quota": 0}, "You have used up this month's quota of Cloudinary Video Transcription"),
    ],
)
def test_cloudinarys_own_word_is_shown_and_nothing_counts_as_asked_for(visit, place, settings, word):
    place.world.settings.change(settings)
    answer = visit.post("/setup/transcripts/ask/", {"video": ids(place, "walk")}, follow=True)
    assert f"Cloudinary says: {word}" in unescape(text_of(answer))
    assert (AskedTranscript.objects.count(), AuditEntry.objects.filter(action="setup.transcripts").count()) == (0, 0)


def test_one_without_an_answer_may_have_been_taken_and_is_not_asked_for_at_once(visit, place):
    place.world.faults.add(service="cloudinary", kind="http_500", operation="explicit")
    answer = visit.post("/setup/transcripts/ask/", {"video": ids(place, "walk")}, follow=True)
    assert "Cloudinary did not answer for walk" in text_of(answer)
    assert AskedTranscript.objects.count() == 1


@pytest.mark.parametrize(
    ("form", "word"),
    [({}, "Choose at least one video."), ({"video": ["x"], "translate": "german!"}, "is no language code")],
)
def test_what_cannot_be_asked_for_is_refused_before_cloudinary(visit, place, form, word):
    assert word in text_of(visit.post("/setup/transcripts/ask/", form, follow=True))


def test_members_see_them_and_ask_for_nothing(client, place):
    place.member.roles = []
    place.member.save()
    visit = enter(client, place.member)
    page = visit.get("/setup/transcripts/?look=1")
    assert "walk" in text_of(page)
    assert 'id="ask-all"' not in page.content.decode()
    assert visit.post("/setup/transcripts/ask/", {"video": ids(place, "walk")}).status_code == 403


def test_cloudinary_that_does_not_answer_is_reported(visit, place):
    place.environment.upload_prefix = "http://127.0.0.1:9"
    place.environment.save()
    assert "Cloudinary could not be checked." in text_of(visit.get("/setup/transcripts/?look=1"))
