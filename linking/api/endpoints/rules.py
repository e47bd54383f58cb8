"""Rules: reading them, firing one now, switching one on and off. Admins make and change them on the page of rules."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Router, Schema, Status
from pydantic import Field

from linking.api import idempotency
from linking.api.auth import Caller, needing
from linking.api.bodies import expect_none
from linking.api.endpoints.runs import Limit
from linking.api.paging import page_of, shown
from linking.api.problems import Problem
from linking.api.schemas import Asked, Flag, PageOut
from linking.models import Firing, Rule, Sync
from linking.models.jobs import JobState
from linking.rules import making
from setup.models import Store
from setup.models.api_keys import READ_RULES, WRITE_RULES

router = Router(tags=["Rules"])
LAST = 20  # firings of a rule that are shown


class FiringOut(Schema):
    """One time that a rule fired, or will."""

    id: int = Field(description="of the firing")
    cause: str = Field(description="`schedule`, `event`, `status`, `product`, `person`, `api` or `command`")
    due: datetime = Field(description="when it was to fire")
    state: str = Field(description="`waiting`, `running`, `ran`, `skipped` or `failed`")
    merged: int = Field(description="further causes that came while it waited")
    missed: int = Field(description="earlier times of the schedule that it stands for")
    problem: str = Field(description="for people")
    problem_code: str = Field(description="the same for programs")
    runs: list[str] = Field(description="the ids of its runs: a store whose plan waits has one of its own")


class RuleOut(Schema):
    """A rule, and its last firings."""

    id: str = Field(description="for the addresses of the rule")
    name: str = Field(description="as people call it")
    on: bool = Field(description="whether it fires by itself")
    trigger: str = Field(description="`schedule`, `event`, `status`, `product` or `manual`")
    schedule: str = Field(description="a cron expression, in the time zone; empty without one")
    time_zone: str = Field(description="of the environment")
    next_firing: datetime | None = Field(description="by its schedule; null: none")
    search: str = Field(description="the expression that finds its assets")
    stores: list[str] = Field(description="their domains")
    mode: str = Field(description="how assets enter galleries")
    policy: str = Field(
        description="`report`: it only plans. `wait`: its plans wait for a person. `keeping`: applied if nothing leaves a "
        "gallery. `bounded`: applied up to `max_removals` and `max_percent`"
    )
    max_removals: int | None = Field(description="pictures that may leave the galleries of a store; null: any number")
    max_percent: int | None = Field(description="of a store's pictures that may leave; null: any share")
    firings: list[FiringOut] = Field(description="the last ones, newest first")
    links: dict[str, str] = Field(description="addresses: `self`; `page` is for people")


class RulesOut(PageOut):
    """Rules, page by page."""

    items: list[RuleOut] = Field(description="rules, the oldest first")


class SwitchIn(Asked):
    """Whether a rule fires by itself."""

    on: Flag = Field(description="whether it fires by itself from now on")


def rules_of(caller: Caller) -> QuerySet[Rule]:
    """Those that the key sees: a key of one store sees rules for that store alone."""
    mine = Rule.objects.filter(environment=caller.environment)
    if caller.key.store_id is not None:
        others = Rule.stores.through.objects.exclude(store=caller.key.store_id).values("rule")
        mine = mine.filter(stores=caller.key.store_id).exclude(pk__in=others)
    return mine.select_related("environment").prefetch_related("stores")


def rule_of(request: HttpRequest, key: uuid.UUID, scope: str) -> tuple[Caller, Rule]:
    """Raises Problem."""
    caller: Caller = request.auth  # type: ignore[attr-defined]
    caller.needs(scope)
    rule = rules_of(caller).filter(key=key).first()
    if rule is None:
        raise Problem("not-found")
    return caller, rule


@router.get("/rules", response=RulesOut, summary="Rules, and their last firings", openapi_extra=needing([READ_RULES]))
def list_rules(request: HttpRequest, cursor: str = "", limit: Limit = 50) -> Any:
    caller: Caller = request.auth  # type: ignore[attr-defined]
    caller.needs(READ_RULES)
    found, following = page_of(rules_of(caller), cursor, limit)
    firings = firings_of(found)
    return shown(found, following, lambda rule: rule_shown(rule, firings.get(rule.pk, ())))


@router.get("/rules/{rule}", response=RuleOut, summary="A rule", openapi_extra=needing([READ_RULES]))
def get_rule(request: HttpRequest, rule: uuid.UUID) -> Any:
    _caller, known = rule_of(request, rule, READ_RULES)
    return rule_shown(known, firings_of([known]).get(known.pk, ()))


@router.post(
    "/rules/{rule}/fire",
    response={202: FiringOut},
    summary="Fire a rule now",
    openapi_extra=needing([WRITE_RULES]),
)
def fire_rule(request: HttpRequest, rule: uuid.UUID, response: HttpResponse) -> Any:
    """Also one that is off. While a firing of it waits, this is merged into that. Ask `GET /rules/{rule}` for what became of it:
    its run goes as far as the rule's policy lets it."""
    caller, known = rule_of(request, rule, WRITE_RULES)
    expect_none(request)
    idempotency.begin(request, caller.key)
    firing = making.fire(caller.actor, known, "api")
    response["Location"] = reverse("api:get_rule", args=[known.key])
    response["Retry-After"] = "2"
    return Status(202, firing_shown(firing, []))


@router.post(
    "/rules/{rule}/switch",
    response=RuleOut,
    summary="Switch a rule on or off",
    openapi_extra=needing([WRITE_RULES]),
)
def switch_rule(request: HttpRequest, rule: uuid.UUID, asked: SwitchIn) -> Any:
    """One that is off fires only where it is asked for."""
    caller, known = rule_of(request, rule, WRITE_RULES)
    idempotency.begin(request, caller.key)
    making.switch(caller.actor, known, on=asked.on, by_key=True)
    return rule_shown(rules_of(caller).get(pk=known.pk), firings_of([known]).get(known.pk, ()))


def firings_of(rules: Sequence[Rule]) -> dict[int, list[dict[str, Any]]]:
    """The last ones of each, by its pk. Two queries."""
    last = Firing.objects.order_by("-pk")[:LAST]
    prefetch_related_objects(list(rules), Prefetch("firings", queryset=last, to_attr="last"))
    found: dict[int, list[Firing]] = {rule.pk: getattr(rule, "last") for rule in rules}  # noqa: B009
    every = [firing for firings in found.values() for firing in firings]
    runs: dict[int, list[str]] = {}
    for pk, key in Sync.objects.filter(firing__in=every).order_by("pk").values_list("firing", "key"):
        runs.setdefault(pk, []).append(str(key))
    return {pk: [firing_shown(one, runs.get(one.pk, [])) for one in firings] for pk, firings in found.items()}


def firing_shown(firing: Firing, runs: list[str]) -> dict[str, Any]:
    problem = firing.problem or firing.note
    return {
        "id": firing.pk,
        "cause": firing.cause,
        "due": firing.due,
        "state": (firing.result or "ran") if firing.state == JobState.DONE else firing.state,
        "merged": firing.merged,
        "missed": firing.missed,
        "problem": str(problem),
        "problem_code": problem.code,
        "runs": runs,
    }


def rule_shown(rule: Rule, firings: Sequence[dict[str, Any]]) -> dict[str, Any]:
    base, policy = settings.APP_URL.rstrip("/"), rule.allowed
    stores: Sequence[Store] = list(rule.stores.all())
    return {
        "id": str(rule.key),
        "name": rule.name,
        "on": rule.on,
        "trigger": rule.trigger,
        "schedule": rule.schedule,
        "time_zone": rule.environment.time_zone,
        "next_firing": rule.next_at,
        "search": rule.search,
        "stores": sorted(store.domain for store in stores),
        "mode": str(rule.settings.get("link_mode", "")),
        "policy": policy.freedom.value,
        "max_removals": policy.removals,
        "max_percent": policy.percent,
        "firings": list(firings),
        "links": {
            "self": base + reverse("api:get_rule", args=[rule.key]),
            "page": base + reverse("rule", args=[rule.key]),
        },
    }
