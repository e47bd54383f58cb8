"""What is worth a notice becomes a row, in the transaction in which it happens; and an event for webhooks, in the same. Who hears
of it is decided when the sweeper passes it on."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from linking.domain.notices import Cause
from linking.models import Firing, Occurrence, Rule, StoreSync, Sync
from linking.models.jobs import JobState
from linking.models.plans import waits
from linking.webhooks import outbox
from setup.models import Environment, Member, Store
from setup.models.environments import EVERYBODY
from setup.reasons import NONE, Reason
from setup.security.launch import KEY

State = StoreSync.State


def began(
    environment: Environment,
    cause: Cause,
    subject: str,
    said: Reason,
    path: str,
    *,
    said_at_end: Reason = NONE,
    stores: Iterable[int] = (),
    whose: Member | None = None,
    alone: bool = False,
    closed: bool = False,
) -> bool:
    """False if it goes on already: that was said."""
    known = {"environment": environment, "cause": cause.value, "subject": subject}
    if Occurrence.objects.filter(**known, ended=None).exists():
        return False
    try:
        with transaction.atomic():
            Occurrence.objects.create(
                **known,
                said=said,
                said_at_end=said_at_end,
                path=path,
                stores=sorted(stores),
                whose=whose,
                alone=alone,
                closed=closed,
                began=timezone.now(),
            )
    except IntegrityError:  # somebody was quicker
        return False
    return True


def ended(environment: Environment | int, cause: Cause, subject: str, *, quietly: bool = False) -> bool:
    """False if it does not go on. `quietly`: nobody hears of the end, since people brought it about."""
    now = timezone.now()
    rows = Occurrence.objects.filter(environment=environment, cause=cause.value, subject=subject, ended=None)
    known = {"passed_on": now, "end_passed_on": now} if quietly else {}
    return bool(rows.update(ended=now, **known))


def run_ended(part: StoreSync) -> None:
    """A store of a run has ended, within its transaction: the last one tells how the run did. Nobody hears of a dry run that they
    asked for."""
    if part.sync.dry_run and not part.sync.policy:
        return
    with transaction.atomic():
        part.sync.lock()
        if StoreSync.objects.busy().filter(sync=part.sync_id).exists():
            return
        rows = Sync.objects.defer("arrangement").select_related("environment", "rule__owner", "member")
        sync = rows.prefetch_related("parts__store").get(pk=part.sync_id)
        parts = list(sync.parts.all())
        if any(one.state == State.PLANNED for one in parts):
            plan_waits(sync)
        elif any(one.troubled or one.state == State.FAILED for one in parts):
            _had_problems(sync, [one for one in parts if one.troubled or one.state == State.FAILED])


def plan_waits(sync: Sync) -> None:
    """A rule's plan waits for somebody, if it has something to do. As long as one of the rule does, others of it are no news."""
    rule = sync.rule
    if rule is None or not sync.policy or not waits(sync):
        return
    with transaction.atomic():
        began(
            sync.environment,
            Cause.PLAN,
            f"rule {rule.pk}",
            Reason("notice.plan", rule=rule.name),
            reverse("rule", args=[rule.key]),
            stores=[part.store_id for part in sync.parts.all()],
            whose=rule.owner,
            closed=sync.environment.others_apply != EVERYBODY,
        )
        outbox.plan_waits(sync)


def _had_problems(sync: Sync, parts: list[StoreSync]) -> None:
    is_rule = bool(sync.rule_id or sync.policy)
    who = {"rule": str(sync.member)} if is_rule else {"who": str(sync.member)}
    began(
        sync.environment,
        Cause.PROBLEMS,
        f"run {sync.key} {'applied' if sync.as_shown else 'made'}",
        Reason("notice.problems", stores=[str(part.store) for part in parts], **who),
        reverse("sync", args=[sync.key]),
        stores=[part.store_id for part in parts],
        whose=(sync.rule.owner if sync.rule else None) if is_rule else sync.member,
        alone=not is_rule and not sync.member.external_id.startswith(KEY),
    )


def store_broke_off(store: Store, problem: Reason) -> None:
    """Setup says so, within its transaction (linking.apps)."""
    with transaction.atomic():
        began(
            store.environment,
            Cause.STORE,
            f"store {store.pk}",
            Reason("notice.store", store=str(store), problem=problem),
            reverse("store", args=[store.pk]),
            said_at_end=Reason("notice.store_back", store=str(store)),
            stores=[store.pk],
        )


def store_works(store: Store) -> None:
    with transaction.atomic():
        if ended(store.environment, Cause.STORE, f"store {store.pk}"):
            outbox.store_recovered(store)


def rule_fired(firing: Firing) -> None:
    """It has ended: how the rule does."""
    rule = firing.rule
    with transaction.atomic():
        if firing.state == JobState.FAILED and rule.on:
            if began(
                rule.environment,
                Cause.RULE,
                f"rule {rule.pk}",
                Reason("notice.rule", rule=rule.name, problem=firing.problem),
                reverse("rule", args=[rule.key]),
                said_at_end=Reason("notice.rule_back", rule=rule.name),
                stores=rule.stores.values_list("pk", flat=True),
                whose=rule.owner,
            ):
                outbox.rule_failed(rule, firing.problem)
        elif firing.state == JobState.DONE and firing.note.code != "rule.off":
            rule_works(rule)


def rule_works(rule: Rule) -> None:
    if ended(rule.environment, Cause.RULE, f"rule {rule.pk}"):
        outbox.rule_recovered(rule)


def events_are_silent(environment: Environment) -> None:
    with transaction.atomic():
        if began(
            environment,
            Cause.EVENTS,
            "events",
            Reason("notice.events"),
            reverse("setup-events"),
            said_at_end=Reason("notice.events_back"),
        ):
            outbox.events_silent(environment)


def events_come_again(environment: Environment) -> None:
    with transaction.atomic():
        if ended(environment, Cause.EVENTS, "events"):
            outbox.events_resumed(environment)
