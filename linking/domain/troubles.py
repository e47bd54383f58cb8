"""Reasons as a person meets them: those that differ in a name or a number belong together, and each says what to do."""

import re
from collections.abc import Hashable

from setup.reasons import Reason

RUN_AGAIN = "Run again: what is done stays done."
ANOTHER_FORMAT = "Check that it plays, or upload it in another format."
TAKEN_OUT_THERE = "Look at it in Shopify; what was linked can be taken out there."
ROOM = "Select fewer assets for this product, or remove media in Shopify; then run again."
LEFT_OUT = "Nothing can be linked of it; leave it out of the next selection."
WANTED = "Include it again if it is wanted in the store."
LOOK = "Look at the asset and the product; if both are well, tell an admin."
OWN_ERROR = "Run again; if it comes back, give the reference to the operator of AssetLink."

# Code -> what to do. Reasons that are not here tell it themselves, or one among their values does.
TODO = {
    "match.no_product": "Compare the value in Cloudinary with the product, or match by another field; then run again.",
    "match.several_products": "Choose the right one on Link to Products, or give each product a value of its own.",
    "asset.no_value": "Give it one in Cloudinary, or group by another field; then run again.",
    "asset.no_value_in_field": "Give it one in Cloudinary, or group by another field; then run again.",
    "asset.gone": LEFT_OUT,
    "delivery.gone": LEFT_OUT,
    "asset.excluded": WANTED,
    "asset.group_excluded": WANTED,
    "gallery.only_so_many": "Choose Overwrite and Add to have the others added.",
    "gallery.no_place": "Choose Overwrite and Add to have it added.",
    "gallery.too_many": ROOM,
    "product.gone": "Refresh the matches on Link to Products, then run again.",
    "file.reference_target_does_not_exist": "Refresh the matches on Link to Products, then run again.",
    "file.video_invalid_filetype_error": ANOTHER_FORMAT,
    "file.unsupported_image_file_type": "Check that it opens in Cloudinary, or upload it in another format.",
    "file.invalid_image_source_url": "Ask an admin to look at the delivery settings on Setup.",
    "file.shop_media_limit_exceeded": "Remove media in Shopify that nobody needs, or choose a bigger plan.",
    "file.product_media_limit_exceeded": "Remove media of this product in Shopify, then run again.",
    "file.generic_file_invalid_size": "Choose a smaller file, or a lighter rendition.",
    "gallery.not_there": "Look at it in Shopify; link it again if it is to be there.",
    "file.video_min_duration_error": "Choose a longer video.",
    "file.video_min_width_error": "Choose a larger rendition.",
    "file.video_min_height_error": "Choose a larger rendition.",
    "gallery.deleted": "Link another picture instead.",
    "variants.not_set": "Set them in Shopify, or run again.",
    "swatch.not_set": "Check the metafield in Shopify, then run again.",
    "gallery.not_kept": "Look at it in Shopify; what was linked can be taken out there, or on Links.",
    "gallery.changed_since": TAKEN_OUT_THERE,
    "run.aborted": "Retry failed does the rest.",
    "gallery.not_unlinked": "Solve what failed; the next run unlinks it.",
    "run.own_error": OWN_ERROR,
    "job.own_error": OWN_ERROR,
    "job.too_long": OWN_ERROR,
    "run.not_shown": "Run again: what is done stays done, and the rest is done then.",
    "file.not_linked": RUN_AGAIN,
    "file.not_linked_again": RUN_AGAIN,
    "shopify.no_answer": RUN_AGAIN,
    "shopify.unreachable": "Run again when the store can be reached: what is done stays done.",
    "shopify.error_status": "Run again later: what is done stays done.",
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
    return next((TODO[one.code] for one in reason.within() if one.code in TODO), "")


def action(reason: Reason) -> str:
    """What helps: `shopify` or `setup` is where to look, `retry` is to try again."""
    codes = {one.code for one in reason.within()}
    return "shopify" if codes & {*IN_SHOPIFY} else "setup" if codes & {*IN_SETUP} else "retry"
