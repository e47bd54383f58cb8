"""The forms by which stores are connected and renamed."""

from typing import Any

from django import forms

from setup.drawn import DrawnForm
from setup.shopify.domains import BadDomain, shop_domain


def secret(**known: str) -> dict:
    return {"max_length": 255, "widget": forms.PasswordInput(attrs={"autocomplete": "off"}), **known}


def printable(text: str, what: str) -> str:
    """Without blanks at the ends. Raises ValidationError for what cannot be one."""
    text = text.strip()
    if not text.isascii() or not text.isprintable() or " " in text:
        raise forms.ValidationError(f"This is no {what}. Copy it again from Shopify.")
    return text


class DomainForm(forms.Form):
    domain = forms.CharField(label="Store domain", max_length=255, help_text="For example my-shop.myshopify.com")

    def clean_domain(self) -> str:
        try:
            return shop_domain(self.cleaned_data["domain"])
        except BadDomain as error:
            raise forms.ValidationError(str(error)) from None


class InstallForm(DomainForm):
    """A store in which the app is to be installed."""


class AppForm(forms.Form):
    """An app of Shopify's Dev Dashboard."""

    client_id = forms.CharField(label="Client ID", max_length=255, help_text="In the Dev Dashboard: the app, Settings.")
    client_secret = forms.CharField(**secret(label="Client secret", help_text="It is stored encrypted and not shown."))

    def clean_client_id(self) -> str:
        return printable(self.cleaned_data["client_id"], "client ID")

    def clean_client_secret(self) -> str:
        return printable(self.cleaned_data["client_secret"], "client secret")


class CredentialsForm(AppForm, DomainForm):
    """A store of the same Shopify organization as the app."""

    field_order = ("domain", "client_id", "client_secret")


class TokenForm(DomainForm):
    """A store with a custom app that was made in its admin."""

    token = forms.CharField(
        **secret(
            label="Admin API access token",
            help_text="Of a custom app with the scopes write_products and write_files. It is stored encrypted.",
        )
    )

    def clean_token(self) -> str:
        return printable(self.cleaned_data["token"], "access token")


class NameForm(DrawnForm):
    label = forms.CharField(
        label="Name in AssetLink", max_length=100, required=False, help_text="Empty: as the store calls itself."
    )

    def __init__(self, *args: Any, **known: Any) -> None:
        super().__init__(*args, **known)
        self.show_drawn(["label"])
