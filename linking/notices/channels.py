"""The chat of an environment, to which its notices are posted: chosen, tried and removed by admins. All of it is in the audit
log, none of it with the address: who knows that may write there."""

from collections.abc import Collection

from django.db import transaction

from linking import queue
from linking.domain.notices import Cause
from linking.domain.webhooks import target_of
from linking.models import Notice, NoticeChannel, NoticeLetter
from linking.webhooks.endpoints import check_address
from setup.models import Environment
from setup.reasons import NONE
from setup.security import audit, limits
from setup.security.guards import MemberRequest


def of(environment: Environment) -> NoticeChannel | None:
    return NoticeChannel.objects.select_related("environment").filter(environment=environment).first()


def save(request: MemberRequest, url: str, *, style: str, causes: Collection[str], often: str, language: str) -> None:
    """`url`: empty keeps the address. Raises linking.webhooks.endpoints.CannotUse."""
    environment = request.member.environment
    known = {
        "style": style,
        "causes": [cause.value for cause in Cause if cause.value in causes],
        "often": often,
        "language": language,
        "on": True,
    }
    if url:
        check_address(url)
        known |= {"url": url, "host": target_of(url).authority, "last_failure": None, "problem": NONE}
    with transaction.atomic():
        channel, made = NoticeChannel.objects.get_or_create(
            environment=environment, defaults={**known, "created_by": request.member}
        )
        if not made:
            for name, value in known.items():
                setattr(channel, name, value)
            channel.save(update_fields=list(known))
            waiting = Notice.objects.filter(channel=channel, letter=None)
            waiting.exclude(occurrence__cause__in=known["causes"]).delete()
        shown = {name: known[name] for name in ("style", "causes", "often")}
        audit.record(request, "notices.chat", f"chat {channel.host}", {}, shown)


def remove(request: MemberRequest) -> None:
    """With what waits for it."""
    channel = of(request.member.environment)
    if channel:
        with transaction.atomic():
            audit.record(request, "notices.no-chat", f"chat {channel.host}")
            channel.delete()


def test(request: MemberRequest) -> bool:
    """A post by which people see whether it arrives; False without a chat. Raises TooMany."""
    channel = of(request.member.environment)
    if channel is None:
        return False
    limits.spend("deliver", request.member)
    with transaction.atomic():
        letter = NoticeLetter.objects.create(environment=channel.environment, channel=channel, is_test=True)
        audit.record(request, "notices.test", f"chat {channel.host}")
    transaction.on_commit(lambda: queue.enqueue("notice", letter.pk))
    return True
