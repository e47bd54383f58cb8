"""What stores say of a group's key, as HTML: drawn by functions for the reason that group_parts names."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import template

from linking.templatetags.group_parts import HIDDEN, drawn_icon, hidden, text
from linking.templatetags.pictures import width
from setup.words import Texts, number

register = template.Library()


def answers_of(say: Texts, group: Any, pick: Callable[[], str]) -> str:
    """Of every chosen store, what it says about the group's key. `pick`: where a product is taken."""
    return "\n".join(_answer(say, group, answer, pick) for answer in group.answers)


def _answer(say: Texts, group: Any, answer: Any, pick: Callable[[], str]) -> str:
    store = text(answer.store)
    picture, name, how = DRAWN.get(answer.state, _unmatched)(say, group, answer, pick)
    if answer.state == "pending":
        words = hidden(say._("{store}: looking for products …").format(store=store))
        said = f'<div class="skeletons">{SKELETONS}{words}</div>'
    else:
        said = f'<div><p class="match-name"><span><span class="store-name">{store}: </span>{name}</p>{how}</div>'
    return f'<li class="match match-{answer.state}">{picture}{said}</li>'


SKELETONS = '<span class="skeleton"></span>' * 2
NO_PICTURE = '<span class="product-pic"></span>'
WHY = " text-why"
CALM = " text-calm"
DASH = '<span class="no-product match-dash"></span>'
Said = tuple[str, str, str]  # picture; name, of which the store's is the beginning; how


def _how(shown: str, kind: str = "match-how") -> str:
    return f'<p class="{kind}">{shown}</p>'


def _choose(say: Texts, group: Any, answer: Any, words: str, kind: str = "") -> str:
    """Opens what the store says in full: products to choose from, or the reason why there is none."""
    # What is matched needs no decision: the pointer opens it, keys have the group's menu, and no stop at every store.
    opens = f'popovertarget="answer-pop" data-store="{answer.store.pk}"'
    if kind == CALM:  # it stands in the row of the key, behind the store's name
        return f'<button class="text-button{CALM}" {opens} tabindex="-1">{words}</button>'
    button = f'<button id="choose-{group.id}-{answer.store.pk}" class="text-button{kind}" {opens}>'
    named = say._("{words}<span> for {key} in {store}</span>")
    named = named.format(words=words, key=text(group.key), store=text(answer.store))
    return f"{button}{named.replace('<span>', HIDDEN)}</button>"


def _pending(say: Texts, group: Any, answer: Any, pick: object) -> Said:
    return NO_PICTURE, "", ""


def _matched(say: Texts, group: Any, answer: Any, pick: object) -> Said:
    if not answer.products:  # a row that somebody else wrote
        return DASH, say._("Matched") + "</span>", ""
    first: Mapping[str, Any] = answer.products[0]
    picture = DASH
    if first.get("image"):
        picture = f'<img class="product-pic" src="{text(width(first["image"], 64))}" alt="" loading="lazy">'
    tag = ""
    if answer.more:
        tag = f'<span class="tag">+{answer.more}</span>'
    elif first.get("status") != "ACTIVE":
        tag = f'<span class="tag">{text(product_status(say, str(first.get("status", ""))))}</span>'
    words = text(answer.how)
    chosen = answer.more or answer.picked or answer.out
    how = _choose(say, group, answer, words, "" if chosen else CALM)
    return picture, f"{text(first['title'])}</span>{tag}", _how(how, "match-how match-check")


def product_status(say: Texts, status: str) -> str:
    """Of a product that is not active. https://shopify.dev/docs/api/admin-graphql/2026-10/enums/ProductStatus"""
    known = {
        "DRAFT": say.pgettext("status of a product", "Draft"),
        "ARCHIVED": say.pgettext("status of a product", "Archived"),
        "UNLISTED": say.pgettext("status of a product", "Unlisted"),
    }
    return known.get(status, status.title())


@register.filter
def in_admin(product_id: str, admin: str) -> str:
    """The address of a product in the store's Shopify admin."""
    return f"{admin}/products/{product_id.rpartition('/')[2]}"


@register.filter
def status_name(status: str) -> str:
    return product_status(Texts(), status)


def _ambiguous(say: Texts, group: Any, answer: Any, pick: object) -> Said:
    n = len(answer.offered.products)
    name = say.ngettext("Ambiguous: {n} match", "Ambiguous: {n} matches", n).format(n=number(n))
    return _no_product("question"), f"{name}</span>", _how(_choose(say, group, answer, say._("Choose products …")))


def _failed(say: Texts, group: Any, answer: Any, pick: object) -> Said:
    why = text(answer.reason or say._("The store could not be asked."))
    return _no_product("warn", "small"), say._("Not asked") + "</span>", _how(_choose(say, group, answer, why, WHY))


def _unmatched(say: Texts, group: Any, answer: Any, pick: Callable[[], str]) -> Said:
    near: Sequence[Mapping[str, Any]] = answer.offered.suggestions if answer.offered else ()
    name = say._("Unmatched")
    if near:
        name = say.ngettext(
            "Unmatched<span>, {n} suggestion</span>", "Unmatched<span>, {n} suggestions</span>", len(near)
        )
        name = name.format(n=number(len(near))).replace("<span>", '<span class="not-narrow">')
    choose = _choose(say, group, answer, say._("Choose products …"))
    how = _use(say, group, answer, near[0], pick()) if len(near) == 1 else choose
    return DASH, f"{name}</span>", _how(how)


def _excluded(say: Texts, group: Any, answer: Any, pick: object) -> Said:
    n = len(answer.out)
    how = say.ngettext("{n} product excluded", "{n} products excluded", n).format(n=number(n))
    return DASH, say._("Excluded") + "</span>", _how(_choose(say, group, answer, how))


def _outside(say: Texts, group: Any, answer: Any, pick: object) -> Said:
    how = _choose(say, group, answer, text(answer.in_short), WHY)
    return DASH, say._("Not in this run") + "</span>", _how(how)


def _use(say: Texts, group: Any, answer: Any, best: Mapping[str, Any], url: str) -> str:
    value, product = text(best["value"]), best["product"]
    use = say._("Use {value}").format(value=value)
    label = say._("Use {value}: {product} for {key}")
    label = label.format(value=value, product=text(product["title"]), key=text(group.key))
    return (
        f'<button id="p-{group.id}-{answer.store.pk}-1" class="text-button" data-edit-url="{url}" data-do="pick" '
        f'data-k="{answer.offered.pk}" data-p="{text(product["id"])}" aria-label="{label}">{use}</button>'
    )


def _no_product(sign: str, size: str = "") -> str:
    return f'<span class="no-product">{drawn_icon(sign, size)}</span>'


DRAWN = {
    "pending": _pending,
    "matched": _matched,
    "ambiguous": _ambiguous,
    "failed": _failed,
    "excluded": _excluded,
    "outside": _outside,
}
