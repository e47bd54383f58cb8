"""What reports, and searches for a product, say of products that a person chose or excluded: reasons, and the same as a function
where a text lists names. A part of the table of linking.domain.match_words."""

from collections.abc import Mapping, Sequence

from setup.reasons import Reason, Template
from setup.words import _, ngettext, number

MOST_NAMED = 3


def _excluded(titles: Sequence[str], more: int = 0) -> str:
    names = ", ".join(titles)
    if not more:
        return _("Excluded by hand: {names}.").format(names=names)
    text = ngettext("Excluded by hand: {names} and {n} more.", "Excluded by hand: {names} and {n} more.", more)
    return text.format(names=names, n=number(more))


CHOSEN: Mapping[str, Template] = {
    "match.by_hand": "Chosen by hand.",
    "match.products_excluded": _excluded,
    "match.all_excluded": "Every product that matches is excluded by hand.",
    # Searching for one
    "find.too_short": "Type at least two letters or digits.",
    "find.other_shop": "This is an address of {shop}, which is another store.",
    "find.nothing": "No product of {store} fits “{text}”.",
    "find.gone": "The store does not show this product any more. Look for it again.",
    "find.most": "At most {most:,} products can be chosen for one key.",
}


def excluded_products(titles: Sequence[str]) -> Reason:
    """Of products that match a key and get nothing, the first ones by name."""
    more = {"more": len(titles) - MOST_NAMED} if len(titles) > MOST_NAMED else {}
    return Reason("match.products_excluded", titles=list(titles[:MOST_NAMED]), **more)
