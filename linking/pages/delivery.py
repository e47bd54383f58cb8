"""Delivery endpoints as Setup shows them."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from linking.delivery.answering import look
from linking.domain.delivered import answered
from linking.models import DeliveryEndpoint
from setup.spelling import plain

# https://cloudinary.com/documentation/product_gallery
SNIPPET = """<script src="https://product-gallery.cloudinary.com/latest/all.js"></script>
<div id="gallery"></div>
<script>
  fetch("{address}/products/SKU/widget")
    .then((answer) => answer.json())
    .then((known) => cloudinary.galleryWidget({{ container: "#gallery", ...known }}).render());
</script>"""


@dataclass(frozen=True)
class Preview:
    """What is answered of a SKU now. `known`: whether anything is linked by it."""

    known: bool
    media: list[dict[str, Any]]


def preview_of(endpoint: DeliveryEndpoint, sku: str) -> Preview:
    found = look(endpoint.slug, "sku", plain(sku))
    if found is None or not found.is_there:
        return Preview(False, [])
    return Preview(True, answered(found.body, found.variants, now=timezone.now().timestamp()).media)


def snippet_of(address: str) -> str:
    return SNIPPET.format(address=address)
