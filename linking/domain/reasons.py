"""Why something did not work, or was left out: the words for the person, with what to do. With the closed list of what Shopify
says of files. What is said of assets is in linking.domain.asset_words, of matches in match_words, of bounds in bounds."""

from collections.abc import Iterable, Mapping, Sequence

from linking.domain.asset_words import OF_ASSETS
from linking.domain.channel_words import OF_CHANNELS
from linking.domain.fields import BUILT_IN, field_label
from linking.domain.mapping_words import OF_MAPPINGS
from linking.domain.match_words import MATCHING, listed
from linking.domain.notice_words import OF_NOTICES
from linking.domain.rule_words import OF_RULES
from linking.domain.sheet_words import OF_SHEETS
from linking.domain.webhook_words import OF_WEBHOOKS
from setup.reasons import Counted, Given, Reason, Template, register, said
from setup.words import _, ngettext, npgettext, number, quoted

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
    "file.invalid_image_source_url": "Shopify does not accept the picture’s address.",
    "file.file_storage_limit_exceeded": "The store’s file storage is full. Delete files in Shopify, or choose a bigger plan.",
    "file.shop_media_limit_exceeded": "The store has reached Shopify’s limit of media.",
    "file.product_media_limit_exceeded": "The gallery is full: Shopify allows 250 media per product.",
    "file.media_timeout_error": "Shopify took too long over the picture. “Retry failed” looks first, and "
    "does only what is missing.",
    "file.reference_target_does_not_exist": "The product no longer exists in the store.",
    "file.file_does_not_exist": "Somebody deleted the file in Shopify meanwhile. Run again to bring it again.",
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
    "file.video_throttle_exceeded": "The store takes no more videos for now: Shopify limits how many come in at a time, and "
    "how "
    "many a plan holds. Run again later.",
}
FILE_REASONS = {code.partition(".")[2].upper(): Reason(code) for code in OF_FILES}


def file_reason(code: str, answered: Reason) -> Reason:
    """Why Shopify refused a file. `answered`: its own words, or why the whole call was refused."""
    return FILE_REASONS.get(code) or Reason("file.refused", text=answered or said(code) or NO_REASON)


def field_named(code: str, offered: Iterable[Mapping[str, str]] = ()) -> str | Reason:
    """The same as the value of a reason, which is kept in no language."""
    return Reason(f"field.{code}") if code in BUILT_IN else field_label(code, offered)


# Words that depend on more than one value


def _in_galleries(titles: Sequence[str], more: int = 0) -> str:
    if not titles:
        return _(
            "It is in no gallery that AssetLink knows. The file also changes wherever else the store uses it; Shopify does "
            "not say where."
        )
    text = ngettext(
        "It is in the gallery of {products}. The file also changes wherever else the store uses it; Shopify does not say "
        "where.",
        "It is in the galleries of {products}. The file also changes wherever else the store uses it; Shopify does not say "
        "where.",
        len(titles) + more,
    )
    return text.format(products=listed([quoted(title) for title in titles], more))


def _media_moved(came: int, left: int) -> str:
    found = [
        ngettext("{n} media item added", "{n} media items added", came).format(n=number(came)) if came else "",
        ngettext("{n} media item removed", "{n} media items removed", left).format(n=number(left)) if left else "",
    ]
    return ", ".join(filter(None, found))


def _unconfirmed(media: int, galleries: int) -> str:
    text = ngettext(
        "{n} medium would leave {galleries} here, and nobody has confirmed that. The run’s other stores were planned long "
        "before this one and went on. Nothing was written in this store. “Retry failed” shows its plan.",
        "{n} media would leave {galleries} here, and nobody has confirmed that. The run’s other stores were planned long "
        "before this one and went on. Nothing was written in this store. “Retry failed” shows its plan.",
        media,
    )
    left = npgettext("would leave", "{n} gallery", "{n} galleries", galleries).format(n=number(galleries))
    return text.format(n=number(media), galleries=left)


def _lines(parts: Sequence[str]) -> str:
    return "\n".join(parts)


def _tried(minutes: int) -> str:
    if minutes < 120:
        text = ngettext("AssetLink tried for about {n} minute.", "AssetLink tried for about {n} minutes.", minutes)
        return text.format(n=number(minutes))
    hours = round(minutes / 60)
    text = ngettext("AssetLink tried for about {n} hour.", "AssetLink tried for about {n} hours.", hours)
    return text.format(n=number(hours))


WORDS: Mapping[str, Template] = {
    **OF_FILES,
    "file.refused": "Shopify refused the file: {text:ended}",
    # Files on their way
    "file.too_slow": "Shopify has not finished the picture within 5 minutes. “Retry failed” looks first, and "
    "does only what is missing.",
    "file.too_slow_video": "Shopify has not finished the video within 30 minutes. “Retry failed” looks first, and "
    "does only what is missing.",
    "file.renamed": "Somebody renamed several new files in Shopify before AssetLink could tell which was which. Run again: "
    "AssetLink brings them once more, and the renamed ones stay in the store.",
    "file.not_replaced": "Shopify did not take the new content and gives no reason; the file shows what it showed before. "
    "Check that the asset opens, or add it as a new file.",
    "file.still_making": Counted(
        "{text:ended} AssetLink asked again for {minutes:,} minute. Run again later.",
        "{text:ended} AssetLink asked again for {minutes:,} minutes. Run again later.",
        by="minutes",
    ),
    "file.not_uploaded": Counted(
        "AssetLink could not upload the video in {tries:,} try. “Retry failed” looks first, and does only what is missing.",
        "AssetLink could not upload the video in {tries:,} tries. “Retry failed” looks first, and does only what is missing.",
        by="tries",
    ),
    "file.name_lost": "The store already has a file of this name, but its list of files does not show it yet. Run again in a "
    "minute.",
    "file.newer": "The file now shows a newer version than the plan. Nothing was written; plan again.",
    "file.lost": "The file whose content AssetLink was to replace is gone from the store. Run again to add it as a new one.",
    "file.not_asked": "AssetLink could not ask Cloudinary what this asset is now. Run again.",
    "file.not_linked": "AssetLink could not link the picture.",
    "file.not_linked_again": "AssetLink could not link the picture again.",
    "file.other_version": "An older version of this asset is in the store; it stays there beside the new one.",
    "file.named_after": "The file is named after {product}, the first product that gets it.",
    "file.not_in_place": "Shopify cannot replace the content of a video, nor a file by one of another kind. The older "
    "version stays there beside the new one.",
    "file.shown_in": _in_galleries,
    "upload.refused": "Shopify refused to take the video: {text:ended}",
    "upload.broke_off": "The upload to Shopify broke off ({cause}).",
    "upload.storage_refused": "Shopify’s storage refused the upload ({cause}).",
    "upload.too_much": "Cloudinary delivered more than it announced.",
    "upload.too_little": "Cloudinary delivered less than it announced.",
    # Assets, and what Cloudinary delivers
    **OF_ASSETS,
    # Matching
    **MATCHING,
    **OF_SHEETS,
    **OF_MAPPINGS,
    **OF_CHANNELS,
    **OF_WEBHOOKS,
    **OF_NOTICES,
    **OF_RULES,
    # Estimates: why a store is not counted
    "estimate.run_at_work": "A run is working there.",
    "estimate.store_busy": "Other work needs its API limit.",
    "estimate.took_long": "Counting took too long.",
    "estimate.nothing_shown": "It shows none of the products at the moment.",
    "estimate.renewing": "Its access is due for renewal.",
    "estimate.just_written": "What the last run wrote does not show there yet.",
    # Galleries
    "product.gone": "The product no longer exists in the store.",
    "gallery.endless": "AssetLink could not read the gallery to its end, so it wrote nothing to it. Check in Shopify that it "
    "has no more than 250 media, then run again.",
    "gallery.torn": "The gallery changed while AssetLink read it.",
    "gallery.too_many": "The gallery would have {media} media; Shopify allows {most}.",
    "gallery.too_many_at_once": "The gallery has {media} media and {arriving} are to come before old ones leave; Shopify "
    "allows "
    "{most} at a time. Link fewer assets, or make room first.",
    "gallery.only_so_many": "The gallery has only {media} media to overwrite.",
    "gallery.no_place": "Its place is taken, and the gallery has no further place to overwrite.",
    "gallery.twice": "The same asset stood there twice.",
    # Why a picture leaves a gallery
    "gallery.reset": "Reset keeps only linked assets.",
    "gallery.mirrored": "No longer selected here.",
    "gallery.overwritten": "Another picture takes its place.",
    "gallery.adopted": "Adopted: it was there already.",
    "gallery.not_compared": "AssetLink could not compare the pictures here: it may be there already.",
    "gallery.given_back": "No longer adopted: it was there before AssetLink.",
    "gallery.came": "Added by the run that you undo.",
    "gallery.chosen": "Chosen for unlinking.",
    "gallery.new_version": "A new version of the asset, or another rendition of it.",
    "gallery.misplaced": "It shows another asset than the one that an earlier run linked here.",
    "gallery.moved": "Somebody changed this gallery since it was planned ({what}). Nothing was written; plan again.",
    "gallery.moved_media": _media_moved,
    "gallery.moved_order": "the order changed",
    "gallery.moved_alt": "an alt text changed",
    "gallery.moved_variant": "the picture of a variant changed",
    "gallery.changed_since": "Somebody changed this gallery after the run that you undo. It stays as it is.",
    "gallery.deleted": "Somebody deleted the picture in Shopify; it cannot come back.",
    "gallery.not_there": "It is no longer in this gallery; somebody took it out.",
    "gallery.unreadable": "AssetLink cannot read its plan of this gallery, so it wrote nothing more to it. Run again.",
    "gallery.not_kept": "AssetLink cannot read how this gallery was before the run. It stays as it is.",
    "gallery.order_refused": "AssetLink could not set the order: {text:ended} “Retry failed” looks first, and "
    "does only what is missing.",
    "gallery.stuck": "Shopify cannot unlink a medium that it is still processing or that failed; remove it in Shopify.",
    "gallery.not_unlinked": "Kept, because AssetLink could not bring everything new for this gallery.",
    "gallery.failed": Given(
        "incomplete",
        Counted(
            "{failed:,} of {all:,} change failed. Nothing was unlinked.",
            "{failed:,} of {all:,} changes failed. Nothing was unlinked.",
            by="all",
        ),
        Counted("{failed:,} of {all:,} change failed.", "{failed:,} of {all:,} changes failed.", by="all"),
    ),
    "gallery.left_out": Counted(
        "Stores may no longer show {count:,} picture of the plan, so AssetLink unlinked nothing for it. Plan again.",
        "Stores may no longer show {count:,} pictures of the plan, so AssetLink unlinked nothing for them. Plan again.",
    ),
    "variants.not_set": "AssetLink could not set the pictures of its variants: {text:ended} “Retry failed” looks first, and "
    "does only what is missing.",
    "variants.reached": "It has the same {option}, {value}, as {key}.",
    "variants.took_over": "Its picture leaves the gallery; the first one of {key} takes over.",
    "variants.first_group": Counted(
        "{key} comes before {later:and} here.", "{key} comes before {later:and} here.", by="later"
    ),
    "variants.not_shown": "Shopify does not show them. Look at them there.",
    "swatch.not_set": "AssetLink could not set the swatch: {text:ended} “Retry failed” looks first, and "
    "does only what is missing.",
    "swatch.not_first": "Another swatch comes first for the same owner.",
    "swatch.reached": "For {variant}, which has the same {option}, {value}.",
    "swatch.first_group": Counted(
        "The swatch of {key} comes first for {count:,} variant with the same {option}.",
        "The swatch of {key} comes first for {count:,} variants with the same {option}.",
    ),
    "swatch.no_picture": "A swatch is a picture; this asset is none.",
    "swatch.no_owner": "“{owner}” is neither a product nor a variant.",
    "alt.lost": "Shopify took the alt text and still shows another. Look at it in Shopify; the next run looks, too.",
    # Runs
    "run.not_shown": "Shopify does not show the change yet, but may have made it. The next run looks.",
    "run.aborted": "Somebody aborted the run before this was done.",
    "run.unchecked": "The run ended before AssetLink could check that this gallery is as planned. “Retry failed” looks first, "
    "and does only what is missing.",
    "run.asked_for": "Somebody aborted the run; Shopify may still be processing this file. Run again to find out: nothing is "
    "doubled.",
    "run.unreadable": "AssetLink cannot read what it keeps of this run, so it planned and wrote nothing. Start it again.",
    "run.selection_gone": "The selection of this run is gone. Select the assets again in the Media Library.",
    "run.fields_changed": "Somebody changed the fields of the selection while the run began. Start it again.",
    "run.unconfirmed": _unconfirmed,
    "run.contents_unconfirmed": Counted(
        "The run would replace the content of {files:,} file here, and nobody has confirmed that. Its other stores were "
        "planned long before this one and went on. Nothing was written in this store. “Retry failed” shows its plan.",
        "The run would replace the contents of {files:,} files here, and nobody has confirmed that. Its other stores were "
        "planned long before this one and went on. Nothing was written in this store. “Retry failed” shows its plan.",
        by="files",
    ),
    "run.broke_off": Counted(
        "The work on this store broke off {times:,} time without getting on. Run again: what is done stays done.",
        "The work on this store broke off {times:,} times without getting on. Run again: what is done stays done.",
        by="times",
    ),
    "run.own_error": "AssetLink met an error of its own (reference {reference}, in the app’s log).",
    "run.given_up": Counted(
        "{text:ended} It happened {times:,} time, so AssetLink ended the run here; what is done stays done. Tell the people "
        "who run AssetLink.",
        "{text:ended} It happened {times:,} times, so AssetLink ended the run here; what is done stays done. Tell the people "
        "who run AssetLink.",
        by="times",
    ),
    "run.away": Counted(
        "{text:ended} AssetLink waited {minutes:,} minute for the store. Run again when it is back: what is done stays done.",
        "{text:ended} AssetLink waited {minutes:,} minutes for the store. Run again when it is back: what is done stays done.",
        by="minutes",
    ),
    "run.unread": Counted(
        "{text:ended} AssetLink tried for {minutes:,} minute to read there what stores may show. Run again later: what is done "
        "stays done.",
        "{text:ended} AssetLink tried for {minutes:,} minutes to read there what stores may show. Run again later: what is "
        "done "
        "stays done.",
        by="minutes",
    ),
    # Names that are values of others
    "field.public_id": "Public ID",
    "field.display_name": "Display name",
    "field.folder": "Folder",
    "field.tags": "Tags",
    "mode.reset": "Reset",
    "mode.mirror": "Mirror",
    # Jobs
    "job.own_error": Given(
        "said",
        "AssetLink met an error of its own ({said:clause}; reference {reference}).",
        "AssetLink met an error of its own (reference {reference}).",
    ),
    "job.too_long": "AssetLink met an error of its own (it took too long; reference {reference}).",
    "job.lost": Counted(
        "AssetLink lost the worker that did this {tries:,} time.",
        "AssetLink lost the worker that did this {tries:,} times.",
        by="tries",
    ),
    "job.tried": _tried,
    "job.tell_reference": "If it happens again, tell an admin the reference {reference}.",
    "job.tell_when": "If it happens again, tell an admin when it happened.",
    "job.ask_again": "Ask for it again.",
    "links.spares": "Half of Cloudinary’s hourly limit is used up. The check goes on in the next hour, so that enough is left "
    "for people.",
    "job.check_again": "Check the links again.",
    "job.refresh": "Refresh the matches to ask again.",
    "fetch.refused": "Cloudinary does not give the details ({said:clause}). Ask an admin to check the product environment in "
    "Setup.",
    # AI captions, and alt texts that are saved
    "caption.not_subscribed": "This product environment has no subscription for AI captions. An account admin can register "
    "the Cloudinary AI Content Analysis add-on in the Console’s Add-ons page; then ask again. Meanwhile, type alt texts or "
    "fill them from a field.",
    "caption.used_up": "This product environment has used up this month’s quota of AI captions. Ask again next month, or ask "
    "an account admin to choose a bigger plan of the add-on. AssetLink keeps what it proposed so far.",
    "caption.nothing_seen": "Cloudinary finds no words for this picture. Type the alt text.",
    "caption.not_yet": "Cloudinary has not finished its caption. Ask again in a minute.",
    "caption.gone": "The asset is no longer in Cloudinary.",
    "caption.no_answer": "Cloudinary did not answer for this picture. Ask for it again.",
    "alts.stopped": "Stopped. What was done so far is kept.",
    "alts.not_saved": "{name}: {text:ended}",
    "alts.all_not_saved": _lines,
    # Reports
    "report.no_room": "AssetLink could not write the report: the server’s disk is full. Tell the people who run AssetLink.",
    "report.not_kept": Given(
        "said",
        "AssetLink cannot write where it keeps reports ({said:clause}). Tell the people who run AssetLink.",
        "AssetLink cannot write where it keeps reports. Tell the people who run AssetLink.",
    ),
    # Lists of a report that are not whole
    "left.cut": "Only the first {n:,} are listed: the catalog has more products than a report names.",
    "left.slow": "Only the first {n:,} are listed: the store took longer than a minute.",
    "left.unreadable": "AssetLink could not read the store’s products: {text:ended}",
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
