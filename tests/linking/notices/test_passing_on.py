"""Who hears what happened, and how it is gathered into letters."""

import pytest
from django.utils import timezone

from linking.domain.notices import Cause
from linking.models import Notice, NoticeChoice, NoticeLetter, Occurrence
from linking.notices import choices, noting, passing_on, standing
from linking.operations import retention
from setup.models import Member
from setup.reasons import Reason
from tests.linking.notices.conftest import later, mails

BROKEN = Reason("shopify.http_402")


def occur(place, n: int = 1, cause: Cause = Cause.STORE, **known) -> None:
    for at in range(n):
        said = Reason("notice.store_back", store=f"Shop {at}")
        noting.began(place.environment, cause, f"store {cause} {Occurrence.objects.count()}", said, "/setup/", **known)


def test_a_broken_store_reaches_admins_and_who_may_write_to_it(place):
    place.stores[0].break_off(BROKEN)
    assert later(seconds=30) == 0
    assert later(seconds=61) == 1
    place.stores[1].break_off(BROKEN)
    assert later(minutes=70) == 2
    assert [to for to, _ in mails()] == ["boss@example.com", "boss@example.com", "second@example.com"]


def test_hundreds_are_one_letter_and_then_at_most_one_an_hour(place):
    occur(place, 120)
    later(seconds=61)
    occur(place, 80)
    assert later(minutes=59) == 0
    later(minutes=62)
    assert [to for to, _ in mails()] == ["boss@example.com"] * 2
    assert mails()[0][1].endswith("120 notices")
    assert mails()[1][1].endswith("80 notices")
    assert Notice.objects.filter(letter=None).count() == 0


def test_nothing_is_said_twice_however_often_and_by_whomever_it_is_passed_on(place):
    place.stores[0].break_off(BROKEN)
    now = timezone.now()
    for _ in range(3):
        passing_on.pass_on(now)
    Occurrence.objects.update(passed_on=None)  # as if a process had died in between, without its transaction
    passing_on.pass_on(now)
    assert Notice.objects.count() == 1
    later(seconds=61)
    later(hours=3)
    assert len(mails()) == 1


def test_the_end_goes_to_those_who_heard_the_beginning(place):
    place.stores[0].break_off(BROKEN)
    later(seconds=61)
    NoticeChoice.objects.update_or_create(member=place.second, defaults={"causes": ["store"]})
    place.stores[0].answered()
    standing.look(timezone.now())
    later(hours=2)
    assert [to for to, _ in mails()] == ["boss@example.com"] * 2
    assert mails()[1][1].endswith("works again.")


def test_what_began_and_ended_before_the_letter_is_one_line(place):
    place.stores[0].break_off(BROKEN)
    place.stores[0].answered()
    standing.look(timezone.now())
    later(seconds=61)
    [(_to, subject)] = mails()
    assert subject.endswith("works again.")


def test_a_plan_that_somebody_dealt_with_before_the_letter_is_not_mentioned(place):
    noting.began(place.environment, Cause.PLAN, "rule 1", Reason("notice.plan", rule="Nightly"), "/rules/")
    passing_on.pass_on(timezone.now())
    noting.ended(place.environment, Cause.PLAN, "rule 1", quietly=True)
    later(seconds=61)
    assert mails() == []
    assert set(NoticeLetter.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.parametrize(
    "change",
    [
        lambda place: choices.stop(place.boss),
        lambda place: choices.choose(place.boss, ["plan"], "hour", by_mail=True),
        lambda place: Member.objects.filter(pk=place.boss.pk).update(removed=timezone.now()),
        lambda place: Member.objects.filter(pk=place.boss.pk).update(email=""),
    ],
    ids=["no e-mails", "another cause", "left", "no address"],
)
def test_who_does_not_want_it_or_cannot_be_reached_gets_nothing(place, change):
    change(place)
    occur(place)
    later(seconds=61)
    assert Notice.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (lambda boss: choices.choose(boss, ["plan"], "hour", by_mail=True), ["plan"]),
        (lambda boss: choices.choose(boss, ["plan", "store"], "hour", by_mail=False), []),
        (choices.stop, []),
    ],
    ids=["another cause", "no e-mails", "stopped"],
)
def test_what_waits_and_is_not_wanted_any_more_is_not_said(place, change, left):
    occur(place)
    occur(place, cause=Cause.PLAN)
    passing_on.pass_on(timezone.now())
    change(place.boss)
    assert list(Notice.objects.values_list("occurrence__cause", flat=True)) == left


def test_without_a_mail_server_nothing_waits_for_one(place, settings):
    settings.EMAIL_HOST = ""
    occur(place)
    later(seconds=61)
    assert Notice.objects.count() == 0


def test_how_often_is_the_person_s_choice(place):
    choices.choose(place.boss, ["store"], "day", by_mail=True)
    occur(place)
    later(seconds=61)
    occur(place)
    assert later(hours=23) == 0
    assert later(hours=24, minutes=2) == 1


def test_of_another_environment_nobody_hears(place, make_environment):
    other = make_environment("other")
    Member.objects.create(environment=other, external_id="eve", email="eve@example.com", granted_role="admin")
    occur(place)
    later(seconds=61)
    assert {to for to, _ in mails()} == {"boss@example.com"}


def test_what_goes_on_is_kept_and_the_rest_goes_after_a_while(place):
    occur(place, 2)
    noting.ended(place.environment, Cause.STORE, Occurrence.objects.first().subject)
    later(seconds=61)
    retention.clean(now=timezone.now() + timezone.timedelta(days=100))
    assert Occurrence.objects.count() == 1
    assert NoticeLetter.objects.count() == 0


@pytest.fixture
def make_environment(db):
    from setup.models import Environment

    def make(name: str) -> Environment:
        known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
        return Environment.objects.create(cloud_name=name, **known)

    return make
