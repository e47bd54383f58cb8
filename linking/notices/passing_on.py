"""What happened becomes notices of those who hear it, once; and what waits for somebody becomes their letter, when that is due.
Safe in any number of processes, and broken off anywhere."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Min, Q
from django.utils import timezone

from linking import queue
from linking.domain import notices
from linking.domain.notices import About, Cause, Listener
from linking.models import Notice, NoticeChannel, NoticeChoice, NoticeLetter, Occurrence
from linking.notices import choices
from setup.models import Member

AT_ONCE = 200  # of one sweep


def turn(now: datetime | None = None) -> None:
    at = now or timezone.now()
    pass_on(at)
    gather(at)


def pass_on(now: datetime) -> None:
    left = Q(passed_on=None) | Q(ended__isnull=False, end_passed_on=None)
    for pk in list(Occurrence.objects.filter(left).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            if Occurrence.objects.filter(pk=pk, passed_on=None).update(passed_on=now):
                _begins(Occurrence.objects.select_related("environment").get(pk=pk), now)
            over = Occurrence.objects.filter(pk=pk, ended__isnull=False, end_passed_on=None)
            if over.update(end_passed_on=now):
                _ends(Occurrence.objects.get(pk=pk), now)


def _begins(occurrence: Occurrence, now: datetime) -> None:
    cause = occurrence.cause
    rows = [Notice(occurrence=occurrence, member_id=pk, created=now) for pk in hearers(occurrence)]
    channel = NoticeChannel.objects.filter(environment=occurrence.environment_id, on=True).first()
    if channel and cause in chosen_of(channel):
        rows.append(Notice(occurrence=occurrence, channel=channel, created=now))
    Notice.objects.bulk_create(rows, ignore_conflicts=True)


def _ends(occurrence: Occurrence, now: datetime) -> None:
    """Who heard that it began hears that it is over."""
    if occurrence.cause in notices.TELL_END:
        begun = Notice.objects.filter(occurrence=occurrence, is_end=False)
        rows = [
            Notice(occurrence=occurrence, is_end=True, created=now, member_id=member, channel_id=channel)
            for member, channel in begun.values_list("member", "channel")
        ]
        Notice.objects.bulk_create(rows, ignore_conflicts=True)


def hearers(occurrence: Occurrence) -> list[int]:
    """Members that hear it, want to, and can be reached."""
    rows = Member.objects.people().filter(environment=occurrence.environment_id, removed=None)
    members = {one.pk: one for one in rows.select_related("person", "environment")}
    choice = {one.member_id: one for one in NoticeChoice.objects.filter(member__in=members)}
    reached = [one for one in members.values() if _wants(one, choice.get(one.pk), occurrence.cause)]
    about = About(
        Cause(occurrence.cause),
        frozenset(occurrence.stores),
        occurrence.whose_id,
        alone=occurrence.alone,
        closed=occurrence.closed,
    )
    return notices.audience(map(_listener, reached), about)


def _listener(member: Member) -> Listener:
    return Listener(member.pk, is_admin=member.is_admin, is_viewer=member.is_viewer, stores=member.bounds)


def _wants(member: Member, choice: NoticeChoice | None, cause: str) -> bool:
    choice = choice or NoticeChoice(member=member)
    return choice.by_mail and cause in chosen_of(choice) and choices.can_be_mailed(member)


def chosen_of(choice: NoticeChoice | NoticeChannel) -> tuple[Cause, ...]:
    return notices.chosen(choice.causes)


def gather(now: datetime) -> int:
    """How many letters were made."""
    waiting = Notice.objects.filter(letter=None).order_by().values("member", "channel").annotate(first=Min("created"))
    made = 0
    for named in ("member", "channel"):
        firsts = {row[named]: row["first"] for row in waiting if row[named]}
        often, last = _often(named, firsts), _last(named, firsts)
        for pk, first in firsts.items():
            if notices.due(first, last.get(pk), notices.every(often.get(pk, ""))) <= now:
                made += _letter(named, pk)
    return made


def _often(named: str, pks: Iterable[int]) -> Mapping[int, str]:
    if named == "member":
        return dict(NoticeChoice.objects.filter(member__in=list(pks)).values_list("member", "often"))
    return dict(NoticeChannel.objects.filter(pk__in=list(pks)).values_list("pk", "often"))


def _last(named: str, pks: Iterable[int]) -> Mapping[int, datetime]:
    rows = NoticeLetter.objects.filter(**{f"{named}__in": list(pks)}, is_test=False)
    return dict(rows.order_by().values(named).annotate(last=Max("created")).values_list(named, "last"))


def _letter(named: str, pk: int) -> bool:
    """With all that waits for them; False if somebody else was quicker."""
    to = {f"{named}_id": pk}
    with transaction.atomic():
        waiting = Notice.objects.select_for_update(of=("self",)).filter(letter=None, **to)
        pks = list(waiting.values_list("pk", flat=True))
        if not pks:
            return False
        environment = Notice.objects.filter(pk=pks[0]).values_list("occurrence__environment", flat=True).get()
        letter = NoticeLetter.objects.create(environment_id=environment, **to)
        if not Notice.objects.filter(pk__in=pks, letter=None).update(letter=letter):
            transaction.set_rollback(True)
            return False
        transaction.on_commit(lambda: queue.enqueue("notice", letter.pk), robust=True)
    return True
