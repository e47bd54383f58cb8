"""Links: what is in which gallery because of us, and taking it out again."""

import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from linking import queue, runs
from linking.links import checking
from linking.models import Link, LinkCheck
from linking.operations import recovery
from linking.pages.run.filter import number
from linking.pages.text_search import MAX_TEXT, links_with
from setup.models import Environment, Store
from setup.security import audit, limits
from setup.security.actors import Actor
from setup.security.guards import MemberRequest, members

PER_PAGE = 50
# As many assets as one selection may have.
AT_ONCE = 1000
LEFT_OUT = "{n:,} link{s} stayed out: {stores} is not connected. Ask an admin to connect it again."
# By what is gone, and not by what is not: Postgres takes no index for that.
GONE = Q(gone__in=Link.Gone.values)
NOTHING = "Nothing was chosen. Tick the links that are to be unlinked."


@dataclass(frozen=True)
class Filter:
    """As the address tells it: what is not known there is left out."""

    text: str = ""
    store: int | None = None
    gone: bool = False

    @classmethod
    def of(cls, asked: QueryDict) -> "Filter":
        return cls(
            asked.get("q", "").replace("\0", "").strip()[:MAX_TEXT], number(asked.get("store")), bool(asked.get("gone"))
        )

    @property
    def query(self) -> str:
        chosen = {"q": self.text, "store": self.store, "gone": self.gone and "1"}
        return urlencode({name: value for name, value in chosen.items() if value})

    def __bool__(self) -> bool:
        return bool(self.query)

    def links(self, environment: Environment) -> QuerySet[Link]:
        """Newest first."""
        rows = Link.objects.filter(environment=environment).select_related("store").order_by("-pk")
        if self.store:
            rows = rows.filter(store=self.store)
        if self.gone:
            # Gathered first: SQLite would walk all links in order to meet the few.
            rows = rows.filter(pk__in=Link.objects.filter(GONE, environment=environment).order_by().values("pk"))
        return links_with(rows, self.text) if self.text else rows


@require_safe
@members
def page(request: MemberRequest) -> HttpResponse:
    """The links that the filter names; with `before` only the rows that follow that one."""
    chosen, before = Filter.of(request.GET), number(request.GET.get("before"))
    rows = chosen.links(request.member.environment)
    found = list((rows.filter(pk__lt=before) if before else rows)[: PER_PAGE + 1])
    shown = found[:PER_PAGE]
    for link in shown:
        link.admin_url = link.store.product_admin_url(link.product_id)
    context = {"filter": chosen, "links": shown, "before": shown[-1].pk if len(found) > PER_PAGE else None}
    if before and request.htmx:
        return render(request, "links/_rows.html", context)
    context |= {"tab": "history", "stores": request.member.environment.stores.all(), "token": uuid.uuid4().hex}
    context |= checks_of(request.member.environment)
    return render(request, "links/page.html", context)


@require_POST
@members
def unlink(request: MemberRequest) -> HttpResponse:
    """Show what it would be to take the chosen links, or all that the filter names, out of their galleries."""
    chosen = Filter.of(request.POST)
    links = picked(request, chosen)
    if not links or len(links) > AT_ONCE:
        told = f"More than {AT_ONCE:,} links fit; a run takes that many at most. Look for fewer." if links else NOTHING
        messages.error(request, told)
        return redirect(f"{reverse('links')}?{chosen.query}")
    try:
        sync = runs.unlink(Actor.of(request), links, request.POST.get("token") or uuid.uuid4().hex)
    except runs.CannotStart as refusal:
        messages.error(request, str(refusal))
        return redirect("links")
    if left := [link for link in links if link.store.status != Store.Status.CONNECTED]:
        stores = ", ".join(sorted({str(link.store) for link in left}))
        messages.warning(request, LEFT_OUT.format(n=len(left), s="" if len(left) == 1 else "s", stores=stores))
    return redirect("sync", key=sync.key)


def picked(request: MemberRequest, chosen: Filter) -> list[Link]:
    """The ticked ones, or with `all` what the filter names; one more than a run takes at most."""
    environment = request.member.environment
    if "all" in request.POST:
        return list(chosen.links(environment)[: AT_ONCE + 1]) if chosen else []
    pks = [pk for pk in map(number, request.POST.getlist("link")) if pk][: AT_ONCE + 1]
    return list(Link.objects.filter(environment=environment, pk__in=pks).select_related("store"))


@require_POST
@members
def check(request: MemberRequest) -> HttpResponse:
    """Ask the stores and Cloudinary whether what is linked is still there."""
    limits.spend("dry_run", request.member)
    for asked in checking.ask(request.member.environment, now=timezone.now()):
        queue.enqueue("links", asked.pk)
    return redirect("links")


@require_safe
@members
def checks(request: MemberRequest) -> HttpResponse:
    """Polled while links are checked; then the page is loaded again."""
    recovery.sweep()
    context = checks_of(request.member.environment)
    if not context["checking"]:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "links/_checks.html", context)


@require_POST
@members
def clean(request: MemberRequest) -> HttpResponse:
    """Forget the links whose product, file, place or asset is gone. Nothing is written in Shopify."""
    gone = Link.objects.filter(GONE, environment=request.member.environment)
    count, _ = gone.delete()
    if count:
        audit.record(request, "links.clean", "links", {}, {"links": count})
    messages.success(request, f"{count:,} links that are gone were forgotten. Nothing was changed in Shopify.")
    return redirect("links")


def checks_of(environment: Environment) -> dict:
    """`gone`: how many links were found to be gone; `checked`: when the stores were last asked, if all were."""
    found = list(LinkCheck.objects.filter(store__environment=environment).select_related("store"))
    ended = [one.finished for one in found if one.finished]
    return {
        "checks": found,
        "checking": any(one.busy for one in found),
        "checked": min(ended) if ended and len(ended) == len(found) else None,
        "gone": Link.objects.filter(GONE, environment=environment).count(),
    }
