"""Products that a program names by id, handle or SKU, asked of one store by the run itself: what each means there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from linking import waiting
from linking.domain.matching import Match, Verdict, decide
from linking.domain.named_products import FIELDS, ID, NAMED, Reference, answer_of
from linking.matching import answering
from linking.matching.searched import searched
from linking.models import KeyMatch, Selection, StoreMatch
from linking.models.jobs import NO_TRIES, JobState
from linking.shopify.catalog import MAX_KEYS, ProductCard, ReadWhole, candidates, cards
from setup.models import Store
from setup.reasons import NONE, Reason
from setup.shopify.client import ShopifyClient

HANDLE, SKU = FIELDS["handle"], FIELDS["sku"]


@dataclass
class Named:
    """By the code of each reference, and the products that were read for it, by id."""

    answers: dict[str, Match] = field(default_factory=dict)
    known: dict[str, ProductCard] = field(default_factory=dict)
    note: Reason = NONE


def ask(selection: Selection, store: Store, client: ShopifyClient, codes: Iterable[str]) -> StoreMatch:
    """What the store answered for the products that the selection's run names; asked once, also for the runs that follow it.
    Safe to repeat. Raises ShopifyError."""
    times = dict.fromkeys(("asked_at", "heartbeat_at"), timezone.now())
    known = {"keying": str(selection.keying), "shopify_field": NAMED, "state": JobState.DONE, **times}
    match, _ = StoreMatch.objects.get_or_create(selection=selection, store=store, defaults=known)
    if not match.known:
        named = [Reference.parse(code) for code in dict.fromkeys(codes)]
        _keep(match, found(match, client, named))
    return match


def found(match: StoreMatch, client: ShopifyClient, named: Sequence[Reference]) -> Named:
    """A few requests for any number of products: ids by 250, handles and SKUs by 50. Raises ShopifyError."""
    of: dict[str, list[str]] = {by: [one.text for one in named if one.by == by] for by in (ID, *FIELDS)}
    note = NONE
    by_text: dict[str, Mapping[str, Match]] = {ID: {id: Match(Verdict.MATCHED, (id,)) for id in of[ID]}}
    by_text["handle"] = _of_handles(client, of["handle"])
    by_text["sku"], note = _of_skus(match, client, of["sku"]) if of["sku"] else ({}, NONE)
    ids = list(dict.fromkeys(id for answers in by_text.values() for one in answers.values() for id in one.product_ids))
    known = waiting.insist(lambda some: cards(client, some), ids, client.pause) if ids else {}
    answers = {one.code: answer_of(one, _there(by_text[one.by].get(one.text), known)) for one in named}
    return Named(answers, known, note)


def _there(answer: Match | None, known: Mapping[str, ProductCard]) -> Match | None:
    """None where nothing is left of it: a search still knows what was just deleted."""
    return answer if answer is not None and any(id in known for id in answer.product_ids) else None


def _of_handles(client: ShopifyClient, handles: Sequence[str]) -> Mapping[str, Match]:
    """In as many searches as it takes: no store keeps two products with one handle, so that each answer is short."""
    if not handles:
        return {}
    try:
        if len(handles) > MAX_KEYS:
            raise ReadWhole
        return decide(handles, candidates(client, HANDLE, handles), HANDLE)
    except ReadWhole:
        if len(handles) == 1:
            return {}
    half = len(handles) // 2
    return {**_of_handles(client, handles[:half]), **_of_handles(client, handles[half:])}


def _of_skus(match: StoreMatch, client: ShopifyClient, skus: Sequence[str]) -> tuple[Mapping[str, Match], Reason]:
    """By search, or from the whole catalog where that is cheaper, or where a search might miss one."""
    try:
        if match.bulk_id:  # an earlier slice came so far
            raise ReadWhole(match.note)
        return searched(client, SKU, skus), NONE
    except ReadWhole as reason:
        return answering.read_whole(match, client, SKU, skus, reason.note), reason.note


def _keep(match: StoreMatch, found: Named) -> None:
    rows = [answering.row_of(match, code, one, found.known, []) for code, one in found.answers.items()]
    matched = [row for row in rows if row.verdict == Verdict.MATCHED]
    values = {"known": True, "heartbeat_at": timezone.now(), "doing": NONE, "note": found.note, "problem": NONE}
    values |= {"matched": len(matched), "products": len({p["id"] for row in matched for p in row.products})}
    with transaction.atomic():
        StoreMatch.objects.filter(pk=match.pk).update(state=JobState.DONE, **values, **NO_TRIES)
        match.keys.all().delete()
        KeyMatch.objects.bulk_create(rows)
    match.refresh_from_db()
