"""An asset as Choose Assets shows it: its picture, the end of its name, and one thing to know of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import islice

from linking.cloudinary.renditions import thumbnail, withheld
from linking.domain.assets import Asset
from linking.picker.ledger import NOWHERE, Standing
from linking.picker.ticking import MOST_KEYS, keying_of
from linking.selection.swatches import is_swatch, swatch_rule
from setup.models import Environment
from setup.reasons import Reason
from setup.words import _, gettext_lazy, ngettext, number

PIXELS, LARGE = 240, 800
# Of a name that is cut in the middle: what tells assets apart is its end.
END = 10
SHOWN_KEYS = 2


@dataclass(frozen=True)
class Tile:
    """`code`: what stands under the name (shut, changed, linked, lack or none), `state` in words and `why` in more of them.
    `about`: its type and keys, as the browser sends them when it is ticked; `facts`: what a list shows of it besides."""

    asset: Asset
    picture: str
    code: str
    state: str
    why: str
    swatch: bool
    ticked: bool
    about: str
    facts: str

    @property
    def id(self) -> str:
        return self.asset.asset_id

    @property
    def shut(self) -> bool:
        """It may not be shown to anybody, so it cannot be ticked."""
        return self.code == "shut"

    @property
    def is_video(self) -> bool:
        return self.asset.resource_type == "video"

    @property
    def name_parts(self) -> tuple[str, str]:
        """The name in two, of which the second is never cut."""
        name = self.asset.name
        at = max((name.rfind(sign, max(0, len(name) - END)) for sign in "-_ ."), default=-1)
        earlier = max((name.rfind(sign, max(0, len(name) - END), at) for sign in "-_ ."), default=-1) if at > 0 else -1
        at = earlier if earlier > 0 else at if at > 0 else max(0, len(name) - 6)
        return name[:at], name[at:]

    @property
    def said(self) -> str:
        """All of it, for people who hear it."""
        kind = _("video") if self.is_video else _("raw file") if self.asset.resource_type == "raw" else ""
        swatch = _("swatch") if self.swatch else ""
        return ", ".join(filter(None, (self.asset.name, kind, swatch, self.why or self.state)))


def tiles_of(
    environment: Environment,
    assets: Collection[Asset],
    standing: Mapping[str, Standing],
    ticked: Collection[str],
) -> list[Tile]:
    keying, rule, found = keying_of(environment), swatch_rule(environment), []
    words, lacking = StateWords(), key_lacking(environment)
    for asset in assets:
        trouble = withheld(environment, asset)
        keys = keying.keys(asset)[:MOST_KEYS]
        code, state, why = words.of(standing.get(asset.asset_id, NOWHERE), trouble, "" if keys else lacking)
        about = "\n".join((asset.resource_type, *keys))
        swatch = is_swatch(rule, asset, trouble)
        picture = thumbnail(environment, asset, PIXELS)
        facts = facts_of(asset, keys, words.swatch if swatch else "")
        found.append(Tile(asset, picture, code, state, why, swatch, asset.asset_id in ticked, about, facts))
    return found


def facts_of(asset: Asset, keys: Collection[str], swatch: str) -> str:
    """Its first keys, format and size, and whether it is a swatch: one line."""
    size = f"{number(asset.width)} × {number(asset.height)}" if asset.width and asset.height else ""
    return " · ".join(filter(None, (*islice(keys, SHOWN_KEYS), asset.format.upper(), size, swatch)))


def key_lacking(environment: Environment) -> str:
    """What an asset without a key is said to lack, in words; empty where all have one."""
    code = environment.default_cloudinary_field
    if not code.startswith(("metadata:", "context:")):
        return _("No tags") if code == "tags" else ""
    return _("No {field}").format(field=key_label(environment))


def key_label(environment: Environment) -> str:
    """What the field of keys is called."""
    kind, _colon, key = environment.default_cloudinary_field.partition(":")
    fields = environment.seen.get("fields", []) if kind == "metadata" else []
    labels = {one["id"]: one["label"] for one in fields}
    return labels.get(key) or ("SKU" if key.lower() == "sku" else key or kind)


# What may not be shown has a name by its reason, where that is not only that it is restricted.
SHUT_NAMES = {
    "asset.pending": gettext_lazy("In moderation"),
    "asset.rejected": gettext_lazy("Rejected"),
    "asset.not_approved": gettext_lazy("Not approved"),
    "asset.no_longer": gettext_lazy("Expired"),
    "asset.expired": gettext_lazy("Expired"),
    "asset.no_file": gettext_lazy("No file"),
    "asset.unreadable": gettext_lazy("Unreadable"),
}


def shut_name(trouble: Reason) -> str:
    return str(SHUT_NAMES[trouble.code]) if trouble.code in SHUT_NAMES else _("Restricted")


class StateWords:
    """Drawn a hundred times on a page: each text is looked up once."""

    def __init__(self) -> None:
        self.nowhere, self.changed = _("Not linked"), _("Changed")
        self.shut: dict[str, str] = {}
        self.swatch = _("swatch")
        self.linked: dict[int, str] = {}
        self.outdated: dict[int, str] = {}

    def of(self, known: Standing, trouble: Reason, lacking: str) -> tuple[str, str, str]:
        if trouble:
            return "shut", self.shut.setdefault(trouble.code, shut_name(trouble)), str(trouble)
        if known.outdated:
            n = len(known.stores)
            text = ngettext("changed since it was linked in {n} store", "changed since it was linked in {n} stores", n)
            return "changed", self.changed, self.outdated.setdefault(n, text.format(n=number(n)))
        if known.stores:
            n = len(known.stores)
            return "linked", self.linked.setdefault(n, ngettext("In {n} store", "In {n} stores", n).format(n=n)), ""
        return ("lack", lacking, "") if lacking else ("none", self.nowhere, "")
