from django import forms

from setup.domains import BadDomain, shop_domain


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
