"""Reasons as a person meets them: those that differ in a name or a number belong together, and each says what to do."""

import re

NAMES = re.compile(r"“[^”]*”|\breference [0-9a-f]{8}\b|\d+")

# What a reason says first or somewhere -> what to do. Reasons that are not here tell it themselves.
TODO = (
    (
        "No product has the",
        "Compare the value in Cloudinary with the product, or match by another field; then run again.",
    ),
    (" products have the ", "Choose the right one on Link to Products, or give each product a value of its own."),
    ("has no value in", "Give it one in Cloudinary, or group by another field; then run again."),
    ("no longer exists in Cloudinary", "Nothing can be linked of it; leave it out of the next selection."),
    ("xcluded by hand", "Include it again if it is wanted in the store."),
    ("media to overwrite", "Choose Overwrite and Add to have the others added."),
    ("has no further place to overwrite", "Choose Overwrite and Add to have it added."),
    ("Shopify allows 250.", "Select fewer assets for this product, or remove media in Shopify; then run again."),
    ("The product no longer exists in the store", "Refresh the matches on Link to Products, then run again."),
    ("that Shopify can play", "Check that it plays, or upload it in another format."),
    ("is no picture that Shopify can read", "Check that it opens in Cloudinary, or upload it in another format."),
    ("does not accept the picture's address", "Ask an admin to look at the delivery settings on Setup."),
    ("limit of media", "Remove media in Shopify that nobody needs, or choose a bigger plan."),
    ("The gallery is full", "Remove media of this product in Shopify, then run again."),
    ("The file is larger than", "Choose a smaller file, or a lighter rendition."),
    ("somebody took it out", "Look at it in Shopify; link it again if it is to be there."),
    ("The video is too short", "Choose a longer video."),
    ("too few pixels", "Choose a larger rendition."),
    ("cannot come back", "Link another picture instead."),
    ("The pictures of its variants could not be set", "Set them in Shopify, or run again."),
    ("The swatch could not be set", "Check the metafield in Shopify, then run again."),
    ("as it was before the run", "Look at it in Shopify; what was linked can be taken out there, or on Links."),
    ("Somebody changed this gallery after the run", "Look at it in Shopify; what was linked can be taken out there."),
    ("aborted before this was done", "Retry failed does the rest."),
    ("not everything new for this gallery could be brought", "Solve what failed; the next run unlinks it."),
    ("met an error of its own", "Run again; if it comes back, give the reference to the operator of AssetLink."),
    ("may have been made", "Run again: what is done stays done, and the rest is done then."),
    ("could not be linked", "Run again: what is done stays done."),
    ("did not answer", "Run again: what is done stays done."),
    ("could not be reached", "Run again when the store can be reached: what is done stays done."),
    ("Shopify answered with an error", "Run again later: what is done stays done."),
    ("Shopify refused", "Look at the asset and the product; if both are well, tell an admin."),
)


def likeness(reason: str) -> str:
    """What reasons have in common that differ in a key or a number only."""
    return NAMES.sub("…", reason)


def todo(reason: str) -> str:
    """What the person can do, if the reason does not say it."""
    return next((text for sign, text in TODO if sign in reason), "")
