"""The section of Setup about alt texts."""

from django import forms

from setup.captions.offer import WISHES
from setup.field_codes import CodeField
from setup.forms import AT_ONCE, SectionForm, offer
from setup.models.environments import ALT_POLICIES
from setup.words import _, gettext_lazy


class AltTextForm(SectionForm):
    """Where alt texts come from, and what becomes of those that are in the store already."""

    slug = "alt-texts"
    columns = {"source": "alt_field", "policy": "alt_policy", "captions": "captions"}
    saves_itself = True
    below = "setup/_add_on.html"
    rest = AT_ONCE
    source = CodeField(label=gettext_lazy("Source of alt texts"), required=False)
    policy = forms.ChoiceField(
        label=gettext_lazy("Alt text of pictures already there"),
        choices=ALT_POLICIES,
        help_text=gettext_lazy("People can choose again for each run."),
    )
    captions = forms.ChoiceField(
        label=gettext_lazy("Offer AI captions"),
        choices=WISHES,
        help_text=gettext_lazy(
            "Cloudinary’s captioning add-on writes them and counts each picture. AssetLink asks before it replaces a text."
        ),
    )

    def prepare(self) -> None:
        offer(self, "source", self.environment, nothing=_("Nowhere: assets have no alt text"))
