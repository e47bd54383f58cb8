"""Total readers of stored JSON: whatever is there (of an older or a newer release, or damaged), they answer their shape.

What they do not know stays where that does no harm; what is missing or of another type gets a default; an entry without
what identifies it is left out. None of them ever raises.
"""

from collections.abc import Mapping
from typing import Any

from linking.domain.alts import MAX_ALT
from linking.domain.bounds import Bound
from linking.domain.fields import BadField, CloudinaryField
from setup.reasons import Reason, decoded


def text(value: object) -> str:
    return value if isinstance(value, str) else ""


def whole(value: object) -> int:
    """0 for what is no whole number that a row can hold."""
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else 0


def mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def entries(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def texts(value: object) -> list[str]:
    return [one for one in entries(value) if isinstance(one, str)]


def rows(value: object, *named: str) -> list[dict[str, Any]]:
    """The objects of a list that have a text under at least one of these names; of any, without names."""
    found = [one for one in entries(value) if isinstance(one, dict)]
    return [one for one in found if any(text(one.get(name)) for name in named)] if named else found


def counts(value: object) -> dict[str, int]:
    return {name: number for name, number in mapping(value).items() if whole(number) == number and number > 0}


def numbers(value: object) -> dict[str, int]:
    """By name, those from 0 on."""
    return {name: n for name, n in mapping(value).items() if isinstance(n, int) and whole(n) == n and n >= 0}


def are_pairs(value: object, *types: type) -> bool:
    """Whether it is a list of nothing but lists of these types, in their order."""
    return isinstance(value, list) and all(
        isinstance(one, list) and [type(x) for x in one] == [*types] for one in value
    )


def pairs(value: object) -> list[tuple[str, str]]:
    """[[text, text], …]."""
    return [(one[0], one[1]) for one in entries(value) if isinstance(one, list) and len(texts(one)) == len(one) == 2]


# One id that is none has Shopify refuse all that are asked for with it.
PRODUCT = "gid://shopify/Product/"

# Of matches (models.matches.KeyMatch) and of what a person picked of them


def products(value: object) -> list[dict[str, Any]]:
    """[{"id", "title", "handle", "status", "image", "why": Reason, "variants": [id, …], "skus": {id: SKU},
    "positions": {id: number}, "chosen": {id: [(option, value), …]}, "options": [name, …], and since releases that bound runs
    "vendor", "product_type", "tags"}, …]."""
    return [_card(row) for row in rows(value, "id") if text(row["id"]).startswith(PRODUCT)]


def _card(row: Mapping[str, Any]) -> dict[str, Any]:
    texts_of = {name: text(row.get(name)) for name in ("id", "title", "handle", "status", "image")}
    why = decoded(text(row.get("why")))
    skus = {id: sku for id, sku in mapping(row.get("skus")).items() if isinstance(sku, str)}
    lists = {name: texts(row.get(name)) for name in ("variants", "options")}
    lists |= {"tags": texts(row["tags"])} if isinstance(row.get("tags"), list) else {}
    chosen = {id: found for id, one in mapping(row.get("chosen")).items() if (found := pairs(one))}
    of_variants = {"skus": skus, "positions": counts(row.get("positions")), "chosen": chosen}
    # What is known here first: processes keep thousands of cards, and each reading of JSON spells the names once more.
    card: dict[str, Any] = {**texts_of, **lists, **of_variants, "why": why}
    return card | {name: value for name, value in row.items() if name not in card}


def suggestions(value: object) -> list[dict[str, Any]]:
    """[{"value", "product": as in `products`}, …]."""
    found = ((row, products([row.get("product")])) for row in rows(value))
    return [{**row, "value": text(row.get("value")), "product": card[0]} for row, card in found if card]


def picks(value: object) -> dict[str, list[str]]:
    """Store pk as text -> product ids."""
    return {store: texts(ids) for store, ids in mapping(value).items() if texts(ids)}


def by_hand(value: object) -> dict[str, dict[str, Any]]:
    """Store pk as text -> {"cards": as `products`, "out": product ids, "also": bool} (linking.domain.by_hand), as far as there is
    anything."""
    found = {store: decided_by_hand(one) for store, one in mapping(value).items()}
    return {store: one for store, one in found.items() if one}


def decided_by_hand(value: object) -> dict[str, Any]:
    known = mapping(value)
    found = {"cards": products(known.get("cards")), "out": texts(known.get("out")), "also": known.get("also") is True}
    return {name: one for name, one in found.items() if one}


def metafields(value: object) -> list[dict[str, Any]]:
    """[{"code", "name", "type", "owner"}, …], as texts; earlier releases knew those of products only."""
    found = rows(value, "code")
    known = [{name: text(row.get(name)) for name in ("code", "name", "type")} for row in found]
    return [one | {"owner": text(row.get("owner")) or "PRODUCT"} for one, row in zip(known, found, strict=True)]


def members(value: object) -> dict[str, list[str] | None]:
    """Collection as `folded` compares -> the ids of the matched products in it; None: the store has no such collection."""
    return {name: None if ids is None else texts(ids) for name, ids in mapping(value).items()}


def texts_by_name(value: object) -> dict[str, list[str]]:
    return {name: texts(values) for name, values in mapping(value).items()}


# Of selections (models.selections)


def bound(value: object) -> dict[str, list[str]]:
    """As linking.domain.bounds.Bound keeps it."""
    return Bound.of(value).kept


def offered_fields(value: object) -> list[dict[str, Any]]:
    """[{"code", "label", "filled", "sort", "values"}, …], as far as the codes are known here. `sort`: see
    linking.domain.order_words; `values`: labels of its list, in the list's order; of other fields none."""
    known = (row for row in rows(value, "code") if _is_code(row["code"]))
    return [
        {
            **row,
            "label": text(row.get("label")) or row["code"],
            "filled": whole(row.get("filled")),
            "sort": text(row.get("sort")),
            "values": texts(row.get("values")),
        }
        for row in known
    ]


def _is_code(code: object) -> bool:
    try:
        CloudinaryField.parse(text(code))
    except BadField:
        return False
    return True


def offer(value: object) -> dict[str, Any]:
    """{"settings": {field: value}, "stores": [pk, …], "whose", "instead_of"}, or {}; whether the values are possible ones is
    for those who know the fields (linking.selection.taking_over)."""
    known = mapping(value)
    if not mapping(known.get("settings")):
        return {}
    stores = [pk for one in entries(known.get("stores")) if (pk := whole(one))]
    texts_of = {name: text(known.get(name)) for name in ("whose", "instead_of")}
    return {**known, **texts_of, "settings": known["settings"], "stores": stores}


# The names of the addresses that take a change back.
TAKEN_BACK_AT = ("link-arrange", "link-pick", "link-ticks", "link-presets", "link-alts", "upload-edit")


def last_change(value: object) -> dict[str, Any]:
    """{"text": Reason, "back": {name: text or number}, "url", "was", "resumed"}, or {} without a text. Without an address that
    takes changes back there is no way back."""
    known = mapping(value)
    if not text(known.get("text")):
        return {}
    back = mapping(known.get("back")) if known.get("url") in TAKEN_BACK_AT else {}
    named = {name: one for name, one in back.items() if name.isidentifier() and isinstance(one, str | int)}
    return {**known, "text": decoded(known["text"]), "back": named}


def arranged_before(value: object) -> tuple[dict[int, bool], list[tuple[str, dict[str, Any]]]]:
    """What takes an edit of an arrangement back, `was` in `last_change`: whether each of these places was excluded, and
    what of each group was {"excluded": bool}, {"order": asset ids}, or {"picks": …, "by_hand": …} as they are kept."""
    known = mapping(value)
    places = {one[0]: one[1] for one in entries(known.get("assets")) if _is_pair(one, int, bool)}
    groups = [(one[0], _fields(one[1])) for one in entries(known.get("groups")) if _is_pair(one, str, dict)]
    return places, [(same, fields) for same, fields in groups if fields]


def ticked_before(value: object) -> set[int] | None:
    """The stores that were ticked before an edit ticked others, `was` in `last_change`; None if that edit did something else."""
    known = mapping(value).get("stores")
    return {one for one in known if whole(one)} if isinstance(known, list) else None


def _is_pair(one: object, first: type, second: type) -> bool:
    return are_pairs([one], first, second)


def _fields(known: Mapping[str, Any]) -> dict[str, Any]:
    fits = {
        "excluded": lambda one: isinstance(one, bool),
        "order": lambda one: isinstance(one, list) and texts(one) == one,
        "picks": lambda one: isinstance(one, dict) and picks(one) == one,
        "by_hand": is_by_hand,
    }
    return {name: one for name, one in known.items() if name in fits and fits[name](one)}


def is_by_hand(value: object) -> bool:
    """Whether all of it is read by `by_hand`: of exclusions none may be lost."""
    if not isinstance(value, dict):
        return False
    found = by_hand(value)
    return all(
        isinstance(one, dict)
        and all(found.get(store, {}).get(name, []) == one.get(name, []) for name in ("out", "also") if one.get(name))
        and len(found.get(store, {}).get("cards", ())) == len(entries(one.get("cards")))
        and isinstance(one.get("cards", []), list)
        for store, one in value.items()
    )


AltBefore = tuple[int, str | None, str, str | None]


def alts_before(value: object) -> list[AltBefore]:
    """What takes a decision about alt texts back: (place, text, its source, state of its caption or None: not touched)."""
    found: list[AltBefore] = []
    for one in entries(value):
        match one:
            case [int() as place, (str() | None) as alt, str() as source, (str() | None) as state]:
                if len(alt or "") <= MAX_ALT and max(len(source), len(state or "")) <= 10:
                    found.append((place, alt, source, state))
    return found


def details(value: object) -> dict[str, Any]:
    """Of an asset: {} for one that is not fetched or gone. What cannot be read is not empty, so that it is not taken for that."""
    if isinstance(value, dict):
        return value
    return {"unreadable": True} if value else {}


# Of runs (models.syncs)


def media(value: object) -> list[dict[str, Any]]:
    """A gallery: [{"id", "alt", "status", "type", "url", "asset": id or None, "ours"}, …]."""
    return [
        {
            **row,
            **{name: text(row.get(name)) for name in ("id", "alt", "status", "type", "url")},
            "asset": text(row.get("asset")) or None,
            "ours": row.get("ours") is True,
        }
        for row in rows(value, "id")
    ]


def left_media(value: object) -> list[tuple[str, str | None]]:
    """A gallery as a run left it: (media id, alt text or None where that is not known) in order."""
    known = [one for one in entries(value) if isinstance(one, list) and len(one) == 2 and text(one[0])]
    return [(id, alt if isinstance(alt, str) else None) for id, alt in known]


def slots(value: object) -> list[dict[str, Any]]:
    """A gallery as planned: [{"medium"} or {"return"} or {"asset", "file"}, …], each also with its asset if that is known."""
    names = ("medium", "return", "asset", "file", "adopted")
    return [
        {name: one for name, one in row.items() if name not in names or text(one)}
        for row in rows(value, "medium", "return", "asset")
    ]


def ids_or_none(value: object) -> list[str] | None:
    """None as well for a list with anything else in it: cut to nothing, it would stand for all."""
    return value if isinstance(value, list) and all(isinstance(one, str) for one in value) else None


def carriers(value: object) -> dict[str, Any]:
    """{"variants": [(id, SKU), …], "whole": bool, "seen": time, "assets": {asset id: [variant id, …] or None}, "before": the
    same}."""
    known = mapping(value)
    lists = {
        name: {
            asset: ids for asset, ids in mapping(known.get(name)).items() if ids is None or ids_or_none(ids) is not None
        }
        for name in ("assets", "before")
    }
    seen = {"whole": known.get("whole") is True, "seen": text(known.get("seen"))}
    return {"variants": pairs(known.get("variants")), **seen, **lists}


def variant_changes(value: object) -> list[dict[str, Any]]:
    """[{"id", "title", "before": medium or None, "after": {"medium"} or {"file"} or None, "reason": as setup.reasons encodes it},
    …]."""
    return [
        {
            **row,
            "title": text(row.get("title")),
            "before": text(row.get("before")) or None,
            "reason": text(row.get("reason")),
            "after": next(
                ({name: one} for name in ("medium", "file") if (one := text(mapping(row.get("after")).get(name)))), None
            ),
        }
        for row in rows(value, "id")
    ]


def lookalikes(value: object) -> list[dict[str, Any]]:
    """[{"medium", "asset", "likeness", "adopt": bool, "apart": number or None, "because": [text, …]}, …]"""
    return [
        {
            **{name: text(row.get(name)) for name in ("medium", "asset", "likeness")},
            "adopt": row.get("adopt") is True,
            "apart": row.get("apart") if type(row.get("apart")) is int else None,
            "because": texts(row.get("because")),
        }
        for row in rows(value, "medium")
    ]


def swatches_left(value: object) -> list[dict[str, str]]:
    """[{"asset", "name", "url"}, …]"""
    return [{name: text(row.get(name)) for name in ("asset", "name", "url")} for row in rows(value, "asset")]


# Of estimates (models.estimates)


def estimate(value: object) -> dict[str, Any]:
    """{"counted": {name: number}, "left": [(store pk, Reason), …], "run": {"points", "requests", "mutations"}}, or {}."""
    known = mapping(value)
    if not mapping(known.get("counted")):
        return {}
    numbers = {name: counts(known.get(name)) for name in ("counted", "run")}
    return {**known, **numbers, "left": left_stores(known.get("left"))}


def left_stores(value: object) -> list[tuple[int, Reason]]:
    """[(store pk, why it is not counted), …]"""
    return [(one[0], decoded(one[1])) for one in entries(value) if _is_pair(one, int, str)]


def stores_left(value: object) -> list[tuple[int, Reason, int]]:
    """[(store pk, why it is not counted, when it did not answer as Unix time, or 0), …]"""
    found = [(one[0], decoded(one[1]), one[2]) for one in entries(value) if are_pairs([one], int, str, int)]
    return found or [(*one, 0) for one in left_stores(value)]


def seen_media(value: object) -> list[tuple[str, str, bool, str]] | None:
    """None for anything but a list of such entries: half of a gallery is none."""
    if not are_pairs(value, str, str, bool, str):
        return None
    return [(one[0], one[1], one[2], one[3]) for one in entries(value)]


# Of Choose Assets (models.picker)


def ticked(value: object) -> list[tuple[str, str, tuple[str, ...]]]:
    """[(asset id, resource type, keys), …], each asset once."""
    found: dict[str, tuple[str, str, tuple[str, ...]]] = {}
    for one in entries(value):
        match one:
            case [str() as id, str() as kind, list() as keys] if id:
                found.setdefault(id, (id, kind, tuple(texts(keys))))
    return list(found.values())
