"""The job: a batch of events, then what they have missed, if that is due. Broken off anywhere, the next one does it again."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from linking import attempts
from linking.attempts import Attempt
from linking.cloudinary import searching
from linking.domain import changes
from linking.domain.changes import About
from linking.models import EventWork, Link, SeenAsset, StoreFile
from linking.models.jobs import NO_TRIES, JobState
from linking.rules.events import consequences, looking
from linking.rules.events.looking import Found
from linking.rules.events.metering import MeteredClient, OverBudget, next_hour
from setup.models import CloudinaryEvent, Environment, EventAddress
from setup.reasons import NONE
from setup.shapes import parsed
from setup.zones import zone_of

Settle = Callable[[datetime], None]
BATCH = 2000  # events
MOST_NAMED = 5000  # assets of a batch: so many can be looked at in any hour
OVERLAP = timedelta(minutes=10)
WALK = timedelta(hours=1)
PER_SLICE = 1000  # assets of the ledger that are looked at together
MOST_FOUND = 10_000  # of one walk: more than that is what the daily check is for


def work_on_events(pk: int) -> bool:
    """Safe to call at any time: a claim decides who works. True: enqueue the next job."""
    attempt = attempts.claim(EventWork.objects.select_related("environment"), pk)
    if attempt is None:
        return False
    with attempt:
        return _work(attempt)
    return False


def _work(attempt: Attempt[EventWork]) -> bool:
    """Raises CloudinaryError."""
    work, now = attempt.row, timezone.now()
    client = MeteredClient(work, now=now)
    try:
        more = _step(work, client)
    except OverBudget:
        until = next_hour(now)
        work.mine().update(state=JobState.WAITING, heartbeat_at=now, not_before=until, **client.spent(now=now))
        return False
    finally:
        EventWork.objects.filter(pk=work.pk).update(**client.spent(now=now))
    state = JobState.WAITING if more else JobState.DONE
    return bool(work.mine().update(state=state, problem=NONE, heartbeat_at=timezone.now(), **NO_TRIES)) and more


def _step(work: EventWork, client: MeteredClient) -> bool:
    """Whether there is more to do. Raises CloudinaryError, OverBudget."""
    now = timezone.now()
    if events := list(unsettled(work).order_by("pk")[:BATCH]):
        _deal_with(work, client, events)
        return True
    if work.walk_due is not None and work.walk_due <= now:
        _walk(work, client, now)
        return True
    if ids := turning(work, now):
        _turn(work, client, ids, now)
        return True
    if work.check_due is not None and work.check_due <= now:
        _check(work, client, now)
        return True
    return False


def unsettled(work: EventWork) -> QuerySet[CloudinaryEvent]:
    return CloudinaryEvent.objects.filter(environment=work.environment_id, settled=None)


def _deal_with(work: EventWork, client: MeteredClient, events: Sequence[CloudinaryEvent]) -> None:
    events, about = _in_an_hour(events)
    found = _looked_at(client, looking.ids_of(client, about))

    def settle(now: datetime) -> None:
        CloudinaryEvent.objects.filter(pk__in=[event.pk for event in events]).update(settled=now, body="")
        last = max(event.received for event in events)
        EventAddress.objects.filter(environment=work.environment_id).update(last_event=last)
        if about.anything:
            EventWork.objects.filter(pk=work.pk).update(walk_due=now)

    _follow(work, client, found, settle)


def _in_an_hour(events: Sequence[CloudinaryEvent]) -> tuple[Sequence[CloudinaryEvent], About]:
    """As many as can be dealt with in one hour, one at least, and what they are about: more would be begun again hour by hour."""
    together = About()
    for at, event in enumerate(events):
        both = together | changes.about(parsed(event.body))
        if at and len(both.ids) + len(both.places) > MOST_NAMED:
            return events[:at], together
        together = both
    return events, together


def _looked_at(client: MeteredClient, ids: Sequence[str], versions: Mapping[str, int] | None = None) -> Found:
    found = Found()
    for some in looking.look(client, ids, versions or {}):
        found |= some
    return found


def _follow(work: EventWork, client: MeteredClient, found: Found, settle: Settle) -> None:
    """What follows, and then that it has. `settle`: in the transaction that says so."""
    environment = work.environment
    rules = consequences.followers(environment)
    links = consequences.links_of(environment, found.happened)
    wanted = {*found.happened, *(consequences.without_keys(found, rules) if rules else ())}
    there = {id: asset for id in wanted if (asset := found.assets[id]) is not None}
    if there and rules:
        fields = looking.fields_of(client)
        there = {id: looking.labelled(asset, fields) for id, asset in there.items()}
    consequences.keep_ledger(environment, found, links)
    consequences.mark_delivered(environment, found.happened)
    left = list(links)
    fired: list[tuple[consequences.Follower, list[str]]] = []
    for one in rules:
        going = list(consequences.leaving(one, found, left, there)) if one.rule.trigger == "event" else []
        left = [link for link in left if link not in going]
        if one.rule.trigger == "event":
            consequences.plan_to_unlink(work, one, going, found, there)
        ids = consequences.about(one, found, links, there)
        fired.append((one, consequences.with_siblings(one, environment, ids, there)))
    now = timezone.now()
    with transaction.atomic():
        consequences.record_turned(found, links)
        consequences.remember(environment, found, rules, there, now=now)
        EventWork.objects.filter(pk=work.pk).update(batch=work.batch + 1)
        work.batch += 1
        settle(now)
        for one, ids in fired:
            consequences.fire(one.rule, ids)


def _walk(work: EventWork, client: MeteredClient, now: datetime) -> None:
    """What has changed since the last walk, as a search sees it, and ten minutes before that: the index lags behind."""
    since = (work.walked or now) - OVERLAP
    found, cursor = Found(), ""
    seen = 0
    while True:
        client.check()
        answer = searching.search(client, changed_since(since), [("public_id", "asc")], searching.MOST, cursor)
        found |= _looked_at(client, [asset.asset_id for asset in answer.assets])
        seen, cursor = seen + len(answer.assets), answer.cursor
        if not cursor or seen >= MOST_FOUND:
            break

    def settle(at: datetime) -> None:
        EventWork.objects.filter(pk=work.pk).update(walked=now, walk_due=now + WALK)

    _follow(work, client, found, settle)
    work.walked, work.walk_due = now, now + WALK


def changed_since(at: datetime) -> str:
    """https://cloudinary.com/documentation/search_expressions; a field that Cloudinary does not know matches nothing, so that an
    upload is found by the other one."""
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f'(uploaded_at>="{moment}" OR last_updated>="{moment}") AND (resource_type:image OR resource_type:video)'


def _check(work: EventWork, client: MeteredClient, now: datetime) -> None:
    """The ledger's assets, some at a time: the truth, whatever was missed."""
    rows = Link.objects.in_galleries().filter(environment=work.environment_id, asset_id__gt=work.reached)
    ids = list(rows.order_by("asset_id").values_list("asset_id", flat=True).distinct()[:PER_SLICE])
    found = _looked_at(client, ids, versions_of(work, ids))

    def settle(at: datetime) -> None:
        over = len(ids) < PER_SLICE
        due = next_check(work.environment, now)
        known = {"reached": "", "checked": at, "check_due": due} if over else {"reached": ids[-1]}
        EventWork.objects.filter(pk=work.pk).update(**known)
        if over:
            consequences.ask_again(work.environment)

    _follow(work, client, found, settle)
    work.refresh_from_db(fields=["reached", "checked", "check_due"])


def turning(work: EventWork, now: datetime) -> list[str]:
    """The first assets whose time of access has begun or ended, or whose last day is over."""
    due = SeenAsset.objects.filter(environment=work.environment_id, turns__lte=now).order_by("turns", "pk")
    return list(due.values_list("asset_id", flat=True)[:PER_SLICE])


def _turn(work: EventWork, client: MeteredClient, ids: Sequence[str], now: datetime) -> None:
    """One that Cloudinary's answer says nothing readable of is looked at again in an hour."""
    found = _looked_at(client, ids, versions_of(work, ids))

    def settle(at: datetime) -> None:
        strange = [id for id in ids if id not in found.prints]
        rows = SeenAsset.objects.filter(environment=work.environment_id, asset_id__in=strange)
        rows.update(turns=now + WALK)

    _follow(work, client, found, settle)


def next_check(environment: Environment, now: datetime) -> datetime:
    """Soon after midnight, by the environment's clocks: then the last days of assets are over."""
    zone = zone_of(environment.time_zone)
    day = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, time(0, 10), zone)


def versions_of(work: EventWork, ids: Sequence[str]) -> dict[str, int]:
    """The newest that stores have of each."""
    rows = StoreFile.objects.for_galleries().filter(store__environment=work.environment_id, asset_id__in=ids)
    known = dict(rows.order_by().values_list("asset_id").annotate(newest=Max("version")))
    return {id: known[id] for id in ids if id in known}
