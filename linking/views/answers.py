"""What a person decides where the match alone does not; and the products of a store that get nothing."""

import uuid
from collections.abc import Sequence

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe

from linking.matching import unlinked_products as unlinked
from linking.models import GroupArrangement, KeyMatch, Selection
from linking.pages.edits import edited, stale, version_of
from linking.pages.link_board import Board, board_of, decided, matched_products, store_cards
from linking.selection import locking
from linking.views.selections import selection_of
from setup.numbers import row_number
from setup.security.guards import MemberRequest, members
from setup.shopify.errors import ShopifyError


@require_POST
@members
def pick(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Take or leave a product (`p`, several with a blank between) of a key's answer (`k`); without `p` all that matched."""
    selection = selection_of(request, key)
    answers = KeyMatch.objects.filter(store_match__selection=selection).select_related("store_match")
    answer = answers.filter(pk=row_number(request.POST.get("k"))).first()
    if answer is None:  # the store has been asked again since
        return stale(request, selection)
    try:
        with locking.edit(selection, version_of(request)) as row:
            before, after = choose(row, answer, request.POST.get("do", ""), request.POST.get("p", "").split())
            back = {"do": "choose", "k": answer.pk, "p": " ".join(before)}
            row.last_change = {"text": told(answer, before, after), "back": back, "url": "link-pick"}
    except locking.Stale:
        return stale(request, selection)
    cards = store_cards(row)
    board = board_of(row, cards)
    group = next((group for group in board.groups if group.key == answer.key), None)
    if group is None:  # no asset has the key any more
        return stale(request, row)
    parts = [render_to_string("link/_group_answers.html", {"selection": row, "group": group}, request)]
    known = decided(cards, board)
    parts += [render_to_string("link/_count.html", {"card": card, "oob": True}, request) for card in known]
    response = edited(request, row, *parts, say=told(answer, before, after), board=board, cards=cards)
    response["HX-Retarget"], response["HX-Reswap"] = f"#answers-{group.id}", "outerHTML"
    return response


def choose(selection: Selection, answer: KeyMatch, do: str, ids: Sequence[str]) -> tuple[list[str], list[str]]:
    """The picks of the key in the answer's store before and after. Only what the store offers can be picked."""
    offered = [product["id"] for product in answer.products]
    named = list(ids) or offered
    offered += [found["product"]["id"] for found in answer.suggestions]
    known, _ = GroupArrangement.objects.get_or_create(
        selection=selection, keying=str(selection.keying), key=selection.keying.same(answer.key)
    )
    store = str(answer.store_match.store_id)
    before = list(known.picks.get(store, ()))
    if do == "pick":
        wanted = {*before, *named}
    elif do == "unpick":
        wanted = set(before).difference(ids or before)
    else:
        wanted = set(ids)
    after = [id for id in dict.fromkeys(offered) if id in wanted]
    known.picks = {**known.picks, store: after} if after else {at: v for at, v in known.picks.items() if at != store}
    known.save(update_fields=["picks"])
    return before, after


def told(answer: KeyMatch, before: Sequence[str], after: Sequence[str]) -> str:
    titles = {product["id"]: product["title"] for product in answer.products}
    titles |= {found["product"]["id"]: found["product"]["title"] for found in answer.suggestions}
    if not after:
        return f"{answer.key}: left out again."
    new = [titles[id] for id in after if id not in before] or [titles[id] for id in after]
    words = new[0] if len(new) == 1 else f"{len(new)} products"
    return f"{answer.key}: linked to {words}." if len(after) >= len(before) else f"{answer.key}: {len(after)} left."


@require_safe
@members
def unlinked_products(request: MemberRequest, key: uuid.UUID, store: int) -> HttpResponse:
    """A page of the store's products that get no asset. The store is asked while the person waits, some seconds at most."""
    selection = selection_of(request, key)
    card = next((card for card in store_cards(selection) if card.store.pk == store and card.chosen), None)
    if card is None:
        raise Http404
    linked = linked_ids(board_of(selection, [card]), store)
    context = {"selection": selection, "store": card.store, "first": not request.GET.get("after")}
    try:
        page = unlinked.page_of(card.store, linked, request.GET.get("after", ""))
    except ShopifyError as error:
        return render(request, "link/_unlinked_products.html", context | {"problem": error.text})
    rows = [(product, card.store.product_admin_url(product.card.id)) for product in page.products]
    count = max(0, page.total - len(linked))
    return render(request, "link/_unlinked_products.html", context | {"rows": rows, "page": page, "count": count})


def linked_ids(board: Board, store: int) -> set[str]:
    """The products of the store that assets go to."""
    linked = [group for group in board.groups if group.linked]
    return {
        product["id"]
        for group in linked
        for answer in group.answers
        if answer.store.pk == store
        for product in matched_products(answer)
    }
