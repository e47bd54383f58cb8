"""What a run or a job is doing right now: the words for the person who watches. Kept in rows as reasons are."""

from collections.abc import Mapping

from linking.domain.limits import MB, megabytes
from setup.reasons import Counted, Reason, Template, register
from setup.words import _, number

WORDS: Mapping[str, Template] = {
    "doing.next_look": "{text:ended} Next look in {seconds} s.",
    "doing.look_again": "{text:ended} Looking again in a moment.",
    "doing.try_again": "{text:ended} Trying again.",
    "doing.begins_again": "{text:ended} Starting again.",
    "doing.turn": "The store is busy; this run follows by itself.",
    "doing.planned": Counted(
        "Planned. AssetLink writes nothing before it has planned {stores:and}, too.",
        "Planned. AssetLink writes nothing before it has planned {stores:and}, too.",
        by="stores",
    ),
    "doing.looking": "Looking at what was done.",
    # Planning
    "doing.reading_galleries": "Reading the galleries.",
    "doing.reading_assets": "Reading in Cloudinary what the assets are now.",
    "doing.ordering": "Shopify is still ordering galleries of an earlier run.",
    "doing.settling": "Waiting until Shopify shows what an earlier run did.",
    "doing.not_shown": "Shopify does not show everything yet.",
    # Files
    "doing.bringing_files": "Bringing files into the store: {at} of {all}.",
    "doing.bringing_video": "Bringing the video “{name}” into the store.",
    # How many of how many stands beside it, of all files: it waits only for those that were not there before.
    "doing.processing_files": "Shopify is processing files.",
    "doing.processing": "Shopify is processing files.",
    "doing.making_videos": "Cloudinary is still making videos.",
    "doing.fetching_video": "Fetching the video “{name}”.",
    "doing.uploading_video": lambda name, sent, size: _("Uploading the video “{name}”: {sent} of {size}.").format(
        name=name, sent=number(sent // MB), size=megabytes(size)
    ),
    "doing.replacing": "Replacing the contents of files: {left:,} to go.",
    "doing.being_replaced": "Shopify is replacing contents.",
    "doing.alt_texts": "Waiting for Shopify to show alt texts.",
    # Galleries
    "doing.linking": "Linking galleries: {done} of {all} done.",
    "doing.galleries": "Shopify is working on galleries.",
    # A store's catalog
    "doing.asking_catalog": "Asking the store to read its catalog.",
    "doing.reading_catalog": "Reading products and variants: {count:,} so far.",
    "doing.catalog_being_read": "Shopify is reading the store’s products and variants: {count:,} so far.",
    "doing.others_read": "Other apps or earlier bulk queries are reading in this store; AssetLink waits for its turn.",
}
register(WORDS)

NOT_SHOWN = Reason("doing.not_shown")
# That Shopify's limit is waited for.
WAITS = ("shopify.throttled", "shopify.api_limit", "shopify.slow_down")


def waits_for_limit(doing: Reason) -> bool:
    return any(one.code in WAITS for one in doing.within())


def next_look(doing: Reason) -> int:
    """In how many seconds it looks again; 0 if that is not said."""
    known = (value for name, value in doing.pairs if name == "seconds")
    return next((value for value in known if isinstance(value, int)), 0)
