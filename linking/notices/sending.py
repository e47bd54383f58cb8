"""A letter is sent: an e-mail, or a post in a chat. That it is begun is written before; a worker that is lost in between may have
sent it, so nobody sends it again."""

import logging
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from linking import attempts
from linking.attempts import Hopeless
from linking.domain import notices, webhooks
from linking.domain.webhooks import Meaning
from linking.models import NoticeChannel, NoticeLetter
from linking.models.jobs import NO_TRIES, JobState
from linking.notices import chat, choices, letters
from linking.notices.letters import Written
from linking.webhooks.wire import send as post
from setup.models import Member
from setup.reasons import NONE, Reason
from setup.security.secrets import readable
from setup.shopify import failpoints
from setup.signing_in import mail
from setup.words import override

log = logging.getLogger(__name__)


def send(pk: int) -> None:
    """Safe to call at any time: a claim decides who sends."""
    rows = NoticeLetter.objects.select_related("environment", "member__person", "member__environment", "channel")
    attempt = attempts.claim(rows, pk)
    if attempt is not None:
        with attempt:
            _send(attempt.row)


def _send(letter: NoticeLetter) -> None:
    """Raises Hopeless."""
    if letter.begun:
        raise Hopeless(Reason("notice.unknown"))
    with override(language_of(letter)):
        written = letters.trial(letter) if letter.is_test else letters.written(letter)
        if written is None or not _is_wanted(letter):
            letter.mine().update(state=JobState.DONE, heartbeat_at=timezone.now(), **NO_TRIES)
            return
        if letter.member:
            _mail(letter, letter.member, written)
        elif letter.channel:
            _post(letter, letter.channel, written)


def language_of(letter: NoticeLetter) -> str:
    chosen = letter.member.language if letter.member else letter.channel.language if letter.channel else ""
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _is_wanted(letter: NoticeLetter) -> bool:
    """They may have stopped it since, or have left."""
    if letter.member:
        return letter.member.removed is None and choices.choice_of(letter.member).by_mail
    return letter.is_test or bool(letter.channel and letter.channel.on)


def _begin(letter: NoticeLetter) -> None:
    letter.mine().update(begun=timezone.now(), tried=F("tried") + 1)
    letter.tried += 1
    failpoints.pass_by("before", "Notice")


def _mail(letter: NoticeLetter, member: Member, written: Written) -> None:
    """Raises Hopeless."""
    if not choices.can_be_mailed(member):
        raise Hopeless(Reason("notice.no_mail"))
    stop = choices.address_to_stop(member)
    # One click of the mail program ends them: https://www.rfc-editor.org/rfc/rfc8058
    headers = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    # The same at each try: a mail server that took it without an answer knows it again.
    host = urlsplit(settings.APP_URL).hostname or "assetlink"
    headers["Message-ID"] = f"<notice-{letter.pk}-{int(letter.created.timestamp())}@{host}>"
    context = {"written": written, "environment": letter.environment, "stop": stop, "url": settings.APP_URL}
    message = mail.message(choices.address_of(member), written.subject, "notices", context, headers)
    _begin(letter)
    try:
        mail.deliver(message)
    except mail.Unsent:
        _failed(letter, Reason("notice.mail_refused"), now=timezone.now())
    else:
        _sent(letter, now=timezone.now())


def _post(letter: NoticeLetter, channel: NoticeChannel, written: Written) -> None:
    """Raises Hopeless."""
    url, body = readable(channel, "url"), chat.body_of(channel.style, written)
    rows = NoticeChannel.objects.filter(pk=channel.pk)
    if not url:
        rows.update(last_failure=timezone.now(), problem=Reason("notice.unreadable"))
        raise Hopeless(Reason("notice.unreadable"))
    _begin(letter)
    answer = post(url, body, {"Content-Type": "application/json"})
    failpoints.pass_by("after", "Notice")
    now, meant = timezone.now(), webhooks.meaning(answer.status)
    if meant == Meaning.TAKEN:
        rows.update(last_success=now, problem=NONE)
        _sent(letter, now=now)
        return
    problem = answer.problem or Reason("webhook.status", status=answer.status or 0)
    rows.update(last_failure=now, problem=problem)
    asked = webhooks.retry_after(answer.retry_after, now=now)
    _failed(letter, problem, now=now, gives_up=meant == Meaning.GONE or letter.is_test, asked=asked)


def _sent(letter: NoticeLetter, *, now: datetime) -> None:
    letter.mine().update(state=JobState.DONE, sent=now, problem=NONE, heartbeat_at=now, **NO_TRIES)


def _failed(
    letter: NoticeLetter, problem: Reason, *, now: datetime, gives_up: bool = False, asked: float = 0.0
) -> None:
    """Another try after a pause, or the end."""
    pause = None if gives_up else notices.pause(letter.tried)
    log.info("%s was not taken: %s", letter, problem)
    if pause is None:
        letter.mine().update(state=JobState.FAILED, problem=problem, heartbeat_at=now, **NO_TRIES)
        return
    until = now + max(pause, timedelta(seconds=asked))
    known = {**NO_TRIES, "not_before": until}
    letter.mine().update(state=JobState.WAITING, begun=None, problem=problem, heartbeat_at=now, **known)
