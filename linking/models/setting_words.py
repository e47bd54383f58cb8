"""Settings of a run as people read them: what is set for all stores, and what is set otherwise for one."""

from collections.abc import Iterable, Mapping
from typing import Any

from linking.domain import order_words
from linking.domain.fields import BadField, ShopifyField, field_label
from linking.domain.galleries import LinkMode
from linking.domain.ordering import orders_by
from linking.models.per_store import PerStore
from linking.models.selections import MODES, ORDER_SETTINGS, Selection
from linking.models.syncs import Sync
from setup.field_codes import SHOPIFY
from setup.words import _, enumeration, ngettext, number


def mode_words(mode: str, position: int) -> str:
    name = str(dict(MODES).get(mode, mode))
    return f"{name} {number(position)}" if mode == LinkMode.POSITION else name


def label_of(field: ShopifyField) -> str:
    """As its control calls it."""
    return field.label if field.by_metafield else str(dict(SHOPIFY)[field.kind.value])


def order_of(sync: Sync) -> str:
    """As far as the fields are known: a run may outlive its selection."""
    offered = sync.selection.labelled_fields() if sync.selection else []
    try:
        orders = orders_by({name: getattr(sync, name) for name in ORDER_SETTINGS}, offered)
    except BadField:
        return field_label(sync.order_field, offered)
    return order_words.in_words(orders, offered) if orders else _("Order of the selection")


def own_words(row: PerStore, pk: int) -> str:
    """“Prepend and matched by Barcode”; empty for a store where all is as everywhere."""
    differs = row.differing([pk]).get(pk)
    return enumeration(list(_words(row, pk, differs))) if differs else ""


def _words(row: PerStore, pk: int, differs: Mapping[str, Any]) -> Iterable[str]:
    here = row.for_store(pk)
    if "link_mode" in differs or "position" in differs:
        yield mode_words(here.link_mode, here.position)
    if "shopify_field" in differs:
        yield _("matched by {field}").format(field=label_of(ShopifyField.parse(here.shopify_field)))
    if "transformation" in differs:
        named = here.transformation
        yield _("rendition {name}").format(name=named) if named else _("the default rendition")


def mode_of(row: Selection | Sync, stores: Iterable[int]) -> str:
    """The link mode of all these stores: “Append, 1 store differs”."""
    differing = sum(bool({"link_mode", "position"} & own.keys()) for own in row.differing(stores).values())
    return with_differing(mode_words(row.link_mode, row.position), differing)


def with_differing(text: str, differing: int) -> str:
    """“Append, 1 store differs”."""
    if not differing:
        return text
    said = ngettext("{setting}, {n} store differs", "{setting}, {n} stores differ", differing)
    return said.format(setting=text, n=number(differing))
