"""What may be set otherwise for one store than for the run: which of its products keys mean, and how groups enter them there.
Pure."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from linking.domain.fields import BadField, ShopifyField
from linking.domain.galleries import MAX_MEDIA, LinkMode, taken_over

Own = dict[str, Any]


class StoreSettings(NamedTuple):
    """As they are in one store: what is set for it, and else what is set for all."""

    shopify_field: str
    link_mode: str
    position: int
    transformation: str

    @property
    def match_by(self) -> ShopifyField:
        return ShopifyField.parse(self.shopify_field)


NAMES = StoreSettings._fields


def _is_shopify_field(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(ShopifyField.parse(value))
    except BadField:
        return False


FITS: Mapping[str, Callable[[object], bool]] = {
    "shopify_field": _is_shopify_field,
    "link_mode": lambda value: isinstance(value, str) and value in list(LinkMode),
    "position": lambda value: type(value) is int and 1 <= value <= MAX_MEDIA,
    "transformation": lambda value: isinstance(value, str),
}


def read(value: object) -> dict[str, Own]:
    """Store pk as text -> {name: value}, as far as a person could have chosen it. Never raises."""
    found: dict[str, Own] = {}
    for pk, own in value.items() if isinstance(value, dict) else ():
        known = {name: own[name] for name in NAMES if name in own and FITS[name](own[name])} if _is_own(pk, own) else {}
        if known:
            found[pk] = known
    return found


def _is_own(pk: object, own: object) -> bool:
    return isinstance(pk, str) and pk.isascii() and pk.isdigit() and isinstance(own, dict)


def modes_of(settings: Mapping[str, Any]) -> set[str]:
    """The link modes that a run with these settings may use somewhere."""
    stores = settings.get("store_settings", {}).values()
    return {settings["link_mode"], *(own["link_mode"] for own in stores if "link_mode" in own)}


def without_taking(settings: Mapping[str, Any]) -> dict[str, Any]:
    """What becomes of the modes in settings that nobody has chosen now: one that takes media away is never taken over, neither
    for all stores nor for one (galleries.taken_over)."""
    stores = settings.get("store_settings", {})
    return {
        "link_mode": taken_over(settings["link_mode"]),
        "store_settings": {
            pk: {**own, "link_mode": taken_over(own["link_mode"])} if "link_mode" in own else own
            for pk, own in stores.items()
        },
    }
