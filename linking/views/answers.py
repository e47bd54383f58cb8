"""What a person decides where the match alone does not; and the products of a store that get nothing."""

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe

from linking.matching import unlinked_products as unlinked
from linking.models import KeyMatch
from linking.pages.edits import edited, stale, version_of
from linking.pages.link_board import board_of
from linking.pages.store_cards import store_cards
from linking.selection import locking, picking
from linking.selection.arrangement import group_id
from linking.views.selections import selection_of
from setup.numbers import row_number
from setup.security.guards import MemberRequest, workers
from setup.shopify.errors import ShopifyError


@require_POST
@workers
def pick(request: MemberRequest, key: uuid.UUID) -> HttpResponse:
    """Take or leave a product (`p`, several with a blank between) of a key's answer (`k`); without `p` all that matched."""
    selection = selection_of(request, key)
    answers = KeyMatch.objects.filter(store_match__selection=selection).select_related("store_match")
    answer = answers.filter(pk=row_number(request.POST.get("k"))).first()
    if answer is None:  # the store has been asked again since
        return stale(request, selection)
    try:
        with locking.edit(selection, version_of(request)) as row:
            said = picking.pick(row, answer, request.POST.get("do", ""), request.POST.get("p", "").split())
    except locking.Stale:
        return stale(request, selection)
    cards = store_cards(row)
    board = board_of(row, cards)
    group = board.group(group_id(row.keying.same(answer.key)))
    if group is None:  # no asset has the key any more
        return stale(request, row)
    parts = [render_to_string("link/_group_answers.html", {"selection": row, "group": group}, request)]
    response = edited(request, row, *parts, say=said, board=board, cards=cards)
    response["HX-Retarget"], response["HX-Reswap"] = f"#answers-{group.id}", "outerHTML"
    return response


@require_safe
@workers
def unlinked_products(request: MemberRequest, key: uuid.UUID, store: int) -> HttpResponse:
    """A page of the store's products that get no asset. The store is asked while the person waits, some seconds at most."""
    selection = selection_of(request, key)
    card = next((card for card in store_cards(selection) if card.store.pk == store and card.chosen), None)
    if card is None:
        raise Http404
    linked = board_of(selection, [card]).products_of(store)
    context = {"selection": selection, "store": card.store, "first": not request.GET.get("after")}
    try:
        page = unlinked.page_of(card.store, linked, request.GET.get("after", ""))
    except ShopifyError as error:
        return render(request, "link/_unlinked_products.html", context | {"problem": error.text})
    rows = [(product, card.store.product_admin_url(product.card.id)) for product in page.products]
    count = max(0, page.total - len(linked))
    return render(request, "link/_unlinked_products.html", context | {"rows": rows, "page": page, "count": count})
