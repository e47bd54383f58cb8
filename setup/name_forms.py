"""The section of Setup about file names, with the name that an example would get."""

from typing import Any

from django import forms

from setup.file_names import DEFAULT, NAMES, BadTemplate, Template
from setup.forms import AT_ONCE, SectionForm
from setup.spelling import plain
from setup.words import _, gettext_lazy

# What the preview shows; of options, a colour. The mark is one that a file could have.
MARK = "al0123456789ab-01234567"


class TemplateField(forms.CharField):
    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Without a greatest length: browsers would cut what is pasted, amid a name perhaps, and not say so."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}

    def clean(self, value: Any) -> str:
        text = plain(super().clean(value))
        try:
            Template.parse(text)
        except BadTemplate as wrong:
            raise forms.ValidationError(str(wrong)) from None
        return text


class FileNamesForm(SectionForm):
    """What files are called in Shopify. Empty: as the asset."""

    slug = "file-names"
    columns = {"name": "file_name_template"}
    template = "setup/_file_names_fields.html"
    saves_itself = True
    rest = AT_ONCE
    name = TemplateField(
        label=gettext_lazy("File name"),
        required=False,
        widget=forms.TextInput(attrs={"placeholder": DEFAULT, "spellcheck": "false", "autocapitalize": "off"}),
        help_text=gettext_lazy("Files that are in a store already keep their names."),
    )

    @property
    def names(self) -> list[str]:
        """What may stand in it."""
        return [f"{{{name}}}" for name in NAMES]


def example(template: str, asset: str = "") -> dict[str, Any]:
    """A file name as the template makes it, of an asset by its name, or of an invented one; `invented`: the product that it is
    said to enter, if the name depends on one; `nothing`: the template leaves no letter. Raises BadTemplate."""
    known = {
        "asset.name": asset or _("Oak chair front"),
        "product.title": _("Oak chair"),
        "product.handle": "oak-chair",
        "option.color": _("Green"),
        "key": "OAK-1",
        "position": "1",
    }
    parsed = Template.parse(template)

    def value_of(name: str) -> str:
        return known.get(name, "")

    return {
        "example": f"{parsed.slug(value_of)}-{MARK}.jpg",
        "invented": known["product.title"] if parsed.of_product else "",
        "nothing": not parsed.words(value_of),
    }
