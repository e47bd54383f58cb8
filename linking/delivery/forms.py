"""Forms of delivery endpoints: a new one, and what one is like."""

from typing import Any

from django import forms

from linking.delivery import endpoints
from setup.models import Environment, Store
from setup.words import _, gettext_lazy


class EndpointForm(forms.Form):
    use_required_attribute = False
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    store = forms.ModelChoiceField(label=gettext_lazy("Store"), queryset=Store.objects.none(), empty_label=None)

    def __init__(self, environment: Environment, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        stores = self.fields["store"]
        assert isinstance(stores, forms.ModelChoiceField)
        stores.queryset = Store.objects.filter(environment=environment).shown()
        self.fields["name"].error_messages["required"] = _("Name the endpoint.")
        stores.error_messages["required"] = _("Choose a store.")


class SettingsForm(forms.Form):
    use_required_attribute = False
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    origins = forms.CharField(
        label=gettext_lazy("Sites whose scripts may read it, one a line"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "placeholder": "https://shop.example.com"}),
    )
    tag_prefix = forms.CharField(label=gettext_lazy("What tags of spin sets begin with"), required=False, max_length=60)
    spin_field = forms.CharField(
        label=gettext_lazy("Metadata field that numbers the frames of spin sets"), required=False, max_length=255
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def clean_origins(self) -> list[str]:
        try:
            return endpoints.origins(self.cleaned_data["origins"])
        except endpoints.CannotUse as error:
            raise forms.ValidationError(str(error)) from None
