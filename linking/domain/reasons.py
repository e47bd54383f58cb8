"""Why something did not work, in words for the person, with what to do. The closed list of what Shopify says of files."""

FILE_REASONS = {
    "IMAGE_DOWNLOAD_FAILURE": "Shopify could not download the picture from Cloudinary. Check that the asset still exists "
    "and is public, then run again.",
    "GENERIC_FILE_DOWNLOAD_FAILURE": "Shopify could not download the file from Cloudinary. Check that the asset still "
    "exists and is public (Cloudinary delivers PDF and ZIP only if its security settings allow it), then run again.",
    "GENERIC_FILE_INVALID_SIZE": "The file is larger than the 20 MB that Shopify takes.",
    "IMAGE_PROCESSING_FAILURE": "Shopify could not process the picture. Check that it opens, or upload it anew.",
    "INVALID_IMAGE_FILE_SIZE": "The picture is larger than the 20 MB that Shopify takes. Choose a smaller rendition.",
    "INVALID_IMAGE_RESOLUTION": "The picture has more pixels than Shopify takes (25 megapixels, 5000 on a side). Choose a "
    "smaller rendition.",
    "INVALID_IMAGE_ASPECT_RATIO": "The picture is too long and narrow for Shopify. Crop it in Cloudinary.",
    "UNSUPPORTED_IMAGE_FILE_TYPE": "What Cloudinary delivers is no picture that Shopify can read.",
    "INVALID_IMAGE_SOURCE_URL": "Shopify does not accept the picture's address.",
    "FILE_STORAGE_LIMIT_EXCEEDED": "The store's file storage is full. Delete files in Shopify, or choose a bigger plan.",
    "SHOP_MEDIA_LIMIT_EXCEEDED": "The store has reached Shopify's limit of media.",
    "PRODUCT_MEDIA_LIMIT_EXCEEDED": "The gallery is full: Shopify allows 250 media per product.",
    "MEDIA_TIMEOUT_ERROR": "Shopify took too long over the picture. Run again: what is done stays done.",
    "REFERENCE_TARGET_DOES_NOT_EXIST": "The product no longer exists in the store.",
    "FILE_DOES_NOT_EXIST": "The file was deleted in Shopify meanwhile. Run again to bring it anew.",
    "ALT_VALUE_LIMIT_EXCEEDED": "The alt text is longer than 512 characters. Shorten it.",
    "VIDEO_INVALID_FILETYPE_ERROR": "What Cloudinary delivers is no video that Shopify can play.",
    "VIDEO_METADATA_READ_ERROR": "Shopify could not read the video. Check that it plays, or upload it anew.",
    "VIDEO_VALIDATION_ERROR": "Shopify does not take the video. Check that it plays, is shorter than 10 minutes and lighter "
    "than 1 GB.",
    "VIDEO_MAX_DURATION_ERROR": "The video is longer than the 10 minutes that Shopify takes. Choose a shorter rendition.",
    "VIDEO_MIN_DURATION_ERROR": "The video is too short for Shopify.",
    "VIDEO_MAX_WIDTH_ERROR": "The video has more pixels than the 4K that Shopify takes. Choose a smaller rendition.",
    "VIDEO_MAX_HEIGHT_ERROR": "The video has more pixels than the 4K that Shopify takes. Choose a smaller rendition.",
    "VIDEO_MIN_WIDTH_ERROR": "The video has too few pixels for Shopify.",
    "VIDEO_MIN_HEIGHT_ERROR": "The video has too few pixels for Shopify.",
    "VIDEO_THROTTLE_EXCEEDED": "The store takes no more videos for now: Shopify limits how many come in at a time, and how "
    "many a plan holds. Run again later.",
}


def file_reason(code: str, message: str) -> str:
    return FILE_REASONS.get(code) or f"Shopify refused the file: {message or code or 'no reason was given'}."


TOO_SLOW = "Shopify has not finished the picture within 5 minutes. Run again: what is done stays done."
TOO_SLOW_VIDEO = "Shopify has not finished the video within 30 minutes. Run again: what is done stays done."
RENAMED = (
    "Somebody renamed several new files in Shopify before AssetLink could tell which was which. Run again: they are brought "
    "once more, and the renamed ones stay in the store."
)
NOT_REPLACED = (
    "Shopify did not take the new content and says no reason; the file shows what it showed before. Check that the asset "
    "opens, or add it as a new file."
)
STILL_MAKING = "{text} It was asked again for {minutes} minutes. Run again later."
NOT_UPLOADED = "The video could not be uploaded in {tries} tries. Run again: what is done stays done."
NAME_LOST = (
    "The store has a file of this name already, but its list of files does not show it yet. Run again in a minute."
)
CHANGED_SINCE = "Somebody changed this gallery after the run that is to be undone. It is left as it is."
DELETED = "The picture was deleted in Shopify meanwhile and cannot come back."
VARIANTS = "The pictures of its variants could not be set: {text}"
SWATCH = "The swatch could not be set: {text}."
ALT_LOST = "Shopify took the alt text and still shows another. Look at it in Shopify; the next run looks, too."
# What may have happened.
NOT_SHOWN = "Shopify has not shown the change yet; it may have been made. The next run looks."
NOT_THERE = "It is no longer in this gallery; somebody took it out."
UNREADABLE = (
    "AssetLink cannot read what it has kept of this gallery's plan, so nothing more was written to it. Run again."
)
NOT_KEPT = "AssetLink cannot read what it has kept of this gallery as it was before the run. It is left as it is."
VANISHED = "The product no longer exists in the store."
ENDLESS = (
    "The gallery could not be read to its end, so nothing was written to it. Check in Shopify that it has no more than 250 "
    "media, then run again."
)
MOVED = "Somebody changed this gallery since it was planned ({what}). Nothing was written; plan again."
ABORTED = "The run was aborted before this was done."
UNCHECKED = (
    "The run ended before it was seen that all of this gallery is as planned. Run again: what is done stays done."
)
ASKED_FOR = "The run was aborted; Shopify may still be processing this file. Run again to find out: nothing is doubled."
NOT_UNLINKED = "Kept, because not everything new for this gallery could be brought."
