"""The forms by which stores are connected and renamed."""

from typing import Any

from django import forms

from setup.drawn import DrawnForm
from setup.shopify.domains import BadDomain, shop_domain
from setup.words import gettext_lazy

NO_ID = gettext_lazy("This is not a client ID. Copy it again from Shopify.")
NO_SECRET = gettext_lazy("This is not a client secret. Copy it again from Shopify.")
NO_TOKEN = gettext_lazy("This is not an access token. Copy it again from Shopify.")


def secret(**known: Any) -> dict:
    return {"max_length": 255, "widget": forms.PasswordInput(attrs={"autocomplete": "off"}), **known}


def printable(text: str, otherwise: Any) -> str:
    """Without blanks at the ends. Raises ValidationError, with the text `otherwise`, for what cannot be a secret or an id."""
    text = text.strip()
    if not text.isascii() or not text.isprintable() or " " in text:
        raise forms.ValidationError(otherwise)
    return text


class DomainForm(forms.Form):
    domain = forms.CharField(
        label=gettext_lazy("Store domain"),
        max_length=255,
        help_text=gettext_lazy("For example my-shop.myshopify.com"),
    )

    def clean_domain(self) -> str:
        try:
            return shop_domain(self.cleaned_data["domain"])
        except BadDomain as error:
            raise forms.ValidationError(str(error)) from None


class InstallForm(DomainForm):
    """A store in which the app is to be installed."""


class AppForm(forms.Form):
    """An app of Shopify's Dev Dashboard."""

    client_id = forms.CharField(
        label=gettext_lazy("Client ID"),
        max_length=255,
        help_text=gettext_lazy("Find it in the Dev Dashboard, in the app’s settings."),
    )
    client_secret = forms.CharField(
        **secret(
            label=gettext_lazy("Client secret"),
            help_text=gettext_lazy("AssetLink encrypts it and never shows it again."),
        )
    )

    def clean_client_id(self) -> str:
        return printable(self.cleaned_data["client_id"], NO_ID)

    def clean_client_secret(self) -> str:
        return printable(self.cleaned_data["client_secret"], NO_SECRET)


class CredentialsForm(AppForm, DomainForm):
    """A store of the same Shopify organization as the app."""

    field_order = ("domain", "client_id", "client_secret")


class TokenForm(DomainForm):
    """A store with a custom app that was made in its admin."""

    token = forms.CharField(
        **secret(
            label=gettext_lazy("Admin API access token"),
            help_text=gettext_lazy(
                "From a custom app with the scopes write_products and write_files. AssetLink encrypts it."
            ),
        )
    )

    def clean_token(self) -> str:
        return printable(self.cleaned_data["token"], NO_TOKEN)


class NameForm(DrawnForm):
    label = forms.CharField(
        label=gettext_lazy("Name in AssetLink"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Empty: the store’s name in Shopify."),
    )

    def __init__(self, *args: Any, **known: Any) -> None:
        super().__init__(*args, **known)
        self.show_drawn(["label"])
