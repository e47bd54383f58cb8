"""The audit log of the environment, for its admins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from setup import audit_words
from setup.models import AuditEntry, Environment
from setup.numbers import whole
from setup.security.guards import MemberRequest, admins
from setup.words import _

PER_PAGE = 50


@dataclass(frozen=True)
class AuditFilter:
    """As the address says it. `problem`: what cannot be looked for, and why."""

    person: str = ""
    action: str = ""
    since: date | None = None
    until: date | None = None
    problem: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "AuditFilter":
        dates = {name: asked.get(name, "").strip() for name in ("since", "until")}
        known = {name: _date(text) for name, text in dates.items()}
        wrong = next((text for name, text in dates.items() if text and known[name] is None), "")
        return cls(asked.get("person", ""), asked.get("action", ""), **known, problem=no_date(wrong) if wrong else "")

    @property
    def query(self) -> str:
        """For an address, without the place that was reached."""
        chosen = {"person": self.person, "action": self.action, "since": self.since, "until": self.until}
        return urlencode({name: value for name, value in chosen.items() if value})

    def __bool__(self) -> bool:
        return bool(self.query)

    def entries(self, mine: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        if self.person:
            mine = mine.filter(person_id=self.person)
        if self.action:
            mine = mine.filter(action=self.action)
        if self.since:
            mine = mine.filter(at__gte=_midnight(self.since))
        return mine.filter(at__lt=_midnight(self.until) + timedelta(days=1)) if self.until else mine


@require_safe
@admins
def page(request: MemberRequest) -> HttpResponse:
    """The entries that the filter names, newest first; with `before` only the rows that follow that entry."""
    environment = request.member.environment
    mine = AuditEntry.objects.filter(cloud_name=environment.cloud_name)
    chosen = AuditFilter.of(request.GET)
    context = rows_context(environment, chosen, mine, whole(request.GET.get("before")))
    if "before" in request.GET and request.htmx:
        return render(request, "setup/_audit_rows.html", context)
    return render(request, "setup/audit.html", context | {"tab": "setup", **choices_context(mine)})


def rows_context(
    environment: Environment, chosen: AuditFilter, mine: QuerySet[AuditEntry], before: int | None
) -> dict[str, Any]:
    """`before`: of the last row, if there are older ones."""
    found = chosen.entries(mine)
    if last := mine.filter(pk=before).first() if before else None:
        found = found.filter(Q(at__lt=last.at) | Q(at=last.at, pk__lt=last.pk))
    rows = [] if chosen.problem else list(found[: PER_PAGE + 1])
    older = rows[PER_PAGE - 1].pk if len(rows) > PER_PAGE else None
    lines = [audit_words.line_of(entry, environment) for entry in rows[:PER_PAGE]]
    return {"rows": lines, "before": older, "filter": chosen, "problem": chosen.problem}


def choices_context(mine: QuerySet[AuditEntry]) -> dict[str, Any]:
    people = mine.exclude(person_id="").order_by("person").values_list("person_id", "person").distinct()
    codes = mine.order_by().values_list("action", flat=True).distinct()
    actions = sorted(((code, audit_words.action(code)) for code in codes), key=lambda one: one[1].casefold())
    names = {id: name or _("The operator") for id, name in people}
    return {"people": list(names.items()), "actions": actions}


def no_date(text: str) -> str:
    return _("“{text}” is not a date. Write it as year-month-day, like 2026-11-21.").format(text=text[:40])


def _date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1970 <= found.year <= 9000 else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
