"""The audit log in words: what was done, to what, and what changed. Rows keep codes; what is not known here is shown as it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from setup.captions.offer import WISHES
from setup.field_codes import BUILT_IN, REACHES, SHOPIFY
from setup.models import AuditEntry, Environment, Store
from setup.models.environments import ALT_POLICIES, LINK_MODES, RIGHTS
from setup.models.members import GRANTED
from setup.security.audit import HIDDEN
from setup.words import _, enumeration, gettext_lazy, pgettext, pgettext_lazy

Words = Mapping[Any, Any]  # code -> text, looked up when it is shown

ACTIONS: Words = {
    "assets.bring": gettext_lazy("Uploaded files to Cloudinary"),
    "endpoint.add": gettext_lazy("Added a delivery endpoint"),
    "endpoint.change": gettext_lazy("Changed a delivery endpoint"),
    "endpoint.key": gettext_lazy("Made a key for a delivery endpoint"),
    "endpoint.off": gettext_lazy("Switched a delivery endpoint off"),
    "endpoint.on": gettext_lazy("Switched a delivery endpoint on"),
    "endpoint.open": gettext_lazy("Opened a delivery endpoint to everybody"),
    "endpoint.remove": gettext_lazy("Removed a delivery endpoint"),
    "environment.add": gettext_lazy("Added the environment"),
    "environment.change": gettext_lazy("Changed the environment"),
    "environment.remove": gettext_lazy("Removed the environment"),
    "environment.rotate-api": gettext_lazy("Replaced the Cloudinary API key"),
    "environment.rotate-launch": gettext_lazy("Replaced the launch secret"),
    "environment.set": gettext_lazy("Changed the environment"),
    "events.add-secret": gettext_lazy("Added a secret for Cloudinary’s events"),
    "events.address": gettext_lazy("Made the address for Cloudinary’s events"),
    "events.remove-secret": gettext_lazy("Removed a secret for Cloudinary’s events"),
    "events.remove-trigger": gettext_lazy("Removed the trigger of Cloudinary’s events"),
    "events.trigger": gettext_lazy("Had Cloudinary send its events"),
    "key.create": gettext_lazy("Made an API key"),
    "key.first-use": gettext_lazy("Used an API key for the first time"),
    "key.revoke": gettext_lazy("Revoked an API key"),
    "launch.refused": gettext_lazy("Refused a launch"),
    "links.clean": gettext_lazy("Cleaned up links"),
    "member.accept": gettext_lazy("Accepted an invitation"),
    "member.add-passkey": gettext_lazy("Added a passkey"),
    "member.end-sessions": gettext_lazy("Ended sessions"),
    "member.groups": gettext_lazy("Changed by the provider’s groups"),
    "member.invite": gettext_lazy("Invited"),
    "member.join": gettext_lazy("Joined two members"),
    "member.launch-roles": gettext_lazy("Changed what roles of the Console mean"),
    "member.let-in": pgettext_lazy("what was done", "Let in again"),
    "member.remove": gettext_lazy("Removed"),
    "member.remove-passkey": gettext_lazy("Removed a passkey"),
    "member.remove-way": gettext_lazy("Removed a way to sign in"),
    "member.role": gettext_lazy("Changed what somebody may do"),
    "member.withdraw": gettext_lazy("Withdrew an invitation"),
    "notices.chat": gettext_lazy("Chose a chat for notices"),
    "notices.no-chat": gettext_lazy("Removed the chat for notices"),
    "notices.test": gettext_lazy("Sent a test to the chat for notices"),
    "preset.add": gettext_lazy("Shared a preset"),
    "preset.default": gettext_lazy("Made a preset the default"),
    "preset.delete": gettext_lazy("Deleted a shared preset"),
    "preset.no-default": gettext_lazy("Took a preset back as the default"),
    "preset.rename": gettext_lazy("Renamed a shared preset"),
    "preset.update": gettext_lazy("Changed a shared preset"),
    "rule.add": gettext_lazy("Made a rule"),
    "rule.change": gettext_lazy("Changed a rule"),
    "rule.delete": gettext_lazy("Deleted a rule"),
    "rule.fire": gettext_lazy("Fired a rule by hand"),
    "rule.off": gettext_lazy("Switched a rule off"),
    "rule.on": gettext_lazy("Switched a rule on"),
    "search.add": gettext_lazy("Shared a search"),
    "search.delete": gettext_lazy("Deleted a shared search"),
    "selection.hand-over": gettext_lazy("Handed over assets"),
    "selection.open": gettext_lazy("Opened a selection that was handed over"),
    "setup.alt-texts": gettext_lazy("Changed Alt text"),
    "setup.file-names": gettext_lazy("Changed File names"),
    "setup.matching": gettext_lazy("Changed Matching defaults"),
    "setup.lock": gettext_lazy("Changed whether a field is read-only in the Console"),
    "setup.mapping": gettext_lazy("Changed the mapping of Shopify to Cloudinary"),
    "setup.prepare": gettext_lazy("Created in Cloudinary"),
    "setup.prepare-months": gettext_lazy("Changed when uploads expire"),
    "setup.prepare-update": gettext_lazy("Updated in Cloudinary"),
    "setup.renditions": gettext_lazy("Changed Default transformations"),
    "setup.rights": gettext_lazy("Changed Runs of others"),
    "setup.transcripts": gettext_lazy("Asked for transcripts"),
    "setup.showing": gettext_lazy("Changed What may be shown"),
    "setup.swatches": gettext_lazy("Changed Asset types"),
    "setup.status": gettext_lazy("Changed how the status of assets is set"),
    "setup.zone": gettext_lazy("Changed the time zone"),
    "sheet.stop": gettext_lazy("Stopped a spreadsheet"),
    "sheet.retry": gettext_lazy("Tried failed rows of a spreadsheet again"),
    "sheet.undo": gettext_lazy("Undid a spreadsheet"),
    "sheet.write": gettext_lazy("Wrote a spreadsheet to assets"),
    "store.app": gettext_lazy("Saved the Shopify app"),
    "store.connect": gettext_lazy("Connected the store"),
    "store.disconnect": gettext_lazy("Disconnected the store"),
    "store.pause": gettext_lazy("Paused the store"),
    "store.redact": gettext_lazy("Erased the store’s data at Shopify’s request"),
    "store.refused": gettext_lazy("Refused to write to a store"),
    "store.rename": gettext_lazy("Renamed the store"),
    "store.resume": gettext_lazy("Resumed the store"),
    "store.uninstalled": gettext_lazy("Removed access: the app was uninstalled in Shopify"),
    "store.uninstalling-disproved": gettext_lazy("Ignored an uninstall notice that the store does not confirm"),
    "sync.abort": gettext_lazy("Aborted a run"),
    "sync.again": gettext_lazy("Opened a run again"),
    "sync.apply": gettext_lazy("Applied a plan"),
    "sync.refused": gettext_lazy("Was not allowed to change a run"),
    "sync.retry": gettext_lazy("Retried a run"),
    "sync.start": gettext_lazy("Started a run"),
    "sync.undo": gettext_lazy("Undid a run"),
    "sync.unlink": gettext_lazy("Planned to unlink"),
    "channel.add": gettext_lazy("Added a channel"),
    "channel.change": gettext_lazy("Changed a channel"),
    "channel.remove": gettext_lazy("Removed a channel"),
    "webhook.add": gettext_lazy("Added a webhook"),
    "webhook.change": gettext_lazy("Chose other events for a webhook"),
    "webhook.disable": gettext_lazy("Disabled a webhook"),
    "webhook.enable": gettext_lazy("Enabled a webhook"),
    "webhook.remove": gettext_lazy("Removed a webhook"),
    "webhook.resend": gettext_lazy("Sent an event to a webhook again"),
    "webhook.rotate": gettext_lazy("Rotated the secret of a webhook"),
    "webhook.test": gettext_lazy("Sent a test event to a webhook"),
}
FIELDS: Words = {
    "ai_captions": gettext_lazy("Offer AI captions"),
    "allow_pending": gettext_lazy("Allow assets with pending or queued moderation"),
    "allow_restricted": gettext_lazy("Allow restricted assets by signed URL"),
    "allowed_transformations": gettext_lazy("Members may choose for a run"),
    "alt_field": gettext_lazy("Source of alt texts"),
    "alt_policy": gettext_lazy("Alt text of pictures already there"),
    "api_key": gettext_lazy("API key"),
    "api_secret": gettext_lazy("API secret"),
    "assets": gettext_lazy("Assets"),
    "by": gettext_lazy("Changed by"),
    "causes": gettext_lazy("Notices"),
    "captions": gettext_lazy("Offer AI captions"),
    "default_cloudinary_field": gettext_lazy("Cloudinary Field"),
    "default_fold": gettext_lazy("Compare values"),
    "default_link_mode": gettext_lazy("Link Mode"),
    "default_order_field": gettext_lazy("Order product assets by"),
    "default_shopify_field": gettext_lazy("Shopify Field"),
    "default_variant_reach": gettext_lazy("Variant pictures and swatches go to"),
    "definition": gettext_lazy("Definition"),
    "delivery_base": gettext_lazy("Delivery address"),
    "dry_run": gettext_lazy("Dry run"),
    "event": gettext_lazy("Event"),
    "events": gettext_lazy("Events"),
    "expiration_field": gettext_lazy("Last day of an asset"),
    "expires": gettext_lazy("Expires"),
    "file_name_template": gettext_lazy("File name"),
    "files": gettext_lazy("Files"),
    "files_transformation": gettext_lazy("Default image transformation for Store Files"),
    "files_video_transformation": gettext_lazy("Default video transformation for Store Files"),
    "folder": gettext_lazy("Folder"),
    "image_transformation": gettext_lazy("Default image transformation"),
    "kind": gettext_lazy("Kind"),
    "launch_issuer": gettext_lazy("Launch issuer"),
    "link_mode": gettext_lazy("Link Mode"),
    "links": gettext_lazy("Links"),
    "name": gettext_lazy("Name"),
    "new_versions": gettext_lazy("New versions"),
    "no_swatches": gettext_lazy("No asset is a swatch"),
    "of": gettext_lazy("Original run"),
    "origin": gettext_lazy("Opened from"),
    "others_abort": gettext_lazy("Abort"),
    "others_apply": gettext_lazy("Apply this plan"),
    "others_retry": gettext_lazy("Retry failed"),
    "others_undo": gettext_lazy("Undo"),
    "person": gettext_lazy("Who"),
    "policy": gettext_lazy("Without a person"),
    "removed": gettext_lazy("Removed"),
    "role": gettext_lazy("Role"),
    "rows": gettext_lazy("Rows"),
    "said_by": gettext_lazy("Handed over by"),
    "scopes": gettext_lazy("Scopes"),
    "search": gettext_lazy("Search"),
    "selection": gettext_lazy("Selection"),
    "status": gettext_lazy("Status"),
    "store": gettext_lazy("Store"),
    "stores": gettext_lazy("Writes to"),
    "swatch_field": gettext_lazy("Swatches are recognized by"),
    "swatch_value": gettext_lazy("Value"),
    "time_zone": gettext_lazy("Time zone"),
    "upload_prefix": gettext_lazy("Upload prefix"),
    "verb": gettext_lazy("What was refused"),
    "video_transformation": gettext_lazy("Default video transformation"),
    "way": gettext_lazy("Access"),
    "when": gettext_lazy("Fires"),
    "whose": gettext_lazy("Run of"),
    "why": gettext_lazy("Reason"),
}
MODES: Words = dict(LINK_MODES) | {"reset": gettext_lazy("Reset"), "mirror": gettext_lazy("Mirror")}
VERBS: Words = {name: FIELDS[f"others_{name}"] for name in ("abort", "apply", "retry", "undo")}
VALUES: Mapping[str, Words] = {
    "alt_policy": dict(ALT_POLICIES),
    "captions": dict(WISHES),
    "by": {"variables": gettext_lazy("Settings of the server")},
    "default_fold": {True: gettext_lazy("Ignoring case and spaces"), False: gettext_lazy("Exactly")},
    "default_link_mode": MODES,
    "default_shopify_field": dict(SHOPIFY),
    "default_variant_reach": dict(REACHES),
    "kind": {"upload": gettext_lazy("Upload to Store Files")},
    "link_mode": MODES,
    "new_versions": {"add": gettext_lazy("Add"), "replace": gettext_lazy("Replace")},
    "policy": {
        "report": gettext_lazy("Only report"),
        "wait": gettext_lazy("Plan, and wait for a person"),
        "keeping": gettext_lazy("Apply if nothing leaves a gallery"),
        "bounded": gettext_lazy("Apply as long as few pictures leave"),
    },
    "status": dict(Store.Status.choices),
    "store": {"": gettext_lazy("All stores")},
    "role": dict(GRANTED),
    "verb": VERBS,
    "way": dict(Store.Way.choices),
    "why": {
        "webhook.by_admin": gettext_lazy("An admin disabled it"),
        "webhook.given_up": gettext_lazy("Every try to deliver an event failed"),
        "webhook.gone": gettext_lazy("Its receiver answered that it wants no more events"),
    },
    "whose": {"": gettext_lazy("Somebody who has left")},
    **{f"others_{name}": dict(RIGHTS) for name in VERBS},
}
# Why a launch was refused (setup.security.launch).
LAUNCHES: Words = {
    "clock": gettext_lazy("The clocks of server and Console differ"),
    "form": gettext_lazy("Not confirmed on a page of AssetLink"),
    "incomplete": gettext_lazy("Incomplete"),
    "lapsed": gettext_lazy("Not confirmed in time"),
    "malformed": gettext_lazy("Not a launch of the Console"),
    "old": gettext_lazy("Too old"),
    "origin": gettext_lazy("From another site"),
    "oversized": gettext_lazy("Too many assets"),
    "removed": gettext_lazy("Removed by an admin"),
    "replayed": gettext_lazy("Used already"),
    "signature": gettext_lazy("Wrong signature"),
}
# Codes of Cloudinary's fields, which a label may stand for.
CODED = ("alt_field", "expiration_field", "default_cloudinary_field", "default_order_field", "swatch_field")


@dataclass(frozen=True)
class Line:
    """An entry as people read it. `run`: the key of the run that it is about, in place of an object. `changes`: (field, before,
    after), where None is what was not there."""

    entry: AuditEntry
    action: str
    object: str
    run: str
    changes: list[tuple[str, str | None, str | None]]


def line_of(entry: AuditEntry, environment: Environment) -> Line:
    kind, _blank, name = entry.object.partition(" ")
    run = name if kind == "run" else ""
    labels = {f"metadata:{field['id']}": field["label"] for field in environment.seen.get("fields", [])}
    return Line(entry, action(entry.action), _object(entry, kind, name), run, _changes(entry, labels))


def action(code: str) -> str:
    return str(ACTIONS.get(code, code))


def _object(entry: AuditEntry, kind: str, name: str) -> str:
    if entry.action == "launch.refused":
        return str(LAUNCHES.get(entry.object, entry.object))
    if kind == "run" or entry.action == "links.clean":
        return ""
    return name if kind in ("environment", "member", "store") else entry.object


def _changes(entry: AuditEntry, labels: Words) -> list[tuple[str, str | None, str | None]]:
    names = dict.fromkeys([*entry.before, *entry.after])
    return [(_field(name), _value(entry.before, name, labels), _value(entry.after, name, labels)) for name in names]


def _field(name: str) -> str:
    return str(FIELDS.get(name) or name.replace("_", " "))


def _value(values: Mapping[str, Any], name: str, labels: Words) -> str | None:
    """None for what is not there."""
    if name not in values or values[name] is None:
        return None
    value = values[name]
    if isinstance(value, list):
        return enumeration([str(one) for one in value]) or pgettext("value", "empty")
    known = {**labels, **dict(BUILT_IN)} if name in CODED else VALUES.get(name, {})
    if isinstance(value, str | bool) and value in known:
        return str(known[value])
    return _plain(name, value)


def _plain(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if value == HIDDEN:
        return _("(hidden)")
    kind, _colon, key = str(value).partition(":")
    if name in CODED and kind == "context":
        return _("Contextual key {key}").format(key=key)
    if name in CODED and kind == "embedded":
        return _("{key} (in the file)").format(key=key)
    if name == "default_shopify_field" and kind == "metafield":
        return _("Metafield {key}").format(key=key)
    if name == "default_shopify_field" and kind == "variant_metafield":
        return _("Variant metafield {key}").format(key=key)
    if name == "default_variant_reach" and kind == "option":
        return _("All variants with the same {option}").format(option=key)
    return str(value) or pgettext("value", "empty")
