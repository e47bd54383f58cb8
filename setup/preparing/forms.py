"""What an admin chooses of a part, checked before Cloudinary is asked."""

import re
from collections.abc import Mapping, Set
from datetime import date
from typing import Any

from django import forms

from setup.numbers import whole
from setup.preparing import validation
from setup.preparing.add_ons import AddOn
from setup.preparing.things import ASSET_TYPES, EAGER, RULES, STATUSES
from setup.words import _, gettext_lazy, number, quoted

SIGNS = re.compile(r"[?&#%<>\\\"'|=\x00-\x1f]")
TWICE = re.compile("//")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")
GROUND = re.compile(r"white|black|transparent|auto|gen_fill|rgb:[0-9a-fA-F]{6}")
MOST_TAGS, MOST_LANGUAGES, MOST_MONTHS = 20, 20, 60
LONGEST_TEXT, LARGEST = 1000, 10**9


class Names(forms.CharField):
    """Texts with commas between them -> a list, each once."""

    def __init__(self, *args: Any, most: int, **kwargs: Any) -> None:
        super().__init__(*args, required=False, max_length=1000, **kwargs)
        self.most = most

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        names = list(dict.fromkeys(name for one in text.split(",") if (name := one.strip())))
        if len(names) > self.most:
            raise forms.ValidationError(_("Write at most {n}.").format(n=number(self.most)))
        if wrong := next((name for name in names if SIGNS.search(name) or len(name) > 100), ""):
            raise forms.ValidationError(_("“{name}” has a sign that Cloudinary does not take.").format(name=wrong))
        return names


class Languages(Names):
    def clean(self, value: Any) -> Any:
        codes = super().clean(value)
        if wrong := next((code for code in codes if not LANGUAGE.fullmatch(code)), ""):
            raise forms.ValidationError(_("“{name}” is no language code. Write de, fr or pt-BR.").format(name=wrong))
        return codes


class ChoicesForm(forms.Form):
    """`kept`: what an admin chose before, over what the part begins with. Values fit JSON once they are checked."""

    use_required_attribute = False

    def __init__(self, part: Any, kept: dict[str, Any], data: Any = None) -> None:
        known = {name: value for name, value in kept.items() if name in self.base_fields}
        super().__init__(data, initial={**part.begins, **known}, label_suffix="")
        self.part = part
        self.settle()

    def settle(self) -> None:
        """Take away what this part has not."""

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        numbers = {name for name, field in self.fields.items() if type(field) is forms.IntegerField}
        found |= {name: 0 for name in numbers & found.keys() if found[name] is None}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in found.items()}


class Bound(forms.IntegerField):
    """A number, or none."""

    def __init__(self, label: Any, least: int, most: int) -> None:
        super().__init__(label=label, required=False, min_value=least, max_value=most)


def day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


class FieldForm(ChoicesForm):
    several = forms.BooleanField(
        label=gettext_lazy("Several per asset"),
        required=False,
        help_text=gettext_lazy("A list of values instead of a text. Cloudinary cannot turn one into the other later."),
    )
    first = Names(
        label=gettext_lazy("First values"),
        most=20,
        help_text=gettext_lazy(
            "For several: at least one SKU, with commas between them. Others are added when they are used."
        ),
    )
    months = forms.IntegerField(
        label=gettext_lazy("Months until assets expire"),
        required=False,
        min_value=0,
        max_value=MOST_MONTHS,
        help_text=gettext_lazy(
            "From the day of the upload. A default in Cloudinary is a fixed date, so uploads with AssetLink set it. 0 sets none."
        ),
    )
    required = forms.BooleanField(
        label=gettext_lazy("Required"),
        required=False,
        help_text=gettext_lazy("Each new upload has a value: the default, unless it brings another one."),
    )
    default = forms.CharField(label=gettext_lazy("Default"), required=False, max_length=255)
    shortest = Bound(gettext_lazy("Minimum length"), 1, LONGEST_TEXT)
    longest = Bound(gettext_lazy("Maximum length"), 1, LONGEST_TEXT)
    least = Bound(gettext_lazy("Smallest number"), -LARGEST, LARGEST)
    most = Bound(gettext_lazy("Largest number"), -LARGEST, LARGEST)
    earliest, latest = day(gettext_lazy("Earliest day")), day(gettext_lazy("Latest day"))
    locked = forms.BooleanField(
        label=gettext_lazy("Read-only in the Console"),
        required=False,
        help_text=gettext_lazy("Programs still write it."),
    )

    def settle(self) -> None:
        for name in ("several", "first", "months", *validation.NAMES):
            if name not in self.part.begins:
                del self.fields[name]
        if values := self.part.values:
            self.fields["default"] = forms.ChoiceField(
                label=gettext_lazy("Default"), required=False, choices=[("", "—"), *values.items()]
            )

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        text, type = found.get("default", ""), self.part.type
        if found.get("several") and not found.get("first") and "first" not in self.errors:
            self.add_error("first", _("Write at least one SKU: Cloudinary makes no list without values."))
        self.check_bounds(found)
        if not found.get("required"):
            return {**found, "default": ""}
        if not text and "default" not in self.errors:
            self.add_error("default", _("A required field needs a default."))
        elif type == "integer" and whole(text, most=10**9) is None:
            self.add_error("default", _("Write a whole number."))
        elif type == "date" and not is_day(text):
            self.add_error("default", _("Write a day as 2027-01-31."))
        elif found.get("several") and text not in found.get("first", ()):
            self.add_error("default", _("The default has to be one of the first values."))
        elif not found.get("several") and not self.errors:
            value = int(text) if type == "integer" else text
            if not validation.fits(type, found, value):
                self.add_error("default", _("The default is outside the bounds that you set."))
        return found

    def check_bounds(self, found: dict[str, Any]) -> None:
        """Bounds of a list would hold for none of its values."""
        names = [name for name, _kind, _key in validation.BOUNDS.get(self.part.type, ())]
        bounds: list[Any] = [found.get(name) for name in names]
        if found.get("several") and (given := [name for name in names if found.get(name) is not None]):
            self.add_error(given[0], _("Only a text has a length. Clear this, or untick Several per asset."))
        elif None not in bounds and bounds and bounds[0] > bounds[1]:
            self.add_error(names[1], _("The upper bound is below the lower one."))


def is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


class AltTextsForm(ChoicesForm):
    languages = Languages(
        label=gettext_lazy("Languages"),
        most=MOST_LANGUAGES,
        help_text=gettext_lazy("Codes with commas between them, for example de, fr."),
    )

    def clean_languages(self) -> list[str]:
        if not self.cleaned_data["languages"]:
            raise forms.ValidationError(_("Write at least one language."))
        return list(self.cleaned_data["languages"])


class RulesForm(ChoicesForm):
    rules = forms.MultipleChoiceField(
        label=gettext_lazy("Rules"),
        choices=[
            (name, text)
            for name, text in zip(
                RULES,
                (
                    gettext_lazy("Only assets of galleries have a sequence"),
                    gettext_lazy("Only assets with complete metadata have an expiration"),
                ),
                strict=True,
            )
        ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one rule.")},
    )


def side(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=16, max_value=5000)


ORIENTATIONS = [
    ("", gettext_lazy("As the camera noted it")),
    ("auto_right", gettext_lazy("Turned right where the format asks for it")),
    ("auto_left", gettext_lazy("Turned left where the format asks for it")),
]


class PictureForm(ChoicesForm):
    width, height = side(gettext_lazy("Width")), side(gettext_lazy("Height"))
    fit = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=[
            ("pad", gettext_lazy("The whole picture, on the background")),
            ("fill", gettext_lazy("Filled, cropped to what matters (g_auto)")),
        ],
    )
    ground = forms.CharField(
        label=gettext_lazy("Background"),
        max_length=20,
        help_text=gettext_lazy(
            "white, black, transparent, auto, a color as rgb:f5f5f5, or gen_fill: what Cloudinary’s AI draws around the picture."
        ),
    )
    padding = forms.IntegerField(label=gettext_lazy("Padding in percent"), required=False, min_value=0, max_value=40)
    cut_out = forms.BooleanField(
        label=gettext_lazy("Remove the background"),
        required=False,
        help_text=gettext_lazy("Cloudinary counts it as several transformations."),
    )
    trim = forms.BooleanField(label=gettext_lazy("Trim plain edges"), required=False)
    shadow = forms.BooleanField(label=gettext_lazy("Shadow"), required=False)
    orientation = forms.ChoiceField(label=gettext_lazy("Orientation"), required=False, choices=ORIENTATIONS)

    def clean_ground(self) -> str:
        ground = str(self.cleaned_data["ground"]).strip()
        if not GROUND.fullmatch(ground):
            raise forms.ValidationError(_("Write white, black, transparent, auto, gen_fill, or a color as rgb:f5f5f5."))
        return ground

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if found.get("ground") == "gen_fill" and (found.get("fit") == "fill" or found.get("cut_out")):
            self.add_error("ground", _("gen_fill draws around a whole picture with its background."))
        return found


class VideoForm(ChoicesForm):
    width, height = side(gettext_lazy("Width")), side(gettext_lazy("Height"))
    fit = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=[
            ("limit", gettext_lazy("At most this size")),
            ("pad", gettext_lazy("Exactly this size, with bars")),
            ("fill", gettext_lazy("Exactly this size, cropped")),
        ],
    )
    start = forms.IntegerField(label=gettext_lazy("Begin at second"), required=False, min_value=0, max_value=600)
    seconds = forms.IntegerField(
        label=gettext_lazy("Seconds at most"),
        required=False,
        min_value=0,
        max_value=600,
        help_text=gettext_lazy("0: to the end. Shopify takes ten minutes."),
    )
    silent = forms.BooleanField(label=gettext_lazy("Without sound"), required=False)
    orientation = forms.ChoiceField(label=gettext_lazy("Orientation"), required=False, choices=ORIENTATIONS)


def choice(label: Any, values: dict[str, str]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[("", "—"), *values.items()])


# Choice -> the add-ons of which it needs one.
NEEDS = {
    "tagging": ("google_tagging", "aws_rek_tagging"),
    "captions": ("captions",),
    "transcribe": ("transcribe",),
}
ADD_ONS = {
    "google_tagging": "Google Auto Tagging",
    "aws_rek_tagging": "Amazon Rekognition Auto Tagging",
    "captions": "Cloudinary AI Content Analysis",
    "transcribe": "Cloudinary Video Transcription",
}
SAID = {
    AddOn.THERE: gettext_lazy("The add-on {name} is there."),
    AddOn.ABSENT: gettext_lazy("The add-on {name} is missing. Register for it in Cloudinary’s Console."),
    AddOn.UNLISTED: gettext_lazy(
        "Cloudinary’s report does not list the add-on {name}. Without it, Cloudinary refuses the preset."
    ),
    AddOn.UNKNOWN: gettext_lazy(
        "AssetLink may not read whether the add-on {name} is there. Without it, Cloudinary refuses the preset."
    ),
}


class PresetForm(ChoicesForm):
    absent: Set[str] = frozenset()
    folder = forms.CharField(label=gettext_lazy("Folder"), required=False, max_length=255)
    naming = forms.ChoiceField(
        label=gettext_lazy("Public ID"),
        choices=[("file", gettext_lazy("The name of the file")), ("drawn", gettext_lazy("Drawn at random"))],
    )
    id_prefix = forms.CharField(label=gettext_lazy("Prefix of the public ID"), required=False, max_length=100)
    tags = Names(label=gettext_lazy("Tags"), most=MOST_TAGS, help_text=gettext_lazy("With commas between them."))
    asset_type, status = choice(gettext_lazy("Asset type"), ASSET_TYPES), choice(gettext_lazy("Status"), STATUSES)
    normalise = forms.BooleanField(
        label=gettext_lazy("Normalize with product_images when uploaded"),
        required=False,
        help_text=gettext_lazy("The original is replaced by the result, once and for all."),
    )
    eager = forms.MultipleChoiceField(
        label=gettext_lazy("Widths made when uploaded"),
        required=False,
        choices=lambda: [(str(width), number(width)) for width in EAGER],
        widget=forms.CheckboxSelectMultiple,
    )
    start, end = day(gettext_lazy("Public from")), day(gettext_lazy("Public until"))
    tagging = forms.ChoiceField(
        label=gettext_lazy("Tag automatically"),
        required=False,
        choices=[
            ("", "—"),
            *[(one, ADD_ONS[one]) for one in NEEDS["tagging"]],
        ],
    )
    confidence = forms.FloatField(label=gettext_lazy("From this confidence"), required=False, min_value=0, max_value=1)
    captions = forms.BooleanField(label=gettext_lazy("Describe pictures (captions)"), required=False)
    transcribe = forms.BooleanField(label=gettext_lazy("Transcribe videos"), required=False)
    translate = Languages(label=gettext_lazy("Translate transcripts to"), most=MOST_LANGUAGES)

    def say(self, add_ons: Mapping[str, AddOn]) -> None:
        """Beside each choice which add-on it needs, and whether that is there."""
        for name, needed in NEEDS.items():
            notes = [str(SAID[add_ons[one]]).format(name=ADD_ONS[one]) for one in needed]
            self.fields[name].help_text = " ".join(notes)
        self.absent = {name for name, needed in NEEDS.items() if all(add_ons[one] == AddOn.ABSENT for one in needed)}

    def clean_folder(self) -> str:
        return self.path("folder")

    def clean_id_prefix(self) -> str:
        return self.path("id_prefix")

    def path(self, name: str) -> str:
        text = str(self.cleaned_data[name]).strip().strip("/")
        if wrong := SIGNS.search(text) or TWICE.search(text):
            raise forms.ValidationError(
                _("Leave out {sign}: Cloudinary does not take it here.").format(sign=quoted(wrong[0]))
            )
        return text

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        start, end = found.get("start"), found.get("end")
        if start and end and start >= end:
            self.add_error("end", _("It has to be after the day from which the assets are public."))
        if found.get("tagging") and found.get("confidence") is None and "confidence" not in self.errors:
            self.add_error("confidence", _("Write a number from 0 to 1: tags below it are dropped."))
        for name in self.absent:
            if found.get(name):
                self.add_error(name, _("The add-on that this needs is missing."))
        if found.get("translate") and not found.get("transcribe"):
            self.add_error("translate", _("Only a transcript can be translated. Tick Transcribe videos."))
        return found
