"""What a person may choose for a selection."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from linking.domain.fields import BadField, CloudinaryField, ShopifyField, ShopifyKind
from linking.domain.galleries import MAX_MEDIA
from linking.models import Selection
from linking.models.selections import ALT_POLICIES, MODES
from setup.models import Store

SHOPIFY_FIELDS = [
    ("sku", "SKU"),
    ("barcode", "Barcode"),
    ("title", "Title"),
    ("handle", "Handle"),
    ("tag", "Tag"),
    ("vendor", "Vendor"),
    ("product_type", "Product type"),
    ("metafield", "Metafield …"),
]


# A key that is found on a variant, not on a product.
OF_VARIANTS = (ShopifyKind.SKU, ShopifyKind.BARCODE)


class StoresField(forms.ModelMultipleChoiceField):
    """Stores that can be linked to now: a tick at one that was broken off or taken away meanwhile is not kept."""

    def clean(self, value: Sequence[str]) -> QuerySet[Store]:
        assert self.queryset is not None
        return self.queryset.filter(pk__in=[pk for pk in value or () if str(pk).isdecimal()])


class SettingsForm(forms.Form):
    """The selection's settings. `stores` holds the pks of chosen stores."""

    cloudinary_field = forms.CharField(label="Cloudinary Field", max_length=300)
    shopify_kind = forms.ChoiceField(label="Shopify Field", choices=SHOPIFY_FIELDS)
    metafield = forms.CharField(label="Metafield (namespace.key)", max_length=350, required=False)
    link_mode = forms.ChoiceField(label="Link Mode", choices=MODES)
    position = forms.IntegerField(label="Position", min_value=1, max_value=MAX_MEDIA, required=False)
    order_field = forms.CharField(label="Order product assets by", max_length=300, required=False)
    alt_policy = forms.ChoiceField(label="Alt text of pictures already there", choices=ALT_POLICIES, required=False)
    variant_pictures = forms.BooleanField(label="Use the first image as the variant's picture", required=False)
    stores = StoresField(queryset=Store.objects.none(), required=False)

    def __init__(self, selection: Selection, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.selection = selection
        stores = self.fields["stores"]
        assert isinstance(stores, StoresField)
        stores.queryset = selection.environment.stores.filter(status=Store.Status.CONNECTED)

    def clean_cloudinary_field(self) -> str:
        return self._code("cloudinary_field")

    def clean_order_field(self) -> str:
        return self._code("order_field") if self.cleaned_data["order_field"] else ""

    def _code(self, name: str) -> str:
        try:
            return str(CloudinaryField.parse(self.cleaned_data[name]))
        except BadField as error:
            raise forms.ValidationError(str(error)) from None

    def clean(self) -> dict:
        known = super().clean() or {}
        kind, metafield = known.get("shopify_kind"), (known.get("metafield") or "").strip()
        code = f"metafield:{metafield}" if kind == ShopifyKind.METAFIELD else kind or ""
        try:
            known["shopify_field"] = str(ShopifyField.parse(code))
        except BadField as error:
            self.add_error("metafield" if kind == ShopifyKind.METAFIELD else "shopify_kind", str(error))
        return known

    def save(self) -> Selection:
        """Keep whatever is valid: one field that is not loses nothing of the others."""
        selection, known = self.selection, self.cleaned_data
        kept = [name for name in SAVED if name in known and (known[name] or name not in NEVER_EMPTY)]
        for name in kept:
            setattr(selection, name, known[name])
        selection.save(update_fields=kept)
        selection.stores.set(known["stores"])
        return selection


SAVED = (
    "cloudinary_field",
    "shopify_field",
    "order_field",
    "link_mode",
    "position",
    "alt_policy",
    "variant_pictures",
)
NEVER_EMPTY = ("position", "alt_policy")
