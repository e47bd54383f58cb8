"""The way in: a signed launch from the Console."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from linking import jobs
from linking.models import SelectedAsset, Selection
from setup import sessions
from setup.guards import members
from setup.launch import Launch, LaunchRefused, verify
from setup.models import Member, Store

SELECTION = "selection"


@csrf_exempt  # signed, short-lived and of one use: stronger than a CSRF token, which nobody has yet
@require_POST
def launch(request: HttpRequest) -> HttpResponse:
    try:
        found = verify(token_of(request), now=timezone.now())
    except LaunchRefused as refusal:
        context = {"refusal": refusal, "limit": settings.LAUNCH_MAX_ASSETS}
        return render(request, "session/launch_refused.html", context, status=403)
    member = sessions.start(request, found, now=timezone.now())
    selection = begin(member, found)
    request.session[SELECTION] = str(selection.key)
    jobs.ring(jobs.fetch, selection.pk)
    return redirect("setup") if member.is_admin else redirect("link", key=selection.key)


def token_of(request: HttpRequest) -> str:
    """Raises LaunchRefused for a body that is far larger than any launch."""
    try:
        return request.POST.get("token", "")
    except (RequestDataTooBig, TooManyFieldsSent):
        limit = f"AssetLink takes at most {settings.LAUNCH_MAX_ASSETS:,} assets at a time."
        raise LaunchRefused(f"This launch is too large. {limit}", "oversized") from None


def begin(member: Member, found: Launch) -> Selection:
    """A new selection. With one store there is nothing to choose."""
    stores = list(member.environment.stores.filter(status=Store.Status.CONNECTED)[:2])
    with transaction.atomic():
        selection = Selection.objects.create(environment=member.environment, member=member)
        SelectedAsset.objects.bulk_create(
            SelectedAsset(selection=selection, place=place, asset_id=asset_id)
            for place, asset_id in enumerate(found.asset_ids)
        )
        if len(stores) == 1:
            selection.stores.set(stores)
    return selection


@members
def home(request: HttpRequest) -> HttpResponse:
    """Link to Products, with the selection of this session's launch."""
    key = request.session.get(SELECTION)
    return redirect("link", key=key) if key else redirect("setup")
