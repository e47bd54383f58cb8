"""The table of parts: what each is called, what it is for, what an admin may choose of it, and what it makes of that."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from setup.models import Environment
from setup.preparing import forms, things, validation
from setup.preparing.things import ASSET_TYPES, FIELD, PRESET, RULE, STATUSES, TRANSFORMATION, Thing
from setup.shapes import mapping
from setup.words import gettext_lazy

NUMBERS = ("confidence", *validation.NAMES)  # choices that may be none
KINDS: dict[str, Any] = {
    FIELD: gettext_lazy("Metadata fields"),
    RULE: gettext_lazy("Conditional rules"),
    TRANSFORMATION: gettext_lazy("Named transformations"),
    PRESET: gettext_lazy("Upload presets"),
}


@dataclass(frozen=True)
class Part:
    """`begins`: the choices of an admin who has made none. `sample`: on what kind of asset it is shown, if on any. `optional`:
    nobody misses it, and it is never created along with others."""

    slug: str
    kind: str
    label: Any
    purpose: Any
    form: type[forms.ChoicesForm]
    make: Callable[[Mapping[str, Any]], tuple[Thing, ...]]
    begins: Mapping[str, Any] = field(default_factory=dict)
    type: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    sample: str = ""
    optional: bool = False

    def kept(self, environment: Environment) -> dict[str, Any]:
        known = mapping(environment.preparing.get(self.slug))
        return {name: value for name, value in known.items() if self.fits(name, value)}

    def fits(self, name: str, value: object) -> bool:
        """Whether a form can hold what is stored: of another release, or damaged, it may be anything."""
        match self.begins.get(name):
            case list():
                return isinstance(value, list) and all(isinstance(one, str) for one in value)
            case bool():
                return isinstance(value, bool)
            case int() | float():
                return isinstance(value, int | float) and not isinstance(value, bool)
            case _:
                number = name in NUMBERS and isinstance(value, int | float) and not isinstance(value, bool)
                return value is None or isinstance(value, str) or number

    def choices(self, environment: Environment) -> dict[str, Any]:
        """Those that were kept, if they still can be chosen."""
        unbound = self.form(self, self.kept(environment))
        data = {name: unbound[name].value() for name in unbound.fields}
        form = self.form(self, {}, {name: one for name, one in data.items() if one is not False})
        return dict(form.cleaned_data) if form.is_valid() else dict(self.begins)


def metadata_field(name: str, label: str, type: str, purpose: Any, values: Any = None, **begins: Any) -> Part:
    known = {"required": False, "default": "", "locked": False, **validation.begins(type), **begins}
    make = things.metadata_field(name, label, type, values)
    slug = f"field-{name}"
    return Part(slug, FIELD, label, purpose, forms.FieldForm, make, known, type=type, values=values or {})


def picture(name: str, side: int, purpose: Any, **begins: Any) -> Part:
    known = {"width": side, "height": side, "fit": "pad", "ground": "white", "padding": 0, "cut_out": False}
    known |= {"trim": False, "shadow": False, "orientation": "", **begins}
    make = things.picture(name)
    return Part(f"transformation-{name}", TRANSFORMATION, name, purpose, forms.PictureForm, make, known, sample="image")


def preset(name: str, purpose: Any, *, unsigned: bool, eager: tuple[int, ...]) -> Part:
    known: dict[str, Any] = {
        "folder": "",
        "naming": "file",
        "id_prefix": "",
        "tags": [],
        "asset_type": "",
        "status": "",
    }
    known |= {"normalise": False, "eager": [str(width) for width in eager], "start": None, "end": None}
    known |= {"tagging": "", "confidence": None, "captions": False, "transcribe": False, "translate": []}
    make = things.preset(name, unsigned=unsigned)
    return Part(f"preset-{name}", PRESET, name, purpose, forms.PresetForm, make, known, optional=unsigned)


PARTS = (
    metadata_field(
        "sku",
        "SKU",
        "string",
        gettext_lazy("The product or variant that an asset shows. AssetLink groups assets by it."),
        several=False,
        first=[],
    ),
    metadata_field(
        "asset_type",
        "Asset type",
        "enum",
        gettext_lazy("What an asset is. It tells swatches from gallery pictures."),
        ASSET_TYPES,
    ),
    metadata_field("sequence", "Sequence", "integer", gettext_lazy("The order of a product’s assets.")),
    metadata_field(
        "status",
        "Status",
        "enum",
        gettext_lazy("How far an asset is, from its upload to its link."),
        STATUSES,
        required=True,
        default="requires_data",
    ),
    metadata_field(
        "expiration",
        "Expiration",
        "date",
        gettext_lazy("The last day on which an asset may be shown."),
        months=0,
    ),
    Part(
        "field-alt_texts",
        FIELD,
        gettext_lazy("Alt texts by language"),
        gettext_lazy("A text field for each language, beside the alt text that an asset has anyway."),
        forms.AltTextsForm,
        things.alt_texts,
        {"languages": ["de", "fr"]},
        optional=True,
    ),
    Part(
        "rules",
        RULE,
        gettext_lazy("Rules of fields"),
        gettext_lazy(
            "Which fields the Console offers for which assets, where the account has conditional rules. Cloudinary may refuse"
            " uploads that set a field which a rule disables."
        ),
        forms.RulesForm,
        things.rules,
        {"rules": list(things.RULES)},
        optional=True,
    ),
    picture("product_images", 2048, gettext_lazy("Square pictures of one size on white.")),
    picture("product_page", 1600, gettext_lazy("Pictures of the product page."), padding=4),
    picture("product_list", 640, gettext_lazy("Pictures in lists of products."), padding=4),
    picture("product_thumbnail", 160, gettext_lazy("Small pictures, for carts and searches.")),
    picture("product_swatch", 96, gettext_lazy("Swatches, cropped to the material."), fit="fill"),
    Part(
        "transformation-product_video",
        TRANSFORMATION,
        "product_video",
        gettext_lazy("Videos of the product page: short, and without sound."),
        forms.VideoForm,
        things.video("product_video"),
        {
            "width": 1920,
            "height": 1080,
            "fit": "limit",
            "start": 0,
            "seconds": 60,
            "silent": True,
            "orientation": "",
        },
        sample="video",
    ),
    preset(
        "product_assets",
        gettext_lazy(
            "Signed uploads, of AssetLink, programs and people. Files keep their names, and the SKUs in them."
        ),
        unsigned=False,
        eager=things.EAGER,
    ),
    preset(
        "product_assets_unsigned",
        gettext_lazy("Uploads without a signature, from pages and apps. Anybody who knows its name may use it."),
        unsigned=True,
        eager=(),
    ),
)
BY_SLUG = {part.slug: part for part in PARTS}
EXPIRATION = BY_SLUG["field-expiration"]


def standing(environment: Environment) -> tuple[list[Part], list[Part]]:
    """(there, missing) of the parts whose names tell, as Cloudinary was seen: without a look, and without a word of what they
    are like."""
    seen = environment.seen
    names = {FIELD: {one["id"] for one in seen.get("fields", [])}}
    names |= {TRANSFORMATION: {*seen.get("transformations", [])}, PRESET: {*seen.get("presets", [])}}
    listed = [part for part in PARTS if part.kind in names and not part.optional]
    there = [
        part
        for part in listed
        if all(thing.name in names[thing.kind] for thing in part.make(part.choices(environment)))
    ]
    return there, [part for part in listed if part not in there]
