"""The form of a new key of the HTTP API."""

from datetime import datetime, timedelta
from typing import Any

from django import forms

from setup.models import Environment, Store
from setup.models.api_keys import SCOPES
from setup.words import _, gettext_lazy, pgettext_lazy

LASTS = [
    ("", pgettext_lazy("when a key expires", "Never")),
    ("30", gettext_lazy("In 30 days")),
    ("90", gettext_lazy("In 90 days")),
    ("365", gettext_lazy("In a year")),
]


class ApiKeyForm(forms.Form):
    use_required_attribute = False
    label = forms.CharField(
        label=gettext_lazy("What the key is for"),
        max_length=100,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "placeholder": gettext_lazy("for example nightly PIM job")}
        ),
    )
    store = forms.ModelChoiceField(
        label=gettext_lazy("Store"),
        queryset=Store.objects.none(),
        required=False,
        empty_label=gettext_lazy("All stores of the environment"),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("It may"), choices=list(SCOPES.items()), widget=forms.CheckboxSelectMultiple
    )
    lasts = forms.ChoiceField(label=gettext_lazy("Expires"), choices=LASTS, required=False)

    def __init__(self, environment: Environment, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        field: Any = self.fields["store"]
        field.queryset = environment.stores.shown()
        self.fields["label"].error_messages["required"] = _("Say what the key is for.")
        self.fields["scopes"].error_messages["required"] = _("Choose at least one thing that it may do.")

    def expires(self, *, now: datetime) -> datetime | None:
        days = self.cleaned_data["lasts"]
        return now + timedelta(days=int(days)) if days else None
