"""Choose Assets from Shopify's side: what a store has for what was typed there."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from linking.domain.product_search import MOST_CHARACTERS
from linking.pages.choose_products import products_context
from setup.models import Store
from setup.security import limits
from setup.security.guards import MemberRequest, members


@require_safe
@members
def products(request: MemberRequest, store: int) -> HttpResponse:
    """The store is asked while the person waits. `product`: the one of them that is to be shown in full."""
    known = request.member.environment.stores.shown().filter(pk=store, status=Store.Status.CONNECTED).first()
    if known is None:
        raise Http404
    known.environment = request.member.environment
    limits.spend("search", request.member)
    typed = request.GET.get("typed", "").replace("\0", "")[:MOST_CHARACTERS]
    try:
        context = products_context(known, typed, request.GET.get("product", ""))
    except ValueError:
        raise Http404 from None
    return render(request, "choose/_products_of.html", context)
