"""What rows say: every text of every row, by what its column is for. A column that is not known here is a finding."""

import json
import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models.functions import Cast

from setup.reason_field import ReasonField
from setup.reasons import CODE, FOREIGN, Reason, codes, decoded, fields_of
from setup.security.secrets import EncryptedField

# Texts by what they are. A new column belongs to one of these, or it is a ReasonField.
NAMES = {  # what people, shops and assets call things
    "setup.Environment": {"cloud_name", "name"},
    "setup.Member": {"email", "name"},
    "setup.AuditEntry": {"cloud_name", "person", "object"},
    "setup.Store": {"domain", "name", "label", "plan"},
    "setup.Authorization": {"domain"},
    "setup.Notice": {"domain"},
    "linking.StoreFile": {"name"},
    "linking.Link": {"key", "name", "title", "handle"},
    "linking.ChangedProduct": {"title", "handle"},
    "linking.DriftFinding": {"key", "name", "title", "handle", "was", "now"},
    "linking.GroupArrangement": {"key"},
    "linking.KeyMatch": {"key"},
    "linking.ProductSync": {"title", "handle"},
    "linking.ChangeRow": {"key", "name", "planned_name"},
    "linking.Channel": {"name"},
    "linking.DeliveredName": {"value"},
    "linking.DeliveryEndpoint": {"name"},
    "linking.Preset": {"name"},
    "linking.Rule": {"name"},
    "linking.SavedSearch": {"name"},
    "linking.Selection": {"said_by"},
    "linking.SelectionAddress": {"said_by"},
    "linking.Sheet": {"name"},
    "linking.SheetRow": {"name"},
    "setup.Person": {"email", "name"},
    "setup.Identity": {"email"},
    "setup.Passkey": {"name"},
    "setup.Invitation": {"email"},
    "setup.EmailCode": {"email"},
}
CODES = {  # ids, addresses, fields, transformations, words of the code
    "setup.Environment": {"external_id", "api_key", "launch_issuer", "image_transformation", "video_transformation"}
    | {"swatch_field", "swatch_value", "files_transformation", "files_video_transformation", "default_cloudinary_field"}
    | {"default_shopify_field", "default_order_field", "default_variant_reach", "alt_field", "file_name_template"}
    | {"time_zone", "expiration_field"},
    "linking.SeenProduct": {"product_id", "updated"},
    "setup.ProductEvent": {"event_id", "product_id"},
    "linking.DeliveredName": {"kind"},
    "linking.DeliveredProduct": {"product_id"},
    "linking.DeliveryEndpoint": {"slug", "key_hash", "spin_field", "tag_prefix", "made_by"},
    "setup.Member": {"external_id", "groups_issuer", "language"},
    "setup.ShopifyApp": {"client_id"},
    "setup.AuditEntry": {"person_id", "action", "request_id"},
    "setup.Store": {"renewing_by"},
    "setup.Authorization": {"ticket_hash", "state_hash", "browser_hash"},
    "setup.UsedLaunch": {"issuer", "token_id"},
    "setup.Notice": {"topic", "event_id"},
    "setup.EventAddress": {"token"},
    "setup.EventSecret": {"hint"},
    "setup.CloudinaryEvent": {"digest", "type", "body"},
    "setup.AskedTranscript": {"asset_id"},
    "linking.StoreFile": {"asset_id", "mark", "file_id", "pending_id", "call", "staged_url", "role"},
    "linking.Link": {"product_id", "asset_id", "medium_id", "thumbnail", "role", "adopted"},
    "linking.ChangedProduct": {"product_id"},
    "linking.DriftFinding": {"product_id", "asset_id", "medium_id", "thumbnail"},
    "linking.LeftGallery": {"product_id", "transformation"},
    "linking.LinkCheck": {"reached_product"},
    "linking.MediumLook": {"medium_id", "url", "source"},
    "linking.RenditionLook": {"mark"},
    "linking.Estimate": {"question", "counted"},
    "linking.SeenGallery": {"product_id"},
    "linking.LinkedVariant": {"product_id", "variant_id", "sku"},
    "linking.Selection": {"cloudinary_field", "pattern", "separator", "shopify_field", "order_field", "transformation"}
    | {"variant_reach", "then_field", "field_before"},
    "linking.SelectedAsset": {"asset_id", "thumbnail"},
    "linking.Rule": {"schedule"},
    "linking.EventWork": {"reached"},
    "linking.SeenAsset": {"asset_id", "place", "said", "ours"},
    "linking.EmbeddedRow": {"asset_id"},
    "linking.WrittenBack": {"asset_id"},
    "linking.SavedSearch": {"query"},
    "linking.Ticked": {"query"},
    "linking.SelectionExtract": {"stamp"},
    "linking.GroupArrangement": {"keying"},
    "linking.SelectionChain": {"keying"},
    "linking.StoreMatch": {"keying", "shopify_field", "bulk_id"},
    "linking.KeyMatch": {"verdict"},
    "linking.Sync": {"token", "cloudinary_field", "keying", "shopify_field", "order_field", "transformation"}
    | {"variant_reach", "then_field"},
    "linking.StoreSync": {"owner", "job_id"},
    "linking.StoreLease": {"owner"},
    "linking.ProductSync": {"product_id", "fingerprint", "result", "job"},
    "linking.ChangeRow": {"owner_id", "asset_id", "thumbnail", "medium_id", "replaces", "brought"},
    "linking.Report": {"stamp", "owner", "file", "language"},
    "linking.SelectionAddress": {"token_hash"},
    "linking.IdempotentRequest": {"text", "fingerprint"},
    "linking.SheetRow": {"asset_id", "public_id", "alike"},
    "linking.NoticeChannel": {"host", "language", "often"},
    "linking.NoticeChoice": {"often"},
    "linking.Occurrence": {"path", "subject"},
    "linking.WebhookEndpoint": {"url"},
    "linking.WebhookDelivery": {"event_id", "type", "body"},
    "setup.Identity": {"issuer", "subject"},
    "setup.Passkey": {"credential_id", "public_key"},
    "setup.Invitation": {"token_hash"},
    "setup.EmailCode": {"code_hash"},
    "setup.ApiKey": {"public_id", "secret_hash"},
}
SAID = {  # words of people and of other services, as they are
    "linking.StoreFile": {"alt"},
    "linking.Rule": {"search"},
    "linking.SelectedAsset": {"alt", "caption"},
    "linking.SelectionAddress": {"note"},
    "linking.Selection": {"said_note"},
    "linking.SelectionExtract": {"body"},
    "linking.WebhookDelivery": {"said"},
    "linking.ChangeRow": {"alt_before", "alt_after"},
}
# Three words in a row. Names in these tests have two at most.
SENTENCE = re.compile(r"[^\W\d_]{2,}[,;:.’']?\s+[^\W\d_]+[,;:.’']?\s+[^\W\d_]{2,}")
TEXTS = (models.CharField, models.TextField)


def models_of_ours() -> Iterator[type[models.Model]]:
    for app in ("setup", "linking"):
        yield from apps.get_app_config(app).get_models()


def is_text(field: models.Field) -> bool:
    return isinstance(field, TEXTS) and not isinstance(field, ReasonField | EncryptedField | models.URLField)


def unclassified() -> list[str]:
    """Text columns of which nobody has said what they hold; and what was said of columns that there are not."""
    there = {(m._meta.label, f.name) for m in models_of_ours() for f in m._meta.concrete_fields if is_text(f)}
    chosen = {(m._meta.label, f.name) for m in models_of_ours() for f in m._meta.concrete_fields if f.choices}
    known = [(label, name) for table in (NAMES, CODES, SAID) for label, names in table.items() for name in names]
    assert len(known) == len(set(known)), "a column is one thing"
    return sorted(".".join(one) for one in (there - chosen) ^ set(known))


def sentences() -> list[str]:
    """Every place of the database where English stands, or something that should be a reason and is none."""
    return [f"{place}: {what}" for model in models_of_ours() for place, what in _of_model(model)]


def reasons() -> set[str]:
    """The codes of all that the rows say, also within other reasons."""
    fields = [(m, f) for m in models_of_ours() for f in m._meta.concrete_fields if isinstance(f, ReasonField)]
    found = (one for model, field in fields for one in model.objects.values_list(field.name, flat=True).distinct())
    return {inner.code for reason in found for inner in reason.within() if inner}


def _of_model(model: type[models.Model]) -> Iterator[tuple[str, str]]:
    for field in model._meta.concrete_fields:
        name, label = field.name, model._meta.label
        if isinstance(field, ReasonField):
            raw = model.objects.annotate(raw=Cast(name, models.TextField())).values_list("pk", "raw")
            yield from ((f"{label} {pk} {name}", why) for pk, text in raw for why in wrong_reason(text))
        elif isinstance(field, models.JSONField):
            raw = model.objects.annotate(raw=Cast(name, models.TextField())).values_list("pk", "raw")
            found = ((pk, text) for pk, text in raw if text is not None)
            yield from ((f"{label} {pk} {name}", why) for pk, text in found for why in wrong_json(json.loads(text)))
        elif is_text(field) and name not in SAID.get(label, ()):
            values = model.objects.values_list("pk", name)
            yield from ((f"{label} {pk} {name}", text) for pk, text in values if text and SENTENCE.search(text))


def wrong_reason(text: str) -> Iterator[str]:
    if text:
        for reason in decoded(text).within():
            yield from wrong_values(reason)


def wrong_values(reason: Reason) -> Iterator[str]:
    if reason.code == FOREIGN or reason.code not in codes():
        yield f"no reason: {reason!r}"
        return
    needed, possible = fields_of(codes()[reason.code])
    if not needed <= reason.values.keys() <= needed | possible:
        yield f"values do not fit: {reason!r}"
    for name, value in reason.pairs:
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, str) and name != "said" and SENTENCE.search(one):
                yield f"{name} of {reason.code}: {one}"


def wrong_json(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from wrong_json(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from wrong_json(inner, name)
    elif isinstance(value, str) and name not in ("said", "alt"):
        if CODE.fullmatch(value.partition(" ")[0]) and " {" in value:
            yield from wrong_reason(value)
        elif SENTENCE.search(value):
            yield f"{name}: {value}"
