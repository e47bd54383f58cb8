"""Fields: where a value is read, at Cloudinary and at Shopify. Rows and forms hold them as short codes."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from linking.domain.assets import Asset
from setup import embedded_values
from setup.spelling import composed
from setup.words import _, gettext_lazy, quoted

# Kinds of fields that have a name of their own.
KEYED = ("metadata", "context", "embedded")


class BadField(ValueError):
    """A field code that nobody could have chosen; the text says what is allowed."""


@dataclass(frozen=True, slots=True)
class CloudinaryField:
    """`metadata:<external_id>`, `context:<key>`, `embedded:<name>` of what the file carries (IPTC, XMP, EXIF), `tags`,
    `public_id`, `display_name` or `folder`."""

    kind: str
    key: str = ""

    @classmethod
    def parse(cls, code: str) -> "CloudinaryField":
        kind, _colon, key = code.partition(":")
        keyed = kind in KEYED
        if kind not in (*KEYED, "tags", "public_id", "display_name", "folder") or keyed != bool(key):
            raise BadField(_("{code} is not a Cloudinary field.").format(code=quoted(code)))
        if kind == "embedded":
            try:
                return cls(kind, embedded_values.name_of(key))
            except embedded_values.BadName as error:
                raise BadField(str(error)) from None
        return cls(kind, composed(key) if kind == "context" else key)

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}" if self.key else self.kind

    def values(self, asset: Asset) -> tuple[str, ...]:
        """The asset's values of this field, without empty ones and doubles, in order."""
        found: tuple[str, ...]
        match self.kind:
            case "metadata":
                value = asset.metadata.get(self.key, ())
                found = value if isinstance(value, tuple) else (value,)
            case "context":
                found = (asset.context.get(self.key, ""),)
            case "embedded":
                found = asset.embedded.get(self.key, ())
            case "tags":
                found = asset.tags
            case "folder":
                found = (asset.folder,)
            case "display_name":
                found = (asset.spelled_name,)
            case _:
                found = (asset.known_as or asset.public_id,)  # the key that a person arranged by
        if len(found) == 1:  # by far the most, and asked of a thousand assets for every view
            return found if found[0] else ()
        return tuple(dict.fromkeys(value for value in found if value))


class ShopifyKind(StrEnum):
    SKU = "sku"
    BARCODE = "barcode"
    TITLE = "title"
    HANDLE = "handle"
    TAG = "tag"
    VENDOR = "vendor"
    PRODUCT_TYPE = "product_type"
    METAFIELD = "metafield"
    VARIANT_METAFIELD = "variant_metafield"


# As people call them inside a sentence. A metafield goes by its name.
LABELS = {
    ShopifyKind.SKU: gettext_lazy("SKU"),
    ShopifyKind.BARCODE: gettext_lazy("barcode"),
    ShopifyKind.TITLE: gettext_lazy("title"),
    ShopifyKind.HANDLE: gettext_lazy("handle"),
    ShopifyKind.TAG: gettext_lazy("tag"),
    ShopifyKind.VENDOR: gettext_lazy("vendor"),
    ShopifyKind.PRODUCT_TYPE: gettext_lazy("product type"),
}
# What every asset has, as people call it. Other fields of Cloudinary have a label there.
BUILT_IN = {
    "public_id": gettext_lazy("Public ID"),
    "display_name": gettext_lazy("Display name"),
    "folder": gettext_lazy("Folder"),
    "tags": gettext_lazy("Tags"),
}
# A value of these is meant for many products; of every other field one product is expected.
SHARED = {ShopifyKind.TAG, ShopifyKind.VENDOR, ShopifyKind.PRODUCT_TYPE}
OF_VARIANTS = {ShopifyKind.SKU, ShopifyKind.BARCODE, ShopifyKind.VARIANT_METAFIELD}
METAFIELDS = (ShopifyKind.METAFIELD, ShopifyKind.VARIANT_METAFIELD)
# Metafield namespaces and keys: letters, digits, hyphen and underscore; an app's own namespace begins with `$app`.
METAFIELD = re.compile(r"(\$app(?::[A-Za-z0-9_-]+)?|[A-Za-z0-9_-]{2,255})\.([A-Za-z0-9_-]{2,64})")


@dataclass(frozen=True, slots=True)
class ShopifyField:
    """`sku`, `barcode`, `title`, `handle`, `tag`, `vendor`, `product_type`, `metafield:<namespace>.<key>` of products or
    `variant_metafield:<namespace>.<key>`."""

    kind: ShopifyKind
    namespace: str = ""
    key: str = ""

    @classmethod
    def parse(cls, code: str) -> "ShopifyField":
        kind, _colon, rest = code.partition(":")
        if kind in METAFIELDS:
            if not (found := METAFIELD.fullmatch(rest)):
                raise BadField(_("Write a metafield as namespace.key, for example custom.material."))
            return cls(ShopifyKind(kind), found[1], found[2])
        if rest or kind not in ShopifyKind.__members__.values():
            raise BadField(_("{code} is not a Shopify field.").format(code=quoted(code)))
        return cls(ShopifyKind(kind))

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.namespace}.{self.key}" if self.by_metafield else self.kind.value

    @property
    def label(self) -> str:
        """As people call it, inside a sentence."""
        return f"{self.namespace}.{self.key}" if self.key else str(LABELS[self.kind])

    @property
    def shared(self) -> bool:
        """True if one value is meant to name many products."""
        return self.kind in SHARED

    @property
    def of_variants(self) -> bool:
        """True if a key is found on variants, so that the product is known by them."""
        return self.kind in OF_VARIANTS

    @property
    def by_metafield(self) -> bool:
        return self.kind in METAFIELDS


def field_label(code: str, offered: Iterable[Mapping[str, str]] = ()) -> str:
    """A Cloudinary field as people call it. `offered`: the fields that are known by name, as a selection keeps them; others go by
    their code."""
    labels = {known["code"]: known["label"] for known in offered}
    return label_in(code, labels.get(code, "")) or code.partition(":")[2] or code.replace("_", " ")


def label_in(code: str, label: str) -> str:
    """The label of a field in the reader's language. `label`: as it is kept, empty if it is not known."""
    if code in BUILT_IN:
        return str(BUILT_IN[code])
    kind, _colon, key = code.partition(":")
    if kind == "embedded":
        return _("{key} (in the file)").format(key=key)
    return _("{key} (context)").format(key=key) if kind == "context" and label == f"{key} (context)" else label
