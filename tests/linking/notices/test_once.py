"""Nothing is said twice and nothing is forgotten, however things happen, and wherever the work on them is broken off."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from linking.domain.notices import Cause
from linking.models import Notice, NoticeChannel, NoticeLetter, Occurrence
from linking.notices import noting, passing_on, sending
from linking.operations import recovery
from setup.reasons import Reason
from tests.linking.notices.conftest import person
from tests.processes import environ, wait_until, worker
from tests.tiers import FULL


class BrokenOff(Exception):
    pass


@pytest.mark.parametrize("seed", range(40 if FULL else 3))
def test_each_person_hears_each_beginning_and_each_end_once(place, seed):
    dice, now, began = random.Random(seed), timezone.now(), Counter()
    person(place, "other", "admin")
    for _ in range(60):
        subject, now = f"store {dice.randrange(4)}", now + timedelta(minutes=dice.randrange(40))
        match dice.randrange(5):
            case 0 | 1:
                said = {"said_at_end": Reason("notice.store_back", store=subject)}
                reason = Reason("notice.store_back", store=subject)
                began[subject] += noting.began(place.environment, Cause.STORE, subject, reason, "/setup/", **said)
            case 2:
                noting.ended(place.environment, Cause.STORE, subject)
            case 3:
                broken_off(lambda at=now: passing_on.pass_on(at), dice)
            case 4:
                broken_off(lambda at=now: passing_on.gather(at), dice)
    passing_on.pass_on(now)
    for hours in range(1, 4):
        passing_on.gather(now + timedelta(hours=2 * hours))
    assert Counter(Occurrence.objects.values_list("subject", flat=True)) == +began
    over = Occurrence.objects.filter(ended__isnull=False).count()
    for member in place.environment.members.filter(name__in=["Boss", "Other"]):
        mine = Notice.objects.filter(member=member)
        assert mine.filter(letter__member=member).count() == mine.count() == sum(began.values()) + over
    assert not NoticeLetter.objects.filter(notices=None).exists()


def broken_off(work, dice: random.Random) -> None:
    """As a process that dies: what it had not committed is taken back. Then somebody else does it, perhaps."""
    try:
        with transaction.atomic():
            work()
            if dice.random() < 0.4:
                raise BrokenOff
    except BrokenOff:
        pass


@pytest.mark.django_db(transaction=True)
@pytest.mark.workers
@pytest.mark.full
def test_a_post_whose_worker_is_killed_after_it_arrived_comes_once(queue, tmp_path, place, receiver):
    failpoint = tmp_path / "failpoint"
    failpoint.write_text("after:Notice:1:kill")
    known = environ(queue) | {"FAILPOINT": str(failpoint), "WEBHOOK_NETWORKS": "127.0.0.0/8"}
    channel = NoticeChannel.objects.create(environment=place.environment, url=receiver.url, host="127.0.0.1")
    with worker(known, tmp_path):
        letter = NoticeLetter.objects.create(environment=place.environment, channel=channel, is_test=True)
        NoticeLetter.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=1))
        recovery.sweep()
        wait_until(lambda: not failpoint.exists())
        NoticeLetter.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=1))
        recovery.sweep()
        wait_until(lambda: NoticeLetter.objects.get().state == "failed")
    letter.refresh_from_db()
    assert (letter.problem.code, len(receiver.got)) == ("notice.unknown", 1)
    sending.send(letter.pk)
    assert len(receiver.got) == 1
