"""Who has been here and who is invited, what they may do, and an end to it."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from setup.models import Environment, Member
from setup.models.members import ROLE_NAMES, own_name, slug_of
from setup.numbers import row_number
from setup.people import invitations, joining, mailing, memberships, ways
from setup.people.joining import CannotJoin
from setup.people.memberships import NotPossible
from setup.people.words import said_of
from setup.people_forms import InviteForm, LaunchRoleForm, RoleForm
from setup.security import audit, sessions
from setup.security.guards import MemberRequest, admins
from setup.views.you import named
from setup.words import _

PER_PAGE = 50


@require_safe
@admins
def page(request: MemberRequest) -> HttpResponse:
    return shown(request, InviteForm(request.member.environment))


def shown(request: MemberRequest, form: InviteForm, *, address: str = "", status: int = 200) -> HttpResponse:
    """`address`: of the invitation that was made just now; it is shown this once."""
    environment = request.member.environment
    rows = environment.members.people().select_related("person")
    for member in (
        people := Paginator(rows.order_by("-last_launch", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    ):
        member.environment = environment
    context = {
        "tab": "setup",
        "people": people,
        "form": form,
        "address": address,
        "invitations": invitations.open_ones(environment, now=timezone.now()),
        "launch_roles": [LaunchRoleForm(environment, *one) for one in known_roles(environment).items()],
        "sends": ways.has_mail(),
        "days": invitations.GOOD_FOR.days,
    }
    return render(request, "setup/people.html", context, status=status)


def known_roles(environment: Environment) -> dict[str, str]:
    """{slug: name} of those that launches named, and those that mean something here, but for those that make admins."""
    rows = environment.members.exclude(roles=[]).values_list("roles", flat=True)
    found = {slug: slug for slug in environment.launch_roles}
    found |= {slug_of(role): str(ROLE_NAMES.get(slug_of(role)) or own_name(role)) for roles in rows for role in roles}
    return {slug: found[slug] for slug in sorted(found.keys() - set(settings.ADMIN_ROLES))}


@require_POST
@admins
def invite(request: MemberRequest) -> HttpResponse:
    form = InviteForm(request.member.environment, request.POST)
    if not form.is_valid():
        return shown(request, form, status=422)
    known = form.cleaned_data
    made, address = invitations.make(
        request.member.environment,
        known["role"],
        email=known["email"],
        stores=form.chosen_stores(),
        made_by=request.member,
        now=timezone.now(),
    )
    audit.record(request, "member.invite", made, {}, {"role": made.role})
    if made.email and ways.has_mail():
        sent = mailing.send_invitation(made, address)
        said = (
            _("The invitation was sent to {email}.")
            if sent
            else _("The mail server did not take the e-mail to {email}.")
        )
        (messages.success if sent else messages.error)(request, said.format(email=made.email))
    return shown(request, InviteForm(request.member.environment), address=address)


@require_POST
@admins
def withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    made = get_object_or_404(request.member.environment.invitations, pk=pk, accepted=None)
    audit.record(request, "member.withdraw", made, {"role": made.role})
    made.delete()
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("people")


@require_safe
@admins
def person(request: MemberRequest, pk: int) -> HttpResponse:
    member = member_of(request, pk)
    return shown_person(request, member, RoleForm(member))


def shown_person(request: MemberRequest, member: Member, form: RoleForm, *, status: int = 200) -> HttpResponse:
    rest = request.member.environment.members.people().filter(removed=None).exclude(pk=member.pk)
    others = rest.filter(last_launch=None) if member.last_launch else rest.filter(last_launch__isnull=False)
    context = {
        "tab": "setup",
        "person": member,
        "form": form,
        "others": [] if member.removed else others.order_by("name", "email", "pk")[:500],
        "identities": named(member.person.identities.order_by("created")) if member.person else [],
        "code_to": ways.unsaid_code(member.person),
        "passkeys": member.person.passkeys.order_by("created") if member.person and settings.PASSKEYS else (),
    }
    return render(request, "setup/person.html", context, status=status)


def member_of(request: MemberRequest, pk: int) -> Member:
    member = get_object_or_404(request.member.environment.members.people().select_related("person"), pk=pk)
    member.environment = request.member.environment
    return member


@require_POST
@admins
def change(request: MemberRequest, pk: int) -> HttpResponse:
    member = member_of(request, pk)
    form, before = RoleForm(member, request.POST), memberships.described(member)
    if not form.is_valid():
        return shown_person(request, member, form, status=422)
    try:
        memberships.change(member, form.cleaned_data["role"], form.chosen_stores())
    except NotPossible as refusal:
        messages.error(request, str(refusal))
        return redirect("people-person", pk=pk)
    after = memberships.described(member)
    if after != before:
        audit.record(request, "member.role", member, before, after)
    messages.success(request, _("What {person} may do is saved.").format(person=member))
    return redirect("people-person", pk=pk)


@require_POST
@admins
def end(request: MemberRequest, pk: int) -> HttpResponse:
    member = member_of(request, pk)
    sessions.end_all(member, now=timezone.now())
    audit.record(request, "member.end-sessions", member)
    said = _("All sessions of {person} are ended. AssetLink opens again from the Console.")
    if member.person_id:
        said = _("All sessions of {person} are ended. They can sign in again.")
    messages.success(request, said.format(person=member))
    return redirect("people")


@require_POST
@admins
def remove(request: MemberRequest, pk: int) -> HttpResponse:
    member = member_of(request, pk)
    before = memberships.described(member)
    try:
        memberships.remove(member, now=timezone.now())
    except NotPossible as refusal:
        messages.error(request, str(refusal))
        return redirect("people-person", pk=pk)
    audit.record(request, "member.remove", member, before)
    messages.success(request, _("{person} is removed, and no longer has access.").format(person=member))
    return redirect("people")


@require_POST
@admins
def let_in(request: MemberRequest, pk: int) -> HttpResponse:
    member = member_of(request, pk)
    memberships.let_in_again(member)
    audit.record(request, "member.let-in", member, {}, memberships.described(member))
    messages.success(request, _("{person} has access again.").format(person=member))
    return redirect("people-person", pk=pk)


@require_POST
@admins
def join(request: MemberRequest, pk: int) -> HttpResponse:
    """`other`: the member who is the same person. It makes one member of them, and is not taken back."""
    member, other = member_of(request, pk), member_of(request, row_number(request.POST.get("other")))
    named = str(other)
    try:
        stays = joining.join(member, other, now=timezone.now())
    except CannotJoin as refusal:
        messages.error(request, said_of(refusal.reason))
        return redirect("people-person", pk=pk)
    audit.record(request, "member.join", stays, {}, {"person": named} | memberships.described(stays))
    messages.success(request, _("{person} is one member now.").format(person=stays))
    return redirect("people-person", pk=stays.pk)


@require_POST
@admins
def launch_roles(request: MemberRequest) -> HttpResponse:
    """What the roles that launches name mean here; of a role that the form does not have, nothing changes."""
    with transaction.atomic():
        row = Environment.objects.select_for_update().get(pk=request.member.environment_id)
        known = known_roles(row).items()
        forms = [LaunchRoleForm(row, *one, request.POST) for one in known if f"{one[0]}-role" in request.POST]
        before, after = row.launch_roles, dict(row.launch_roles)
        for form in forms:
            if form.is_valid():
                meaning = form.meaning()
                after = {slug: one for slug, one in after.items() if slug != form.slug}
                after |= {form.slug: meaning} if meaning else {}
        row.launch_roles = after
        row.save(update_fields=["launch_roles"])
    if before != after:
        audit.record(request, "member.launch-roles", row, worded(row, before), worded(row, after))
    messages.success(request, _("What roles of the Console mean here is saved."))
    return redirect("people")


def worded(environment: Environment, meant: dict[str, dict]) -> dict[str, str]:
    """For the audit log: {slug: role, or the stores that it may write to}."""
    names = {store.pk: str(store) for store in environment.stores.all()}
    return {
        slug: ", ".join(names[pk] for pk in one["stores"] or () if pk in names) or one["role"]
        for slug, one in meant.items()
    }
