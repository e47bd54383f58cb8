"""Forms of webhooks: a new one, and the events that one gets."""

from typing import Any

from django import forms

from linking.domain.webhooks import EVENTS
from linking.webhooks.endpoints import HOUR, CannotUse, check_address
from setup.words import _, gettext_lazy


class EventsForm(forms.Form):
    use_required_attribute = False
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Events"), choices=list(EVENTS.items()), widget=forms.CheckboxSelectMultiple
    )

    hour = forms.TypedChoiceField(
        label=gettext_lazy("Hour of the daily summary"),
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
        coerce=int,
        empty_value=None,
        required=False,
        initial=HOUR,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["events"].error_messages["required"] = _("Choose at least one event.")


class WebhookForm(EventsForm):
    url = forms.CharField(
        label=gettext_lazy("Address that events are sent to"),
        max_length=2000,
        widget=forms.URLInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "https://example.com/hooks"}
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["url"].error_messages["required"] = _("Write the whole address, as https://example.com/hooks.")

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            check_address(url)
        except CannotUse as error:
            raise forms.ValidationError(str(error)) from None
        return url
