"""The form of a secret that events are signed with."""

from typing import Any

from django import forms

from setup.words import _, gettext_lazy


class EventSecretForm(forms.Form):
    use_required_attribute = False
    secret = forms.CharField(
        label=gettext_lazy("API secret that Cloudinary signs with"),
        min_length=16,
        max_length=255,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        known = self.fields["secret"].error_messages
        known["required"] = _("Enter the secret.")
        known["min_length"] = _("This is too short for an API secret of Cloudinary.")
