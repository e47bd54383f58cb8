"""Splitting a selection that is too large for one page into parts: between groups, never within one.

Assets that share a key belong together, and so do those that are joined by an asset with several keys. Such a family stays in
one part, even if it is larger than a part should be: a gallery is planned by all of its group, and an order by hand is one list.
"""

from collections.abc import Collection, Iterable, Sequence


def split(assets: Sequence[Collection[str]], most: int) -> list[list[int]]:
    """Parts of at most `most` assets, each a list of places in the order of the selection. `assets`: what identifies the keys of
    each. In the order in which groups first appear, each family goes to the first part that has room for it, so no two parts
    would fit into one. A family of more than `most` is a part alone. Assets without a key fill the room that is left."""
    families = families_of(assets)
    loose = [family for family in families if not assets[family[0]]]
    parts: list[list[int]] = []
    # A part that is full is not looked at again.
    room: dict[int, int] = {}
    for family in [*(one for one in families if assets[one[0]]), *loose]:
        at = next((at for at, free in room.items() if free >= len(family)), None)
        if at is None:
            at = len(parts)
            parts.append([])
            room[at] = max(most, len(family))
        parts[at] += family
        room[at] -= len(family)
        if not room[at]:
            del room[at]
    return [sorted(part) for part in parts]


def families_of(assets: Sequence[Collection[str]]) -> list[list[int]]:
    """Places of the assets that are joined by keys, directly or by others, in order of first appearance. One without a key is a
    family of its own."""
    heads = list(range(len(assets)))

    def head_of(place: int) -> int:
        while heads[place] != place:
            heads[place] = place = heads[heads[place]]
        return place

    first: dict[str, int] = {}
    for place, keys in enumerate(assets):
        for key in keys:
            one, other = sorted((head_of(first.setdefault(key, place)), head_of(place)))
            heads[other] = one
    found: dict[int, list[int]] = {}
    for place in range(len(assets)):
        found.setdefault(head_of(place), []).append(place)
    return list(found.values())


def in_pieces(count: int, most: int) -> Iterable[range]:
    """Before any key is known: as many pieces as are needed, in order."""
    return (range(at, min(at + most, count)) for at in range(0, count, most))
