"""Fields of Cloudinary and Shopify as the Setup page offers them; rows hold them as the codes of linking.domain.fields."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms

from setup.models import Environment
from setup.spelling import composed, plain

BUILT_IN = [("tags", "Tags"), ("public_id", "Public ID"), ("display_name", "Display name"), ("folder", "Folder")]
CONTEXT = ("context", "Contextual key …")
SHOPIFY = [
    ("sku", "SKU"),
    ("barcode", "Barcode"),
    ("title", "Title"),
    ("handle", "Handle"),
    ("tag", "Tag"),
    ("vendor", "Vendor"),
    ("product_type", "Product type"),
    ("metafield", "Metafield …"),
]
# How far a variant's picture and a swatch reach; the last option needs a text (linking.domain.options).
REACH_COLOR, REACH_MATCHED, REACH_OPTION = "color", "matched", "option"
REACHES = [
    (REACH_COLOR, "All variants of the same colour"),
    (REACH_MATCHED, "Only variants with the SKU or barcode"),
    (REACH_OPTION, "All variants with the same …"),
]
REACH_LABEL = "Variant pictures and swatches go to"
NO_OPTION = "Write the name of the product option, for example Material."
KEY = re.compile(r"[^\s:|=][^:|=\n]{0,254}")
METAFIELD = re.compile(r"(\$app(?::[A-Za-z0-9_-]+)?|[A-Za-z0-9_-]{2,255})\.([A-Za-z0-9_-]{2,64})")

Choices = list[tuple[str, str]]


def code_choices(environment: Environment, present: str, *, nothing: str | None = None) -> Choices:
    """(code, label): structured metadata as it was seen, what every asset has, and the present choice in any case."""
    found: Choices = [] if nothing is None else [("", nothing)]
    found += [(f"metadata:{field['id']}", field["label"]) for field in environment.seen.get("fields", [])]
    if present.startswith("metadata:") and present not in dict(found):
        missing = " (not in Cloudinary)" if environment.seen_at else ""
        found.append((present, f"{present.partition(':')[2]}{missing}"))
    return [*found, *BUILT_IN, CONTEXT]


class ChoiceAndText(forms.MultiWidget):
    """A select, and a text that one of its options needs: `with_text` is that option."""

    def __init__(self, with_text: str, text_label: str, placeholder: str) -> None:
        text = forms.TextInput(
            attrs={"aria-label": text_label, "placeholder": placeholder, "spellcheck": "false", "maxlength": "350"}
        )
        super().__init__({"": forms.Select(), "text": text})
        self.with_text = with_text

    def decompress(self, value: str | None) -> list[str]:
        kind, _, rest = (value or "").partition(":")
        return [kind, rest] if kind == self.with_text else [value or "", ""]

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0"


class CodeField(forms.MultiValueField):
    """A field of Cloudinary, as its code."""

    with_text = "context"

    def __init__(self, **options: Any) -> None:
        widget = ChoiceAndText(self.with_text, "Contextual key", "for example sku")
        options.setdefault("required", True)
        super().__init__(_parts(), widget=widget, require_all_fields=False, **options)

    def offer(self, choices: Sequence[tuple[str, str]]) -> None:
        _offer(self, choices)

    def compress(self, data_list: Sequence[str]) -> str:
        kind, text = [*data_list, "", ""][:2]
        if kind != self.with_text:
            return kind or ""
        if not KEY.fullmatch(text or ""):
            raise forms.ValidationError("Write the contextual key, for example sku.", code="text")
        return f"{kind}:{composed(text)}"


class ShopifyCodeField(CodeField):
    """A field of Shopify, as its code."""

    with_text = "metafield"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.widget = ChoiceAndText(self.with_text, "Metafield (namespace.key)", "custom.material")
        self.offer(SHOPIFY)

    def compress(self, data_list: Sequence[str]) -> str:
        kind, text = [*data_list, "", ""][:2]
        if kind == self.with_text and not METAFIELD.fullmatch(text or ""):
            raise forms.ValidationError("Write a metafield as namespace.key, for example custom.material.", code="text")
        return f"{kind}:{text}" if kind == self.with_text else kind or ""


class ReachField(CodeField):
    """How far variants' pictures and swatches reach, as a selection keeps it."""

    with_text = REACH_OPTION

    def __init__(self, **options: Any) -> None:
        super().__init__(label=REACH_LABEL, **options)
        self.widget = ChoiceAndText(self.with_text, "Product option", "Material")
        self.offer(REACHES)

    def compress(self, data_list: Sequence[str]) -> str:
        kind, text = [*data_list, "", ""][:2]
        if kind == self.with_text and not plain(text or ""):
            raise forms.ValidationError(NO_OPTION, code="text")
        return f"{kind}:{plain(text)}" if kind == self.with_text else kind or REACH_COLOR


def _parts() -> tuple[forms.Field, forms.Field]:
    return forms.ChoiceField(required=False), forms.CharField(required=False, max_length=350)


def _offer(field: CodeField, choices: Sequence[tuple[str, str]]) -> None:
    """To the part that checks and to the one that is drawn."""
    select, widget = field.fields[0], field.widget
    assert isinstance(select, forms.ChoiceField)
    assert isinstance(widget, ChoiceAndText)
    select.choices = choices
    drawn = widget.widgets[0]
    assert isinstance(drawn, forms.Select)
    drawn.choices = choices
