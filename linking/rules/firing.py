"""The one door through which a rule fires, whatever the cause: a row first, then a job that searches and begins an ordinary run.

What comes while a firing waits is merged into it. A firing waits as long as another one of its rule is at work, or a run of that
is: a rule never overlaps itself. A job that is lost is asked for again by the sweeper, and its run is made once, by its token.
What a firing was about that failed for good is not lost: the next one of its rule takes it over.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone

from linking import attempts, queue, runs
from linking.attempts import Hopeless
from linking.domain.galleries import ADDING
from linking.domain.policies import Freedom
from linking.links import checking
from linking.models import Firing, Rule, Selection, StoreSync, Sync
from linking.models.jobs import NO_TRIES, JobState
from linking.models.rules import ASKED
from linking.notices import noting
from linking.rules import waiting
from linking.rules.acting import actor_of
from linking.rules.settings import settle
from linking.selection import making
from linking.selection.named_assets import NothingFound, NotValid, TooMany, found_by
from linking.selection.taking_over import possible
from setup.models import Member, Store
from setup.reasons import NONE, Reason

# So often it is looked whether the firing before has ended.
TURN = timedelta(seconds=10)
# A check reads all galleries with links, and Cloudinary's details of all their assets: one a day is enough, however often a rule
# fires.
CHECKED_LATELY = timedelta(hours=20)
OF_RULE = ("rule__environment", "rule__owner")


def request(
    rule: Rule,
    cause: str,
    assets: Collection[str] | None = None,
    *,
    by: Member | None = None,
    due: datetime | None = None,
    missed: int = 0,
) -> Firing | None:
    """Have it fire soon; None if it is off. `assets`: ids that it is about, of those that its search finds; None: all of these.
    The answer is a firing that waits already, if there is one: what is asked for is merged into that."""
    with transaction.atomic():
        row = Rule.objects.select_for_update().filter(pk=rule.pk).first()
        if row is None or not (row.on or cause in ASKED):
            return None
        known = None if assets is None or len(assets) > settings.LAUNCH_MAX_ASSETS else list(dict.fromkeys(assets))
        firing = _merged(row, known, cause, by) or Firing.objects.create(
            rule=row, cause=cause, by=by, due=due or timezone.now(), assets=known, missed=missed
        )
    transaction.on_commit(lambda: queue.enqueue("firing", firing.pk))
    return firing


def _merged(rule: Rule, assets: Sequence[str] | None, cause: str, by: Member | None) -> Firing | None:
    """The firing that waits, with what it is about besides; None where there is none, or a worker takes it at this moment. What
    somebody asks for is asked for from now on: it fires although the rule is switched off meanwhile."""
    waiting = Firing.objects.filter(rule=rule, state=JobState.WAITING).order_by("pk").first()
    if waiting is None:
        return None
    both = None if assets is None or waiting.assets is None else list(dict.fromkeys([*waiting.assets, *assets]))
    mine = Firing.objects.filter(pk=waiting.pk, state=JobState.WAITING)
    asked = {"cause": cause, "by": by} if cause in ASKED and waiting.cause not in ASKED else {}
    return waiting if mine.update(assets=both, merged=F("merged") + 1, **asked) else None


def owed(rule: Rule) -> QuerySet[Firing]:
    """Those that have failed for good since one did its work, or had nothing to do; one after the other, they end. What somebody
    asked for is theirs to ask for again, as long as nothing else was merged into it."""
    over = Firing.objects.filter(rule=rule)
    last = over.filter(state=JobState.DONE).aggregate(last=Max("heartbeat_at"))["last"]
    failed = over.filter(state=JobState.FAILED).exclude(cause__in=ASKED, merged=0).order_by("pk")
    return failed.filter(heartbeat_at__gt=last) if last else failed


def assets_of(firings: Iterable[Firing]) -> list[str] | None:
    """What they are about together; None: all that the search finds."""
    lists = [one.assets for one in firings]
    return None if None in lists else list(dict.fromkeys(id for some in lists for id in some))


def ask_again(rule: Rule, cause: str) -> Firing | None:
    """Have it fire for what it owes; None if that is nothing, or if it is at work."""
    failed = list(owed(rule))
    if not failed or Firing.objects.filter(rule=rule, state__in=[JobState.WAITING, JobState.RUNNING]).exists():
        return None
    return request(rule, cause, assets_of(failed))


def fire(pk: int) -> None:
    """The job: search, and begin the run. Safe to call at any time: a claim decides who works."""
    firing = Firing.objects.filter(pk=pk, state__in=[JobState.WAITING, JobState.RUNNING]).first()
    if firing is None:
        return
    if is_occupied(firing):
        _later(firing)
        return
    try:
        with transaction.atomic():
            attempt = attempts.claim(Firing.objects.select_related("rule__environment"), pk)
    except IntegrityError:  # another one of the rule was claimed meanwhile
        _later(firing)
        return
    if attempt is not None:
        with attempt:
            _fire(attempt.row)
        if (
            over := Firing.objects.filter(pk=pk, state__in=[JobState.DONE, JobState.FAILED])
            .select_related(*OF_RULE)
            .first()
        ):
            noting.rule_fired(over)


def is_occupied(firing: Firing) -> bool:
    """Whether another firing of its rule is at work, or a run that one made."""
    others = Firing.objects.filter(rule=firing.rule_id).exclude(pk=firing.pk)
    runs_of_others = StoreSync.objects.busy().filter(sync__rule=firing.rule_id).exclude(sync__firing=firing.pk)
    return others.filter(state=JobState.RUNNING).exists() or runs_of_others.exists()


def _later(firing: Firing) -> None:
    now = timezone.now()
    waiting = Firing.objects.filter(pk=firing.pk, state=JobState.WAITING)
    waiting.update(heartbeat_at=now, not_before=now + TURN)


def _fire(firing: Firing) -> None:
    """Raises Hopeless, CloudinaryError."""
    rule, token = firing.rule, f"rule-firing-{firing.pk}"
    if firing.runs.filter(token=token).exists():  # its worker was lost when all was done
        _end(firing, Firing.Result.RAN, NONE)
        return
    if not rule.on and firing.cause not in ASKED:
        _end(firing, Firing.Result.SKIPPED, Reason("rule.off"))
        return
    stores = list(rule.stores.all())
    there = [store for store in stores if store.status == Store.Status.CONNECTED]
    if not there:
        raise Hopeless(Reason("rule.no_store"))
    found = _found(rule)
    older = waiting.plans_of(rule, "link")
    asked = assets_of([*owed(rule), firing])
    ids = about(rule, found, None if asked is None else [*asked, *waiting.assets_of(older)])
    if not ids:
        _end(firing, Firing.Result.SKIPPED, Reason("rule.none_of_them" if found else "rule.found_nothing"))
        return
    away = [str(store) for store in stores if store not in there]
    _run(firing, token, ids, there, older)
    _look_for_drift(rule, there)
    _end(firing, Firing.Result.RAN, Reason("rule.without_stores", stores=away) if away else NONE)


def _look_for_drift(rule: Rule, stores: Sequence[Store]) -> None:
    """A rule that only reports says what has drifted as well: of its stores, as far as their links were not checked lately."""
    if rule.allowed.freedom == Freedom.REPORT:
        for check in checking.put(rule.environment, now=timezone.now(), among=stores, older=CHECKED_LATELY):
            queue.enqueue("links", check.pk)


def _found(rule: Rule) -> list[str]:
    """Raises Hopeless, CloudinaryError."""
    try:
        return found_by(rule.environment, rule.search)
    except NothingFound:
        return []
    except TooMany as refusal:
        raise Hopeless(Reason("rule.too_many", count=refusal.total, most=settings.LAUNCH_MAX_ASSETS)) from None
    except NotValid as refusal:
        raise Hopeless(Reason("rule.search_refused", said=refusal.errors[0][1])) from None


def about(rule: Rule, found: Sequence[str], assets: Collection[str] | None) -> list[str]:
    """What a run of it brings: of what the search finds, what the firing is about. In a mode that looks at whole groups, all of
    it if any of that is there: a group that lacked some of its assets would lose them in the gallery."""
    if assets is None:
        return list(found)
    wanted = set(assets)
    some = [id for id in found if id in wanted]
    modes = {rule.settings.get("link_mode"), *(own.get("link_mode", "append") for own in own_settings(rule))}
    return some if modes <= ADDING else list(found) if some else []


def own_settings(rule: Rule) -> list[dict]:
    """What single stores have otherwise."""
    return list(possible(rule.settings).get("store_settings", {}).values())


def _run(firing: Firing, token: str, ids: Sequence[str], stores: Sequence[Store], older: Sequence[Sync]) -> None:
    """The selection and its run, which takes the place of the `older` plans: all of it, or nothing."""
    actor = actor_of(firing.rule)

    def decide(selection: Selection) -> None:
        settle(selection, possible(firing.rule.settings))
        selection.stores.set(stores)

    def start(selection: Selection) -> None:
        runs.link(actor, selection, token, dry_run=False, firing=firing)
        waiting.withdraw(actor, older)

    making.make(actor, ids, fresh=True, decided=decide, also=start)


def _end(firing: Firing, result: Firing.Result, note: Reason) -> None:
    now = timezone.now()
    known = {"state": JobState.DONE, "result": result, "note": note, "problem": NONE, "ended": now}
    firing.mine().update(heartbeat_at=now, **known, **NO_TRIES)
