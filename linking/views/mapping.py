"""What Shopify says, in Cloudinary: the mapping, fields that are read-only in the Console, and a preview of what is written."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from linking.domain.mappings import Mapped, split
from linking.domain.sheet_columns import FIELD
from linking.ingest import mapping
from linking.ingest.mapping import CannotSave
from linking.ingest.sheets.asking import CannotDo
from linking.pages.mapping import asked_of, mapping_context
from setup.cloudinary.client import CloudinaryError
from setup.numbers import row_number, whole
from setup.preparing.locking import lock
from setup.security.actors import Actor
from setup.security.guards import MemberRequest, admins, members, workers
from setup.words import _, enumeration

MOST_REQUIRED = 100  # fields, as many as an environment may have


@require_safe
@members
def page(request: MemberRequest) -> HttpResponse:
    return render(request, "setup/mapping.html", {"tab": "setup", **mapping_context(request.member.environment)})


@require_POST
@admins
def save(request: MemberRequest) -> HttpResponse:
    """Rows as `property-0`, `key-0`, `place-0`, `name-0` and so on; nothing is written to Cloudinary."""
    environment, actor = request.member.environment, Actor.of(request)
    rows, wrong, lines = asked_of(request.POST)
    chosen = request.POST.get("store", "")
    store = row_number(chosen) if chosen else None
    said = ""
    if not wrong:
        try:
            mapping.save(actor, Mapped(tuple(lines), store), whole(request.POST.get("version")) or 0)
        except CannotSave as refusal:
            said, wrong = str(refusal), {at: str(why) for at, why in refusal.wrong.items()}
        except CloudinaryError as error:
            said = error.text
        else:
            messages.success(request, _("The mapping is saved. Preview what it would write."))
            return redirect("mapping")
    context = {"tab": "setup", "refused": said, **mapping_context(environment, rows, wrong, store)}
    return render(request, "setup/mapping.html", context, status=422)


@require_POST
@admins
def lock_fields(request: MemberRequest) -> HttpResponse:
    """Those that the mapping fills; without `locked` they are opened again."""
    actor, locked = Actor.of(request), bool(request.POST.get("locked"))
    lines = mapping.write_back_of(actor.environment).mapped.lines
    ids = [split(line.target)[1] for line in lines if line.target.startswith(FIELD)]
    try:
        done = lock(actor, ids, locked=locked)
    except CloudinaryError as error:
        messages.error(request, error.text)
        return redirect("mapping")
    text = _("Read-only in the Console now: {names}.") if locked else _("Editable in the Console again: {names}.")
    messages.success(request, text.format(names=enumeration(done)) if done else _("There was nothing to change."))
    return redirect("mapping")


@require_POST
@admins
def status(request: MemberRequest) -> HttpResponse:
    """`sets_status`, and external IDs of fields as `required`."""
    try:
        wanted = request.POST.getlist("required")[:MOST_REQUIRED]
        mapping.save_status(Actor.of(request), sets_status=bool(request.POST.get("sets_status")), required=wanted)
    except (CannotSave, CloudinaryError) as refusal:
        messages.error(request, refusal.text if isinstance(refusal, CloudinaryError) else str(refusal))
    else:
        messages.success(request, _("The status flow is saved."))
    return redirect("mapping")


@require_POST
@workers
def begin_status(request: MemberRequest) -> HttpResponse:
    """A preview of which assets require data."""
    actor = Actor.of(request)
    try:
        actor.spend("look")
        sheet = mapping.begin_status(actor)
    except (CannotDo, CloudinaryError) as refusal:
        messages.error(request, refusal.text if isinstance(refusal, CloudinaryError) else str(refusal))
        return redirect("mapping")
    return redirect("sheet", key=sheet.key)


@require_POST
@workers
def begin(request: MemberRequest) -> HttpResponse:
    """A preview, of all that is linked, or of the assets of a run: `run` is its key."""
    actor, key = Actor.of(request), request.POST.get("run", "")
    try:
        run = mapping.run_of(actor.environment, key) if key else None
        actor.spend("look")
        sheet = mapping.begin(actor, replaces=bool(request.POST.get("replaces")), run=run)
    except (CannotDo, CloudinaryError) as refusal:
        messages.error(request, refusal.text if isinstance(refusal, CloudinaryError) else str(refusal))
        return redirect("mapping")
    return redirect("sheet", key=sheet.key)
