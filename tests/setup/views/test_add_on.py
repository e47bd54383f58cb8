"""The add-on for AI captions on Setup: asked once, asked again, and said in each state."""

import pytest
from django.utils import timezone

from setup.models import AuditEntry, Environment
from tests.linking.visits import drawn_of, enter, text_of
from tests.scenes import asset

HTMX = {"HX-Request": "true"}


@pytest.fixture
def place(scene):
    built = scene([], [asset("front", "a")])
    built.world.settings.change({"caption_seconds": [0, 0], "caption_quota": 48})
    built.member.roles = ["master_admin"]
    built.member.save()
    return built


@pytest.fixture
def visit(client, place):
    return enter(client, place.member)


def ask(visit, **given) -> str:
    return text_of(visit.post("/setup/alt-texts/add-on/ask/", given, headers=HTMX))


def loads(page) -> bool:
    """Whether the page has it asked."""
    return '"once": "1"' in page.content.decode()


def test_setup_has_it_asked_once_and_again_only_by_other_credentials(visit, place):
    assert not loads(visit.get("/setup/"))  # before what is seen of Cloudinary is there
    assert loads(visit.get("/setup/sections/"))
    assert "The add-on Cloudinary AI Content Analysis answers. 48 of 48 AI captions left this month." in ask(
        visit, once=1
    )
    assert not loads(visit.get("/setup/"))
    kept = Environment.objects.get().add_on
    ask(visit, once=1)
    assert Environment.objects.get().add_on == kept
    ask(visit)
    assert Environment.objects.get().add_on != kept
    Environment.objects.update(upload_prefix=f"{place.url}/")
    assert loads(visit.get("/setup/"))


@pytest.mark.parametrize(
    ("captions", "said"),
    [
        ("absent", "The add-on Cloudinary AI Content Analysis is missing: the account has no subscription."),
        ("unlisted", "The add-on Cloudinary AI Content Analysis answers."),
    ],
)
def test_each_answer_is_said_with_the_name_of_the_add_on(visit, place, captions, said):
    place.world.settings.change({"captions": captions})
    assert said in ask(visit)
    assert "left this month" not in ask(visit)


def test_a_quota_that_is_used_up_says_when_it_comes_back(visit, place):
    place.world.settings.change({"caption_quota": 1, "captions": "unlisted"})
    ask(visit)
    said = ask(visit)
    assert "quota of the add-on Cloudinary AI Content Analysis is used up. It comes back on 1 " in said


def test_no_answer_is_not_taken_for_a_missing_add_on(visit, place):
    place.world.faults.add(service="cloudinary", kind="http_502", operation="usage", times=None)
    said = ask(visit)
    assert "Cloudinary did not answer the last try." in said
    assert "missing" not in said


def test_credentials_that_are_refused_are_said(visit, place):
    place.environment.api_secret = "wrong"
    place.environment.save()
    assert "Cloudinary refuses the API key" in ask(visit)


def test_members_see_it_and_cannot_have_it_asked(visit, place):
    ask(visit)
    place.member.roles = []
    place.member.save()
    Environment.objects.update(upload_prefix=f"{place.url}/")
    page = visit.get("/setup/")
    assert "AI Content Analysis answers" in text_of(page)
    assert "Ask again" not in text_of(page)
    assert not loads(page)
    assert visit.post("/setup/alt-texts/add-on/ask/", headers=HTMX).status_code == 403


def test_while_somebody_else_asks_the_page_waits_for_the_answer(visit, place):
    Environment.objects.update(add_on_asking=timezone.now())
    assert "Asking Cloudinary" in ask(visit)
    assert 'hx-trigger="every 2s"' in visit.get("/setup/alt-texts/add-on/", headers=HTMX).content.decode()
    Environment.objects.update(add_on_asking=None)
    assert "every 2s" not in visit.get("/setup/alt-texts/add-on/", headers=HTMX).content.decode()


def test_an_admin_turns_captions_off_which_the_audit_log_has_and_then_nothing_is_asked(visit, place):
    given = drawn_of(visit, "alt-texts") | {"source": "", "policy": "keep", "captions": "off"}
    answer = visit.post("/setup/alt-texts/", given, headers=HTMX)
    assert "section-saved" in answer["HX-Trigger"]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.before["captions"], entry.after["captions"]) == ("setup.alt-texts", "auto", "off")
    assert "Automatically, where the add-on answers" in text_of(visit.get("/setup/audit/"))
    assert not loads(visit.get("/setup/sections/"))


def test_without_scripts_asking_again_leads_back_to_setup(visit, place):
    page = visit.post("/setup/alt-texts/add-on/ask/", follow=True)
    assert "The add-on Cloudinary AI Content Analysis answers." in text_of(page)
