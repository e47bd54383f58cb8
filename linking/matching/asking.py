"""The door to matches: a selection's question to its stores, put once and enqueued; linking.matching.answering answers it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
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
    known = {match.store_id: match for match in selection.matches.all()} if known is None else known
    asked = connected(stores) if again else unasked(selection, stores, known)
    return put_all(selection, asked, now=timezone.now(), again=again, known=list(known.values())) if asked else []


def connected(stores: Iterable[Store]) -> list[Store]:
    return [store for store in stores if store.status == Store.Status.CONNECTED]


def unasked(selection: Selection, stores: Iterable[Store], known: Mapping[int, StoreMatch]) -> list[Store]:
    """The connected stores that were not asked just that. `known`: what every store was asked, by its pk."""
    field = _question_of(selection)
    return [one for one in connected(stores) if one.pk not in known or not known[one.pk].asks(**field(one.pk))]


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
    so, and `again`. `known`: what was asked already, if that was just read. A handful of queries for any number of stores."""
    fields = _question_of(selection)
    mine = StoreMatch.objects.filter(selection=selection, store__in=stores)
    here = {store.pk for store in stores}
    with transaction.atomic():
        there = {match.store_id: match for match in (mine if known is None else known) if match.store_id in here}
        first = [store for store in stores if store.pk not in there]
        if first:
            StoreMatch.objects.bulk_create(
                (
                    StoreMatch(selection=selection, store=store, heartbeat_at=now, asked_at=now, **fields(store.pk))
                    for store in first
                ),
                ignore_conflicts=True,
            )
        other = [match for match in there.values() if not match.asks(**fields(match.store_id))]
        repeated = list(there.values()) if again else other
        if repeated:
            _put_again(repeated, other, now, fields)
    return [*repeated, *(mine.filter(store__in=first) if first else ())]


def _question_of(selection: Selection) -> Callable[[int], dict[str, str]]:
    """What the store with this pk is asked: each with the Shopify field that is set for it."""
    keying = str(selection.keying)
    return lambda pk: {"keying": keying, "shopify_field": selection.for_store(pk).shopify_field}


def _put_again(
    repeated: Sequence[StoreMatch], other: Sequence[StoreMatch], now: datetime, fields: Callable[[int], dict[str, str]]
) -> None:
    """What is known stays as long as it answers the same question: the `other` ones are asked something else."""
    values = asked_for(now=now) | {"doing": NONE, "asked_at": now, "keys_asked": 0}
    numbers = dict.fromkeys(("matched", "ambiguous", "unmatched", "products"), 0)
    forgotten = {**numbers, "note": NONE, "known": False, "catalog": None}
    same = [match for match in repeated if match not in other]
    if other:
        KeyMatch.objects.filter(store_match__in=other).delete()
    by_field: dict[str, list[StoreMatch]] = {}
    for match in other:
        by_field.setdefault(fields(match.store_id)["shopify_field"], []).append(match)
    for matches in by_field.values():  # most often one
        _update(matches, values | fields(matches[0].store_id) | forgotten)
    if same:
        _update(same, values)


def _update(matches: Sequence[StoreMatch], values: dict) -> None:
    """In the rows and in hand. Who in between asked something else counted `question` up as well, and then theirs counts: what is
    in hand is superseded."""
    rows = StoreMatch.objects.filter(pk__in=[match.pk for match in matches])
    rows.update(**values, question=F("question") + 1)
    for match in matches:
        match.question += 1
        for name, value in values.items():
            setattr(match, name, value)
