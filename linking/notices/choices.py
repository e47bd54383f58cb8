"""What a person wants to hear of, how often, and where it goes; and the signed address by which they want no more."""

from collections.abc import Collection

from django.conf import settings
from django.core import signing
from django.urls import reverse

from linking.domain.notices import Cause, Every
from linking.models import Notice, NoticeChoice
from setup.models import Member
from setup.signing_in import mail

SALT = "notices.off"


def choice_of(member: Member) -> NoticeChoice:
    """Not saved, if they have not chosen."""
    return NoticeChoice.objects.filter(member=member).first() or NoticeChoice(member=member)


def choose(member: Member, causes: Collection[str], often: str, *, by_mail: bool) -> None:
    known = {"causes": [cause.value for cause in Cause if cause.value in causes], "often": Every(often).value}
    NoticeChoice.objects.update_or_create(member=member, defaults={**known, "by_mail": by_mail})
    # What waits for the next letter, and is not wanted any more.
    waiting = Notice.objects.filter(member=member, letter=None)
    (waiting.exclude(occurrence__cause__in=known["causes"]) if by_mail else waiting).delete()


def stop(member: Member) -> None:
    """No more e-mails; what they chose stays."""
    NoticeChoice.objects.update_or_create(member=member, defaults={"by_mail": False})
    Notice.objects.filter(member=member, letter=None).delete()


def address_of(member: Member) -> str:
    """Empty: none is known. What a person proved comes before what the Console says."""
    person = member.person
    return person.email if person and person.email and person.email_verified else member.email


def can_be_mailed(member: Member) -> bool:
    return mail.is_set_up() and bool(address_of(member))


def address_to_stop(member: Member) -> str:
    """It ends the e-mails of this member, and nothing else; so it holds for ever."""
    return settings.APP_URL + reverse("notices-off", args=[signing.dumps(member.pk, salt=SALT)])


def member_at(token: str) -> Member | None:
    """Whose e-mails the address ends."""
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return Member.objects.select_related("environment").filter(pk=pk, removed=None).first()
