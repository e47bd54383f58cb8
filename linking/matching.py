"""Asking a store which products a selection's keys name, and keeping the answer."""

from collections import Counter
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from linking.domain.grouping import group
from linking.domain.matching import Match, Verdict, decide
from linking.models import KeyMatch, Selection, StoreMatch
from linking.models.jobs import JobState
from linking.shopify.catalog import ProductCard, candidates, cards
from setup.models import Store
from setup.shopify_client import ShopifyClient
from setup.shopify_errors import Remedy, ShopifyError


def ask(selection: Selection, store: Store, *, now: datetime, afresh: bool = False) -> tuple[StoreMatch, bool]:
    """The question for a store, and whether it is new: other fields than last time make it so, and `afresh`."""
    fields = {"cloudinary_field": selection.cloudinary_field, "shopify_field": selection.shopify_field}
    with transaction.atomic():
        match, created = StoreMatch.objects.get_or_create(selection=selection, store=store, defaults=fields)
        same = all(getattr(match, name) == value for name, value in fields.items())
        if created or (same and not afresh):
            return match, created
        match.keys.all().delete()
        reset = {"state": JobState.WAITING, "problem": "", "heard": now, **fields}
        reset |= dict.fromkeys(("matched", "ambiguous", "unmatched", "products"), 0)
        StoreMatch.objects.filter(pk=match.pk).update(**reset)
    match.refresh_from_db()
    return match, True


def match_store(pk: int) -> None:
    """Answer the question. Safe to repeat; a store that refuses us altogether is marked so."""
    if not StoreMatch.objects.claim(pk, now=timezone.now()):
        return
    match = StoreMatch.objects.select_related("selection", "store").get(pk=pk)
    try:
        answer(match, ShopifyClient(match.store))
    except ShopifyError as error:
        if error.remedy == Remedy.STOP_STORE:
            match.store.break_off(error.text)
        state = JobState.WAITING if error.remedy == Remedy.LATER else JobState.FAILED
        StoreMatch.objects.filter(pk=pk).update(state=state, problem=error.text, heard=timezone.now())


def keys_of(selection: Selection) -> list[str]:
    assets = (row.asset for row in selection.assets.all() if row.details)
    return [found.key for found in group(assets, selection.group_by) if found.key]


def answer(match: StoreMatch, client: ShopifyClient) -> None:
    """Search, decide, keep. Raises ShopifyError."""
    field, keys = match.selection.match_by, keys_of(match.selection)
    decided = decide(keys, candidates(client, field, keys), field)
    ids = list(dict.fromkeys(id for found in decided.values() for id in found.product_ids))
    known = cards(client, ids)
    rows = [_row(match, key, found, known) for key, found in decided.items()]
    counts = Counter(row.verdict for row in rows)
    with transaction.atomic():
        match.keys.all().delete()
        KeyMatch.objects.bulk_create(rows)
        # If the person chose other fields meanwhile, this answers a question that nobody asks any more.
        StoreMatch.objects.filter(
            pk=match.pk, cloudinary_field=match.cloudinary_field, shopify_field=match.shopify_field
        ).update(
            state=JobState.DONE,
            problem="",
            heard=timezone.now(),
            matched=counts[Verdict.MATCHED],
            ambiguous=counts[Verdict.AMBIGUOUS],
            unmatched=counts[Verdict.UNMATCHED],
            products=len({p["id"] for row in rows if row.verdict == Verdict.MATCHED for p in row.products}),
        )


def _row(match: StoreMatch, key: str, found: Match, known: dict[str, ProductCard]) -> KeyMatch:
    return KeyMatch(
        store_match=match,
        key=key,
        verdict=found.verdict,
        reason=found.reason,
        products=[asdict(known[id]) for id in found.product_ids if id in known],
        variant_ids=list(found.variant_ids),
    )
