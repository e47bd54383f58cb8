"""Products chosen and excluded by hand: looking for one in a store, choosing it, and leaving out one of those that match."""

import uuid
from collections.abc import Callable

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe

from linking.domain.matching import Verdict
from linking.matching import looking
from linking.models import KeyMatch, Selection
from linking.pages.edits import announced, edited, stale
from linking.pages.link_board import board_of, drawn
from linking.pages.products_by_hand import page_of
from linking.pages.store_cards import store_cards
from linking.selection import by_hand, locking
from linking.selection.editing import NotThere, SelectionEdit
from linking.views.groups import group_of
from linking.views.selections import opened, selection_of
from setup.models import Store
from setup.numbers import row_number, whole
from setup.reasons import Reason
from setup.security.guards import MemberRequest, workers
from setup.shopify.errors import ShopifyError
from setup.words import _


@require_safe
@workers
def find(request: MemberRequest, key: uuid.UUID, store: int) -> HttpResponse:
    """Products of the store that fit what is `typed`, for a group (`g`). The store is asked while the person waits."""
    selection = selection_of(request, key)
    place, typed, after = store_of(selection, store), request.GET.get("typed", ""), request.GET.get("after", "")
    context = {
        "selection": selection,
        "store": place,
        "g": request.GET.get("g", ""),
        "typed": typed,
        "first": not after,
    }
    try:
        context["answered"] = looking.look(place, typed, after)
    except ShopifyError as error:
        context |= {"problem": error.reason, "path": request.get_full_path()}
    return render(request, "link/_found_products.html", context)


def store_of(selection: Selection, pk: int) -> Store:
    """A ticked one, whether it can be asked or not."""
    found = selection.stores.filter(environment=selection.environment_id, pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_safe
@workers
def products(request: MemberRequest, key: uuid.UUID, store: int) -> HttpResponse:
    """What follows the first `from` products that match the key of a group (`g`) in a store."""
    selection = selection_of(request, key)
    cards = store_cards(selection)
    group = group_of(board_of(selection, cards), request.GET.get("g", ""))
    answer = next((one for one in group.answers if one.store.pk == store), None)
    if answer is None:
        raise Http404
    page = page_of(answer, whole(request.GET.get("from"), most=10_000) or 0)
    return render(request, "link/_matching_products.html", {"selection": selection, "group": group, "page": page})


@require_POST
@workers
def decide(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """One edit, as `do` names it, of products (`p`, with a blank between) of a store (`s`) for a group (`g`)."""
    selection = selection_of(request, key)
    do = EDITS.get(request.POST.get("do", ""))
    if do is None:
        return HttpResponse(_("There is no such edit."), status=400)
    store = store_of(selection, row_number(request.POST.get("s")))
    try:
        # Asked before the selection is locked: nobody waits for a store with a row in hand.
        card = chosen(store, request.POST) if do is choose else {}
        with opened(request, key) as found:
            edit = SelectionEdit.of(found.selection)
            do(edit, store, request.POST, card)
    except ShopifyError as error:
        return refused(store, error.reason)
    except locking.Stale as error:
        return stale(request, error.selection)
    except NotThere:
        raise Http404 from None
    return done(request, edit)


def chosen(store: Store, given: QueryDict) -> dict:
    """The product that is to be chosen, as the store has it now. Raises ShopifyError, NotThere."""
    try:
        return looking.chosen(store, given.get("p", ""), given.get("typed", ""))
    except ValueError:
        raise NotThere from None


Edit = Callable[[SelectionEdit, Store, QueryDict, dict], None]


def choose(edit: SelectionEdit, store: Store, given: QueryDict, card: dict) -> None:
    """Where several products may have a key, one that is chosen comes beside them; else it takes their place."""
    answer = answer_of(edit, store, given)
    matched = answer is not None and answer.verdict == Verdict.MATCHED
    also = matched and edit.selection.for_store(store.pk).match_by.shared
    by_hand.choose(edit, given.get("g", ""), store.pk, card, also=also)


def leave(edit: SelectionEdit, store: Store, given: QueryDict, card: dict) -> None:
    id = given.get("g", "")
    known = {card["id"]: card["title"] for card in edit.group(id).hand(store.pk).cards}
    by_hand.leave(edit, id, store.pk, given.get("p", "").split(), known)


def exclude(edit: SelectionEdit, store: Store, given: QueryDict, card: dict) -> None:
    titles = matching(edit, store, given)
    ids = [id for id in given.get("p", "").split() if id in titles]
    by_hand.exclude(edit, given.get("g", ""), store.pk, ids, titles, out=True)


def include(edit: SelectionEdit, store: Store, given: QueryDict, card: dict) -> None:
    """Without products, all of them."""
    id, titles = given.get("g", ""), matching(edit, store, given)
    ids = given.get("p", "").split() or edit.group(id).hand(store.pk).out
    by_hand.exclude(edit, id, store.pk, ids, titles, out=False)


EDITS: dict[str, Edit] = {"choose": choose, "leave": leave, "exclude": exclude, "include": include}


def answer_of(edit: SelectionEdit, store: Store, given: QueryDict) -> KeyMatch | None:
    group, same = edit.group(given.get("g", "")), edit.selection.keying.same
    rows = KeyMatch.objects.filter(store_match__selection=edit.selection, store_match__store=store)
    # Assets that were read again meanwhile may spell it otherwise.
    return rows.filter(key=group.key).first() or next((row for row in rows if same(row.key) == group.same), None)


def matching(edit: SelectionEdit, store: Store, given: QueryDict) -> dict[str, str]:
    """The titles of the products that match, by id."""
    answer = answer_of(edit, store, given)
    return {one["id"]: one["title"] for one in answer.products} if answer else {}


def refused(store: Store, reason: Reason) -> HttpResponse:
    """Nothing was changed; said where the person looks, and aloud."""
    response = HttpResponse(render_to_string("link/_not_chosen.html", {"reason": reason}))
    response["HX-Retarget"], response["HX-Reswap"] = f"#find-note-{store.pk}", "innerHTML"
    return announced(response, reason)


def done(request: MemberRequest, edit: SelectionEdit) -> HttpResponse:
    """What the stores say of the group, in place of what they said."""
    cards = store_cards(edit.selection)
    board = drawn(edit.selection, cards, edit.rows, edit.arranged)
    group = group_of(board, request.POST.get("g", ""))
    parts = [render_to_string("link/_group_answers.html", {"selection": edit.selection, "group": group}, request)]
    response = edited(request, edit.selection, *parts, say=edit.said, board=board, cards=cards)
    response["HX-Retarget"], response["HX-Reswap"] = f"#answers-{group.id}", "outerHTML"
    return response
