"""A letter is sent: to a real mail server, or a receiver of posts; and what becomes of it when that fails."""

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from linking.domain.notices import TRIES, Cause
from linking.models import NoticeChannel, NoticeLetter
from linking.models.jobs import SILENCE
from linking.notices import noting, passing_on, sending
from linking.operations import recovery
from sandbox.mail.catcher import Catcher, Mailbox
from script.ports import free_port
from setup.models import Member
from setup.reasons import Reason
from tests.linking.notices.conftest import later
from tests.peer import Answer

BROKEN = Reason("shopify.http_402")


def now_of(row):
    return type(row).objects.get(pk=row.pk)


def due(place) -> NoticeLetter:
    """Written for the boss, and not sent yet."""
    place.stores[0].break_off(BROKEN)
    passing_on.pass_on(timezone.now())
    passing_on.gather(timezone.now() + timedelta(minutes=2))
    return NoticeLetter.objects.get(member=place.boss)


def send(letter: NoticeLetter) -> NoticeLetter:
    """A try, now."""
    NoticeLetter.objects.filter(pk=letter.pk).update(not_before=None)
    sending.send(letter.pk)
    return now_of(letter)


@pytest.fixture
def channel(place, receiver) -> NoticeChannel:
    Member.objects.update(email="")
    known = {"url": f"{receiver.url}/services/secret", "host": "127.0.0.1", "causes": [cause.value for cause in Cause]}
    return NoticeChannel.objects.create(environment=place.environment, **known)


def test_a_real_mail_server_takes_it_as_text_and_page_with_one_click_to_stop(place, settings):
    port, mailbox = free_port(), Mailbox()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
    catcher = Catcher(mailbox, port)
    catcher.start()
    try:
        letter = send(due(place))
    finally:
        catcher.stop()
    [got] = mailbox.mails()
    assert (got.to, str(got.message["Subject"])[:33]) == ("boss@example.com", "AssetLink, Sandbox: North needs a")
    assert f"{settings.APP_URL}/setup/stores/{place.stores[0].pk}/" in got.text
    assert "<h2>Stores that need attention</h2>" in got.html
    assert got.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert str(got.message["List-Unsubscribe"]).strip().startswith(f"<{settings.APP_URL}/notices/off/")
    assert got.message["Auto-Submitted"] == "auto-generated"
    assert (letter.state, letter.tried, bool(letter.sent)) == ("done", 1, True)


def test_a_name_that_would_be_markup_is_text(place):
    place.stores[0].label = "<b>North</b> & Co"
    place.stores[0].save()
    send(due(place))
    [(page, _type)] = mail.outbox[0].alternatives
    assert "&lt;b&gt;North&lt;/b&gt; &amp; Co" in page
    assert "<b>North</b> & Co needs" in mail.outbox[0].body


def test_of_many_five_are_named_and_the_others_counted(place):
    for n in range(42):
        noting.began(
            place.environment, Cause.STORE, f"store {n}", Reason("notice.store_back", store=f"Shop {n}"), "/setup/"
        )
    later(minutes=2)
    body = mail.outbox[0].body
    assert body.count("works again") == 5
    assert "and 37 more: " in body


def test_each_person_reads_it_in_their_language(place):
    Member.objects.filter(pk=place.boss.pk).update(language="de")
    send(due(place))
    [(page, _type)] = mail.outbox[0].alternatives
    assert '<html lang="de">' in page


def test_a_mail_server_that_is_away_is_tried_again_and_given_up_after_most_of_a_day(place, settings):
    letter = due(place)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    for tries, seconds in enumerate(TRIES, 1):
        letter = send(letter)
        assert (letter.state, letter.tried, letter.begun) == ("waiting", tries, None)
        assert round((letter.not_before - letter.heartbeat_at).total_seconds()) == seconds
    letter = send(letter)
    assert (letter.state, letter.problem.code) == ("failed", "notice.mail_refused")


def test_a_letter_whose_worker_was_lost_while_it_was_sent_is_not_sent_twice(place, monkeypatch):
    letter = due(place)

    def lost(message):
        message.send()
        raise SystemExit

    monkeypatch.setattr(sending.mail, "deliver", lost)
    with pytest.raises(SystemExit):
        sending.send(letter.pk)
    monkeypatch.undo()
    assert now_of(letter).state == "running"
    NoticeLetter.objects.update(heartbeat_at=timezone.now() - 2 * SILENCE)
    recovery.sweep()
    letter = send(letter)
    assert (letter.state, letter.problem.code, len(mail.outbox)) == ("failed", "notice.unknown", 1)
    later(hours=5)
    assert len(mail.outbox) == 1


def test_a_letter_whose_worker_was_lost_before_it_was_begun_is_sent(place):
    letter = due(place)
    assert NoticeLetter.objects.claim(letter.pk, now=timezone.now() - 2 * SILENCE)
    assert send(letter).state == "done"
    assert len(mail.outbox) == 1


def test_a_chat_gets_text_with_links(place, channel, receiver, settings):
    place.stores[0].label = "North <&> *Co*"
    place.stores[0].save()
    place.stores[0].break_off(BROKEN)
    later(minutes=2)
    [got] = receiver.got
    said = json.loads(got.body)
    assert (got.path, got.headers["content-type"], list(said)) == ("/services/secret", "application/json", ["text"])
    page = f"{settings.APP_URL}/setup/stores/{place.stores[0].pk}/"
    assert f"• <{page}|North &lt;&amp;&gt; ∗Co∗ needs attention:" in said["text"]
    channel.refresh_from_db()
    assert (bool(channel.last_success), channel.last_failure) == (True, None)


def test_teams_gets_a_message_with_an_adaptive_card(place, channel, receiver):
    NoticeChannel.objects.update(style="teams")
    place.stores[0].break_off(BROKEN)
    later(minutes=2)
    [attachment] = json.loads(receiver.got[0].body)["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], {block["type"] for block in card["body"]}) == ("AdaptiveCard", {"TextBlock"})
    assert card["body"][2]["text"].startswith("[North needs attention: ")


def test_a_chat_that_refuses_is_tried_again_and_one_that_is_gone_is_not(place, channel, receiver):
    receiver.answers(Answer(b"no_service", status=404), Answer(status=410))
    place.stores[0].break_off(BROKEN)
    later(minutes=2)
    letter = NoticeLetter.objects.get()
    channel.refresh_from_db()
    assert (letter.state, channel.problem.code, bool(channel.last_failure)) == ("waiting", "webhook.status", True)
    assert send(letter).state == "failed"
    assert len(receiver.got) == 2


def test_a_chat_asks_for_a_pause_and_gets_it(place, channel, receiver):
    receiver.answers(Answer(status=429, headers={"Retry-After": "600"}))
    place.stores[0].break_off(BROKEN)
    later(minutes=2)
    letter = NoticeLetter.objects.get()
    assert round((letter.not_before - letter.heartbeat_at).total_seconds()) == 600


def test_nothing_is_posted_to_an_address_that_is_not_public(place, channel, receiver, settings):
    settings.WEBHOOK_NETWORKS = []
    place.stores[0].break_off(BROKEN)
    later(minutes=2)
    channel.refresh_from_db()
    assert receiver.got == []
    assert channel.problem.code == "webhook.not_https"


def test_what_people_and_chats_say_goes_to_both(place, channel, receiver):
    Member.objects.filter(pk=place.boss.pk).update(email="boss@example.com")
    place.stores[0].break_off(BROKEN)
    assert later(minutes=2) == 2
    assert (len(receiver.got), len(mail.outbox)) == (1, 1)
