"""What a request says of a run, checked as the page checks it."""

from typing import Any

from linking.api.problems import Problem
from linking.api.schemas import RunIn
from linking.domain.fields import BadField, ShopifyField
from linking.forms import SettingsForm
from linking.models import Selection

# What the form's fields are called in a request.
PLACES = {
    "cloudinary_field": "/match/cloudinary_field",
    "pattern": "/match/pattern",
    "separator": "/match/separator",
    "shopify_kind": "/match/shopify_field",
    "metafield": "/match/shopify_field",
    "link_mode": "/mode",
    "position": "/position",
    "order_field": "/order_by/0/field",
    "then_field": "/order_by/1/field",
    "alt_policy": "/alt_policy",
    "transformation": "/rendition",
}


def settle(selection: Selection, asked: RunIn) -> None:
    """Into the selection, which the caller saves. Raises Problem, which points to all that is wrong."""
    if asked.match:
        try:
            ShopifyField.parse(asked.match.shopify_field)
        except BadField as error:
            raise Problem("invalid-request", errors=[("/match/shopify_field", str(error))]) from None
    form = SettingsForm(selection, _sent(selection, asked))
    if not form.is_valid():
        errors = [(PLACES.get(name, "/"), str(text)) for name, texts in form.errors.items() for text in texts]
        raise Problem("invalid-request", errors=errors)
    form.save(selection)


def _sent(selection: Selection, asked: RunIn) -> dict[str, Any]:
    """As the page would send it: what the request leaves out is as the environment's defaults are."""
    match = asked.match
    kind, _, metafield = (match.shopify_field if match else selection.shopify_field).partition(":")
    first, then = ([*asked.order_by, None, None])[:2]
    return {
        "cloudinary_field": match.cloudinary_field if match else selection.cloudinary_field,
        "pattern": match.pattern if match else "",
        "separator": match.separator if match else "",
        "fold": match.ignore_case if match else selection.fold,
        "shopify_kind": kind,
        "metafield": metafield,
        "link_mode": asked.mode,
        "position": asked.position or 1,
        "order_field": first.field if first else "",
        "order_descending": first.descending if first else False,
        "then_field": then.field if then else "",
        "then_descending": then.descending if then else False,
        "group_order": selection.group_order,
        "alt_policy": asked.alt_policy,
        "transformation": asked.rendition,
        "variant_pictures": asked.variant_pictures,
        "variant_reach": selection.variant_reach,
    }
