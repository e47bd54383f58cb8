"""What stores have answered for a selection's keys, as lists show it. An answer is never changed, only replaced as a whole by
other rows, so that what this process read of one holds as long as its last row is there.
"""

from collections.abc import Collection, Mapping, Sequence

from django.db.models import Count, Max

from linking.models import KeyMatch, KeyRow, StoreMatch
from linking.runtime.kept import Kept

# Rows that this process keeps, with their products and what is near to them.
MOST_KEPT = 12_000
Stamp = tuple[object, ...]


def stamps_of(matches: Collection[StoreMatch]) -> Mapping[int, Stamp]:
    """By StoreMatch.pk, of those that have answered: another one for any other answer. One query.

    The last row of each, how many there are, and when a job last had to do with them."""
    beats = {match.pk: match.heartbeat_at for match in matches}
    rows = KeyMatch.objects.filter(store_match__in=list(beats)).order_by().values_list("store_match")
    return {pk: (last, n, beats[pk]) for pk, last, n in rows.annotate(last=Max("pk"), n=Count("pk"))}


def of_matches(stamps: Mapping[int, Stamp]) -> Mapping[int, Sequence[KeyRow]]:
    """By StoreMatch.pk. `stamps`: as `stamps_of` answered them. One query, if there is anything that was not read before."""
    found = {pk: rows for pk, stamp in stamps.items() if (rows := kept.get(pk, stamp)) is not None}
    if new := [pk for pk in stamps if pk not in found]:
        read: dict[int, list[KeyRow]] = {pk: [] for pk in new}
        for values in KeyMatch.objects.filter(store_match__in=new).order_by("pk").values_list(*KeyRow._fields):
            row = KeyRow._make(values)
            read[row.store_match_id].append(row)
        for pk, rows in read.items():
            kept.put(pk, stamps[pk], rows, sum(map(weight_of, rows)))
        found |= read
    return found


def weight_of(row: KeyRow) -> int:
    """What it is kept for: itself, its products, and what is near to it."""
    return 1 + len(row.products) + len(row.suggestions)


kept = Kept[Sequence[KeyRow]](MOST_KEPT)
