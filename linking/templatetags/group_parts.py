"""Tiles and rows of assets and what stores say of a group, as HTML. A page has a hundred of each, and the template language takes
ten times as long: these are their only source, and the templates that are swapped one by one call them, too.

Whatever comes from outside is escaped here; ids of groups, places and states are ours.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from html import escape
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from linking.domain.alts import ADVISED_ALT, MAX_ALT
from linking.templatetags.assets import NOTHING, shape, values
from linking.templatetags.icons import icon
from linking.templatetags.pictures import width

register = template.Library()
SOURCES = {"ai": "AI", "field": "From a field", "typed": "Typed"}
OOB = ' hx-swap-oob="true"'


@cache
def drawn_icon(name: str, size: str = "") -> str:
    return str(icon(name, size))


def text(value: object) -> str:
    return escape(str(value))


def html(pieces: Iterable[str], between: str = "") -> SafeString:
    return mark_safe(between.join(pieces))  # noqa: S308 - of escaped pieces


def hidden(words: str) -> str:
    return f'<span class="visually-hidden">{words}</span>'


def _out_button(id: str, kind: str, excluded: bool, name: str, more: str = "", title: str = "") -> str:
    do = "in" if excluded else "ex"
    label = f'data-do="{do}clude" aria-label="{do.capitalize()}clude {name}"'
    return f'<button id="x-{id}" class="{kind}" {label}{more}{title and title.format(do.capitalize())}>'


# Tiles


@register.simple_tag(takes_context=True)
def tile(context: Context, asset: Any, at: int) -> SafeString:
    return html([_tile(context["group"].id, asset, at, oob=bool(context.get("oob")))])


@register.simple_tag(takes_context=True)
def tiles(context: Context, assets: Sequence[tuple[int, Any]]) -> SafeString:
    """Each with its place."""
    return html(_tile(context["group"].id, asset, at) for at, asset in assets)


def tiles_of(group: Any, assets: Sequence[Any]) -> str:
    """The first ones."""
    return "".join(_tile(group.id, asset, at) for at, asset in enumerate(assets, 1))


def _tile(group: str, asset: Any, at: int, *, oob: bool = False) -> str:
    id, video, trouble = f"{group}-{asset.number}", asset.kind == "video", asset.trouble
    name, format = text(asset.name), text(asset.asset.format.upper())
    marks = f"{' tile-swatch' * asset.swatch}{' tile-left' * bool(trouble)}{' is-out' * asset.excluded}"
    kind = ", swatch" if asset.swatch else ", video" if video else ""
    shown = f'<span aria-hidden="true">{format}</span>'
    if asset.thumbnail:
        shown = f'<img src="{text(asset.thumbnail)}" alt="" loading="lazy">'
    more = "" if at == 1 else ' tabindex="-1"'
    signs = f'<span class="mark">{drawn_icon("play")}</span>' if video else ""
    signs += '<span class="swatch-word" aria-hidden="true">swatch</span>' if asset.swatch else ""
    if trouble:
        left = hidden(f"{name} is not linked. {text(trouble)}")
        signs += f'<span class="mark-left" title="Not linked. {text(trouble)}">{left}</span>'
    return (
        f'<li id="a-{id}" class="tile{marks}" data-a="{asset.number}"{OOB if oob else ""}>'
        f"{_out_button(id, 'pic', asset.excluded, name + kind, more)}{shown}</button>{signs}</li>"
    )


# Rows


@register.simple_tag(takes_context=True)
def row(context: Context, asset: Any, at: int) -> SafeString:
    return html([_row(context, context["group"], fields_of(context), asset, at, oob=bool(context.get("oob")))])


@register.simple_tag(takes_context=True)
def rows(context: Context, assets: Sequence[tuple[int, Any]]) -> SafeString:
    """As `tiles`."""
    group, fields = context["group"], fields_of(context)
    return html((_row(context, group, fields, asset, at) for at, asset in assets), "\n")


def rows_of(context: Context, group: Any, assets: Sequence[Any]) -> str:
    """The first ones."""
    fields = fields_of(context)
    return "\n".join(_row(context, group, fields, asset, at) for at, asset in enumerate(assets, 1))


def fields_of(context: Context) -> Sequence[Any]:
    given = context["shown_fields"]
    return given() if callable(given) else given


def _row(context: Context, group: Any, fields: Sequence[Any], asset: Any, at: int, *, oob: bool = False) -> str:
    id, name, trouble = f"{group.id}-{asset.number}", text(asset.name), asset.trouble
    picture = ""
    if asset.thumbnail:
        picture = f'<img src="{text(asset.thumbnail)}" alt="" width="44" height="44" loading="lazy" decoding="async">'
    play = f'<span class="mark">{drawn_icon("play")}</span>' if asset.kind == "video" else ""
    meta = "".join(f'<td class="meta">{cell}</td>' for cell in _folded(values(asset.asset, fields), fields))
    left = f'<span class="problem">Not linked. {text(trouble)}</span>' if trouble else ""
    drawn = (
        f'<tr id="a-{id}" class="asset{" tile-left" * bool(trouble)}{" is-out" * asset.excluded}" '
        f'data-a="{asset.number}"{OOB if oob else ""}>'
        f'<td class="out-cell">{_out_button(id, "out-button", asset.excluded, name, title=TITLE)}</button></td>'
        f'<td class="pic-cell"><span class="shot{" shot-swatch" * asset.swatch}">{picture}{play}</span></td>'
        f'<th class="asset-name" scope="row"><b title="{text(asset.asset.public_id)}">{name}</b>'
        f"{' <i>excluded</i>' if asset.excluded else ''}<span>{text(shape(asset.asset))}</span>{left}</th>{meta}"
        f'<td class="alt-cell" colspan="2">{_alt(context, group.id, asset)}</td>'
        f'<td class="order-cell">{_order(id, name, at, group.last) if group.key else ""}</td></tr>'
    )
    return f"<template>{drawn}</template>" if oob else drawn


# So many fields have a column of their own: with more, the alt text and the order would be out of sight.
MOST_COLUMNS = 4


def _folded(found: Sequence[Any], fields: Sequence[Any]) -> list[str]:
    """A cell for each column; the values of further fields stand below those of the first, each with its name."""
    cells = [str(conditional_escape(value)) for value in found]
    columns = cells[:MOST_COLUMNS]
    for at in range(MOST_COLUMNS, len(cells)):
        if found[at] != NOTHING:
            label = f"<i>{text(fields[at].label)}</i>"
            columns[at % MOST_COLUMNS] += f'<div class="meta-more">{label} {cells[at]}</div>'
    return columns


TITLE = ' title="{}clude"'
# (id, what it does, what it is called, where that stands; name, title) of the buttons that move an asset.
MOVES = (
    ("t", "top", "Move {} to top", "To the top"),
    ("u", "up", "Move up {}", "Up"),
    ("d", "down", "Move down {}", "Down"),
    ("b", "bottom", "Move {} to bottom", "To the bottom"),
)


def _order(id: str, name: str, at: int, last: int) -> str:
    if at > last:
        return '<span class="order-none">Not in the gallery</span>'
    buttons = [
        f'<button id="{letter}-{id}" class="move" data-do="{do}" aria-label="{label.format(name)}" title="{title}"'
        f"{' disabled' if at == (1 if letter in 'tu' else last) else ''}></button>"
        for letter, do, label, title in MOVES
    ]
    buttons.insert(
        2,
        f'<input id="o-{id}" class="move-to" type="number" min="1" max="{last}" value="{at}" data-do="move" '
        f'aria-label="Move {name} to position">',
    )
    return f'<span class="order">{"".join(buttons)}</span>'


# Alt texts


@register.simple_tag(takes_context=True)
def alt(context: Context) -> SafeString:
    return html([_alt(context, _group_id(context), context["asset"], oob=bool(context.get("oob")))])


@register.simple_tag(takes_context=True)
def alt_note(context: Context) -> SafeString:
    return html([_note(context, _group_id(context), context["asset"], oob=context.get("oob") == "note")])


def _group_id(context: Context) -> str:
    """Of the group on Link to Products that an editor belongs to; Upload to Store Files knows no more of it than this."""
    group = context["group"]
    return str(group["id"] if isinstance(group, Mapping) else group.id)


def _alt(context: Context, group: str, asset: Any, *, oob: bool = False) -> str:
    at = asset.row.place
    id = f"{group}-{at}"
    return (
        f'<div class="alt" id="alt-{id}" data-edit-url="alts/"{OOB if oob else ""}>'
        f'<label class="visually-hidden" for="altt-{id}">Alt text{hidden(f" of {text(asset.name)}")}</label>'
        f'<textarea id="altt-{id}" class="alt-text" rows="2" maxlength="{MAX_ALT}" data-do="alt" data-at="{at}" '
        f'autocomplete="off">{text(asset.alt)}</textarea>{_note(context, group, asset)}</div>'
    )


def _note(context: Context, group: str, asset: Any, *, oob: bool = False) -> str:
    at, name, decorative = asset.row.place, text(asset.name), asset.decorative
    id = f"{group}-{at}"
    error = context.get("error")
    said = f'<span class="alt-error">{conditional_escape(error)}</span>' if error else _source(asset)
    do, ticked = ("revert", " checked") if decorative else ("empty", "")
    return (
        f'<div class="alt-note" id="altn-{id}"{OOB if oob else ""}>{said}{_alt_button(context, asset, id)} '
        f'<label class="alt-decorative"><input id="altd-{id}" type="checkbox" data-do="{do}" data-at="{at}" '
        f'autocomplete="off"{ticked}>Decorative{hidden(f" {name}, no alt text")}</label></div>'
    )


def _source(asset: Any) -> str:
    length = len(asset.alt)
    if not length:
        words, count = "No alt text, on purpose" if asset.decorative else "No alt text", ""
    else:
        words, count = SOURCES.get(asset.alt_source, "From the asset"), f"{length} characters"
        much = f"; cut at {MAX_ALT}" if length > MAX_ALT else f"; {ADVISED_ALT} are advised"
        count += much if length > ADVISED_ALT else ""
    long = " alt-long" * (length > ADVISED_ALT)
    return f'<span class="alt-source">{words}</span> <span class="alt-count{long}">{count}</span>'


def _alt_button(context: Context, asset: Any, id: str) -> str:
    """The one thing that can be done about it, beside typing."""
    row, name = asset.row, text(asset.name)
    kind = f'class="alt-do" type="button" data-at="{row.place}"'
    if row.alt:
        words = "Use the asset’s own" if asset.asset.context.get("alt") else "Revert"
        return f' <button id="altr-{id}" {kind} data-do="revert">{words}{hidden(f" alt text of {name}")}</button>'
    if asset.alt or asset.decorative:
        return ""
    if row.caption_state == "asked":
        return ' <span class="waiting alt-asked">AI is asked …</span>'
    if row.caption_state == "offered":
        return f' <a id="altp-{id}" href="#captions-title">Look at the proposal{hidden(f" for {name}")}</a>'
    if context["selection"].environment.ai_captions and asset.kind == "image":
        words = hidden(f" an alt text for {name}")
        return f' <button id="alts-{id}" {kind} data-do="suggest">Suggest{words}</button>'
    return ""


# What stores say


def answers_of(group: Any, pick: Callable[[], str]) -> str:
    """Of every chosen store, what it says about the group's key. `pick`: where a product is taken."""
    return "\n".join(_answer(group, answer, pick) for answer in group.answers)


def _answer(group: Any, answer: Any, pick: Callable[[], str]) -> str:
    store = f'<span class="store-name">{text(answer.store)}: </span>'
    picture, name, how = DRAWN.get(answer.state, _unmatched)(group, answer, pick)
    if answer.state == "pending":
        said = f'<div class="skeletons">{SKELETONS}{hidden(f"{text(answer.store)}: looking for products …")}</div>'
    else:
        said = f'<div><p class="match-name"><span>{store}{name}</p>{how}</div>'
    return f'<li class="match match-{answer.state}">{picture}{said}</li>'


SKELETONS = '<span class="skeleton"></span>' * 2
NO_PICTURE = '<span class="product-pic"></span>'
WHY = " text-why"
DASH = '<span class="no-product match-dash"></span>'
Said = tuple[str, str, str]  # picture; name, of which the store's is the beginning; how


def _how(shown: str, kind: str = "match-how") -> str:
    return f'<p class="{kind}">{shown}</p>'


def _choose(group: Any, answer: Any, words: str, kind: str = "") -> str:
    """Opens what the store says in full: products to choose from, or the reason why there is none."""
    pk, of = answer.store.pk, hidden(f" for {text(group.key)} in {text(answer.store)}")
    kind = f"text-button{kind}"
    button = f'<button id="choose-{group.id}-{pk}" class="{kind}" popovertarget="answer-pop" data-store="{pk}">'
    return f"{button}{words}{of}</button>"


def _pending(group: Any, answer: Any, pick: object) -> Said:
    return NO_PICTURE, "", ""


def _matched(group: Any, answer: Any, pick: object) -> Said:
    if not answer.products:  # a row that somebody else wrote
        return DASH, "Matched</span>", ""
    first: Mapping[str, Any] = answer.products[0]
    picture = DASH
    if first.get("image"):
        picture = f'<img class="product-pic" src="{text(width(first["image"], 64))}" alt="" loading="lazy">'
    tag = ""
    if answer.more:
        tag = f'<span class="tag">+{answer.more}</span>'
    elif first.get("status") != "ACTIVE":
        tag = f'<span class="tag">{text(str(first.get("status", "")).title())}</span>'
    words = text(answer.how)
    chosen = answer.more or answer.picked
    how = _choose(group, answer, words) if chosen else f'<span title="{text(first.get("why", ""))}">{words}</span>'
    return picture, f"{text(first['title'])}</span>{tag}", _how(how, "match-how match-check")


def _ambiguous(group: Any, answer: Any, pick: object) -> Said:
    name = f"Ambiguous: {len(answer.offered.products)} match</span>"
    return _no_product("question"), name, _how(_choose(group, answer, "Choose products…"))


def _failed(group: Any, answer: Any, pick: object) -> Said:
    why = text(answer.reason or "The store could not be asked.")
    return _no_product("warn", "small"), "Not asked</span>", _how(_choose(group, answer, why, WHY))


def _unmatched(group: Any, answer: Any, pick: Callable[[], str]) -> Said:
    near: Sequence[Mapping[str, Any]] = answer.offered.suggestions if answer.offered else ()
    count = f'<span class="not-narrow">, {len(near)} suggestion{"" if len(near) == 1 else "s"}</span>' if near else ""
    name = f"Unmatched{count}</span>"
    if len(near) == 1:
        how = _use(group, answer, near[0], pick())
    elif near:
        how = _choose(group, answer, "Choose products…")
    else:
        how = _choose(group, answer, text(answer.in_short), WHY)
    return DASH, name, _how(how)


def _use(group: Any, answer: Any, best: Mapping[str, Any], url: str) -> str:
    value, product = text(best["value"]), best["product"]
    return (
        f'<button id="p-{group.id}-{answer.store.pk}-1" class="text-button" data-edit-url="{url}" data-do="pick" '
        f'data-k="{answer.offered.pk}" data-p="{text(product["id"])}" '
        f'aria-label="Use {value}: {text(product["title"])} for {text(group.key)}">Use {value}</button>'
    )


def _no_product(sign: str, size: str = "") -> str:
    return f'<span class="no-product">{drawn_icon(sign, size)}</span>'


DRAWN = {"pending": _pending, "matched": _matched, "ambiguous": _ambiguous, "failed": _failed}
