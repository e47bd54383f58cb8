"""Tiles and rows of assets, as HTML. A page has a hundred of each, and the template language takes
ten times as long: these are their only source, and the templates that are swapped one by one call them, too.

Whatever comes from outside is escaped here; ids of groups, places and states are ours.
"""

from collections.abc import Iterable, Mapping, Sequence
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
from setup.words import Texts, number

register = template.Library()
OOB = ' hx-swap-oob="true"'


@cache
def drawn_icon(name: str, size: str = "") -> str:
    return str(icon(name, size))


def text(value: object) -> str:
    return escape(str(value))


def html(pieces: Iterable[str], between: str = "") -> SafeString:
    return mark_safe(between.join(pieces))  # noqa: S308 - of escaped pieces


# What is heard, and not seen; texts have it as `<span>`, so that a sentence stays one text.
HIDDEN = '<span class="visually-hidden">'


def hidden(words: str) -> str:
    return f"{HIDDEN}{words}</span>"


def _out_button(say: Texts, id: str, kind: str, excluded: bool, name: str, more: str = "") -> str:
    do, label = ("include", say._("Include {name}")) if excluded else ("exclude", say._("Exclude {name}"))
    words = f'data-do="{do}" aria-label="{label.format(name=name)}"'
    return f'<button id="x-{id}" class="{kind}" {words}{more}>'


# Tiles


@register.simple_tag(takes_context=True)
def tile(context: Context, asset: Any, at: int) -> SafeString:
    return html([_tile(Texts(), context["group"].id, asset, at, oob=bool(context.get("oob")))])


@register.simple_tag(takes_context=True)
def tiles(context: Context, assets: Sequence[tuple[int, Any]]) -> SafeString:
    """Each with its place."""
    say = Texts()
    return html(_tile(say, context["group"].id, asset, at) for at, asset in assets)


def tiles_of(say: Texts, group: Any, assets: Sequence[Any]) -> str:
    """The first ones."""
    return "".join(_tile(say, group.id, asset, at) for at, asset in enumerate(assets, 1))


def _tile(say: Texts, group: str, asset: Any, at: int, *, oob: bool = False) -> str:
    id, video, trouble = f"{group}-{asset.number}", asset.kind == "video", asset.trouble
    name, format = text(asset.name), text(asset.asset.format.upper())
    marks = f"{' tile-swatch' * asset.swatch}{' tile-left' * bool(trouble)}{' is-out' * asset.excluded}"
    named = name
    if asset.swatch:
        named = say._("{name}, swatch").format(name=name)
    elif video:
        named = say._("{name}, video").format(name=name)
    shown = f'<span aria-hidden="true">{format}</span>'
    if asset.thumbnail:
        shown = f'<img src="{text(asset.thumbnail)}" alt="" loading="lazy">'
    more = "" if at == 1 else ' tabindex="-1"'
    signs = f'<span class="mark">{drawn_icon("play")}</span>' if video else ""
    if asset.swatch:
        word = say._("swatch")
        signs += f'<span class="swatch-word" aria-hidden="true">{word}</span>'
    if trouble:
        why = text(trouble)
        left = hidden(say._("{name} is not linked. {reason}").format(name=name, reason=why))
        title = say._("Not linked. {reason}").format(reason=why)
        signs += f'<span class="mark-left" title="{title}">{left}</span>'
    return (
        f'<li id="a-{id}" class="tile{marks}" data-a="{asset.number}"{OOB if oob else ""}>'
        f"{_out_button(say, id, 'pic', asset.excluded, named, more)}{shown}</button>{signs}</li>"
    )


# Rows


@register.simple_tag(takes_context=True)
def row(context: Context, asset: Any, at: int) -> SafeString:
    drawn = _row(Texts(), context, context["group"], fields_of(context), asset, at, oob=bool(context.get("oob")))
    return html([drawn])


@register.simple_tag(takes_context=True)
def rows(context: Context, assets: Sequence[tuple[int, Any]]) -> SafeString:
    """As `tiles`."""
    say, group, fields = Texts(), context["group"], fields_of(context)
    return html((_row(say, context, group, fields, asset, at) for at, asset in assets), "\n")


def rows_of(say: Texts, context: Context, group: Any, assets: Sequence[Any]) -> str:
    """The first ones."""
    fields = fields_of(context)
    return "\n".join(_row(say, context, group, fields, asset, at) for at, asset in enumerate(assets, 1))


def fields_of(context: Context) -> Sequence[Any]:
    given = context["shown_fields"]
    return given() if callable(given) else given


def _row(
    say: Texts, context: Context, group: Any, fields: Sequence[Any], asset: Any, at: int, *, oob: bool = False
) -> str:
    id, name, trouble = f"{group.id}-{asset.number}", text(asset.name), asset.trouble
    picture = ""
    if asset.thumbnail:
        picture = f'<img src="{text(asset.thumbnail)}" alt="" width="44" height="44" loading="lazy" decoding="async">'
    play = f'<span class="mark">{drawn_icon("play")}</span>' if asset.kind == "video" else ""
    meta = "".join(f'<td class="meta">{cell}</td>' for cell in _folded(values(asset.asset, fields), fields))
    left = ""
    if trouble:
        why = say._("Not linked. {reason}").format(reason=text(trouble))
        left = f'<span class="problem">{why}</span>'
    out, title = "", say._("Exclude")
    if asset.excluded:
        excluded, title = say._("excluded"), say._("Include")
        out = f" <i>{excluded}</i>"
    button = _out_button(say, id, "out-button", asset.excluded, name, f' title="{title}"')
    drawn = (
        f'<tr id="a-{id}" class="asset{" tile-left" * bool(trouble)}{" is-out" * asset.excluded}" '
        f'data-a="{asset.number}"{OOB if oob else ""}>'
        f'<td class="out-cell">{button}</button></td>'
        f'<td class="pic-cell"><span class="shot{" shot-swatch" * asset.swatch}">{picture}{play}</span></td>'
        f'<th class="asset-name" scope="row"><b title="{text(asset.asset.public_id)}">{name}</b>'
        f"{out}<span>{text(shape(asset.asset))}</span>{left}</th>{meta}"
        f'<td class="alt-cell" colspan="2">{_alt(say, context, group.id, asset)}</td>'
        f'<td class="order-cell">{_order(say, id, name, at, group.last) if group.key else ""}</td></tr>'
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


def _order(say: Texts, id: str, name: str, at: int, last: int) -> str:
    if at > last:
        nowhere = say._("Not in the gallery")
        return f'<span class="order-none">{nowhere}</span>'
    moves = (
        ("t", "top", say._("Move {name} to top"), say._("To the top")),
        ("u", "up", say._("Move up {name}"), say._("Up")),
        ("d", "down", say._("Move down {name}"), say._("Down")),
        ("b", "bottom", say._("Move {name} to bottom"), say._("To the bottom")),
    )
    to = say._("Move {name} to position").format(name=name)
    buttons = [
        f'<button id="{letter}-{id}" class="move" data-do="{do}" aria-label="{label.format(name=name)}" title="{title}"'
        f"{' disabled' if at == (1 if letter in 'tu' else last) else ''}></button>"
        for letter, do, label, title in moves
    ]
    buttons.insert(
        2,
        f'<input id="o-{id}" class="move-to" type="number" min="1" max="{last}" value="{at}" data-do="move" '
        f'aria-label="{to}">',
    )
    return f'<span class="order">{"".join(buttons)}</span>'


# Alt texts


@register.simple_tag(takes_context=True)
def alt(context: Context) -> SafeString:
    return html([_alt(Texts(), context, _group_id(context), context["asset"], oob=bool(context.get("oob")))])


@register.simple_tag(takes_context=True)
def alt_note(context: Context) -> SafeString:
    return html([_note(Texts(), context, _group_id(context), context["asset"], oob=context.get("oob") == "note")])


def _group_id(context: Context) -> str:
    """Of the group on Link to Products that an editor belongs to; Upload to Store Files knows no more of it than this."""
    group = context["group"]
    return str(group["id"] if isinstance(group, Mapping) else group.id)


def _alt(say: Texts, context: Context, group: str, asset: Any, *, oob: bool = False) -> str:
    at = asset.row.place
    id = f"{group}-{at}"
    label = say._("Alt text<span> of {name}</span>").format(name=text(asset.name))
    return (
        f'<div class="alt" id="alt-{id}" data-edit-url="alts/"{OOB if oob else ""}>'
        f'<label class="visually-hidden" for="altt-{id}">{label.replace("<span>", HIDDEN)}</label>'
        f'<textarea id="altt-{id}" class="alt-text" rows="2" maxlength="{MAX_ALT}" data-do="alt" data-at="{at}" '
        f'autocomplete="off">{text(asset.alt)}</textarea>{_note(say, context, group, asset)}</div>'
    )


def _note(say: Texts, context: Context, group: str, asset: Any, *, oob: bool = False) -> str:
    at, name, decorative = asset.row.place, text(asset.name), asset.decorative
    id = f"{group}-{at}"
    error = context.get("error")
    said = f'<span class="alt-error">{conditional_escape(error)}</span>' if error else _source(say, asset)
    do, ticked = ("revert", " checked") if decorative else ("empty", "")
    label = say._("Decorative<span> {name}, no alt text</span>").format(name=name)
    return (
        f'<div class="alt-note" id="altn-{id}"{OOB if oob else ""}>{said}{_alt_button(say, context, asset, id)} '
        f'<label class="alt-decorative"><input id="altd-{id}" type="checkbox" data-do="{do}" data-at="{at}" '
        f'autocomplete="off"{ticked}>{label.replace("<span>", HIDDEN)}</label></div>'
    )


def _source(say: Texts, asset: Any) -> str:
    length = len(asset.alt)
    long = " alt-long" * (length > ADVISED_ALT)
    if not length:
        words = say._("No alt text, on purpose") if asset.decorative else say._("No alt text")
    elif asset.alt_source == "ai":
        words = say._("AI")
    elif asset.alt_source == "field":
        words = say._("From a field")
    else:
        words = say._("Typed") if asset.alt_source == "typed" else say._("From the asset")
    return f'<span class="alt-source">{words}</span> <span class="alt-count{long}">{_length(say, length)}</span>'


def _length(say: Texts, length: int) -> str:
    """Of an alt text; alts.js says the same while it is written."""
    if not length:
        return ""
    if length <= ADVISED_ALT:
        return say.ngettext("{n} character", "{n} characters", length).format(n=length)
    if length > MAX_ALT:
        words = say._("{n} characters; cut at {most}")
        return words.format(n=number(length), most=MAX_ALT)
    return say._("{n} characters; at most {most} are best").format(n=number(length), most=ADVISED_ALT)


def _alt_button(say: Texts, context: Context, asset: Any, id: str) -> str:
    """The one thing that can be done about it, beside typing."""
    row, name = asset.row, text(asset.name)
    if row.alt:
        own = say._("Use the asset’s own<span> alt text of {name}</span>")
        words = own if asset.asset.context.get("alt") else say._("Revert<span> alt text of {name}</span>")
        return _alt_do(f"altr-{id}", row.place, "revert", words.format(name=name))
    if asset.alt or asset.decorative:
        return ""
    if row.caption_state == "asked":
        asking = say._("Asking AI …")
        return f' <span class="waiting alt-asked">{asking}</span>'
    if row.caption_state == "offered":
        words = say._("Look at the suggestion<span> for {name}</span>").format(name=name).replace("<span>", HIDDEN)
        return f' <a id="altp-{id}" href="#captions-title">{words}</a>'
    if context["selection"].environment.offers_captions and asset.kind == "image":
        words = say._("Suggest<span> an alt text for {name}</span>")
        return _alt_do(f"alts-{id}", row.place, "suggest", words.format(name=name))
    return ""


def _alt_do(id: str, place: int, do: str, words: str) -> str:
    kind = f'class="alt-do" type="button" data-at="{place}"'
    return f' <button id="{id}" {kind} data-do="{do}">{words.replace("<span>", HIDDEN)}</button>'
