"""Reasons as a person meets them: those that differ in a name or a number belong together, and each says what to do."""

import re
from collections.abc import Hashable

from setup.reasons import Reason
from setup.words import gettext_lazy

RETRY = gettext_lazy("“Retry failed” looks first, and does only what is missing.")
ANOTHER_FORMAT = gettext_lazy("Check that it plays, or upload it in another format.")
TAKEN_OUT_THERE = gettext_lazy("Look at it in Shopify; you can remove there what AssetLink linked.")
ROOM = gettext_lazy("Select fewer assets for this product, or remove media in Shopify; then run again.")
LEFT_OUT = gettext_lazy("AssetLink cannot link it; leave it out of the next selection.")
WANTED = gettext_lazy("Include it again if you want it in the store.")
WIDER = gettext_lazy("Nothing, if that is what you want. Otherwise choose more products on Link to Products.")
NAMED = gettext_lazy("A program named the product. Mend that there, then have it send the request again.")
LOOK = gettext_lazy("Look at the asset and the product; if both are well, ask an admin.")
OWN_ERROR = gettext_lazy("Run again; if it happens again, give the reference to the people who run AssetLink.")

# Code -> what to do. Reasons that are not here tell it themselves, or one among their values does.
TODO = {
    "match.no_product": gettext_lazy(
        "Compare the value in Cloudinary with the product, or match by another field; then run again."
    ),
    "match.several_products": gettext_lazy(
        "Choose the right one on Link to Products, or give each product its own value."
    ),
    "match.no_product_named": NAMED,
    "match.several_products_named": NAMED,
    "bound.status": WIDER,
    "bound.vendor": WIDER,
    "bound.product_type": WIDER,
    "bound.tag": WIDER,
    "bound.collection": WIDER,
    "bound.all": WIDER,
    "asset.no_value": gettext_lazy("Give it one in Cloudinary, or group by another field; then run again."),
    "asset.no_value_in_field": gettext_lazy("Give it one in Cloudinary, or group by another field; then run again."),
    "asset.gone": LEFT_OUT,
    "delivery.gone": LEFT_OUT,
    "asset.excluded": WANTED,
    "asset.group_excluded": WANTED,
    "gallery.only_so_many": gettext_lazy("Choose Overwrite and Add to add the others, too."),
    "gallery.no_place": gettext_lazy("Choose Overwrite and Add to add it."),
    "gallery.too_many": ROOM,
    "product.gone": gettext_lazy(
        "Refresh the matches on Link to Products, or choose another product there; then run again."
    ),
    "match.all_excluded": gettext_lazy("Include one of them on Link to Products if you want it."),
    "match.products_excluded": gettext_lazy("Include it again on Link to Products if you want it."),
    "file.reference_target_does_not_exist": gettext_lazy("Refresh the matches on Link to Products, then run again."),
    "file.video_invalid_filetype_error": ANOTHER_FORMAT,
    "file.unsupported_image_file_type": gettext_lazy(
        "Check that it opens in Cloudinary, or upload it in another format."
    ),
    "file.invalid_image_source_url": gettext_lazy("Ask an admin to look at the delivery settings in Setup."),
    "file.shop_media_limit_exceeded": gettext_lazy(
        "Remove media in Shopify that nobody needs, or choose a larger plan."
    ),
    "file.product_media_limit_exceeded": gettext_lazy("Remove media of this product in Shopify, then run again."),
    "file.generic_file_invalid_size": gettext_lazy("Choose a smaller file, or a lighter rendition."),
    "gallery.not_there": gettext_lazy("Look at it in Shopify; link it again if you want it there."),
    "file.video_min_duration_error": gettext_lazy("Choose a longer video."),
    "file.video_min_width_error": gettext_lazy("Choose a larger rendition."),
    "file.video_min_height_error": gettext_lazy("Choose a larger rendition."),
    "gallery.deleted": gettext_lazy("Link another picture instead."),
    "variants.not_set": gettext_lazy("Set them in Shopify, or press “Retry failed”."),
    "swatch.not_set": gettext_lazy("Check the metafield in Shopify, then run again."),
    "gallery.not_kept": gettext_lazy(
        "Look at it in Shopify; you can remove there, or on Links, what AssetLink linked."
    ),
    "gallery.changed_since": TAKEN_OUT_THERE,
    "run.aborted": gettext_lazy("“Retry failed” does the rest."),
    "gallery.not_unlinked": gettext_lazy("Solve what failed; the next run unlinks it."),
    "run.own_error": OWN_ERROR,
    "job.own_error": OWN_ERROR,
    "job.too_long": OWN_ERROR,
    "run.not_shown": RETRY,
    "file.not_linked": RETRY,
    "file.not_linked_again": RETRY,
    "shopify.no_answer": RETRY,
    "shopify.unreachable": gettext_lazy("Once the store can be reached, “Retry failed” does the rest."),
    "shopify.error_status": gettext_lazy("Later, “Retry failed” does the rest."),
    "file.refused": LOOK,
    "upload.refused": LOOK,
    "shopify.refused": LOOK,
    "shopify.refused_status": LOOK,
    "bulk.refused": LOOK,
}
# Code -> where it is put right, if it is not by trying again.
IN_SHOPIFY = (
    "gallery.too_many",
    "gallery.too_many_at_once",
    "gallery.not_there",
    "gallery.not_kept",
    "gallery.deleted",
    "file.product_media_limit_exceeded",
    "file.shop_media_limit_exceeded",
    "file.file_storage_limit_exceeded",
    "variants.not_set",
    "swatch.not_set",
)
IN_SETUP = ("file.invalid_image_source_url",)
# Values that make another trouble, and what makes none in these.
TELLING = ("field", "said")
NAMES = re.compile(r"“[^”]*”|\breference [0-9a-f]{8}\b|\d+")


def likeness(reason: Reason) -> Hashable:
    """What reasons have in common that differ in a key or a number only."""
    parts: list[Hashable] = [reason.code]
    for name, value in reason.pairs:
        if name in TELLING and isinstance(value, str):
            parts.append(NAMES.sub("…", value))
        parts += [likeness(one) for one in (value if isinstance(value, tuple) else (value,)) if isinstance(one, Reason)]
    return tuple(parts)


def todo(reason: Reason) -> str:
    """What the person can do, if the reason does not say it."""
    return str(next((TODO[one.code] for one in reason.within() if one.code in TODO), ""))


def action(reason: Reason) -> str:
    """What helps: `shopify` or `setup` is where to look, `retry` is to try again."""
    codes = {one.code for one in reason.within()}
    return "shopify" if codes & {*IN_SHOPIFY} else "setup" if codes & {*IN_SETUP} else "retry"
