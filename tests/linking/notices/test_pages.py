"""The pages of notices: what a person hears of, the address that ends their e-mails, and an environment's chat."""

import pytest
from django.core import mail
from django.test import Client

from linking.domain.notices import USUAL
from linking.models import NoticeChannel, NoticeChoice, NoticeLetter
from linking.notices import choices, sending
from setup.models import AuditEntry
from setup.reasons import Reason
from tests.linking.notices.conftest import later
from tests.linking.visits import enter, text_of

CHAT = {"style": "slack", "causes": ["store", "plan"], "often": "hour", "language": "en"}


def test_a_person_sees_what_is_usual_and_chooses_otherwise(client, place):
    enter(client, place.second)
    assert 'href="/you/notices/"' in client.get("/session/you/").content.decode()
    page = client.get("/you/notices/")
    assert page.content.decode().count("checked") == len(USUAL) + 1
    assert "second@example.com" in text_of(page)
    answer = client.post("/you/notices/save/", {"causes": ["problems"], "often": "day"}, follow=True)
    assert "Saved" in text_of(answer)
    choice = NoticeChoice.objects.get()
    assert (choice.member, choice.causes, choice.often, choice.by_mail) == (place.second, ["problems"], "day", False)


def test_what_cannot_be_chosen_is_refused_and_a_viewer_is_offered_nothing(client, place):
    enter(client, place.second)
    assert client.post("/you/notices/save/", {"causes": ["x"], "often": "never"}).status_code == 422
    enter(client, place.viewer)
    assert "those who can act" in text_of(client.get("/you/notices/"))
    assert client.post("/you/notices/save/", {"often": "day"}).status_code == 403
    assert NoticeChoice.objects.count() == 0


@pytest.mark.parametrize(
    ("host", "email", "said"), [("", "a@b.example", "No mail server"), ("m", "", "knows no e-mail")]
)
def test_the_page_says_where_no_e_mail_can_come(client, place, settings, host, email, said):
    settings.EMAIL_HOST, place.second.email = host, email
    place.second.save()
    enter(client, place.second)
    assert said in text_of(client.get("/you/notices/"))


def test_one_click_of_the_mail_program_ends_the_e_mails_and_opening_the_link_does_not(place):
    place.stores[0].break_off(Reason("shopify.http_402"))
    later(minutes=2)
    address = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>")
    path = address[address.index("/notices/") :]
    strange = Client(enforce_csrf_checks=True)  # no session, no cookie
    assert "Stop e-mails" in text_of(strange.get(path))
    assert not NoticeChoice.objects.exists()
    answer = strange.post(path, {"List-Unsubscribe": "One-Click"})
    assert "E-mails are stopped" in text_of(answer)
    assert not NoticeChoice.objects.get(member=place.boss).by_mail
    place.stores[1].break_off(Reason("shopify.http_402"))
    later(hours=3)
    assert {to for one in mail.outbox for to in one.to} == {"boss@example.com", "second@example.com"}
    assert sum("boss@example.com" in one.to for one in mail.outbox) == 1


def test_an_address_that_is_not_ours_ends_nothing(client, place):
    token = choices.address_to_stop(place.boss).rpartition("/")[2]
    for wrong in (token[:-2], f"{token}x", "x"):
        assert client.post(f"/notices/off/{wrong}").status_code == 404
    assert not NoticeChoice.objects.exists()


def test_an_admin_chooses_a_chat_tries_it_and_removes_it(client, place, receiver):
    enter(client, place.boss)
    assert "No chat is set up" in text_of(client.get("/setup/notices/"))
    url = f"{receiver.url}/services/secret"
    answer = client.post("/setup/notices/save/", CHAT | {"url": url}, follow=True)
    assert "Saved" in text_of(answer)
    assert "services/secret" not in answer.content.decode()
    channel = NoticeChannel.objects.get()
    assert (channel.url, channel.causes, channel.often) == (url, ["plan", "store"], "hour")
    client.post("/setup/notices/test/")
    sending.send(NoticeLetter.objects.get().pk)
    assert b"This is a test" in receiver.got[0].body
    assert "Last success None yet" not in text_of(client.get("/setup/notices/"))
    client.post("/setup/notices/save/", CHAT | {"url": "", "style": "teams"})
    channel.refresh_from_db()
    assert (channel.url, channel.style) == (url, "teams")
    client.post("/setup/notices/remove/")
    assert not NoticeChannel.objects.exists()
    actions = list(AuditEntry.objects.filter(action__startswith="notices").values_list("action", flat=True))
    assert sorted(actions) == ["notices.chat", "notices.chat", "notices.no-chat", "notices.test"]
    assert not AuditEntry.objects.filter(object__contains="secret").exists()


@pytest.mark.parametrize("url", ["", "no address", "http://user@example.com/", "ftp://example.com/"])
def test_an_address_that_leads_nowhere_is_refused(client, place, url):
    enter(client, place.boss)
    assert client.post("/setup/notices/save/", CHAT | {"url": url}).status_code == 422
    assert not NoticeChannel.objects.exists()


def test_an_address_within_the_own_network_is_refused(client, place, settings):
    settings.WEBHOOK_NETWORKS = []
    enter(client, place.boss)
    assert client.post("/setup/notices/save/", CHAT | {"url": "https://10.0.0.7/x"}).status_code == 422


def test_a_member_sees_whether_there_is_a_chat_and_changes_nothing(client, place):
    NoticeChannel.objects.create(
        environment=place.environment, url="https://hooks.example.com/x", host="hooks.example.com"
    )
    enter(client, place.second)
    page = client.get("/setup/notices/").content.decode()
    assert "hooks.example.com" in page
    assert "save-chat" not in page
    assert client.post("/setup/notices/test/").status_code == 403
