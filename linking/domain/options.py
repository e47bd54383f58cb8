"""Options of products: which one tells the colour, and how far a picture or swatch reaches beyond the variant whose key matched.

Shopify: https://shopify.dev/docs/api/admin-graphql/2026-10/objects/ProductVariant, `selectedOptions`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from setup.natural_order import natural
from setup.spelling import folded
from setup.words import _

# How far: what a selection, a run and an environment keep. Another option than the colour is kept as `option:<its name>`.
COLOR, MATCHED, NAMED = "color", "matched", "option:"
MOST_NAME = 255
NO_OPTION = "title"  # `Title: Default Title`

# Options of one variant: name -> value, in the order of the product.
Options = Mapping[str, str]

COLOR_NAME = re.compile(
    r"colou?r(?:way|s|name|family)?|shade|farbe?n?|farbton|couleurs?|colori|colou?ris|colore|cor(?:es)?|kleur(?:en)?|färg|farver?|farge"
    r"|väri|kolor|barva|цвет|色|カラー|颜色|색상"
)
SIZE_NAME = re.compile(
    r"(?:\w*(?:size|größe|groesse|length|width|height|länge|breite|höhe|volume|weight|quantity|capacity))|taille|pointure|talla|taglia"
    r"|tamanho|maat|storlek|størrelse|koko|rozmiar|velikost|pack|menge|inhalt|サイズ|尺寸|title"
)
SIZE_VALUE = re.compile(
    r"(?:\d*x*[sml]|\d+xl|xx*l|onesize|os|small|medium|large|(?:us|eu|uk|it|fr|de)?\d+(?:[.,/]\d+)*(?:[a-z\"'′″]{0,3})"
    r"|\d+(?:[.,]\d+)?-?(?:cm|mm|m|in|inch|ml|l|g|kg|oz|pcs|pack|pieces|seater)(?:x.*)?|\d+(?:[.,]\d+)?x\d.*)"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a group gives to the variants that carry its key: pictures in its order, of which each gets the first, or a swatch."""

    key: str
    assets: tuple[str, ...]
    variants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """`variant` gets `asset` of the group `key`: its own, or one of whose variants it shares the `value` of an `option`. `over`:
    keys of the groups that would have given it something else, and come later."""

    variant: str
    asset: str
    key: str
    option: str = ""
    value: str = ""
    over: tuple[str, ...] = ()

    @property
    def own(self) -> bool:
        return not self.option


def is_reach(value: object) -> bool:
    """Whether a person could have chosen it."""
    if not isinstance(value, str):
        return False
    name = value.removeprefix(NAMED)
    return value in (COLOR, MATCHED) or (value != name and bool(folded(name)) and len(name) <= MOST_NAME)


def in_words(reach: str) -> str:
    """Of a list of variants: which of them."""
    if reach.startswith(NAMED):
        return _("all with the same {option}").format(option=reach.removeprefix(NAMED))
    return _("all of the same color") if reach == COLOR else _("those with the key")


@dataclass(frozen=True, slots=True)
class Option:
    """One that people choose from, as most products spell it, and how many products have it."""

    name: str
    products: int


def offered(products: Iterable[Iterable[str]]) -> list[Option]:
    """Of the names of each product's options; those of most products first. What Shopify names where nobody did is none."""
    spelled: dict[str, list[str]] = {}
    for names in products:
        for same, name in {folded(name): name for name in names}.items():
            if same not in ("", NO_OPTION):
                spelled.setdefault(same, []).append(name)
    found = [Option(Counter(names).most_common(1)[0][0], len(names)) for names in spelled.values()]
    return sorted(found, key=lambda one: (-one.products, natural(one.name)))


def option_of(reach: str, variants: Iterable[Options]) -> str | None:
    """The option, by its name in this product, whose value variants have to share; None if there is none."""
    rows = [options for options in variants if options]
    names = list(dict.fromkeys(name for options in rows for name in options))
    if reach.startswith(NAMED):
        wanted = folded(reach.removeprefix(NAMED))
        return next((name for name in names if folded(name) == wanted), None)
    if reach != COLOR:
        return None
    colors = [name for name in names if is_color(name)]
    if colors:
        return colors[0]
    # No name says so: where one option alone is left beside sizes, it is what pictures tell apart.
    others = [name for name in names if not _is_size(name, [options.get(name, "") for options in rows])]
    return others[0] if len(others) == 1 and len(names) > 1 else None


def is_color(name: str) -> bool:
    words = [folded(word) for word in re.split(r"[\s/_\-:()]+", name)]
    return any(COLOR_NAME.fullmatch(word) for word in [folded(name), *words])


def _is_size(name: str, values: Sequence[str]) -> bool:
    words = [folded(word) for word in re.split(r"[\s/_\-:()]+", name)]
    if any(SIZE_NAME.fullmatch(word) for word in [folded(name), *words]):
        return True
    return bool(values) and all(SIZE_VALUE.fullmatch(folded(value)) for value in values)


def given(claims: Iterable[Claim], options: Mapping[str, Options], reach: str) -> list[Given]:
    """What each variant gets, in the order of the claims. A variant's own groups go before those that only reach it; of several,
    the first wins. `options`: variant id -> its options, of all variants of one product; empty where nothing reaches further."""
    claims = [claim for claim in claims if claim.assets]
    found: dict[str, Given] = {}
    for claim in claims:
        for variant in dict.fromkeys(claim.variants):
            _give(found, Given(variant, claim.assets[0], claim.key))
    name = option_of(reach, options.values())
    if name is not None:
        owned = set(found)
        by_value: dict[str, list[str]] = {}
        for variant, mine in options.items():
            by_value.setdefault(folded(mine.get(name, "")), []).append(variant)
        for claim in claims:
            values = dict.fromkeys(folded(options[id].get(name, "")) for id in claim.variants if id in options)
            for variant in [other for value in values if value for other in by_value[value]]:
                if variant not in owned:
                    value = options[variant][name]
                    _give(found, Given(variant, claim.assets[0], claim.key, name, value))
    return list(found.values())


def _give(found: dict[str, Given], new: Given) -> None:
    there = found.setdefault(new.variant, new)
    if new.asset != there.asset and new.key not in (there.key, *there.over):
        found[new.variant] = replace(there, over=(*there.over, new.key))
