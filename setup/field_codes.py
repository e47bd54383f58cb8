"""Fields of Cloudinary and Shopify as the Setup page offers them; rows hold them as the codes of linking.domain.fields."""

import re
from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise

from setup.embedded_values import BadName, name_of
from setup.models import Environment
from setup.spelling import composed, plain
from setup.words import _, gettext_lazy

BUILT_IN: list[tuple[str, str | Promise]] = [
    ("tags", gettext_lazy("Tags")),
    ("public_id", gettext_lazy("Public ID")),
    ("display_name", gettext_lazy("Display name")),
    ("folder", gettext_lazy("Folder")),
]
CONTEXT = ("context", gettext_lazy("Contextual key …"))
EMBEDDED = ("embedded", gettext_lazy("In the file (IPTC, XMP, EXIF) …"))
SHOPIFY: list[tuple[str, str | Promise]] = [
    ("sku", "SKU"),
    ("barcode", gettext_lazy("Barcode")),
    ("title", gettext_lazy("Title")),
    ("handle", gettext_lazy("Handle")),
    ("tag", gettext_lazy("Tag")),
    ("vendor", gettext_lazy("Vendor")),
    ("product_type", gettext_lazy("Product type")),
    ("metafield", gettext_lazy("Metafield …")),
    ("variant_metafield", gettext_lazy("Variant metafield …")),
]
# How far a variant's picture and a swatch reach; the last option needs a text (linking.domain.options).
REACH_COLOR, REACH_MATCHED, REACH_OPTION = "color", "matched", "option"
REACHES = [
    (REACH_COLOR, gettext_lazy("All variants of the same color")),
    (REACH_MATCHED, gettext_lazy("Only variants with the SKU or barcode")),
    (REACH_OPTION, gettext_lazy("All variants with the same …")),
]
REACH_LABEL = gettext_lazy("Variant pictures and swatches go to")
NO_OPTION = gettext_lazy("Write the name of the product option, for example Material.")
KEY = re.compile(r"[^\s:|=][^:|=\n]{0,254}")
METAFIELD = re.compile(r"(\$app(?::[A-Za-z0-9_-]+)?|[A-Za-z0-9_-]{2,255})\.([A-Za-z0-9_-]{2,64})")

Choices = list[tuple[str, str | Promise]]


def code_choices(environment: Environment, present: str, *, nothing: str | Promise | None = None) -> Choices:
    """(code, label): structured metadata as it was seen, what every asset has, and the present choice in any case."""
    found: Choices = [] if nothing is None else [("", nothing)]
    found += [(f"metadata:{field['id']}", field["label"]) for field in environment.seen.get("fields", [])]
    if present.startswith("metadata:") and present not in dict(found):
        name = present.partition(":")[2]
        found.append((present, _("{field} (not in Cloudinary)").format(field=name) if environment.seen_at else name))
    return [*found, *BUILT_IN, CONTEXT, EMBEDDED]


class ChoiceAndText(forms.MultiWidget):
    """A select, and a text that some of its options need: those are `with_text`."""

    def __init__(self, with_text: Collection[str], text_label: str | Promise, placeholder: str | Promise) -> None:
        text = forms.TextInput(
            attrs={"aria-label": text_label, "placeholder": placeholder, "spellcheck": "false", "maxlength": "350"}
        )
        super().__init__({"": forms.Select(), "text": text})
        self.with_text = with_text

    def decompress(self, value: str | None) -> list[str]:
        kind, _sign, rest = (value or "").partition(":")
        return [kind, rest] if kind in self.with_text else [value or "", ""]

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0"


class CodeField(forms.MultiValueField):
    """A field of Cloudinary, as its code."""

    # The options that need a text, and what the class of the control is named by.
    with_text: tuple[str, ...] = ("context", "embedded")
    named = "context"

    def __init__(self, **options: Any) -> None:
        widget = ChoiceAndText(
            self.with_text, gettext_lazy("Contextual key, or name of the metadata"), gettext_lazy("for example sku")
        )
        options.setdefault("required", True)
        super().__init__(_parts(), widget=widget, require_all_fields=False, **options)

    def offer(self, choices: Sequence[tuple[str, str | Promise]]) -> None:
        _offer(self, choices)

    def compress(self, data_list: Sequence[str]) -> str:
        kind, text = [*data_list, "", ""][:2]
        if kind not in self.with_text:
            return kind or ""
        if kind == "embedded":
            try:
                return f"{kind}:{name_of(text or '')}"
            except BadName as refusal:
                raise forms.ValidationError(str(refusal), code="text") from None
        if not KEY.fullmatch(text or ""):
            raise forms.ValidationError(_("Write the contextual key, for example sku."), code="text")
        return f"{kind}:{composed(text)}"


class ShopifyCodeField(CodeField):
    """A field of Shopify, as its code."""

    with_text = ("metafield", "variant_metafield")
    named = "metafield"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.widget = ChoiceAndText(self.with_text, gettext_lazy("Metafield (namespace.key)"), "custom.material")
        self.offer(SHOPIFY)

    def compress(self, data_list: Sequence[str]) -> str:
        kind, text = [*data_list, "", ""][:2]
        if kind in self.with_text and not METAFIELD.fullmatch(text or ""):
            said = _("Write a metafield as namespace.key, for example custom.material.")
            raise forms.ValidationError(said, code="text")
        return f"{kind}:{text}" if kind in self.with_text else kind or ""


class ReachField(CodeField):
    """How far variants' pictures and swatches reach, as a selection keeps it."""

    with_text = (REACH_OPTION,)
    named = REACH_OPTION

    def __init__(self, **options: Any) -> None:
        super().__init__(label=REACH_LABEL, **options)
        self.widget = ChoiceAndText(self.with_text, gettext_lazy("Product option"), gettext_lazy("Material"))
        self.offer(REACHES)

    def compress(self, data_list: Sequence[str]) -> str:
        kind, text = [*data_list, "", ""][:2]
        if kind in self.with_text and not plain(text or ""):
            raise forms.ValidationError(NO_OPTION, code="text")
        return f"{kind}:{plain(text)}" if kind in self.with_text else kind or REACH_COLOR


def _parts() -> tuple[forms.Field, forms.Field]:
    return forms.ChoiceField(required=False), forms.CharField(required=False, max_length=350)


def _offer(field: CodeField, choices: Sequence[tuple[str, str | Promise]]) -> None:
    """To the part that checks and to the one that is drawn."""
    select, widget = field.fields[0], field.widget
    assert isinstance(select, forms.ChoiceField)
    assert isinstance(widget, ChoiceAndText)
    select.choices = choices
    drawn = widget.widgets[0]
    assert isinstance(drawn, forms.Select)
    drawn.choices = choices
