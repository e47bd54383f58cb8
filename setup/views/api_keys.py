"""Keys of the HTTP API on Setup: everybody sees which there are, admins make and revoke them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from setup.api_key_forms import ApiKeyForm
from setup.models import ApiKey
from setup.security import api_keys, shown_once
from setup.security.guards import MemberRequest, admins, members
from setup.words import _


@require_safe
@members
def page(request: MemberRequest) -> HttpResponse:
    made = shown_once.take(request, f"key {request.GET.get('made', '')}")
    return shown(request, ApiKeyForm(request.member.environment), made=made)


def shown(request: MemberRequest, form: ApiKeyForm, *, made: str = "", status: int = 200) -> HttpResponse:
    """`made`: the key that was made just now; it is shown this once."""
    rows = ApiKey.objects.filter(member__environment=request.member.environment)
    keys = rows.select_related("member", "store", "created_by").order_by("-created", "-pk")
    context = {"tab": "setup", "keys": keys, "form": form, "made": made}
    response = render(request, "setup/api_keys.html", context, status=status)
    if made:
        response["Cache-Control"] = "no-store"
    return response


@require_POST
@admins
def make(request: MemberRequest) -> HttpResponse:
    form = ApiKeyForm(request.member.environment, request.POST)
    if not form.is_valid():
        return shown(request, form, status=422)
    known, expires = form.cleaned_data, form.expires(now=timezone.now())
    environment = request.member.environment
    key, text = api_keys.make(
        environment, known["label"], known["scopes"], store=known["store"], expires=expires, who=request
    )
    shown_once.keep(request, f"key {key.pk}", text)
    return redirect(f"{reverse('api-keys')}?made={key.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
@admins
def revoke(request: MemberRequest, pk: int) -> HttpResponse:
    """What would happen is said first; the button below it does it."""
    rows = ApiKey.objects.filter(member__environment=request.member.environment)
    key = get_object_or_404(rows.select_related("member__environment", "store"), pk=pk)
    if request.method != "POST":
        return render(request, "setup/api_key_revoke.html", {"tab": "setup", "key": key})
    api_keys.revoke(key, who=request, now=timezone.now())
    messages.success(request, _("The key “{label}” is revoked.").format(label=key))
    return redirect("api-keys")
