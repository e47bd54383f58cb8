"""What a run or a job is doing right now: the words for the person who watches. Kept in rows as reasons are."""

from collections.abc import Mapping

from linking.domain.limits import MB, megabytes
from setup.reasons import Reason, Template, ended, register

WORDS: Mapping[str, Template] = {
    "doing.next_look": lambda text, seconds: f"{ended(text)} Next look in {seconds} s.",
    "doing.look_again": lambda text: f"{ended(text)} Looking again in a moment.",
    "doing.try_again": lambda text: f"{ended(text)} Trying again.",
    "doing.begins_again": lambda text: f"{ended(text)} It begins again.",
    "doing.turn": "The store is busy; this run follows by itself.",
    "doing.planned": lambda stores: f"Planned. Nothing is written before {', '.join(stores)} is planned, too.",
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
    "doing.uploading_video": lambda name, sent, size: (
        f"Uploading the video “{name}”: {sent // MB} of {megabytes(size)}."
    ),
    "doing.replacing": "Replacing the contents of files: {left:,} to go.",
    "doing.being_replaced": "Shopify is replacing contents.",
    "doing.alt_texts": "Waiting for Shopify to show alt texts.",
    # Galleries
    "doing.linking": "Linking galleries: {done} of {all} done.",
    "doing.galleries": "Shopify is working on galleries.",
    # A store's catalog
    "doing.asking_catalog": "Asking the store to read its catalog.",
    "doing.reading_catalog": lambda count: f"Reading products and variants: {count:,} so far.",
    "doing.catalog_being_read": lambda count: (
        f"Shopify is reading the store's products and variants: {count:,} so far."
    ),
    "doing.others_read": "Other apps' or earlier bulk queries are running in this store; ours waits for its turn.",
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
