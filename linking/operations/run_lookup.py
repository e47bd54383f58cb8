"""Runs as an operator looks for them, across all environments: found by filters, described as plain values."""

import re
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from linking.domain.results import OPEN_ENDED
from linking.domain.sentences import Said
from linking.models import ChangeRow, StoreSync, Sync
from linking.models.in_short import said_of
from linking.models.pictures import of_parts
from linking.models.syncs import BUSY
from setup.models import Environment, Store

STATES = ["busy", *StoreSync.State.values]
UNITS = {"m": "minutes", "h": "hours", "d": "days"}
COUNTERS = ("points", "requests", "mutations", "throttled", "waited", "setbacks")
TROUBLES = 10  # different reasons that `described_in_full` names


class NotFound(Exception):
    """The text says what there is not, and where to look."""


def moment(text: str, now: datetime) -> datetime:
    """`90m`, `12h`, `7d` before now, or a date or time as ISO 8601 writes it. Raises ValueError."""
    if found := re.fullmatch(r"(\d{1,6})([mhd])", text):
        return now - timedelta(**{UNITS[found[2]]: int(found[1])})
    day = parse_date(text) if len(text) == 10 else None
    at = datetime(day.year, day.month, day.day) if day else parse_datetime(text)
    if at is None:
        raise ValueError(text)
    return at if timezone.is_aware(at) else timezone.make_aware(at)


def found(*, environment: str = "", store: str = "", state: str = "", since: datetime | None = None) -> QuerySet[Sync]:
    """Newest first. Raises NotFound for an environment or a store that is not known."""
    syncs = Sync.objects.order_by("-pk").select_related("environment", "member").prefetch_related("parts__store")
    if environment:
        if not Environment.objects.filter(cloud_name=environment).exists():
            raise NotFound(f"There is no environment {environment}. `manage.py environment list` shows all.")
        syncs = syncs.filter(environment__cloud_name=environment)
    parts = StoreSync.objects.all()
    if store:
        domain = store if "." in store else f"{store}.myshopify.com"
        if not Store.objects.filter(domain=domain).exists():
            raise NotFound(f"There is no store {domain}. Give its myshopify.com name, with or without the ending.")
        parts = parts.filter(store__domain=domain)
    if state:
        parts = parts.filter(state__in=BUSY if state == "busy" else [state])
    if store or state:
        syncs = syncs.filter(pk__in=parts.values("sync"))
    return syncs.filter(created__gte=since) if since else syncs


def named(text: str) -> Sync:
    """By number, or by its key as pages' addresses and the log have it (its first eight characters are enough).

    Raises NotFound.
    """
    syncs = Sync.objects.select_related("environment", "member", "selection", "origin")
    if text.isdecimal() and len(text) < 8:
        rows = list(syncs.filter(pk=int(text)))
    else:
        rows = list(syncs.filter(key__range=_range(text)).order_by("pk")[:2])
    if len(rows) != 1:
        why = "Several runs begin" if rows else "There is no run"
        raise NotFound(f"{why} {'with ' if rows else ''}{text}. `manage.py syncs list` shows their numbers.")
    return rows[0]


def _range(text: str) -> tuple[uuid.UUID, uuid.UUID]:
    """All keys that begin so."""
    digits = text.replace("-", "").lower()
    if not re.fullmatch(r"[0-9a-f]{8,32}", digits):
        raise NotFound(f"{text} is no run: give its number, or at least eight characters of its key.")
    return uuid.UUID(digits.ljust(32, "0")), uuid.UUID(digits.ljust(32, "f"))


def described(syncs: Iterable[Sync]) -> list[dict[str, Any]]:
    """What a list says of each."""
    rows = list(syncs)
    prefetch_related_objects(rows, "parts__store")
    outcomes: dict[int, dict[str, int]] = defaultdict(dict)
    counts = ChangeRow.objects.filter(part__sync__in=rows).values_list("part__sync", "outcome").annotate(n=Count("pk"))
    for pk, outcome, n in counts.order_by():
        outcomes[pk][outcome] = n
    kept = of_parts(part for sync in rows for part in sync.parts.all())
    return [_described(sync, outcomes[sync.pk], said_of(sync, outcomes[sync.pk], kept)) for sync in rows]


def _described(sync: Sync, outcomes: dict[str, int], said: Said) -> dict[str, Any]:
    parts = list(sync.parts.all())
    states = [str(part.state) for part in parts]
    return {
        "id": sync.pk,
        "key": str(sync.key),
        "environment": sync.environment.cloud_name,
        "by": str(sync.member),
        "kind": sync.kind,
        "mode": sync.link_mode,
        "dry_run": sync.dry_run,
        "created": sync.created.isoformat(),
        "abort_requested": sync.abort_requested and sync.abort_requested.isoformat(),
        "states": {state: states.count(state) for state in dict.fromkeys(states)},
        "results": dict(Counter(part.result.word.lower() for part in parts)),  # as the run's page has it
        "stores": [part.store.domain for part in parts],
        "outcomes": outcomes,  # of the rows of its report
        "said": " ".join(filter(None, [said.text, said.aside])),  # as History has it
        "points": sum(part.points for part in parts),
    }


def described_in_full(sync: Sync, now: datetime) -> dict[str, Any]:
    """The same with every store, and the reasons of what failed, was refused or is unconfirmed, the most frequent first."""
    lines = ChangeRow.objects.filter(part__sync=sync).exclude(reason="")
    bad = lines.filter(outcome__in=OPEN_ENDED)
    reasons = bad.values_list("outcome", "reason").annotate(n=Count("pk")).order_by("-n", "reason")[:TROUBLES]
    parts = sync.parts.select_related("store").order_by("pk")
    return described([sync])[0] | {
        "parts": [_part(part, now) for part in parts],
        "troubles": [
            {"outcome": outcome, "reason": str(reason), "reason_code": reason.code, "changes": n}
            for outcome, reason, n in reasons
        ],
    }


def _part(part: StoreSync, now: datetime) -> dict[str, Any]:
    products = part.products.values_list("state").annotate(n=Count("pk")).order_by("state")
    held = bool(part.owner and part.lease_until and part.lease_until > now)
    return {
        "id": part.pk,
        "store": part.store.domain,
        "state": str(part.state),
        "result": part.result.word.lower(),
        "doing": str(part.doing),
        "problem": str(part.problem),
        "problem_code": part.problem.code,
        "worked_on": held,
        "job": part.job_id if held else "",
        "lease_until": part.lease_until and part.lease_until.isoformat(),
        "takes": part.fence,
        "started": part.started and part.started.isoformat(),
        "finished": part.finished and part.finished.isoformat(),
        "products": dict(products),
        **{name: getattr(part, name) for name in COUNTERS},
    }
