"""The door to matches: a selection's question to its stores, put once and enqueued; linking.matching.answering answers it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from linking import queue
from linking.models import KeyMatch, Selection, StoreMatch
from linking.models.jobs import asked_for
from setup.models import Store
from setup.reasons import NONE


def ask(selection: Selection, stores: Iterable[Store] | None = None, *, again: bool = False) -> dict[int, StoreMatch]:
    """Put the selection's question to every connected store that was not asked just that. Answers what every store was asked,
    by its pk. `stores`: all that the environment shows, if they are known. Of a chain every part puts its own."""
    stores = selection.store_choices() if stores is None else stores
    known = {match.store_id: match for match in selection.matches.all()}
    new = _ask(selection, stores, known, again=again)
    mine = {match.store_id: match for match in new}
    for one in selection.others():
        new += _ask(one, stores, again=again)
    for match in new:
        queue.enqueue("match", match.pk)
    return known | mine


def _ask(
    selection: Selection, stores: Iterable[Store], known: Mapping[int, StoreMatch] | None = None, *, again: bool
) -> list[StoreMatch]:
    if selection.names_products:
        return []  # its run asks, for those
    known = {match.store_id: match for match in selection.matches.all()} if known is None else known
    asked = connected(stores) if again else unasked(selection, stores, known)
    return put_all(selection, asked, now=timezone.now(), again=again, known=list(known.values())) if asked else []


def connected(stores: Iterable[Store]) -> list[Store]:
    return [store for store in stores if store.is_open]


def unasked(selection: Selection, stores: Iterable[Store], known: Mapping[int, StoreMatch]) -> list[Store]:
    """The connected stores that were not asked just that. `known`: what every store was asked, by its pk."""
    fields, collections = _question_of(selection), selection.product_bound.collections
    return [
        one
        for one in connected(stores)
        if not (row := known.get(one.pk)) or _is_other(row, fields(one.pk), collections)
    ]


def _is_other(match: StoreMatch, fields: dict[str, str], collections: Collection[str]) -> bool:
    return not (match.asks(**fields) and match.has_asked(collections))


def refresh(selection: Selection, stores: Iterable[Store] | None = None) -> dict[int, StoreMatch]:
    """As `ask`, also of the stores that have answered."""
    return ask(selection, stores, again=True)


def put(selection: Selection, store: Store, *, now: datetime, again: bool = False) -> tuple[StoreMatch, bool]:
    """The question for a store, and whether it is new. Nothing is enqueued: a run answers it itself."""
    new = put_all(selection, [store], now=now, again=again)
    return (new[0], True) if new else (StoreMatch.objects.get(selection=selection, store=store), False)


def put_all(
    selection: Selection,
    stores: Sequence[Store],
    *,
    now: datetime,
    again: bool = False,
    known: Iterable[StoreMatch] | None = None,
) -> list[StoreMatch]:
    """Puts the selection's question to these stores; returns those for which it is new: other fields than last time make it
    so, and `again`. Where only collections are asked for that were not before, what matches stays, and is not searched for.
    `known`: what was asked already, if that was just read. A handful of queries for any number of stores."""
    fields, bound = _question_of(selection), selection.product_bound
    collections = list(bound.collection)
    mine = StoreMatch.objects.filter(selection=selection, store__in=stores)
    here = {store.pk for store in stores}
    with transaction.atomic():
        there = {match.store_id: match for match in (mine if known is None else known) if match.store_id in here}
        first = [store for store in stores if store.pk not in there]
        if first:
            StoreMatch.objects.bulk_create(
                (
                    StoreMatch(
                        selection=selection,
                        store=store,
                        heartbeat_at=now,
                        asked_at=now,
                        collections=collections,
                        **fields(store.pk),
                    )
                    for store in first
                ),
                ignore_conflicts=True,
            )
        other = [match for match in there.values() if not match.asks(**fields(match.store_id))]
        lacking = [one for one in there.values() if one not in other and not one.has_asked(bound.collections)]
        repeated = list(there.values()) if again else [*other, *lacking]
        if repeated:
            _put_again(repeated, other, now, fields, collections, again=again)
    return [*repeated, *(mine.filter(store__in=first) if first else ())]


def _question_of(selection: Selection) -> Callable[[int], dict[str, str]]:
    """What the store with this pk is asked: each with the Shopify field that is set for it."""
    keying = str(selection.keying)
    return lambda pk: {"keying": keying, "shopify_field": selection.for_store(pk).shopify_field}


def _put_again(
    repeated: Sequence[StoreMatch],
    other: Sequence[StoreMatch],
    now: datetime,
    fields: Callable[[int], dict[str, str]],
    collections: Sequence[str],
    *,
    again: bool,
) -> None:
    """What is known stays as long as it answers the same question: the `other` ones are asked something else."""
    values = asked_for(now=now) | {"doing": NONE, "asked_at": now, "keys_asked": 0, "collections": list(collections)}
    numbers = dict.fromkeys(("matched", "ambiguous", "unmatched", "products"), 0)
    forgotten = {**numbers, "note": NONE, "known": False, "catalog": None, "only_members": False}
    same = [match for match in repeated if match not in other]
    if other:
        KeyMatch.objects.filter(store_match__in=other).delete()
    by_field: dict[str, list[StoreMatch]] = {}
    for match in other:
        by_field.setdefault(fields(match.store_id)["shopify_field"], []).append(match)
    for matches in by_field.values():  # most often one
        _update(matches, values | fields(matches[0].store_id) | forgotten)
    # What is searched for once more anyway is searched for to its end.
    known = [match for match in same if not again and match.known and (match.only_members or not match.busy)]
    if known:
        _update(known, values | {"only_members": True})
    if searched := [match for match in same if match not in known]:
        _update(searched, values | {"only_members": False})


def _update(matches: Sequence[StoreMatch], values: dict) -> None:
    """In the rows and in hand. Who in between asked something else counted `question` up as well, and then theirs counts: what is
    in hand is superseded."""
    rows = StoreMatch.objects.filter(pk__in=[match.pk for match in matches])
    rows.update(**values, question=F("question") + 1)
    for match in matches:
        match.question += 1
        for name, value in values.items():
            setattr(match, name, value)
