"""The sections of the Setup page, each a form over some fields of the environment, saved by itself."""

from collections.abc import Mapping
from typing import Any, Self

from django import forms
from django.db import transaction
from django.http import QueryDict

from setup import drawn
from setup.cloudinary import swatches, trying
from setup.cloudinary.client import CloudinaryError
from setup.cloudinary.transformations import BadTransformation, checked
from setup.field_codes import CONTEXT, CodeField, ReachField, ShopifyCodeField, code_choices
from setup.models import Environment
from setup.models.environments import LINK_MODES, RIGHTS
from setup.spelling import plain
from setup.swatch_rules import folded_once, is_swatch, swatches_in, values_of
from setup.words import _, gettext_lazy

NEEDED = gettext_lazy("Enter at least c_limit,w_4472,h_4472/q_auto. Shopify refuses larger pictures.")
AT_ONCE = gettext_lazy("Every change is saved at once.")
COMPARISONS: list[tuple[str, Any]] = [("", gettext_lazy("Exactly")), ("fold", gettext_lazy("Ignoring case and spaces"))]


class SectionForm(drawn.DrawnForm):
    """`read` gives what the environment has, by the names of the form's fields; `values` what it shall have, by its own. Fields
    that are kept as they are need no more than their line in `columns`: the form's name, and the environment's.

    A section is saved over what is there by then: the page says of each field what it was drawn with, and only what the person
    changed of that is written (setup.drawn)."""

    slug = ""
    columns: Mapping[str, str] = {}
    template = "setup/_fields.html"
    below = ""  # what the card shows besides
    saves_itself = False
    rest: Any = ""
    use_required_attribute = False

    def __init__(self, environment: Environment, data: QueryDict | None = None) -> None:
        initial = self.read(environment)
        super().__init__(data, initial=initial, auto_id=f"{self.slug}-%s")
        self.environment = environment
        self.prepare()
        self.show_drawn(initial)

    @classmethod
    def read(cls, environment: Environment) -> dict[str, Any]:
        return {name: getattr(environment, column) for name, column in cls.columns.items()}

    def prepare(self) -> None:
        """For choices that depend on the environment."""

    def values(self) -> dict[str, Any]:
        return {column: self.cleaned_data[name] for name, column in self.columns.items()}

    def rebased(self) -> Self:
        """What the person changed, over what is saved by now."""
        return type(self)(self.environment, self.over(self.read(self.environment)))

    def save(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What has changed: (before, after), by field of the environment. Raises drawn.Overtaken, and saves nothing then."""
        with transaction.atomic():
            row = Environment.objects.select_for_update().get(pk=self.environment.pk)
            self.settle(self.read(row))
            after = {name: value for name, value in self.values().items() if value != getattr(row, name)}
            before = {name: getattr(row, name) for name in after}
            for name, value in after.items():
                setattr(row, name, value)
            if after:
                row.save(update_fields=list(after))
        return before, after


class MatchingForm(SectionForm):
    """What new selections begin with."""

    slug = "matching"
    columns = {
        "cloudinary": "default_cloudinary_field",
        "shopify": "default_shopify_field",
        "order": "default_order_field",
        "link_mode": "default_link_mode",
        "reach": "default_variant_reach",
    }
    saves_itself = True
    rest = AT_ONCE
    cloudinary = CodeField(
        label=gettext_lazy("Cloudinary Field"),
        help_text=gettext_lazy(
            "Assets with the same value form a group. Metadata in the files costs about one call of Cloudinary’s hourly API "
            "limit for 100 assets, once for each version of an asset."
        ),
    )
    shopify = ShopifyCodeField(
        label=gettext_lazy("Shopify Field"),
        help_text=gettext_lazy("AssetLink links the group to the products with the same value."),
    )
    order = CodeField(label=gettext_lazy("Order product assets by"), required=False)
    link_mode = forms.ChoiceField(
        label=gettext_lazy("Link Mode"),
        choices=LINK_MODES,
        help_text=gettext_lazy("Reset and Mirror remove media from galleries, so they cannot be the default."),
    )
    comparison = forms.ChoiceField(label=gettext_lazy("Compare values"), choices=COMPARISONS, required=False)
    reach = ReachField(
        required=False,
        help_text=gettext_lazy(
            "The color is the product option of that name, in many languages, or the only option besides sizes."
        ),
    )

    @classmethod
    def read(cls, environment: Environment) -> dict[str, Any]:
        return super().read(environment) | {"comparison": "fold" if environment.default_fold else ""}

    def prepare(self) -> None:
        offer(self, "cloudinary", self.environment)
        offer(self, "order", self.environment, nothing=_("As selected, or by Sequence"))

    def values(self) -> dict[str, Any]:
        return super().values() | {"default_fold": self.cleaned_data["comparison"] == "fold"}


SWATCHES_OFF = "none"
SWATCH_CHOICES: list[tuple[str, Any]] = [
    ("", gettext_lazy("Automatically")),
    (SWATCHES_OFF, gettext_lazy("No asset is a swatch")),
    ("tags", gettext_lazy("Tag")),
]


class SwatchForm(SectionForm):
    """What a swatch is: known by itself, nothing, or by a rule: a tag, or a value in a field (the label, where it has a list)."""

    slug = "swatches"
    template = "setup/_swatches_fields.html"
    together = ("field", "value")
    field = CodeField(label=gettext_lazy("Swatches are recognized by"), required=False)
    value = forms.CharField(label=gettext_lazy("Value"), max_length=255, required=False)

    @classmethod
    def read(cls, environment: Environment) -> dict[str, Any]:
        off = SWATCHES_OFF if environment.no_swatches else ""
        return {"field": environment.swatch_field or off, "value": environment.swatch_value}

    def prepare(self) -> None:
        known = self.environment.seen.get("fields", [])
        present = self.environment.swatch_field
        choices = [choice for choice in code_choices(self.environment, present) if choice[0].startswith("metadata:")]
        field = self.fields["field"]
        assert isinstance(field, CodeField)
        field.offer([*SWATCH_CHOICES, *choices, CONTEXT])
        self.listed = values_of(known, self.chosen)
        if self.listed:
            self.offer_values(self.environment.swatch_value if self.chosen == present else "")

    @property
    def chosen(self) -> str:
        """The code of the field that the page shows, saved or not."""
        if not self.is_bound:
            return str(self.initial["field"])
        kind = str(self.data.get("field", ""))
        return f"context:{self.data.get('field_text', '')}" if kind == "context" else kind

    @property
    def off(self) -> bool:
        return self.chosen == SWATCHES_OFF

    @property
    def has_value(self) -> bool:
        return self.chosen not in ("", SWATCHES_OFF)

    def value_drawn(self) -> str:
        """The hidden part of the value, where there is none to choose."""
        return self["value"].as_hidden(only_initial=True)

    @property
    def goes_by(self) -> list[str]:
        return swatches.goes_by(self.environment.seen.get("fields", []))

    def offer_values(self, present: str) -> None:
        """The field's list, what tells a swatch first. The `present` value stays, however it is spelled, or if it is gone."""
        first = sorted(self.listed, key=lambda entry: not any(map(is_swatch, entry)))
        known = {
            entry: present if folded_once(present) in map(folded_once, entry) else entry[1]
            for entry in map(tuple, first)
        }
        choices = [("", _("Choose …")), *((value, entry[1]) for entry, value in known.items())]
        if present and present not in known.values():
            choices.append((present, _("{name} (not in Cloudinary)").format(name=present)))
        self.fields["value"] = forms.ChoiceField(label=_("Value"), choices=choices, required=False)

    def suggest(self) -> None:
        """For a field that was just chosen: the value of its list that tells a swatch."""
        field = self.fields["value"]
        assert isinstance(self.data, QueryDict)
        value = self.data.get("value", "")
        if isinstance(field, forms.ChoiceField) and not (value and field.valid_value(value)):
            found = swatches_in(self.listed)
            self.data = data = self.data.copy()
            data["value"] = found[0][1] if found else ""

    def clean(self) -> dict:
        known = super().clean() or {}
        if known.get("field") not in (None, "", SWATCHES_OFF) and not plain(known.get("value") or ""):
            self.add_error("value", _("Choose the value that marks a swatch, for example Swatch."))
        return known

    def values(self) -> dict[str, Any]:
        code, value = self.cleaned_data["field"], plain(self.cleaned_data["value"])
        rule = code not in ("", SWATCHES_OFF)
        return {
            "swatch_field": code if rule else "",
            "swatch_value": value if rule else "",
            "no_swatches": code == SWATCHES_OFF,
        }


class ShowingForm(SectionForm):
    """What may be shown besides what is public and approved."""

    slug = "showing"
    columns = {"pending": "allow_pending", "restricted": "allow_restricted", "expires": "expiration_field"}
    saves_itself = True
    rest = AT_ONCE
    pending = forms.BooleanField(
        label=gettext_lazy("Allow assets with pending or queued moderation"),
        required=False,
        help_text=gettext_lazy("Rejected and aborted assets are never shown."),
    )
    restricted = forms.BooleanField(
        label=gettext_lazy("Allow restricted assets by signed URL"),
        required=False,
        help_text=gettext_lazy(
            "Private and authenticated assets become public in the store, because Shopify copies them. "
            "Assets that need a token, or are outside their access period, are never shown."
        ),
    )
    expires = forms.ChoiceField(
        label=gettext_lazy("Last day of an asset"),
        required=False,
        help_text=gettext_lazy("A date field. After that day, in the environment’s time zone, the asset is not shown."),
    )

    def prepare(self) -> None:
        """Date fields, and the present one in any case."""
        present = self.environment.expiration_field
        dates = {
            f"metadata:{one['id']}" for one in self.environment.seen.get("fields", []) if one.get("type") == "date"
        }
        choices = code_choices(self.environment, present, nothing=_("No field"))
        offered = [one for one in choices if one[0] in {"", present, *dates}]
        self.fields["expires"].choices = offered  # type: ignore[attr-defined]


class TransformationField(forms.CharField):
    """Checked by its spelling only: whether Cloudinary delivers it is tried by RenditionsForm.try_out."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return checked(text) if text else ""
        except BadTransformation as wrong:
            raise forms.ValidationError(str(wrong)) from None


class RenditionsForm(SectionForm):
    """What is delivered to stores. `sample`: public ID of the asset that it is tried on; empty: the newest."""

    slug = "renditions"
    columns = {
        "image": "image_transformation",
        "video": "video_transformation",
        "in_files": "files_transformation",
        "videos_in_files": "files_video_transformation",
        "allowed": "allowed_transformations",
    }
    template = "setup/_renditions_fields.html"
    image = TransformationField(
        label=gettext_lazy("Default image transformation"), max_length=1000, error_messages={"required": NEEDED}
    )
    video = TransformationField(
        label=gettext_lazy("Default video transformation"), max_length=1000, error_messages={"required": NEEDED}
    )
    in_files = TransformationField(
        label=gettext_lazy("Default image transformation for Store Files"),
        max_length=1000,
        required=False,
        help_text=gettext_lazy("For images that you upload to Store Files. Empty: the default image transformation."),
    )
    videos_in_files = TransformationField(
        label=gettext_lazy("Default video transformation for Store Files"),
        max_length=1000,
        required=False,
        help_text=gettext_lazy("For videos that you upload to Store Files. Empty: the default video transformation."),
    )
    allowed = forms.MultipleChoiceField(
        label=gettext_lazy("Members may choose for a run"), required=False, widget=forms.CheckboxSelectMultiple
    )
    sample = forms.CharField(
        label=gettext_lazy("Test image"),
        max_length=255,
        required=False,
        help_text=gettext_lazy("The public ID of an image. Empty: the newest image of the environment."),
    )

    def allowed_drawn(self) -> str:
        """The hidden part of the boxes, which the page draws one by one."""
        return self["allowed"].as_hidden(only_initial=True)

    def prepare(self) -> None:
        seen = self.environment.seen.get("transformations", [])
        names = dict.fromkeys([*seen, *self.environment.allowed_transformations])
        field = self.fields["allowed"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(name, name) for name in names]

    def try_out(self) -> dict[str, trying.Trial]:
        """By transformation, what was delivered. What is not delivered becomes an error of its field."""
        found: dict[str, trying.Trial] = {}
        known = self.cleaned_data
        try:
            image = trying.sample(self.environment, "image", known["sample"])
            video = trying.sample(self.environment, "video")
        except CloudinaryError as error:
            self.add_error(None, error.text)
            return found
        if known["sample"] and image is None:
            self.add_error("sample", _("Cloudinary delivers no public image with this public ID."))
            return found
        wishes = [
            ("image", image, known["image"]),
            ("video", video, known["video"]),
            ("in_files", image, known["in_files"] or known["image"]),
        ]
        if known["videos_in_files"]:
            wishes.append(("videos_in_files", video, known["videos_in_files"]))
        wishes += [("allowed", image, f"t_{name}") for name in known["allowed"] if name not in self.initial["allowed"]]
        for at, (name, on, transformation) in enumerate(wishes):
            label = transformation if name == "allowed" else str(self.fields[name].label)
            try:
                found[f"{at}"] = trying.Trial(
                    label, trying.attempt(self.environment, on, transformation) if on else None
                )
            except trying.Untried as refusal:
                self.add_error(name, str(refusal))
        return found


def offer(form: forms.Form, name: str, environment: Environment, *, nothing: Any = None) -> None:
    """The environment's fields, and the present one even if the environment has it no more."""
    field = form.fields[name]
    assert isinstance(field, CodeField)
    field.offer(code_choices(environment, form.initial[name], nothing=nothing))


class RightsForm(SectionForm):
    """Who may do what with a run that somebody else started (linking.rights)."""

    slug = "rights"
    columns = {name: f"others_{name}" for name in ("abort", "retry", "apply", "undo")}
    saves_itself = True
    rest = AT_ONCE
    abort = forms.ChoiceField(label=gettext_lazy("Abort"), choices=RIGHTS)
    retry = forms.ChoiceField(label=gettext_lazy("Retry failed"), choices=RIGHTS)
    apply = forms.ChoiceField(label=gettext_lazy("Apply this plan"), choices=RIGHTS)
    undo = forms.ChoiceField(
        label=gettext_lazy("Undo"),
        choices=RIGHTS,
        help_text=gettext_lazy("To apply or retry an undo, people also need the right to undo."),
    )
