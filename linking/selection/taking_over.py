"""Settings that were kept, taken over into a selection: a preset, or what was used last. What cannot be used here is named and
left as it is; what remains is one edit, with its way back."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from linking.domain import per_store
from linking.domain.bounds import Bound
from linking.domain.keying import MAX_SEPARATOR, BadPattern, compiled
from linking.domain.options import is_reach
from linking.domain.stored import mapping, ticked_before
from linking.models import Selection
from linking.models.selections import GROUP_ORDERS, KEY_SETTINGS
from setup.models import Store
from setup.models.environments import ALT_POLICIES
from setup.reasons import Reason

URL = "link-presets"
# Cloudinary fields to order by, if any, and what makes no sense without them.
ORDER_FIELDS = {
    "order_field": ("order_field", "order_descending", "then_field", "then_descending"),
    "then_field": ("then_field", "then_descending"),
}


@dataclass(frozen=True)
class Taking:
    """`changes`: {setting: value}; `stores`: pks of those that are ticked then, None if they stay as they are; `skipped`: what
    cannot be used here, and why."""

    changes: Mapping[str, Any]
    stores: frozenset[int] | None = None
    skipped: list[Reason] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        return not self.changes and self.stores is None


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_bool(value: object) -> bool:
    return isinstance(value, bool)


def _is_pattern(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(not value or compiled(value))
    except BadPattern:
        return False


def _is_one_of(choices: Iterable[tuple[str, object]]) -> Callable[[object], bool]:
    known = dict(choices)
    return lambda value: isinstance(value, str) and value in known


# Setting -> whether a value is one that a person could have chosen. Cloudinary fields are compared with those of the assets.
POSSIBLE: Mapping[str, Callable[[object], bool]] = {
    "cloudinary_field": _is_text,
    "pattern": _is_pattern,
    "separator": lambda value: isinstance(value, str) and len(value) <= MAX_SEPARATOR,
    "fold": _is_bool,
    **per_store.FITS,
    "order_field": _is_text,
    "order_descending": _is_bool,
    "then_field": _is_text,
    "then_descending": _is_bool,
    "group_order": _is_one_of(GROUP_ORDERS),
    "alt_policy": _is_one_of(ALT_POLICIES),
    "variant_pictures": _is_bool,
    "variant_reach": is_reach,
    "store_settings": lambda value: per_store.read(value) == value,
    "bound": lambda value: isinstance(value, dict) and Bound.of(value).kept == value,
}


def possible(settings: Mapping[str, Any]) -> dict[str, Any]:
    """As far as they are values that a person could have chosen."""
    return {name: value for name, value in settings.items() if name in POSSIBLE and POSSIBLE[name](value)}


def weighed(
    selection: Selection, settings: Mapping[str, Any], stores: Collection[int], shown: Mapping[Store, bool]
) -> Taking:
    """What these settings would change. `stores`: pks of those that they tick, none to leave them; `shown`: the environment's
    stores, and whether each is ticked now."""
    known, skipped = usable(selection, settings, {str(store.pk) for store in shown})
    changes = {name: value for name, value in known.items() if getattr(selection, name) != value}
    ticked, broken = _ticked(stores, shown)
    return Taking(changes, ticked, [*skipped, *broken])


def usable(
    selection: Selection, settings: Mapping[str, Any], among: Collection[str] | None = None
) -> tuple[dict[str, Any], list[Reason]]:
    """Those that can be used here, and why others cannot. Where the assets lack a field, what makes no sense without it goes as
    well. `among`: pks, as text, of the stores that there are, if they are known."""
    known, skipped = possible(settings), list[Reason]()
    codes = {one["code"] for one in selection.offered_fields}
    if "cloudinary_field" in known and known["cloudinary_field"] not in codes:
        skipped.append(_no_field(selection, known["cloudinary_field"]))
        known = {name: value for name, value in known.items() if name not in KEY_SETTINGS}
    for name, with_it in ORDER_FIELDS.items():
        if known.get(name) and known[name] not in codes:
            skipped.append(_no_field(selection, known[name]))
            known = {one: value for one, value in known.items() if one not in with_it}
    allowed = {"", *selection.environment.allowed_transformations}
    if known.get("transformation", "") not in allowed:
        skipped.append(Reason("preset.no_rendition", name=known.pop("transformation")))
    if "store_settings" in known:
        known["store_settings"], more = _of_stores(known["store_settings"], allowed, among)
        skipped += more
    return known, skipped


def _no_field(selection: Selection, code: str) -> Reason:
    return Reason("preset.no_field", field=selection.field_label(code))


def _of_stores(
    settings: Mapping[str, Any], allowed: Collection[str], among: Collection[str] | None
) -> tuple[dict, list[Reason]]:
    """What single stores have otherwise, of those that there are."""
    found, skipped = dict[str, Any](), list[Reason]()
    for pk, own in settings.items():
        if among is not None and pk not in among:
            continue
        if own.get("transformation", "") not in allowed:
            skipped.append(Reason("preset.no_rendition", name=own["transformation"]))
            own = {name: value for name, value in own.items() if name != "transformation"}
        if own:
            found[pk] = own
    return found, skipped


def _ticked(stores: Collection[int], shown: Mapping[Store, bool]) -> tuple[frozenset[int] | None, list[Reason]]:
    broken = [store for store in shown if store.pk in stores and not store.is_open]
    there = frozenset(store.pk for store in shown if store.pk in stores and store not in broken)
    now = frozenset(store.pk for store, chosen in shown.items() if chosen)
    skipped = [Reason("preset.no_store", store=str(store)) for store in broken]
    return (there if there and there != now else None), skipped


def take(selection: Selection, taking: Taking, name: str) -> Reason:
    """Use it. Within `locking.edit`; the caller saves the row. Answers what was done."""
    if taking.nothing:
        return Reason("edit.preset_changes_nothing", name=name)
    was: dict[str, Any] = {"settings": {one: getattr(selection, one) for one in taking.changes}}
    for one, value in taking.changes.items():
        setattr(selection, one, value)
    if taking.stores is not None:
        was["stores"] = sorted(selection.stores.values_list("pk", flat=True))
        selection.stores.set(taking.stores)
    said = Reason("edit.preset_used", name=name)
    selection.last_change = {"text": said, "back": {"do": "undo"}, "url": URL, "was": was}
    return said


def take_back(selection: Selection, was: object) -> Reason:
    """What `take` changed, as it was before. Within `locking.edit`; the caller saves the row."""
    settings, stores = possible(mapping(mapping(was).get("settings"))), ticked_before(was)
    if not settings and stores is None:
        return Reason("edit.nothing_to_take_back")
    for name, value in settings.items():
        setattr(selection, name, value)
    selection.last_change = {}
    if stores is not None:
        selection.choose_stores(selection.store_choices(), {str(pk) for pk in stores})
    return Reason("edit.taken_back")
