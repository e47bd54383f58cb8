"""The audit log of the environment, for its admins."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from setup.models import AuditEntry
from setup.security.guards import MemberRequest, admins

PER_PAGE = 50


@require_safe
@admins
def page(request: MemberRequest) -> HttpResponse:
    """`?person=<id>&action=<verb>`, newest first."""
    mine = AuditEntry.objects.filter(cloud_name=request.member.environment.cloud_name)
    chosen = {"person_id": request.GET.get("person", ""), "action": request.GET.get("action", "")}
    found = mine.filter(**{name: value for name, value in chosen.items() if value and "\0" not in value})
    entries = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "tab": "setup",
        "entries": [(entry, changes_of(entry)) for entry in entries],
        "page": entries,
        "query": urlencode({"person": chosen["person_id"], "action": chosen["action"]}),
        "people": mine.exclude(person_id="").order_by("person").values_list("person_id", "person").distinct(),
        "actions": mine.order_by("action").values_list("action", flat=True).distinct(),
        **chosen,
    }
    return render(request, "setup/audit.html", context)


def changes_of(entry: AuditEntry) -> list[tuple[str, Any, Any]]:
    """(field, before, after); before is None for what was not there."""
    names = dict.fromkeys([*entry.before, *entry.after])
    return [(name.replace("_", " "), entry.before.get(name), entry.after.get(name)) for name in names]
