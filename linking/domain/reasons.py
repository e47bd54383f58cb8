"""Why something did not work, or was left out: the words for the person, with what to do. With the closed list of what Shopify
says of files."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from linking.domain.fields import ShopifyField, ShopifyKind
from linking.domain.limits import clock, megabytes
from setup.reasons import Reason, Template, clause, ended, plural, register, said, with_text

# What Shopify says of files: its codes, in small letters after `file.`
OF_FILES: Mapping[str, Template] = {
    "file.image_download_failure": "Shopify could not download the picture from Cloudinary. Check that the asset still exists "
    "and is public, then run again.",
    "file.generic_file_download_failure": "Shopify could not download the file from Cloudinary. Check that the asset still "
    "exists and is public (Cloudinary delivers PDF and ZIP only if its security settings allow it), then run again.",
    "file.generic_file_invalid_size": "The file is larger than the 20 MB that Shopify takes.",
    "file.image_processing_failure": "Shopify could not process the picture. Check that it opens, or upload it again.",
    "file.invalid_image_file_size": "The picture is larger than the 20 MB that Shopify takes. Choose a smaller rendition.",
    "file.invalid_image_resolution": "The picture has more pixels than Shopify takes (25 megapixels, 5000 on a side). Choose a "
    "smaller rendition.",
    "file.invalid_image_aspect_ratio": "The picture is too long and narrow for Shopify. Crop it in Cloudinary.",
    "file.unsupported_image_file_type": "What Cloudinary delivers is no picture that Shopify can read.",
    "file.invalid_image_source_url": "Shopify does not accept the picture's address.",
    "file.file_storage_limit_exceeded": "The store's file storage is full. Delete files in Shopify, or choose a bigger plan.",
    "file.shop_media_limit_exceeded": "The store has reached Shopify's limit of media.",
    "file.product_media_limit_exceeded": "The gallery is full: Shopify allows 250 media per product.",
    "file.media_timeout_error": "Shopify took too long over the picture. Run again: what is done stays done.",
    "file.reference_target_does_not_exist": "The product no longer exists in the store.",
    "file.file_does_not_exist": "The file was deleted in Shopify meanwhile. Run again to bring it again.",
    "file.alt_value_limit_exceeded": "The alt text is longer than 512 characters. Shorten it.",
    "file.video_invalid_filetype_error": "What Cloudinary delivers is no video that Shopify can play.",
    "file.video_metadata_read_error": "Shopify could not read the video. Check that it plays, or upload it again.",
    "file.video_validation_error": "Shopify does not take the video. Check that it plays, is shorter than 10 minutes and "
    "lighter than 1 GB.",
    "file.video_max_duration_error": "The video is longer than the 10 minutes that Shopify takes. Choose a shorter rendition.",
    "file.video_min_duration_error": "The video is too short for Shopify.",
    "file.video_max_width_error": "The video has more pixels than the 4K that Shopify takes. Choose a smaller rendition.",
    "file.video_max_height_error": "The video has more pixels than the 4K that Shopify takes. Choose a smaller rendition.",
    "file.video_min_width_error": "The video has too few pixels for Shopify.",
    "file.video_min_height_error": "The video has too few pixels for Shopify.",
    "file.video_throttle_exceeded": "The store takes no more videos for now: Shopify limits how many come in at a time, and how "
    "many a plan holds. Run again later.",
}
FILE_REASONS = {code.partition(".")[2].upper(): Reason(code) for code in OF_FILES}


def file_reason(code: str, answered: Reason) -> Reason:
    """Why Shopify refused a file. `answered`: its own words, or why the whole call was refused."""
    return FILE_REASONS.get(code) or Reason("file.refused", text=answered or said(code) or NO_REASON)


# Words that depend on numbers, and on what there is


def _listed(names: Sequence[str], more: int) -> str:
    shown = ", ".join(names)
    return f"{shown} and {more} more" if more else shown


def _no_product(field: str, key: str) -> str:
    return f"No product has the {ShopifyField.parse(field).label} “{key}”."


def _several_products(count: int, field: str, key: str) -> str:
    return f"{count} products have the {ShopifyField.parse(field).label} “{key}”; it should be one."


def _matched_by(
    field: str, values: Sequence[str], more: int = 0, variants: Sequence[str] = (), more_variants: int = 0
) -> str:
    known = ShopifyField.parse(field)
    label = known.label if known.kind == ShopifyKind.METAFIELD else known.label[:1].upper() + known.label[1:]
    words = f"{label} {_listed(values, more)}"
    many = "s" if len(variants) > 1 else ""
    return f"{words}, variant{many} {_listed(variants, more_variants)}" if variants else words


def _in_galleries(titles: Sequence[str], more: int = 0) -> str:
    elsewhere = "Wherever else the store uses the file, it changes, too; Shopify does not tell where."
    if not titles:
        return f"It is in no gallery that AssetLink knows. {elsewhere}"
    named = ", ".join(f"“{title}”" for title in titles)
    others = f" and {more:,} more" if more else ""
    return f"It is in the {'galleries' if len(titles) > 1 else 'gallery'} of {named}{others}. {elsewhere}"


def _folder(name: str) -> str:
    return f"folder {name}" if name else "the root folder"


def _media_moved(came: int, left: int) -> str:
    return ", ".join(filter(None, [f"{came} media came" if came else "", f"{left} left" if left else ""]))


def _minutes(count: int) -> str:
    return plural(count, "minute")


LAST_SECOND = 253_402_300_799  # of the year 9999, where Python's calendar ends


def _moment(seconds: float) -> str:
    return f"{datetime.fromtimestamp(min(max(0, seconds), LAST_SECOND), UTC):%Y-%m-%d %H:%M} UTC"


def _tries(count: int) -> str:
    return plural(count, "try", "tries")


def _own_error(reference: str, said: str = "") -> str:
    details = f"{clause(said)}; reference {reference}" if said else f"reference {reference}"
    return f"AssetLink met an error of its own ({details})."


def _with_cause(text: str, advice: str) -> Template:
    return lambda said="": f"{text}{f' ({clause(said)})' if said else ''}. {advice}"


def _too_large(what: str, most: str, fits: str = "") -> Template:
    advice = f" {fits} in the transformation would be smaller." if fits else ""
    return lambda bytes: f"The {what} has {megabytes(bytes)}; Shopify takes {most}.{advice}"


AGAIN = " Run again: what is done stays done."
WORDS: Mapping[str, Template] = {
    **OF_FILES,
    "file.refused": with_text("Shopify refused the file"),
    # Files on their way
    "file.too_slow": "Shopify has not finished the picture within 5 minutes. Run again: what is done stays done.",
    "file.too_slow_video": "Shopify has not finished the video within 30 minutes. Run again: what is done stays done.",
    "file.renamed": "Somebody renamed several new files in Shopify before AssetLink could tell which was which. Run again: they "
    "are brought once more, and the renamed ones stay in the store.",
    "file.not_replaced": "Shopify did not take the new content and says no reason; the file shows what it showed before. Check "
    "that the asset opens, or add it as a new file.",
    "file.still_making": lambda text, minutes: (
        f"{ended(text)} It was asked again for {_minutes(minutes)}. Run again later."
    ),
    "file.not_uploaded": lambda tries: (
        f"The video could not be uploaded in {_tries(tries)}. Run again: what is done stays done."
    ),
    "file.name_lost": "The store has a file of this name already, but its list of files does not show it yet. Run again in a "
    "minute.",
    "file.newer": "The file shows a newer version by now than the one that was planned. Nothing was written; plan again.",
    "file.lost": "The file whose content was to be replaced is gone from the store. Run again to add it as a new one.",
    "file.not_asked": "Cloudinary could not be asked what this asset is now. Run again.",
    "file.not_linked": "The picture could not be linked.",
    "file.not_linked_again": "The picture could not be linked again.",
    "file.other_version": "An older version of this asset is in the store; it stays there beside the new one.",
    "file.not_in_place": "Shopify cannot replace the content of a video, or by a file of another kind. The older version stays "
    "there beside the new one.",
    "file.shown_in": _in_galleries,
    "upload.refused": with_text("Shopify refused to take the video"),
    "upload.broke_off": "The upload to Shopify broke off ({cause}).",
    "upload.storage_refused": "Shopify's storage refused the upload ({cause}).",
    "upload.too_much": "Cloudinary delivered more than it announced.",
    "upload.too_little": "Cloudinary delivered less than it announced.",
    # Assets, and what Cloudinary delivers
    "asset.gone": "The asset no longer exists in Cloudinary.",
    # What has changed of one since it was selected, or planned
    "asset.renamed": "Renamed from {then} to {now} in Cloudinary.",
    "asset.retyped": "Its delivery type changed from {then} to {now} in Cloudinary.",
    "asset.replaced": "Replaced by a new version in Cloudinary.",
    "asset.moved": lambda then, now: f"Moved from {_folder(then)} to {_folder(now)} in Cloudinary.",
    "asset.retitled": "Its display name changed from “{then}” to “{now}” in Cloudinary.",
    "asset.restored": "Restored in Cloudinary after it had been deleted.",
    "asset.restored_late": "The asset was deleted in Cloudinary and is restored, which this run did not know when it began. Run "
    "again to link it.",
    "asset.newer": "The asset was replaced by a new version in Cloudinary after this was planned, so it was not brought. Run "
    "again.",
    "asset.unreadable": "What AssetLink keeps of this asset cannot be read. Select it again in the Media Library.",
    "asset.raw": "A gallery holds images and videos, not raw files.",
    "asset.sound": "A gallery holds images and videos, not sound.",
    "asset.restricted": "Its access is restricted in Cloudinary: only a token opens it, and Shopify has none. Make it public "
    "there; no setting on Setup opens it.",
    "asset.not_public": "Its delivery type in Cloudinary is {type}, so only a signed address shows it. An admin can allow "
    "restricted assets on Setup.",
    "asset.not_yet": lambda opens: (
        f"Its access is restricted in Cloudinary until {_moment(opens)}. Run again after that."
    ),
    "asset.no_longer": lambda closed: (
        f"Its access is restricted in Cloudinary since {_moment(closed)}. Change its access control there."
    ),
    "asset.no_file": "Cloudinary has no file of it, only a placeholder. Upload the asset again.",
    "asset.rejected": "It was rejected by moderation in Cloudinary. Approve it there, or exclude it.",
    "asset.pending": "Its moderation in Cloudinary is {status}. Approve it there; or an admin can allow such assets on Setup.",
    "asset.not_approved": "Its moderation in Cloudinary is “{status}”, not approved. Approve it there.",
    "asset.signed": "Brought by a signed address, as Setup allows: its delivery type in Cloudinary is {type}.",
    "asset.cut_frames": "It has more than {most} frames, and Cloudinary delivers the first {most}. Upload it as a video to keep "
    "them all.",
    "asset.unmoderated": "Brought before its moderation ended, as Setup allows.",
    "asset.no_extension": "Its name has no extension, so Shopify would not know what kind of file it is.",
    "asset.long_address": "Its address has more than the {most:,} characters that Shopify takes; letters other than a to z count "
    "up to nine. Give the asset a shorter public ID in Cloudinary.",
    "asset.no_value": "The asset has no value in “{field}”.",
    "asset.no_value_in_field": "The asset has no value in the Cloudinary field.",
    "asset.excluded": "Excluded by hand.",
    "asset.group_excluded": "Its group was excluded by hand.",
    "limit.picture_pixels": "The picture would be {width} x {height} pixels; Shopify takes {side} on a side and {megapixels} "
    "megapixels. {fits} in the transformation would fit.",
    "limit.video_pixels": "The video would be {width} x {height} pixels; Shopify takes 4K ({side} x {short_side}). {fits} in the "
    "transformation would fit.",
    "limit.video_seconds": lambda seconds, most: (
        f"The video is {clock(seconds)} long; Shopify takes {clock(most)}. du_{most:.0f} in the transformation would cut it "
        "there."
    ),
    "limit.picture_bytes": _too_large("picture", "20 MB", "c_limit,w_4472,h_4472/q_auto"),
    "limit.file_bytes": _too_large("file", "20 MB"),
    "limit.video_bytes": _too_large("video", "1 GB", "c_limit,w_1280,h_720,q_auto:eco"),
    "delivery.empty": "Cloudinary delivers an empty file. Upload the asset again.",
    "delivery.broke_off": "The delivery from Cloudinary broke off.",
    "delivery.making": "Cloudinary is still making this rendition.",
    "delivery.no_answer": "Cloudinary's delivery does not answer.",
    "delivery.error": "Cloudinary's delivery answers with an error ({status}).",
    "delivery.not_public": _with_cause(
        "Cloudinary does not deliver the asset publicly", "Check its access, then run again."
    ),
    "delivery.gone": "The asset no longer exists in Cloudinary, or it is not public.",
    "delivery.no_rendition": _with_cause(
        "Cloudinary cannot make this rendition", "Check the transformation, then run again."
    ),
    # Matching
    "match.no_product": _no_product,
    "match.several_products": _several_products,
    "match.by": _matched_by,
    "match.not_asked": "The store was not asked for this key. Refresh the matches and run again.",
    "match.too_many": "{count:,} products have these values; choose a field that tells them apart.",
    "match.stands_still": "Shopify has not read any further in its catalog for a while, or other apps' readings go first.",
    "match.busy": "The store is busy at the moment. Try again in a while.",
    "match.no_metafield": "The store has no product metafield {name}. Check the namespace and key in Shopify's settings.",
    "match.not_filterable": "The metafield {name} cannot be searched in this store, so all products were read. Turn "
    "on its filtering in Shopify, and it is faster: Settings › Metafields and metaobjects › Products.",
    "match.folded": "All products were read, because Shopify's search cannot ignore case and spaces.",
    "match.only_signs": "All products were read, because Shopify's search cannot find keys of signs alone.",
    "match.doubted": "All products were read, because Shopify's search can miss some signs and letters.",
    "match.exact": "All products were read, because Shopify's search takes metafields only letter by letter.",
    "match.with_quotes": "All products were read, because Shopify's search can miss quotes and backslashes.",
    # Galleries
    # Estimates: why a store is not counted
    "estimate.run_at_work": "A run is at work there.",
    "estimate.store_busy": "Its API limit is needed for other work.",
    "estimate.took_long": "Counting took too long.",
    "estimate.nothing_shown": "It shows none of the products at the moment.",
    "estimate.renewing": "Its access is due for renewal.",
    "estimate.just_written": "What the last run wrote does not show there yet.",
    "product.gone": "The product no longer exists in the store.",
    "gallery.endless": "The gallery could not be read to its end, so nothing was written to it. Check in Shopify that it has no "
    "more than 250 media, then run again.",
    "gallery.torn": "A gallery changes while it is read.",
    "gallery.too_many": "The gallery would have {media} media; Shopify allows {most}.",
    "gallery.too_many_at_once": "The gallery has {media} media and {arriving} are to come before old ones leave; Shopify allows "
    "{most} at a time. Link fewer assets, or make room first.",
    "gallery.only_so_many": "The gallery has only {media} media to overwrite.",
    "gallery.no_place": "Its place was taken, and the gallery has no further place to overwrite.",
    "gallery.twice": "The same asset stood there twice.",
    # Why a picture leaves a gallery
    "gallery.reset": "Reset keeps only linked assets.",
    "gallery.mirrored": "No longer selected here.",
    "gallery.overwritten": "Another picture takes its place.",
    "gallery.came": "Added by the run that you undo.",
    "gallery.chosen": "Chosen to be unlinked.",
    "gallery.new_version": "A new version of the asset, or another rendition of it.",
    "gallery.misplaced": "It shows another asset than the one that an earlier run linked here.",
    "gallery.moved": "Somebody changed this gallery since it was planned ({what}). Nothing was written; plan again.",
    "gallery.moved_media": _media_moved,
    "gallery.moved_order": "the order changed",
    "gallery.moved_alt": "an alt text changed",
    "gallery.moved_variant": "the picture of a variant changed",
    "gallery.changed_since": "Somebody changed this gallery after the run that you undo. It stays as it is.",
    "gallery.deleted": "The picture was deleted in Shopify meanwhile and cannot come back.",
    "gallery.not_there": "It is no longer in this gallery; somebody took it out.",
    "gallery.unreadable": "AssetLink cannot read what it has kept of this gallery's plan, so nothing more was written to it. "
    "Run again.",
    "gallery.not_kept": "AssetLink cannot read what it has kept of this gallery as it was before the run. It stays as it is.",
    "gallery.order_refused": with_text("The order could not be set", AGAIN),
    "gallery.stuck": "Shopify cannot unlink a medium that it is still processing or that failed; remove it in Shopify.",
    "gallery.not_unlinked": "Kept, because not everything new for this gallery could be brought.",
    "gallery.failed": lambda failed, all, incomplete=0: (
        f"{failed} of {plural(all, 'change')} failed.{' Nothing was unlinked.' if incomplete else ''}"
    ),
    "gallery.left_out": lambda count: (
        f"{plural(count, 'picture')} may not be shown any more, so nothing was unlinked for {'it' if count == 1 else 'them'}. "
        "Plan again."
    ),
    "variants.not_set": with_text("The pictures of its variants could not be set", AGAIN),
    "variants.reached": "It has the same {option}, {value}, as {key}.",
    "variants.took_over": "Its picture leaves the gallery; the first one of {key} takes over.",
    "variants.first_group": lambda key, later: f"{key} comes before {_listed(later, 0)} here.",
    "variants.not_shown": "Shopify does not show them. Look at them there.",
    "swatch.not_set": with_text("The swatch could not be set", AGAIN),
    "swatch.not_first": "Another swatch comes first for the same owner.",
    "swatch.reached": "For {variant}, which has the same {option}, {value}.",
    "swatch.first_group": lambda key, count, option: (
        f"The swatch of {key} comes first for {plural(count, 'variant')} with the same {option}."
    ),
    "swatch.no_owner": "“{owner}” is neither a product nor a variant.",
    "alt.lost": "Shopify took the alt text and still shows another. Look at it in Shopify; the next run looks, too.",
    # Runs
    "run.not_shown": "Shopify has not shown the change yet; it may have been made. The next run looks.",
    "run.aborted": "The run was aborted before this was done.",
    "run.unchecked": "The run ended before it was seen that all of this gallery is as planned. Run again: what is done stays "
    "done.",
    "run.asked_for": "The run was aborted; Shopify may still be processing this file. Run again to find out: nothing is doubled.",
    "run.unreadable": "What AssetLink keeps of this run cannot be read, so nothing was planned and nothing written. Start it "
    "again.",
    "run.fields_changed": "The fields of the selection were changed while the run began. Start it again.",
    "run.unconfirmed": "{media:,} media would leave galleries here ({galleries:,}), and nobody has confirmed that: the run's "
    "other stores were planned long before this one and went on. Nothing was written in this store. Retry failed shows its plan.",
    "run.contents_unconfirmed": "The contents of {files:,} files would be replaced here, and nobody has confirmed that: the "
    "run's other stores were planned long before this one and went on. Nothing was written in this store. Retry failed shows its "
    "plan.",
    "run.broke_off": lambda times: (
        f"The work on this store broke off {plural(times, 'time')} without getting on. Run again: what is done stays done."
    ),
    "run.own_error": "AssetLink met an error of its own (reference {reference}, in the app's log).",
    "run.given_up": lambda text, times: (
        f"{ended(text)} It came back {plural(times, 'time')}, so the run was ended here; what is done stays done. Tell the "
        "person who runs AssetLink."
    ),
    "run.away": lambda text, minutes: (
        f"{ended(text)} The store was waited for {_minutes(minutes)}. The run may go on when it is back: run again, what is "
        "done stays done."
    ),
    "run.unread": lambda text, minutes: (
        f"{ended(text)} What may be shown has to be read there first, and that was tried for {_minutes(minutes)}. Run again "
        "later: what is done stays done."
    ),
    # Jobs
    "job.own_error": _own_error,
    "job.too_long": "AssetLink met an error of its own (it took too long; reference {reference}).",
    "job.lost": lambda tries: f"The worker that did this was lost {plural(tries, 'time')}.",
    "job.tried": lambda minutes: (
        f"It was tried for about {_minutes(minutes) if minutes < 120 else plural(round(minutes / 60), 'hour')}."
    ),
    "job.tell_reference": "If it happens again, tell an admin the reference {reference}.",
    "job.tell_when": "If it happens again, tell an admin when it happened.",
    "job.ask_again": "Ask for it again.",
    "job.check_again": "Check the links again.",
    "job.refresh": "Refresh the matches to ask again.",
    "fetch.refused": lambda said: (
        f"Cloudinary refuses to tell the details ({clause(said)}). Ask an admin to check the product environment in Setup."
    ),
    # AI captions, and alt texts that are saved
    "caption.not_subscribed": "This product environment has no subscription for AI captions. An account admin can register the "
    "Cloudinary AI Content Analysis add-on in the Console's Add-ons page; then ask again. Alt texts can be typed or filled from "
    "a field meanwhile.",
    "caption.used_up": "This month's quota of AI captions is used up. Ask again next month, or an account admin can choose a "
    "bigger plan of the add-on in the Console's Add-ons page. What was proposed so far is kept.",
    "caption.nothing_seen": "Cloudinary finds no words for this picture. Type the alt text.",
    "caption.not_yet": "Cloudinary has not finished its caption. Ask again in a minute.",
    "caption.gone": "The asset is no longer in Cloudinary.",
    "caption.no_answer": "Cloudinary did not answer for this picture. Ask for it again.",
    "alts.stopped": "Stopped. What was done so far is kept.",
    "alts.not_saved": lambda name, text: f"{name}: {ended(text)}",
    "alts.all_not_saved": lambda parts: "\n".join(parts),
    # Reports
    "report.no_room": "The report could not be written: the server's disk is full. Tell the people who run AssetLink.",
    "report.not_kept": _with_cause(
        "The report could not be written: AssetLink cannot write where reports are kept",
        "Tell the people who run AssetLink.",
    ),
    # Lists of a report that are not whole
    "left.cut": "Only the first {n:,} are listed: the catalog has more products than a report names.",
    "left.slow": "Only the first {n:,} are listed: the store took longer than a minute.",
    "left.unreadable": with_text("The store's products could not be read"),
}
register(WORDS)

NO_REASON = Reason("shopify.no_reason")
TOO_SLOW, TOO_SLOW_VIDEO = Reason("file.too_slow"), Reason("file.too_slow_video")
RENAMED, NAME_LOST, NOT_REPLACED = Reason("file.renamed"), Reason("file.name_lost"), Reason("file.not_replaced")
GONE, NEWER_ASSET, RESTORED_LATE = Reason("asset.gone"), Reason("asset.newer"), Reason("asset.restored_late")
CHANGED_SINCE, DELETED = Reason("gallery.changed_since"), Reason("gallery.deleted")
ALT_LOST = Reason("alt.lost")
# What may have happened.
NOT_SHOWN = Reason("run.not_shown")
NOT_THERE, NOT_UNLINKED = Reason("gallery.not_there"), Reason("gallery.not_unlinked")
UNREADABLE, NOT_KEPT = Reason("gallery.unreadable"), Reason("gallery.not_kept")
VANISHED, ENDLESS = Reason("product.gone"), Reason("gallery.endless")
ABORTED, UNCHECKED, ASKED_FOR = Reason("run.aborted"), Reason("run.unchecked"), Reason("run.asked_for")
