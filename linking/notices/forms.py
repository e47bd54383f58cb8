"""Forms of notices: what a person wants to hear of, and where an environment's notices go besides."""

from typing import Any

from django import forms
from django.conf import settings

from linking.domain.notices import LABELS, OFTEN
from linking.models import NoticeChannel
from linking.webhooks.endpoints import CannotUse, check_address
from setup.words import _, gettext_lazy


class ChoiceForm(forms.Form):
    use_required_attribute = False
    causes = forms.MultipleChoiceField(
        label=gettext_lazy("What I want to hear of"),
        choices=list(LABELS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    often = forms.ChoiceField(label=gettext_lazy("How often"), choices=list(OFTEN.items()))
    by_mail = forms.BooleanField(label=gettext_lazy("Send me e-mails"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class ChannelForm(forms.Form):
    """`has_url`: an address is kept already, and an empty one leaves it as it is."""

    use_required_attribute = False
    url = forms.CharField(
        label=gettext_lazy("Address of the chat’s incoming webhook"),
        max_length=2000,
        required=False,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    style = forms.ChoiceField(label=gettext_lazy("Kind of chat"), choices=NoticeChannel.Style.choices)
    causes = forms.MultipleChoiceField(
        label=gettext_lazy("What is posted"),
        choices=list(LABELS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    often = forms.ChoiceField(label=gettext_lazy("How often"), choices=list(OFTEN.items()))
    language = forms.ChoiceField(label=gettext_lazy("Language"))

    def __init__(self, *args: Any, has_url: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.has_url = has_url
        self.fields["language"].choices = settings.LANGUAGES  # type: ignore[attr-defined]
        self.fields["causes"].error_messages["required"] = _("Choose at least one.")
        if has_url:
            self.fields["url"].widget.attrs["placeholder"] = _("Kept as it is")

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        if not url and self.has_url:
            return ""
        try:
            check_address(url)
        except CannotUse as error:
            raise forms.ValidationError(str(error)) from None
        return url
