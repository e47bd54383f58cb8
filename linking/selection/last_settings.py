"""The settings of last time: what this person, or else somebody of the environment, used last is offered to a new selection."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from linking.domain.fields import BadField, ShopifyField
from linking.domain.galleries import DESTRUCTIVE, MAX_MEDIA, LinkMode
from linking.domain.keying import MAX_SEPARATOR, BadPattern, Keying, compiled
from linking.models import Selection, Sync
from linking.models.selections import ALT_POLICIES, KEY_SETTINGS, MODES, RUN_SETTINGS
from setup.models import Member, Store


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


def _is_one_of(choices: Iterable[tuple[str, str]]) -> Callable[[object], bool]:
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
    "link_mode": _is_one_of(MODES),
    "position": lambda value: type(value) is int and 1 <= value <= MAX_MEDIA,
    "alt_policy": _is_one_of(ALT_POLICIES),
    "transformation": _is_text,
    "variant_pictures": _is_bool,
}
# What an offer says in words.
SAID = ("cloudinary_field", "shopify_field", "link_mode", "order_field")


def offer_to(member: Member) -> dict:
    """What a selection keeps as its offer: {"settings": {field: value}, "stores": [pk, …], "whose": name, empty for the
    person's own, "instead_of": the link mode that is not offered}, or {} before the first run."""
    runs = Sync.objects.filter(environment=member.environment, kind="link").select_related("member")
    last = runs.filter(member=member).first() or runs.first()
    if last is None:
        return {}
    try:
        keying = Keying.parse(last.keying or last.cloudinary_field)
    except BadField:  # of another release
        return {}
    settings = {name: getattr(last, name) for name in RUN_SETTINGS} | keying.settings
    destructive = last.link_mode in DESTRUCTIVE
    if destructive:
        settings["link_mode"] = LinkMode.APPEND.value
    return {
        "settings": settings,
        "stores": list(last.parts.values_list("store_id", flat=True)),
        "whose": "" if last.member_id == member.pk else str(last.member),
        "instead_of": dict(MODES)[last.link_mode] if destructive else "",
    }


def changes_of(selection: Selection) -> dict:
    """What of the offer would change the selection: {field: value}. Cloudinary fields that its assets do not have stay out,
    and so does all that belongs to them."""
    codes = {known["code"] for known in selection.offered_fields}
    settings = settings_of(selection)
    if settings.get("cloudinary_field") not in codes:
        for name in KEY_SETTINGS:
            settings.pop(name, None)
    if settings.get("order_field") not in {*codes, ""}:
        settings.pop("order_field", None)
    if settings.get("transformation") not in selection.environment.allowed_transformations:
        settings.pop("transformation", None)
    return {name: value for name, value in settings.items() if getattr(selection, name) != value}


def settings_of(selection: Selection) -> dict[str, Any]:
    """The offered settings, as far as they are values that a person could have chosen."""
    offered = selection.offer.get("settings", {})
    return {name: value for name, value in offered.items() if name in POSSIBLE and POSSIBLE[name](value)}


def settled(selection: Selection, known: dict) -> dict:
    """What becomes of the offer when the assets' fields are known: one that would change nothing is none."""
    for name, value in known.items():
        setattr(selection, name, value)
    chosen = set(selection.stores.values_list("pk", flat=True))
    return {} if changes_of(selection) or stores_of(selection) - chosen else {"offer": {}}


def context_of(selection: Selection, stores: Mapping[int, str], chosen: Collection[int]) -> dict:
    """`offer`: what the settings of last time would change, in words; nothing if there is nothing to offer. `stores`: pk ->
    name of those that can be linked to."""
    changes = changes_of(selection)
    offered = [pk for pk in selection.offer.get("stores", ()) if pk in stores]
    if not changes and set(offered) <= set(chosen):
        return {}
    there = {name: getattr(selection, name) for name in SAID} | changes
    labels = {known["code"]: known["label"] for known in selection.offered_fields}
    by = labels.get(there["cloudinary_field"], there["cloudinary_field"])
    words = [f"{by} → {ShopifyField.parse(there['shopify_field']).label}", dict(MODES)[there["link_mode"]]]
    if there["order_field"]:
        words.append(f"ordered by {labels.get(there['order_field'], there['order_field'])}")
    words += [f"to {', '.join(stores[pk] for pk in offered)}"] if offered else []
    return {"offer": {**selection.offer, "words": words}}


def stores_of(selection: Selection) -> set[int]:
    """The offered stores that can be linked to."""
    there = selection.environment.stores.filter(status=Store.Status.CONNECTED, pk__in=selection.offer.get("stores", []))
    return set(there.values_list("pk", flat=True))


def take(selection: Selection) -> None:
    """Use what is offered; the caller saves the row."""
    for name, value in changes_of(selection).items():
        setattr(selection, name, value)
    if stores := stores_of(selection):
        selection.stores.set(stores)
    decline(selection)


def decline(selection: Selection) -> None:
    selection.offer = {}
