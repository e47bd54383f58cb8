"""Links: what is in which gallery because of us, and taking it out again."""

import uuid

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from linking import runs
from linking.links import checking
from linking.operations import recovery
from linking.pages.edits import token_of
from linking.pages.links import LinksFilter, checking_context, checks_context, chosen_links, rows_context
from linking.reporting import ledger
from linking.reporting.formats import FORMATS
from setup.models import Store
from setup.natural_order import natural
from setup.numbers import whole
from setup.security.actors import Actor
from setup.security.guards import MemberRequest, members
from setup.words import gettext_lazy, ngettext, number

# As many assets as one selection may have.
AT_ONCE = 1000
TOO_MANY = gettext_lazy("You found more than {most} links; one run takes no more. Narrow the search.")
NOTHING = gettext_lazy("You chose nothing. Tick the links to unlink.")


@require_safe
@members
def page(request: MemberRequest) -> HttpResponse:
    """The links that the filter names; with `before` only the rows that follow that one."""
    environment, before = request.member.environment, whole(request.GET.get("before"))
    context = rows_context(environment, LinksFilter.of(request.GET), before)
    if before and request.htmx:
        return render(request, "links/_rows.html", context)
    context |= {"tab": "history", "stores": environment.stores.in_order(), "token": uuid.uuid4().hex}
    context |= checks_context(environment)
    return render(request, "links/page.html", context)


@require_safe
@members
def report(request: MemberRequest) -> HttpResponseBase:
    """What the filter names, row by row as it is read."""
    found = LinksFilter.of(request.GET).links(request.member.environment).order_by("pk")
    answer = StreamingHttpResponse(ledger.as_csv(found), content_type=FORMATS["csv"].media_type)
    answer["Content-Disposition"] = f'attachment; filename="assetlink-links-{timezone.now():%Y-%m-%d-%H%M}.csv"'
    return answer


@require_POST
@members
def unlink(request: MemberRequest) -> HttpResponse:
    """Show what it would be to take the chosen links, or all that the filter names, out of their galleries."""
    chosen = LinksFilter.of(request.POST)
    ticked = None if "all" in request.POST else request.POST.getlist("link")
    links = chosen_links(request.member.environment, chosen, ticked, AT_ONCE + 1)
    if not links or len(links) > AT_ONCE:
        messages.error(request, str(TOO_MANY).format(most=number(AT_ONCE)) if links else NOTHING)
        return redirect(f"{reverse('links')}?{chosen.query}")
    try:
        sync = runs.unlink(Actor.of(request), links, token_of(request))
    except runs.CannotStart as refusal:
        messages.error(request, str(refusal))
        return redirect("links")
    if left := [link for link in links if link.store.status != Store.Status.CONNECTED]:
        stores = ", ".join(sorted({str(link.store) for link in left}, key=natural))
        said = ngettext(
            "{n} link stays: its store is not connected ({stores}). Ask an admin to connect it again.",
            "{n} links stay: their stores are not connected ({stores}). Ask an admin to connect them again.",
            len(left),
        )
        messages.warning(request, said.format(n=number(len(left)), stores=stores))
    return redirect("sync", key=sync.key)


@require_POST
@members
def check(request: MemberRequest) -> HttpResponse:
    """Ask the stores and Cloudinary whether what is linked is still there, as it was left."""
    checking.ask(Actor.of(request))
    return redirect("drift" if request.POST.get("back") == "drift" else "links")


@require_safe
@members
def checks(request: MemberRequest) -> HttpResponse:
    """Polled while links are checked; then the page is loaded again."""
    recovery.sweep_shown()
    context = checking_context(request.member.environment)
    if not context["checking"]:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "links/_checks.html", context)


@require_POST
@members
def clean(request: MemberRequest) -> HttpResponse:
    """Forget the links whose product, file, place or asset is gone. Nothing is written in Shopify."""
    count = checking.forget_gone(Actor.of(request))
    said = ngettext(
        "AssetLink removed {n} broken link from this list. Nothing changed in Shopify.",
        "AssetLink removed {n} broken links from this list. Nothing changed in Shopify.",
        count,
    )
    messages.success(request, said.format(n=number(count)))
    return redirect("links")
