"""The sections of the Setup page besides Stores, by their slugs."""

from setup.captions.forms import AltTextForm
from setup.forms import MatchingForm, RenditionsForm, RightsForm, SectionForm, ShowingForm, SwatchForm
from setup.name_forms import FileNamesForm

SECTIONS: dict[str, type[SectionForm]] = {
    form.slug: form
    for form in (MatchingForm, SwatchForm, RenditionsForm, FileNamesForm, AltTextForm, ShowingForm, RightsForm)
}
