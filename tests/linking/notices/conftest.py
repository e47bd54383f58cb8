"""What tests of notices share: people of a place, and time that passes."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from linking.models import NoticeLetter
from linking.notices import passing_on, sending
from setup.models import Member
from setup.models.members import ADMIN, MEMBER, VIEWER
from tests.receiver import Receiver, receiving
from tests.scenes import asset, product


@pytest.fixture
def place(scene, settings):
    """Two stores; a boss, a member who may write to the second store only, and a viewer. The scene's own member has
    no address."""
    settings.EMAIL_HOST = "mail.example.com"  # Django's outbox takes them in tests
    settings.DEFAULT_FROM_EMAIL = "assetlink@example.com"
    found = scene([product("a", pictures=1)], [asset("front", "a")], stores=2)
    found.boss = person(found, "boss", ADMIN)
    found.second = person(found, "second", MEMBER, bounded=True)
    found.second.writable_stores.set([found.stores[1]])
    found.viewer = person(found, "viewer", VIEWER)
    return found


def person(place, name: str, role: str, **known) -> Member:
    return Member.objects.create(
        environment=place.environment,
        external_id=name,
        name=name.title(),
        email=f"{name}@example.com",
        granted_role=role,
        **known,
    )


def later(**known: float) -> int:
    """The sweeper's turn after so much time, and what workers send then: how many letters."""
    now = timezone.now() + timedelta(**known)
    passing_on.pass_on(timezone.now())
    passing_on.gather(now)
    waiting = list(NoticeLetter.objects.filter(state="waiting").values_list("pk", flat=True))
    for pk in waiting:
        sending.send(pk)
    return len(waiting)


def mails() -> list[tuple[str, str]]:
    """(to whom, subject) of those that were sent."""
    return [(one.to[0], one.subject) for one in mail.outbox]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def elapse() -> Callable[..., int]:
    return later
