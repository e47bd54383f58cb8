"""Forms of channels: a new one, and what one takes."""

from typing import Any

from django import forms

from linking.domain.channels import (
    FITS,
    FORMATS,
    LARGEST,
    MOST_RENDITIONS,
    PRESETS,
    BadChannel,
    Profile,
    Rendition,
    columns_of,
    columns_text,
    naming,
)
from linking.models import Channel
from setup.models import Environment
from setup.spelling import composed
from setup.words import _, gettext_lazy


class NewChannelForm(forms.Form):
    use_required_attribute = False
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    preset = forms.ChoiceField(
        label=gettext_lazy("Begin with"), choices=[(code, label) for code, (label, _profile) in PRESETS.items()]
    )

    def __init__(self, environment: Environment, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.environment = environment

    def clean_name(self) -> str:
        return free_name(self.environment, self.cleaned_data["name"])


def free_name(environment: Environment, text: str, pk: int = 0) -> str:
    """Raises ValidationError."""
    name = composed(text.strip())
    if environment.channels.filter(name=name).exclude(pk=pk).exists():
        raise forms.ValidationError(_("There is a channel of this name. Choose another one."))
    return name


class RenditionForm(forms.Form):
    use_required_attribute = False
    name = forms.CharField(label=gettext_lazy("Rendition"), max_length=40, required=False)
    width = forms.IntegerField(label=gettext_lazy("Width"), min_value=1, max_value=LARGEST, required=False)
    height = forms.IntegerField(label=gettext_lazy("Height"), min_value=1, max_value=LARGEST, required=False)
    fit = forms.ChoiceField(label=gettext_lazy("Fit"), choices=list(FITS.items()), required=False)
    ground = forms.RegexField(
        r"\A#?[0-9A-Fa-f]{6}\Z", label=gettext_lazy("Background"), required=False, initial="ffffff"
    )
    format = forms.ChoiceField(label=gettext_lazy("Format"), choices=list(FORMATS.items()), required=False)
    least = forms.IntegerField(label=gettext_lazy("Minimum width"), min_value=0, max_value=LARGEST, required=False)
    tall = forms.IntegerField(label=gettext_lazy("Minimum height"), min_value=0, max_value=LARGEST, required=False)

    def clean(self) -> dict[str, Any]:
        known = self.cleaned_data
        if known.get("name") and not (known.get("width") and known.get("height")) and not self.errors:
            raise forms.ValidationError(_("Enter its width and height."))
        return known

    @property
    def rendition(self) -> Rendition | None:
        """None for a row without a name: it goes."""
        known = self.cleaned_data
        if not known.get("name"):
            return None
        return Rendition(
            known["name"],
            known["width"],
            known["height"],
            known["fit"] or "pad",
            (known["ground"] or "ffffff").removeprefix("#").lower(),
            known["format"] or "jpg",
            known["least"] or 0,
            known["tall"] or 0,
        )


RenditionForms = forms.formset_factory(
    RenditionForm, extra=1, max_num=MOST_RENDITIONS, absolute_max=MOST_RENDITIONS, validate_max=True
)


class ChannelForm(forms.Form):
    use_required_attribute = False
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    naming = forms.CharField(label=gettext_lazy("File names"), max_length=200)
    columns = forms.CharField(label=gettext_lazy("Columns of the manifest"), widget=forms.Textarea(attrs={"rows": 6}))

    def __init__(self, channel: Channel, data: Any = None) -> None:
        profile = Profile.of(channel.settings)
        kept = {"name": channel.name, "naming": profile.naming, "columns": columns_text(profile.columns)}
        super().__init__(data, label_suffix="", initial=kept)
        self.channel = channel
        rows = [vars(one) for one in profile.renditions]
        self.renditions = RenditionForms(data, initial=rows, prefix="r")

    def clean_name(self) -> str:
        return free_name(self.channel.environment, self.cleaned_data["name"], self.channel.pk)

    def clean_naming(self) -> str:
        try:
            return naming(self.cleaned_data["naming"])
        except BadChannel as error:
            raise forms.ValidationError(str(error)) from None

    def clean_columns(self) -> Any:
        try:
            return columns_of(self.cleaned_data["columns"])
        except BadChannel as error:
            raise forms.ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        if self.renditions.is_valid() and not any(one.rendition for one in self.renditions):
            raise forms.ValidationError(_("A channel needs at least one rendition."))
        return self.cleaned_data

    def is_valid(self) -> bool:
        return super().is_valid() and self.renditions.is_valid()

    @property
    def profile(self) -> Profile:
        found = tuple(one.rendition for one in self.renditions if one.rendition)
        return Profile(found, self.cleaned_data["naming"], self.cleaned_data["columns"])
