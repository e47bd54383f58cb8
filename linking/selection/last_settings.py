"""The settings of last time: what this person used last, or else what the environment's last run that wrote used, is offered to
a new selection."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from linking.domain import per_store
from linking.domain.bounds import Bound
from linking.domain.fields import BadField, ShopifyField
from linking.domain.galleries import MAX_MEDIA
from linking.domain.keying import MAX_SEPARATOR, BadPattern, Keying, compiled
from linking.domain.options import is_reach
from linking.domain.per_store import without_taking
from linking.models import Selection, Sync
from linking.models.selections import GROUP_ORDERS, KEY_SETTINGS, MODES, RUN_SETTINGS
from setup.models import Member, Store
from setup.models.environments import ALT_POLICIES


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_bool(value: object) -> bool:
    return isinstance(value, bool)


def _is_shopify_field(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(ShopifyField.parse(value))
    except BadField:
        return False


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
    "shopify_field": _is_shopify_field,
    "order_field": _is_text,
    "order_descending": _is_bool,
    "then_field": _is_text,
    "then_descending": _is_bool,
    "group_order": _is_one_of(GROUP_ORDERS),
    "link_mode": _is_one_of(MODES),
    "position": lambda value: type(value) is int and 1 <= value <= MAX_MEDIA,
    "alt_policy": _is_one_of(ALT_POLICIES),
    "transformation": _is_text,
    "variant_pictures": _is_bool,
    "variant_reach": is_reach,
    "store_settings": lambda value: per_store.read(value) == value,
    "bound": lambda value: isinstance(value, dict) and Bound.of(value).kept == value,
}


def offer_to(member: Member) -> dict:
    """What a selection keeps as its offer: {"settings": {field: value}, "stores": [pk, …], "whose": name, empty for the
    person's own, "instead_of": the link mode that is not offered}, or {} before the first run."""
    runs = Sync.objects.filter(environment=member.environment, kind="link").select_related("member")
    # What others only tried out is nobody's example.
    last = runs.filter(member=member).first() or runs.filter(dry_run=False).first()
    if last is None:
        return {}
    try:
        keying = Keying.parse(last.keying or last.cloudinary_field)
    except BadField:  # of another release
        return {}
    settings = {name: getattr(last, name) for name in RUN_SETTINGS} | keying.settings
    settings |= without_taking(settings)
    return {
        "settings": settings,
        "stores": list(last.parts.values_list("store_id", flat=True)),
        "whose": "" if last.member_id == member.pk else str(last.member),
        "instead_of": last.link_mode if settings["link_mode"] != last.link_mode else "",
    }


def changes_of(selection: Selection) -> dict:
    """What of the offer would change the selection: {field: value}. Cloudinary fields that its assets do not have stay out,
    and so does all that belongs to them."""
    codes = {known["code"] for known in selection.offered_fields}
    settings = settings_of(selection)
    if settings.get("cloudinary_field") not in codes:
        for name in KEY_SETTINGS:
            settings.pop(name, None)
    for name, direction in (("order_field", "order_descending"), ("then_field", "then_descending")):
        if settings.get(name) not in {*codes, ""}:
            settings.pop(name, None)
            settings.pop(direction, None)
    if settings.get("transformation") not in selection.environment.allowed_transformations:
        settings.pop("transformation", None)
    return {name: value for name, value in settings.items() if getattr(selection, name) != value}


def settings_of(selection: Selection) -> dict[str, Any]:
    """The offered settings, as far as they are values that a person could have chosen."""
    offered = selection.offer.get("settings", {})
    return {name: value for name, value in offered.items() if name in POSSIBLE and POSSIBLE[name](value)}


def sensible(selection: Selection, offered: list[dict]) -> dict[str, str]:
    """Where the environment or the assets lack a field that a new selection begins with, begin with one that they have."""
    codes = [str(field["code"]) for field in offered]
    changes = {}
    if selection.cloudinary_field not in codes:
        changes["cloudinary_field"] = next((code for code in codes if "sku" in code.lower()), "display_name")
    by_hand = selection.version and not selection.order_field  # a draft that goes on: “as selected” was chosen
    if selection.order_field not in codes and not by_hand:
        changes["order_field"] = "metadata:sequence" if "metadata:sequence" in codes else ""
    if selection.then_field not in (*codes, ""):
        changes["then_field"] = ""
    return changes


def settled(selection: Selection, known: dict) -> dict:
    """What becomes of the offer when the assets' fields are known: one that would change nothing is none."""
    for name, value in known.items():
        setattr(selection, name, value)
    chosen = set(selection.stores.values_list("pk", flat=True))
    return {} if changes_of(selection) or offered_stores(selection) - chosen else {"offer": {}}


def offered_stores(selection: Selection) -> set[int]:
    """The offered stores that can be linked to."""
    there = selection.environment.stores.filter(status=Store.Status.CONNECTED, pk__in=selection.offer.get("stores", []))
    return set(there.values_list("pk", flat=True))


def take(selection: Selection) -> None:
    """Use what is offered; the caller saves the row."""
    for name, value in changes_of(selection).items():
        setattr(selection, name, value)
    if stores := offered_stores(selection):
        selection.stores.set(stores)
    selection.last_change = {}
    decline(selection)


def decline(selection: Selection) -> None:
    selection.offer = {}
