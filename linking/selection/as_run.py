"""A selection as a run begins with it: settings and arrangement as they are now. Nothing is saved here.

A run of a part is a run of its whole chain: one plan of all groups, so that a product which groups of two parts reach is planned
once, and a link mode that looks at the whole gallery sees all that comes.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from linking.domain.keying import Keying
from linking.domain.named_products import Row, kept
from linking.models import Selection, Sync
from linking.models.selections import RUN_SETTINGS
from linking.selection.arrangement import freeze

SETTINGS = ("cloudinary_field", *RUN_SETTINGS)


def as_run(selection: Selection, token: str = "") -> Sync:
    """With its settings and its arrangement. Three queries. What has not been read yet is arranged once it is."""
    fields = {name: getattr(selection, name) for name in SETTINGS} | {"keying": str(selection.keying)}
    fields |= {"arrangement": frozen(selection)} if selection.fetched else {"to_arrange": True}
    known = {"environment": selection.environment, "member": selection.member, "selection": selection}
    return Sync(token=token, chain=selection.chain, **known, **fields)


def as_named_run(selection: Selection, token: str, rows: Sequence[Row]) -> Sync:
    """The same for products that a program names, each with its assets."""
    sync = as_run(selection, token)
    decided = selection.assets.exclude(alt=None).values_list("asset_id", "alt", "alt_source")
    sync.arrangement = {
        "groups": kept(rows),
        "excluded": [],
        "alts": {id: alt for id, alt, _source in decided},
        "alt_sources": {id: source for id, _alt, source in decided},
    }
    return sync


def frozen(selection: Selection) -> dict:
    """Its arrangement, or that of its whole chain (linking.selection.arrangement.freeze)."""
    if selection.chain_id is None:
        return freeze(selection)
    parts = list(selection.whole())
    for one in parts:
        one.environment = selection.environment
    return joined([freeze(one) for one in parts], selection.keying)


def joined(kept: Iterable[Mapping[str, Any]], keying: Keying) -> dict:
    """The arrangements of parts as one. An asset that was gone when the parts were made, and is there again, may be in another
    part than its group: it joins that."""
    groups: dict[str, list] = {}
    whole: dict[str, Any] = {"excluded": [], "alts": {}, "alt_sources": {}}
    for one in kept:
        for key, assets, *rest in one["groups"]:
            known = groups.setdefault(keying.same(key), [key, [], *rest])
            known[1] += assets
        whole["excluded"] += one["excluded"]
        whole["alts"] |= one["alts"]
        whole["alt_sources"] |= one["alt_sources"]
    return {"groups": list(groups.values()), **whole}


def keep_allowed(sync: Sync) -> None:
    """Without named transformations that were allowed when they were chosen, and are not any more: for all, and for a store."""
    allowed = {"", *sync.environment.allowed_transformations}
    if sync.transformation not in allowed:
        sync.transformation = ""
    sync.store_settings = {
        pk: {**own, "transformation": ""} if own.get("transformation", "") not in allowed else own
        for pk, own in sync.store_settings.items()
    }


def allowed_now(selection: Selection) -> str:
    """Its named transformation, unless that was allowed when it was chosen, and is not any more."""
    return selection.transformation if selection.transformation in selection.environment.allowed_transformations else ""
