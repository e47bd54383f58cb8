import re

from django import forms

from setup.domains import BadDomain, shop_domain
from setup.models import Environment

SWATCH_KINDS = [
    ("", "No swatches"),
    ("tags", "Tag"),
    ("metadata", "Structured metadata field"),
    ("context", "Contextual key"),
]
NAME = re.compile(r"[^\s:|]{1,255}")


class SwatchForm(forms.Form):
    """The rule that says what a swatch is: a tag, or a value (its label, for enums and sets) in a field."""

    kind = forms.ChoiceField(label="Swatches are told by", choices=SWATCH_KINDS, required=False)
    name = forms.CharField(
        label="Field", max_length=255, required=False, help_text="The field's external ID or key; not needed for a tag."
    )
    value = forms.CharField(label="Value", max_length=255, required=False, help_text="The tag, or the field's value.")

    @classmethod
    def of(cls, environment: Environment) -> "SwatchForm":
        kind, _, name = environment.swatch_field.partition(":")
        return cls(initial={"kind": kind, "name": name, "value": environment.swatch_value})

    def clean(self) -> dict:
        known = super().clean() or {}
        kind, name = known.get("kind"), (known.get("name") or "").strip()
        if kind in ("metadata", "context") and not NAME.fullmatch(name):
            self.add_error("name", "Write the external ID of the field, for example asset_type.")
        if kind and not (known.get("value") or "").strip():
            self.add_error("value", "Write the value by which a swatch is known, for example Swatch.")
        return known

    def save(self, environment: Environment) -> None:
        kind, name, value = (self.cleaned_data[field].strip() for field in ("kind", "name", "value"))
        environment.swatch_field = f"{kind}:{name}" if kind in ("metadata", "context") else kind
        environment.swatch_value = value if kind else ""
        environment.save(update_fields=["swatch_field", "swatch_value"])


class StoreForm(forms.Form):
    """A store to be connected with a pasted access token."""

    domain = forms.CharField(label="Store domain", max_length=255, help_text="For example my-shop.myshopify.com")
    token = forms.CharField(
        label="Admin API access token",
        max_length=255,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Of a custom app with the scopes write_products and write_files. It is stored encrypted.",
    )

    def clean_domain(self) -> str:
        try:
            return shop_domain(self.cleaned_data["domain"])
        except BadDomain as error:
            raise forms.ValidationError(str(error)) from None

    def clean_token(self) -> str:
        token = self.cleaned_data["token"].strip()
        if not token.isascii() or not token.isprintable() or " " in token:
            raise forms.ValidationError("This is no access token. Copy it again from Shopify.")
        return token
