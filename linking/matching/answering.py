"""A worker answers which products of a store a selection's keys name (linking.matching.asking puts the question)."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from linking import attempts, waiting
from linking.attempts import Paused
from linking.domain.fields import ShopifyField
from linking.domain.grouping import group
from linking.domain.matching import Candidate, Match, Verdict, decide, unmatched
from linking.domain.nearest import Near
from linking.domain.reasons import VANISHED
from linking.matching import suggestions
from linking.models import KeyMatch, Selection, StoreMatch, StoreSync
from linking.models.jobs import NO_TRIES, SILENCE, JobState
from linking.shopify import bulk, products, shelf
from linking.shopify.catalog import ProductCard, ReadWhole, bulk_query, candidates, cards, everything, require_certain
from setup.reasons import NONE, Reason
from setup.shopify.client import ShopifyClient
from setup.shopify.errors import Remedy, ShopifyError

log = logging.getLogger(__name__)
# How long a job waits for a bulk query before the next one goes on, seconds; Shopify takes minutes for a large catalog.
SLICE = 60.0
# Seconds of a search until people see what was found so far, and until they see more: that costs a call each time.
SHOWN_EVERY = 3.0
MAX_PRODUCTS = 10_000
# Each as its assets spell it.
Keys = Mapping[str, Sequence[str]]
T = TypeVar("T")
STANDS_STILL = Reason("match.stands_still")


class Superseded(Exception):
    """The person asks something else by now."""


class SliceOver(Exception):
    """Shopify is still reading its catalog; the next job goes on from the row."""


def match_store(pk: int) -> bool:
    """Answer the question. Safe to repeat; a store that refuses us altogether is marked so. True: enqueue the next job."""
    attempt = attempts.claim(StoreMatch.objects.select_related("selection", "store"), pk)
    if attempt is None:
        return False
    match, until = attempt.row, time.monotonic() + SLICE
    client = ShopifyClient(match.store, pause=_resting(match), look=attempt.alive)
    read_before = (match.bulk_id, match.bulk_objects)
    with attempt:
        try:
            answer(match, client, until=until)
        except SliceOver:
            if (match.bulk_id, match.bulk_objects) == read_before:
                raise Paused(STANDS_STILL) from None
            return match.got_on(state=JobState.WAITING, now=timezone.now())
        except ShopifyError as error:
            if error.remedy == Remedy.STOP_STORE:
                match.store.break_off(error.reason)
            raise
    return False


def asked(match: StoreMatch) -> QuerySet[StoreMatch]:
    """The row, as long as it asks what it asked when it was read."""
    return StoreMatch.objects.filter(pk=match.pk, question=match.question)


def keys_of(selection: Selection) -> dict[str, list[str]]:
    """Keys, each as its assets spell it."""
    keying = selection.keying
    assets = [row.asset for row in selection.rows() if row.details]
    spelled: dict[str, dict[str, None]] = {}
    for asset in assets:
        for spelling, same in keying.spelled(asset).items():
            spelled.setdefault(same, {})[spelling] = None
    return {one.key: list(spelled.get(keying.same(one.key), ())) for one in group(assets, keying) if one.key}


def answer(match: StoreMatch, client: ShopifyClient, *, until: float = float("inf")) -> None:
    """Search or read, decide, keep. Raises ShopifyError, and SliceOver at `until` (of the monotonic clock)."""
    if match.only_members and match.known:
        _keep_members(match, client)
        return
    field, keys = ShopifyField.parse(match.shopify_field), keys_of(match.selection)
    asked(match).update(keys_asked=0, keys_total=len(keys))
    try:
        found = _decided(match, client, field, keys, until)
        ids = list(dict.fromkeys(id for one in found.decided.values() for id in one.product_ids))
        if len(ids) > MAX_PRODUCTS:
            raise ShopifyError(Remedy.GIVE_UP, Reason("match.too_many", count=len(ids)))
        picked = suggestions.picked_before(match)
        near = suggestions.with_room(found.near, len(ids))
        more = [one.product_id for values in near.values() for one in values]
        more += [one["product"]["id"] for values in picked.values() for one in values]
        known = {**found.known} | cards(client, [id for id in dict.fromkeys([*ids, *more]) if id not in found.known])
        if missing := [id for id in ids if id not in known]:
            known |= waiting.insist(lambda some: cards(client, some), missing, client.pause)
        catalog = _catalog_size(client) if ids else None
        members = products.members(client, match.collections, ids)
        _keep(match, found, known, suggestions.rows(field, near, picked, known), catalog, members)
    except Superseded:
        log.info("Store match %s was asked something else meanwhile.", match.pk)


def _keep_members(match: StoreMatch, client: ShopifyClient) -> None:
    """Which of the products that match are in the collections that are asked for. Raises ShopifyError."""
    ids = dict.fromkeys(product["id"] for row in match.keys.all() for product in row.products)
    members = products.members(client, match.collections, list(ids))
    values = {"problem": NONE, "doing": NONE, "heartbeat_at": timezone.now(), "members": members, **NO_TRIES}
    if not asked(match).update(state=JobState.DONE, **values):
        log.info("Store match %s was asked something else meanwhile.", match.pk)


@dataclass(frozen=True)
class Found:
    """The matches, what comes near to keys that matched nothing, and what is worth saying about how all that was found."""

    decided: Mapping[str, Match]
    near: Mapping[str, Sequence[Near]]
    note: Reason = NONE
    # The products that were read for what was shown meanwhile, by id.
    known: Mapping[str, ProductCard] = field(default_factory=dict)


def _decided(match: StoreMatch, client: ShopifyClient, field: ShopifyField, keys: Keys, until: float) -> Found:
    keying = match.selection.keying
    if match.bulk_id and match.bulk_question != match.question:
        _end_bulk(match, client)
    try:
        if match.bulk_id:  # an earlier job came so far
            raise ReadWhole(match.note)
        before, spelled = client.spent.requests, chain.from_iterable(keys.values())
        proposed: list[Candidate] = []
        meanwhile = Meanwhile(match, client, field, keys)
        got = partial(meanwhile.show, proposed)
        for one in candidates(client, field, list(keys), spelled, fold=keying.fold, got=got):
            proposed.append(one)  # noqa: PERF402 - read meanwhile
        decided = decide(keys, proposed, field, keying.same)
        require_certain(field, unmatched(decided))
        calls = client.spent.requests - before - meanwhile.calls
        near = suggestions.by_search(client, field, decided, proposed, calls)
        return Found(decided, near, known=meanwhile.known)
    except ReadWhole as reason:
        return _read_whole(match, client, field, keys, reason.note, until)


@dataclass
class Meanwhile:
    """What people see of a search that goes on: how many keys were asked for, and the products of those that match. What it
    reads of them is not read again at the end."""

    match: StoreMatch
    client: ShopifyClient
    by: ShopifyField
    keys: Keys
    known: dict[str, ProductCard] = field(default_factory=dict)
    calls: int = 0
    found: int = 0
    shown: set[str] = field(default_factory=set)
    shown_at: float = field(default_factory=time.monotonic)

    def show(self, proposed: Sequence[Candidate], count: int) -> None:
        """`count` of the keys, from the first on, were asked for. Raises ShopifyError, Superseded."""
        if not asked(self.match).update(keys_asked=count, heartbeat_at=timezone.now()):
            raise Superseded
        # What is asked again has its answer until there is another.
        due = time.monotonic() - self.shown_at >= SHOWN_EVERY and not self.match.known
        if due and count < len(self.keys):
            self._show_found(list(self.keys)[:count], proposed)
            self.shown_at = time.monotonic()

    def _show_found(self, keys: Sequence[str], proposed: Sequence[Candidate]) -> None:
        new = {key: self.keys[key] for key in keys if key not in self.shown}
        found = decide(new, proposed, self.by, self.match.selection.keying.same)
        found = {key: one for key, one in found.items() if one.verdict == Verdict.MATCHED}
        ids = dict.fromkeys(id for one in found.values() for id in one.product_ids if id not in self.known)
        if ids:
            before = self.client.spent.requests
            self.known |= cards(self.client, list(ids))
            self.calls += self.client.spent.requests - before
        rows = [row_of(self.match, key, one, self.known, []) for key, one in found.items()]
        KeyMatch.objects.bulk_create((row for row in rows if row.verdict == Verdict.MATCHED), ignore_conflicts=True)
        self.shown |= set(new)
        self.found += len(rows)
        asked(self.match).update(matched=self.found)  # by which pages notice that there is something to show


def _read_whole(
    match: StoreMatch, client: ShopifyClient, field: ShopifyField, keys: Keys, note: Reason, until: float
) -> Found:
    def read(objects: Iterable[dict], beat: Callable[[], None]) -> Found:
        decided = decide(keys, everything(field, objects), field, match.selection.keying.same)
        return Found(decided, suggestions.by_reading(decided, everything(field, objects), beat), note)

    return _from_catalog(match, client, field, note, until, read)


def read_whole(
    match: StoreMatch, client: ShopifyClient, field: ShopifyField, keys: Sequence[str], note: Reason
) -> Mapping[str, Match]:
    """The products whose field is exactly one of these texts, from the whole catalog. Raises what the client's pause does, too:
    then the row says how to go on."""
    return _from_catalog(
        match, client, field, note, float("inf"), lambda objects, _beat: decide(keys, everything(field, objects), field)
    )


def _from_catalog(
    match: StoreMatch,
    client: ShopifyClient,
    field: ShopifyField,
    note: Reason,
    until: float,
    read: Callable[[Iterable[dict], Callable[[], None]], T],
) -> T:
    try:
        url, beat = _catalog(match, client, bulk_query(field), note, until), _resting(match)
        with bulk.result(match.store, url, beat=beat) as objects:
            found = read(objects, beat)
    except Superseded:
        _end_bulk(match, client)
        raise
    except SliceOver:
        raise
    except ShopifyError as error:
        if error.remedy != Remedy.LATER:
            _forget_bulk(match)
        raise
    except Exception:
        # The wait is broken off: for good if the run was aborted, otherwise the operation is taken up again.
        if _aborted(match):
            _end_bulk(match, client)
        raise
    _forget_bulk(match)
    return found


def _catalog(match: StoreMatch, client: ShopifyClient, query: str, note: Reason, until: float) -> str:
    """The URL of the store's catalog as a bulk query reads it: of the operation that the row names, or a new one."""

    def report(doing: Reason) -> None:
        row = {"doing": doing, "note": note, "heartbeat_at": timezone.now(), "bulk_objects": match.bulk_objects}
        if not asked(match).update(**row):
            raise Superseded
        if time.monotonic() > until:
            raise SliceOver

    def read(count: int) -> None:
        match.bulk_objects = count
        report(Reason("doing.reading_catalog", count=count))

    if not match.bulk_id:
        report(Reason("doing.asking_catalog"))
        match.bulk_id = bulk.start(client, query, waiting=report, taken=lambda: _bulks_of(match.store_id))
        match.bulk_question, match.bulk_objects = match.question, 0
        if not asked(match).update(bulk_id=match.bulk_id, bulk_question=match.question):
            raise Superseded
    return bulk.await_end(client, match.bulk_id, read)


def _bulks_of(store_id: int) -> set[str]:
    """The operations that matches in this store wait for."""
    return set(StoreMatch.objects.filter(store=store_id).exclude(bulk_id="").values_list("bulk_id", flat=True))


def _end_bulk(match: StoreMatch, client: ShopifyClient) -> None:
    """Cancel what nobody waits for. It only reads: if that fails, it ends by itself."""
    try:
        bulk.cancel(client, match.bulk_id)
    except ShopifyError as error:
        log.info("Bulk query %s was not cancelled: %s", match.bulk_id, error)
    _forget_bulk(match)


def _forget_bulk(match: StoreMatch) -> None:
    StoreMatch.objects.filter(pk=match.pk, bulk_id=match.bulk_id).update(bulk_id="")
    match.bulk_id = ""


def _aborted(match: StoreMatch) -> bool:
    """The run that asked was aborted, and no job of the page waits for the same answer."""
    runs = Q(sync__selection=match.selection_id) | Q(sync__chain__selections=match.selection_id)
    runs &= Q(store=match.store_id, sync__abort_requested__isnull=False)
    job = asked(match).filter(state=JobState.RUNNING, heartbeat_at__gte=timezone.now() - SILENCE)
    return StoreSync.objects.busy().filter(runs).exists() and not job.exists()


def _resting(match: StoreMatch) -> Callable[..., None]:
    """A pause, of no length unless given, that keeps the job from being taken for lost. In small steps."""
    last = time.monotonic()

    def rest(seconds: float = 0.0, reason: Reason = NONE) -> None:
        nonlocal last
        ends = time.monotonic() + seconds
        while True:
            if time.monotonic() - last > 1:
                asked(match).update(heartbeat_at=timezone.now())
                last = time.monotonic()
            if (left := ends - time.monotonic()) <= 0:
                return
            time.sleep(min(left, 1.0))

    return rest


def _catalog_size(client: ShopifyClient) -> int | None:
    """How many products the store has, for the number of those that get nothing: no reason to be without the answer."""
    try:
        return shelf.count(client)
    except ShopifyError as error:
        log.info("The products of %s were not counted: %s", client.store, error)
        return None


def _keep(
    match: StoreMatch,
    found: Found,
    known: Mapping[str, ProductCard],
    suggested: Mapping[str, list[dict]],
    catalog: int | None,
    members: Mapping[str, list[str] | None],
) -> None:
    """All in one, unless the person asks something else by now: then nobody reads this answer. Raises Superseded."""
    rows = [row_of(match, key, one, known, suggested.get(key, [])) for key, one in found.decided.items()]
    counts = Counter(row.verdict for row in rows)
    matched = len({p["id"] for row in rows if row.verdict == Verdict.MATCHED for p in row.products})
    numbers = {verdict.value: counts[verdict] for verdict in Verdict}
    values = {"problem": NONE, "doing": NONE, "note": found.note, "heartbeat_at": timezone.now(), "known": True}
    values |= {**NO_TRIES, "catalog": catalog, "members": members}
    with transaction.atomic():
        if not asked(match).update(state=JobState.DONE, products=matched, **numbers, **values):
            raise Superseded
        match.keys.all().delete()
        KeyMatch.objects.bulk_create(rows)


def row_of(
    match: StoreMatch, key: str, found: Match, known: Mapping[str, ProductCard], suggested: list[dict]
) -> KeyMatch:
    if found.verdict == Verdict.MATCHED and not any(id in known for id in found.product_ids):
        found = Match(Verdict.UNMATCHED, reason=VANISHED)  # the search still knew them
    return KeyMatch(
        store_match=match,
        key=key,
        verdict=found.verdict,
        reason=found.reason,
        products=[
            suggestions.described(known[id], found.variants.get(id, ()), found.why.get(id, NONE), found.skus)
            | {"options": list(found.options.get(id, ())), **_of_variants(found, id)}
            for id in found.product_ids
            if id in known
        ],
        suggestions=suggested,
    )


def _of_variants(found: Match, product_id: str) -> dict[str, dict]:
    """Of the product's variants that carry the key: where each stands, and its values of the options."""
    ids = found.variants.get(product_id, ())
    return {
        "positions": {id: found.positions[id] for id in ids if id in found.positions},
        "chosen": {id: [list(one) for one in found.chosen[id]] for id in ids if found.chosen.get(id)},
    }
