"""What single stores, and the products of a run, have of a rule's settings: the form of Link to Products, on a rule's page."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from linking.domain.bounds import MOST_VALUES, STATUSES, WRITTEN, Bound, status_word
from linking.domain.galleries import LinkMode
from linking.forms import AS_ALL, SettingsForm, StoreSettingsForm
from linking.models import Selection
from linking.models.selections import KEY_SETTINGS, MODES, RUN_SETTINGS
from setup.field_codes import SHOPIFY
from setup.models import Environment, Store
from setup.words import _, gettext_lazy, pgettext_lazy


def draft_of(environment: Environment, settings: Mapping[str, Any]) -> Selection:
    """A selection with these settings that is never saved: what the forms of Link to Products write to."""
    known = {name: value for name, value in settings.items() if name in (*KEY_SETTINGS, *RUN_SETTINGS)}
    return Selection(environment=environment, **known)


class OwnForm(StoreSettingsForm):
    """Of one store. A rule never resets a gallery."""

    use_required_attribute = False

    def __init__(self, draft: Selection, store: Store, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(draft, store.pk, data)
        self.store, self.label_suffix = store, ""
        everywhere = (AS_ALL, _("As everywhere"))
        modes = [one for one in MODES if one[0] != LinkMode.RESET.value]
        named = [(name, name) for name in draft.environment.allowed_transformations]
        self.choose("link_mode", [everywhere, *modes])
        self.choose("shopify_kind", [everywhere, *SHOPIFY])
        default = ("", _("Default image transformation"))
        choices = [everywhere, default, *named]
        label = self.fields["transformation"].label
        self.fields["transformation"] = forms.ChoiceField(label=label, choices=choices, required=False)

    def choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_transformation(self) -> str:
        """Nothing that was sent is not the default rendition."""
        sent = self.add_prefix("transformation") in self.data
        return super().clean_transformation() if sent else AS_ALL

    @property
    def is_open(self) -> bool:
        """Whether something is otherwise here, or wrong."""
        return str(self.pk) in self.selection.store_settings or bool(self.is_bound and self.errors)


class Lines(forms.CharField):
    """Values, one a line."""

    def __init__(self, label: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "autocapitalize": "off"})
        super().__init__(label=label, required=False, widget=widget)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in super().clean(value).splitlines()]
        found = list(dict.fromkeys(line for line in lines if line))
        if len(found) > MOST_VALUES:
            raise forms.ValidationError(_("At most {n} values.").format(n=MOST_VALUES))
        return found


def bound_fields() -> dict[str, forms.Field]:
    """Which products a run is for, as in Link to Products."""
    status = forms.MultipleChoiceField(
        label=pgettext_lazy("which products", "Only products that are"),
        choices=[(one, status_word(one)) for one in STATUSES],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    written = {f"bound_{part}": Lines(SettingsForm.base_fields[f"bound_{part}"].label) for part in WRITTEN}
    written[f"bound_{WRITTEN[-1]}"].help_text = gettext_lazy(
        "One value a line. A product needs one of each list. An empty list allows any."
    )
    return {"bound_status": status, **written}


def bound_of(known: Mapping[str, Any]) -> dict[str, list[str]]:
    """As a selection keeps it."""
    return Bound.of({part: known.get(f"bound_{part}") for part in ("status", *WRITTEN)}).kept


def bound_initial(settings: Mapping[str, Any]) -> dict[str, list[str]]:
    kept = Bound.of(settings.get("bound"))
    return {f"bound_{part}": list(getattr(kept, part)) for part in ("status", *WRITTEN)}
