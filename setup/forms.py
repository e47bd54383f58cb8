"""The sections of the Setup page, each a form over some fields of the environment, saved by itself."""

import re
from typing import Any, Self

from django import forms
from django.db import transaction
from django.http import QueryDict

from setup import drawn
from setup.cloudinary import trying
from setup.cloudinary.client import CloudinaryError
from setup.cloudinary.transformations import BadTransformation, checked
from setup.field_codes import CodeField, ShopifyCodeField, code_choices
from setup.models import Environment
from setup.models.environments import ALT_POLICIES, LINK_MODES, RIGHTS
from setup.spelling import plain

NAME = re.compile(r"[^\s:|]{1,255}")
NEEDED = "Write at least c_limit,w_4472,h_4472/q_auto: Shopify refuses what is larger."
COMPARISONS = [("", "Exactly"), ("fold", "Ignoring case and spaces")]


class SectionForm(drawn.DrawnForm):
    """`read` gives what the environment has, by the names of the form's fields; `values` what it shall have, by its own.

    A section is saved over what is there by then: the page says of each field what it was drawn with, and only what the person
    changed of that is written (setup.drawn)."""

    slug = ""
    template = "setup/_fields.html"
    saves_itself = False
    rest = ""
    use_required_attribute = False

    def __init__(self, environment: Environment, data: QueryDict | None = None) -> None:
        initial = self.read(environment)
        super().__init__(data, initial=initial, auto_id=f"{self.slug}-%s")
        self.environment = environment
        self.prepare()
        self.show_drawn(initial)

    @classmethod
    def read(cls, environment: Environment) -> dict[str, Any]:
        raise NotImplementedError

    def prepare(self) -> None:
        """For choices that depend on the environment."""

    def values(self) -> dict[str, Any]:
        raise NotImplementedError

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
    saves_itself = True
    rest = "Every change is saved at once."
    cloudinary = CodeField(label="Cloudinary Field", help_text="Assets with the same value form a group.")
    shopify = ShopifyCodeField(label="Shopify Field", help_text="Products with that value are linked to the group.")
    order = CodeField(label="Order product assets by", required=False)
    link_mode = forms.ChoiceField(
        label="Link Mode",
        choices=LINK_MODES,
        help_text="Reset and Mirror are never a default, because they take media away.",
    )
    comparison = forms.ChoiceField(label="Values are compared", choices=COMPARISONS, required=False)

    @classmethod
    def read(cls, environment: Environment) -> dict[str, Any]:
        return {
            "cloudinary": environment.default_cloudinary_field,
            "shopify": environment.default_shopify_field,
            "order": environment.default_order_field,
            "link_mode": environment.default_link_mode,
            "comparison": "fold" if environment.default_fold else "",
        }

    def prepare(self) -> None:
        offer(self, "cloudinary", self.environment)
        offer(self, "order", self.environment, nothing="As selected, or by Sequence")

    def values(self) -> dict[str, Any]:
        known = self.cleaned_data
        return {
            "default_cloudinary_field": known["cloudinary"],
            "default_shopify_field": known["shopify"],
            "default_order_field": known["order"],
            "default_link_mode": known["link_mode"],
            "default_fold": known["comparison"] == "fold",
        }


class AltTextForm(SectionForm):
    """Where alt texts come from, and what becomes of those that are in the store already."""

    slug = "alt-texts"
    saves_itself = True
    rest = "Every change is saved at once."
    source = CodeField(label="Alt text comes from", required=False)
    policy = forms.ChoiceField(
        label="Alt text of pictures already there",
        choices=ALT_POLICIES,
        help_text="People can choose again for each run.",
    )
    captions = forms.BooleanField(
        label="Offer AI captions",
        required=False,
        help_text="By Cloudinary's captioning add-on, which counts each picture. Nobody's text is replaced unasked.",
    )

    @classmethod
    def read(cls, environment: Environment) -> dict[str, Any]:
        return {
            "source": environment.alt_field,
            "policy": environment.alt_policy,
            "captions": environment.ai_captions,
        }

    def prepare(self) -> None:
        offer(self, "source", self.environment, nothing="Nowhere: assets bring none")

    def values(self) -> dict[str, Any]:
        known = self.cleaned_data
        return {"alt_field": known["source"], "alt_policy": known["policy"], "ai_captions": known["captions"]}


SWATCH_KINDS = [
    ("", "No swatches"),
    ("tags", "Tag"),
    ("metadata", "Structured metadata field"),
    ("context", "Contextual key"),
]


class SwatchForm(SectionForm):
    """The rule that says what a swatch is: a tag, or a value (its label, for enums and sets) in a field."""

    slug = "swatches"
    together = ("kind", "name", "value")
    kind = forms.ChoiceField(label="Swatches are recognised by", choices=SWATCH_KINDS, required=False)
    name = forms.CharField(
        label="Field", max_length=255, required=False, help_text="The field's external ID or key; not needed for a tag."
    )
    value = forms.CharField(label="Value", max_length=255, required=False, help_text="The tag, or the field's value.")

    @classmethod
    def read(cls, environment: Environment) -> dict[str, Any]:
        kind, _, name = environment.swatch_field.partition(":")
        return {"kind": kind, "name": name, "value": environment.swatch_value}

    def clean(self) -> dict:
        known = super().clean() or {}
        kind, name = known.get("kind"), plain(known.get("name") or "")
        if kind in ("metadata", "context") and not NAME.fullmatch(name):
            self.add_error("name", "Write the external ID of the field, for example asset_type.")
        if kind and not plain(known.get("value") or ""):
            self.add_error("value", "Write the value by which a swatch is known, for example Swatch.")
        return known

    def values(self) -> dict[str, Any]:
        kind, name, value = (plain(self.cleaned_data[field]) for field in ("kind", "name", "value"))
        return {
            "swatch_field": f"{kind}:{name}" if kind in ("metadata", "context") else kind,
            "swatch_value": value if kind else "",
        }


class ShowingForm(SectionForm):
    """What may be shown besides what is public and approved."""

    slug = "showing"
    saves_itself = True
    rest = "Every change is saved at once."
    pending = forms.BooleanField(
        label="Allow assets whose moderation is pending or queued",
        required=False,
        help_text="Rejected and aborted ones always stay out.",
    )
    restricted = forms.BooleanField(
        label="Allow restricted assets by signed URL",
        required=False,
        help_text="Private and authenticated assets become public in the store: Shopify copies them. Those that need a token, "
        "or are outside the time of their access control, always stay out.",
    )

    @classmethod
    def read(cls, environment: Environment) -> dict[str, Any]:
        return {"pending": environment.allow_pending, "restricted": environment.allow_restricted}

    def values(self) -> dict[str, Any]:
        known = self.cleaned_data
        return {"allow_pending": known["pending"], "allow_restricted": known["restricted"]}


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
    template = "setup/_renditions_fields.html"
    image = TransformationField(label="Images in galleries", max_length=1000, error_messages={"required": NEEDED})
    video = TransformationField(label="Videos in galleries", max_length=1000, error_messages={"required": NEEDED})
    in_files = TransformationField(
        label="Images in Store Files", max_length=1000, required=False, help_text="Empty: as in galleries."
    )
    allowed = forms.MultipleChoiceField(
        label="Members may choose for a run", required=False, widget=forms.CheckboxSelectMultiple
    )
    sample = forms.CharField(
        label="Try it on",
        max_length=255,
        required=False,
        help_text="The public ID of an image; empty: the newest one of the environment.",
    )

    @classmethod
    def read(cls, environment: Environment) -> dict[str, Any]:
        return {
            "image": environment.image_transformation,
            "video": environment.video_transformation,
            "in_files": environment.files_transformation,
            "allowed": environment.allowed_transformations,
        }

    def allowed_drawn(self) -> str:
        """The hidden part of the boxes, which the page draws one by one."""
        return self["allowed"].as_hidden(only_initial=True)

    def prepare(self) -> None:
        seen = self.environment.seen.get("transformations", [])
        names = dict.fromkeys([*seen, *self.environment.allowed_transformations])
        field = self.fields["allowed"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(name, name) for name in names]

    def values(self) -> dict[str, Any]:
        known = self.cleaned_data
        return {
            "image_transformation": known["image"],
            "video_transformation": known["video"],
            "files_transformation": known["in_files"],
            "allowed_transformations": known["allowed"],
        }

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
            self.add_error("sample", "There is no image with this public ID that is delivered publicly.")
            return found
        wishes = [
            ("image", image, known["image"]),
            ("video", video, known["video"]),
            ("in_files", image, known["in_files"] or known["image"]),
        ]
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


def offer(form: forms.Form, name: str, environment: Environment, *, nothing: str | None = None) -> None:
    """The environment's fields, and the present one even if the environment has it no more."""
    field = form.fields[name]
    assert isinstance(field, CodeField)
    field.offer(code_choices(environment, form.initial[name], nothing=nothing))


class RightsForm(SectionForm):
    """Who may do what with a run that somebody else started (linking.rights)."""

    slug = "rights"
    saves_itself = True
    rest = "Every change is saved at once."
    abort = forms.ChoiceField(label="Abort", choices=RIGHTS)
    retry = forms.ChoiceField(label="Retry failed", choices=RIGHTS)
    apply = forms.ChoiceField(label="Apply this plan", choices=RIGHTS)
    undo = forms.ChoiceField(
        label="Undo",
        choices=RIGHTS,
        help_text="Applying or retrying an undo of somebody’s run counts as undoing it, too.",
    )

    @classmethod
    def read(cls, environment: Environment) -> dict[str, Any]:
        return {name: getattr(environment, f"others_{name}") for name in ("abort", "retry", "apply", "undo")}

    def values(self) -> dict[str, Any]:
        return {f"others_{name}": value for name, value in self.cleaned_data.items()}


SECTIONS: dict[str, type[SectionForm]] = {
    form.slug: form for form in (MatchingForm, SwatchForm, RenditionsForm, AltTextForm, ShowingForm, RightsForm)
}
