"""Choose Assets: what the Media Library has, searched, looked at and ticked; and from there to a selection."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linking.domain.searching import BadFilter, Filters, left_out
from linking.models import Selection
from linking.pages import choose, choose_products
from linking.pages.choose_filters import field_of, fields_of, left_out_refused, left_out_said
from linking.pages.choose_preview import preview_context
from linking.pages.edits import announced, status_for
from linking.picker import saved, ticking
from linking.picker.fields import asked
from linking.picker.walking import Page, Place
from linking.selection import adding, making
from linking.views.launch import SELECTION
from setup.cloudinary.client import CloudinaryError
from setup.numbers import row_number, whole
from setup.security import limits
from setup.security.actors import Actor
from setup.security.guards import MemberRequest, members, viewers_too
from setup.words import _, ngettext, number

PAGES = {"link": "link", "upload": "upload"}


def filters_of(asked: QueryDict) -> Filters:
    return Filters.of(dict(asked.lists()))


def left_out_of(asked: QueryDict) -> list[tuple[str, str]]:
    return left_out(dict(asked.lists()))


def open_selection(request: MemberRequest) -> Selection | None:
    """The one that the tabs lead to."""
    key = request.session.get(SELECTION)
    return Selection.objects.filter(member=request.member, key=key).first() if key else None


@require_safe
@members
def page(request: MemberRequest) -> HttpResponse:
    """With the search that the address names, or else the last one."""
    if not request.GET and (last := ticking.ticked_of(request.member).query):
        return redirect(f"{reverse('choose')}?{last}")
    filters = filters_of(request.GET)
    context = choose.page_context(request.member, filters, open_selection(request))
    # With what cannot be read: the answer names it.
    context["asked_query"] = urlencode([*filters.pairs, *left_out_of(request.GET)])
    answer = render(request, "choose/page.html", context | {"tab": "choose"})
    if not request.member.is_viewer:  # files that are brought in go there from the page itself
        answer._csp_update = {"connect-src": [request.member.environment.upload_prefix]}  # type: ignore[attr-defined]
    return answer


@require_safe
@members
def found(request: MemberRequest) -> HttpResponse:
    """A page of what matches; of the first one the sentence as well, and the browser's address follows it. With `ticked` what is
    ticked, whatever matches."""
    limits.spend("search", request.member)
    if "ticked" in request.GET:
        context = choose.ticked_context(request.member, whole(request.GET.get("at")) or 0)
        return render(request, "choose/_found.html" if context["first"] else "choose/_more.html", context)
    filters, place = filters_of(request.GET), Place.of(request.GET.get("place", ""))
    context = choose.found_context(request.member, filters, place)
    if not context["first"]:
        return render(request, "choose/_more.html", context)
    ticking.remember(request.member, filters.query)
    context |= choose_products.stores_context(request.member.environment, filters)
    context["left_out"] = left_out_said(request.member.environment, left_out_of(request.GET))
    answer = render(request, "choose/_found.html", context | {"oob": True})
    answer["HX-Replace-Url"] = f"{reverse('choose')}?{filters.query}"
    return answer


@require_safe
@members
def folders(request: MemberRequest) -> HttpResponse:
    """Those within the folder `under`; without it the first ones, with the way to the chosen one."""
    limits.spend("search", request.member)
    under = request.GET.get("under", "").replace("\0", "")[:1000]
    context = choose.tree_context(request.member.environment, filters_of(request.GET), under)
    return render(request, "choose/_folders.html" if under else "choose/_tree.html", context)


@require_safe
@members
def fields(request: MemberRequest) -> HttpResponse:
    """The fields that can be looked at; with `code` the editor of one."""
    limits.spend("search", request.member)
    known, code = fields_of(asked(request.member.environment)), request.GET.get("code", "")
    if not code:
        return render(request, "choose/_fields.html", {"fields": known})
    if not Filters.of({f"none.{code}": ["1"]}).fields:  # no field that can be searched
        raise Http404
    context = {"field": field_of(known, code), "where": Filters().field(code), "new": True}
    return render(request, "choose/_field.html", context)


@require_safe
@members
def preview(request: MemberRequest) -> HttpResponse:
    limits.spend("search", request.member)
    place, id = Place.of(request.GET.get("place", "")), request.GET.get("id", "").replace("\0", "")[:255]
    try:
        context = preview_context(request.member, filters_of(request.GET), place, id)
    except BadFilter:
        raise Http404 from None
    return render(request, "choose/_preview.html", context)


@require_POST
@members
def tick(request: MemberRequest) -> HttpResponse:
    """Tick the assets `add`, each with what the page knows `about` it, untick those in `remove`, or all with `clear`."""
    add = ticking.sent(request.POST.getlist("add"), request.POST.getlist("about"))
    remove = request.POST.getlist("remove")
    count = ticking.change(request.member, add, remove, clear="clear" in request.POST)
    answer = selected(request, count)
    if "clear" in request.POST:
        answer["HX-Trigger-After-Swap"] = "ticks-cleared"
    return answer


@require_POST
@members
def tick_all(request: MemberRequest) -> HttpResponse:
    """Tick all that match, as far as a selection takes them, and say what is beyond."""
    limits.spend("search", request.member)
    if refusal := left_out_refused(request.member.environment, left_out_of(request.GET)):
        return announced(selected(request), refusal)
    try:
        count, page = ticking.tick_all(request.member, filters_of(request.GET))
    except BadFilter as wrong:
        return announced(selected(request), str(wrong))
    except CloudinaryError as error:
        return announced(selected(request), choose.problem_of(request.member.environment, error).text)
    answer = selected(request, count)
    answer["HX-Trigger-After-Swap"] = "ticks-changed"
    return announced(answer, said_of(count, page))


def said_of(count: ticking.Count, page: Page) -> str:
    said = ngettext("{n} asset is selected.", "{n} assets are selected.", count.total).format(n=number(count.total))
    said = " ".join((said, *choose.withheld_said(count)))
    if count.beyond or (page.next is not None and count.total >= ticking.most()):
        return said + " " + _("A selection holds {most}.").format(most=number(ticking.most()))
    if page.next is not None:
        text = _("AssetLink searched {n} of {all} assets. Narrow the search to reach the others.")
        return said + " " + text.format(n=number(page.searched), all=number(page.total))
    return said


def selected(request: MemberRequest, count: ticking.Count | None = None) -> HttpResponse:
    """The bar that says what is ticked."""
    beyond = count.beyond if count else 0
    context = choose.selected_context(request.member, open_selection(request), beyond)
    context["withheld"] = choose.withheld_said(count) if count else ()
    return render(request, "choose/_selected.html", context)


@require_POST
@members
def start(request: MemberRequest) -> HttpResponse:
    """Make a selection of what is ticked, or change the open one, and go on with it."""
    ids = [one[0] for one in ticking.ticked_of(request.member).assets]
    way, to = request.POST.get("into", "new"), PAGES.get(request.POST.get("to", ""), "link")
    if not ids:
        messages.warning(request, _("Nothing is selected. Select assets first."))
        return redirect("choose")
    selection = open_selection(request) if way in ("add", "out") else None
    if selection is None:
        try:
            selection = making.make(Actor.of(request), ids, also=lambda made: ticking.use_up(request.member, ids))
        except ticking.UsedUp:  # by another press of the button, whose selection it is
            selection = Selection.objects.filter(member=request.member).order_by("-created", "-pk").first()
        if selection is None:
            raise Http404
        request.session[SELECTION] = str(selection.key)
    else:
        try:
            (adding.add if way == "add" else adding.take_out)(selection, ids)
        except adding.CannotChange as refusal:
            messages.error(request, str(refusal))
            return redirect("choose")
        ticking.change(request.member, remove=ids)
    return redirect(to, key=selection.key)


@require_http_methods(["GET", "HEAD", "POST"])
@members
@viewers_too
def searches(request: MemberRequest) -> HttpResponse:
    """Saved searches. POST, `do`: keep the present one as a `name`, or delete the one of `row`."""
    context: dict[str, object] = {}
    status = 200
    if request.method == "POST":
        try:
            said = _kept(request)
        except saved.CannotSave as refusal:
            context = {"problem": str(refusal), "written": request.POST.get("name", "")}
            status, said = status_for(request, 422), ""
    context |= {"searches": saved.searches_of(request.member), "searched_query": filters_of(request.GET).query}
    answer = render(request, "choose/_searches.html", context, status=status)
    return announced(answer, said) if request.method == "POST" and said else answer


def _kept(request: MemberRequest) -> str:
    """Raises CannotSave."""
    actor = Actor.of(request)
    if request.POST.get("do") == "delete":
        row = saved.visible_to(request.member).filter(pk=row_number(request.POST.get("row"))).first()
        if row is None:
            raise Http404
        saved.delete(actor, row)
        return _("{name} is deleted.").format(name=row.name)
    asked, shared = dict(request.GET.lists()), request.POST.get("shared") == "on"
    return _("{name} is saved.").format(name=saved.save(actor, request.POST.get("name", ""), asked, shared=shared).name)
