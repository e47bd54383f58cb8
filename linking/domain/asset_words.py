"""What is said of assets: why one cannot be brought, or what has changed of it, and what Cloudinary delivers. A part of the table
of linking.domain.reasons."""

from collections.abc import Mapping
from datetime import UTC, datetime

from linking.domain.limits import clock, megabytes
from setup.reasons import Given, Template
from setup.words import _, moment


def _asset_moved(then: str, now: str) -> str:
    if not then:
        return _("Moved from the root folder to folder {now} in Cloudinary.").format(now=now)
    if not now:
        return _("Moved from folder {then} to the root folder in Cloudinary.").format(then=then)
    return _("Moved from folder {then} to folder {now} in Cloudinary.").format(then=then, now=now)


LAST_SECOND = 253_402_300_799  # of the year 9999, where Python's calendar ends


def _moment(seconds: float) -> str:
    return moment(datetime.fromtimestamp(min(max(0, seconds), LAST_SECOND), UTC))


OF_ASSETS: Mapping[str, Template] = {
    "asset.gone": "The asset no longer exists in Cloudinary.",
    "asset.foreign": "The asset belongs to another product environment.",
    # What has changed of one since it was selected, or planned
    "asset.renamed": "Renamed from {then} to {now} in Cloudinary.",
    "asset.retyped": "Its delivery type changed from {then} to {now} in Cloudinary.",
    "asset.replaced": "Replaced by a new version in Cloudinary.",
    "asset.moved": _asset_moved,
    "asset.retitled": "Its display name changed from “{then}” to “{now}” in Cloudinary.",
    "asset.restored": "Deleted in Cloudinary, then restored.",
    "asset.restored_late": "The asset was deleted in Cloudinary when this run began, and is back now. Run again to link it.",
    "asset.newer": "The asset has a newer version in Cloudinary than the plan, so AssetLink did not bring it. Run again.",
    "asset.unreadable": "AssetLink cannot read what it keeps of this asset. Select it again in the Media Library.",
    "asset.raw": "A gallery holds images and videos, not raw files.",
    "asset.sound": "A gallery holds images and videos, not sound.",
    "video.no_captions": "Shopify takes no captions with a video: they stay in Cloudinary.",
    "asset.restricted": "Its access is restricted in Cloudinary: only a token opens it, and Shopify has none. Make it public "
    "there; no setting in Setup opens it.",
    "asset.not_public": "Its delivery type in Cloudinary is {type}, so only a signed address shows it. An admin can allow "
    "restricted assets in Setup.",
    "asset.not_yet": lambda opens: _("Cloudinary restricts access to it until {moment}. Run again after that.").format(
        moment=_moment(opens)
    ),
    "asset.no_longer": lambda closed: _(
        "Cloudinary restricts access to it since {moment}. Change its access control there."
    ).format(moment=_moment(closed)),
    "asset.expired": lambda closed: _(
        "It expired at {moment}. Give it a later date in Cloudinary, and run again."
    ).format(moment=_moment(closed)),
    "asset.no_file": "Cloudinary has no file of it, only a placeholder. Upload the asset again.",
    "asset.rejected": "Moderation in Cloudinary rejected it. Approve it there, or exclude it.",
    "asset.pending": "Its moderation status in Cloudinary is “{status}”. Approve it there, or ask an admin to allow such "
    "assets in Setup.",
    "asset.not_approved": "Its moderation status in Cloudinary is “{status}”, not approved. Approve it there.",
    "asset.signed": "Brought by a signed address, as Setup allows: its delivery type in Cloudinary is {type}.",
    "asset.cut_frames": "It has more than {most} frames, and Cloudinary delivers the first {most}. Upload it as a video to "
    "keep "
    "them all.",
    "asset.unmoderated": "Brought before its moderation ended, as Setup allows.",
    "asset.no_extension": "Its name has no extension, so Shopify would not know what kind of file it is.",
    "asset.long_address": "Its address has more than the {most:,} characters that Shopify takes; letters other than a to z "
    "count "
    "up to nine. Give the asset a shorter public ID in Cloudinary.",
    "asset.no_value": "The asset has no value in “{field}”.",
    "asset.no_value_in_field": "The asset has no value in the Cloudinary field.",
    "asset.excluded": "Excluded by hand.",
    "asset.group_excluded": "Its group was excluded by hand.",
    "limit.picture_pixels": "The picture would be {width} x {height} pixels; Shopify takes {side} on a side and {megapixels} "
    "megapixels. {fits} in the transformation would fit.",
    "limit.video_pixels": "The video would be {width} x {height} pixels; Shopify takes 4K ({side} x {short_side}). {fits} in "
    "the "
    "transformation would fit.",
    "limit.video_seconds": lambda seconds, most: _(
        "The video is {length} long; Shopify takes {longest}. With {transformation} in the transformation it is cut there."
    ).format(length=clock(seconds), longest=clock(most), transformation=f"du_{most:.0f}"),
    "limit.picture_bytes": lambda bytes: _(
        "The picture has {size}; Shopify takes 20 MB. {transformation} in the transformation makes it smaller."
    ).format(size=megabytes(bytes), transformation="c_limit,w_4472,h_4472/q_auto"),
    "limit.file_bytes": lambda bytes: _("The file has {size}; Shopify takes 20 MB.").format(size=megabytes(bytes)),
    "limit.video_bytes": lambda bytes: _(
        "The video has {size}; Shopify takes 1 GB. {transformation} in the transformation makes it smaller."
    ).format(size=megabytes(bytes), transformation="c_limit,w_1280,h_720,q_auto:eco"),
    "delivery.empty": "Cloudinary delivers an empty file. Upload the asset again.",
    "delivery.broke_off": "The delivery from Cloudinary broke off.",
    "delivery.making": "Cloudinary is still making this rendition.",
    "delivery.no_answer": "Cloudinary’s delivery does not answer.",
    "delivery.error": "Cloudinary’s delivery answers with an error ({status}).",
    "delivery.not_public": Given(
        "said",
        "Cloudinary does not deliver the asset publicly ({said:clause}). Check its access, then run again.",
        "Cloudinary does not deliver the asset publicly. Check its access, then run again.",
    ),
    "delivery.gone": "The asset no longer exists in Cloudinary, or it is not public.",
    "delivery.no_rendition": Given(
        "said",
        "Cloudinary cannot make this rendition ({said:clause}). Check the transformation, then run again.",
        "Cloudinary cannot make this rendition. Check the transformation, then run again.",
    ),
}
