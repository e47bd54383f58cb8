"""A group around its tiles or rows, as HTML: its head, how it is ordered, what stores say, and what can be done with it. Drawn by
functions for the reason that group_parts names, and the only source of it, too."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.safestring import SafeString

from linking.templatetags.group_matches import NO_PICTURE, SKELETONS, answers_of
from linking.templatetags.group_parts import (
    HIDDEN,
    MOST_COLUMNS,
    OOB,
    drawn_icon,
    fields_of,
    hidden,
    html,
    rows_of,
    text,
    tiles_of,
)
from setup.words import Texts, number

register = template.Library()
Reversed = Callable[[str], str]


@register.simple_tag(takes_context=True)
def groups(context: Context, shown: Sequence[Any]) -> SafeString:
    """Each with everything in it."""
    say, url = Texts(), reverser(context)
    return html((_group(say, context, group, url) for group in shown), "\n")


@register.simple_tag(takes_context=True)
def group(context: Context) -> SafeString:
    return groups(context, [context["group"]])


@register.simple_tag(takes_context=True)
def group_head(context: Context) -> SafeString:
    return html([_head(Texts(), context["group"], text(context["keyless_name"]), oob=bool(context.get("oob")))])


@register.simple_tag(takes_context=True)
def group_order(context: Context) -> SafeString:
    return html([_order(Texts(), context["group"], oob=bool(context.get("oob")))])


@register.simple_tag(takes_context=True)
def group_answers(context: Context) -> SafeString:
    return html([_answers(Texts(), context["group"], reverser(context), oob=bool(context.get("oob")))])


@register.simple_tag(takes_context=True)
def answers_in_one(context: Context) -> SafeString:
    return html([_in_one(Texts(), context["group"])])


@register.simple_tag(takes_context=True)
def more_of_tiles(context: Context) -> SafeString:
    return html([_more_tiles(Texts(), context["group"], context["left"], reverser(context))])


@register.simple_tag(takes_context=True)
def more_of_rows(context: Context) -> SafeString:
    fields = len(fields_of(context)[:MOST_COLUMNS])
    return html([_more_rows(Texts(), context["group"], context["left"], fields, reverser(context))])


def reverser(context: Context) -> Reversed:
    """Addresses within the selection, each made once."""
    return cache(lambda name: text(reverse(name, args=[context["selection"].key])))


def _group(say: Texts, context: Context, group: Any, url: Reversed) -> str:
    id, opened = group.id, group.id in context["opened"]
    name, compact = text(group.key or context["keyless_name"]), context["selection"].view == "compact"
    by_rows = opened or not compact
    order = _order(say, group) if by_rows else _strip(say, group, name, context["most_tiles"], url)
    kind = "group group-rows" if by_rows else "group"
    return (
        f'<article id="g-{id}" class="{kind}" data-g="{id}"{" data-open" * opened} aria-labelledby="gt-{id}">\n'
        f"{_head(say, group, name)}\n{order}\n{_answers(say, group, url)}\n{_do(say, group, name, compact, opened)}\n"
        f"{_table(say, context, group, url) if by_rows else ''}</article>"
    )


# The head


def _head(say: Texts, group: Any, name: str, *, oob: bool = False) -> str:
    """`name`: what it is called, or what assets without a key are."""
    id, key = group.id, text(group.key)
    do, title, label = "exclude", say._("Exclude group"), say._("Exclude group {key}")
    if group.excluded:
        do, title, label = "include", say._("Include group"), say._("Include group {key}")
    words = f'aria-label="{label.format(key=key)}" title="{title}"'
    button = f'<button id="gx-{id}" class="out-button" data-do="{do}-group" {words}></button>' if key else ""
    size = say.ngettext("{n} asset", "{n} assets", len(group.assets)).format(n=number(len(group.assets)))
    by_hand = say._("manual order")
    manual = f'<span class="by-hand"> · {by_hand}</span>' * group.manual
    return (
        f'<header id="gh-{id}" class="group-head{" is-out" * group.excluded}" data-numbers="{group.numbers}"'
        f'{OOB if oob else ""}>\n{button}\n<div class="key"><h3 id="gt-{id}" tabindex="-1">{key or name}</h3>'
        f"<p>{size}{_state(say, group)}{manual}</p></div>\n</header>"
    )


STATE = " · <b>{}</b>"


def _state(say: Texts, group: Any) -> str:
    if group.excluded:
        return STATE.format(say._("excluded"))
    out = STATE.format(say._("{n} excluded").format(n=number(group.out))) if group.out else ""
    left = STATE.format(say._("{n} not linked").format(n=number(group.left_out))) if group.left_out else ""
    return out + left


def _order(say: Texts, group: Any, *, oob: bool = False) -> str:
    id, by = group.id, text(group.by)
    if group.manual:
        back = say._("Back to order by {field}<span>: {key}</span>") if by else None
        back = back or say._("Back to order as selected<span>: {key}</span>")
        back = back.format(field=by, key=text(group.key)).replace("<span>", HIDDEN)
        said = say._("Manual order")
        said += f' <button id="gr-{id}" class="text-button" data-do="restore">{back}</button>'
    else:
        said = say._("Ordered by {field}").format(field=by) if by else say._("Ordered as selected")
    return f'<p id="go-{id}" class="group-order"{OOB if oob else ""}>{said}</p>'


# Its assets


def _list(group: Any, kind: str = "") -> str:
    order = "free" if group.key else "fixed"
    return f'id="l-{group.id}"{kind} data-list="{order}" data-total="{group.last}"'


STRIP = ' class="strip"'


def _strip(say: Texts, group: Any, name: str, most: int, url: Reversed) -> str:
    label = say._("Assets of {key}").format(key=name) if group.key else name
    left = len(group.assets) - most
    more = _more_tiles(say, group, left, url) if left > 0 else ""
    return (
        f'<div class="strip-box" role="toolbar" aria-label="{label}"><ol {_list(group, STRIP)}>\n'
        f"{tiles_of(say, group, group.assets[:most])}{more}\n</ol></div>"
    )


def _more_tiles(say: Texts, group: Any, left: int, url: Reversed) -> str:
    kind = f'class="quiet" tabindex="-1" {_asks(group, "li", url)}'
    words = say._("{n} more").format(n=number(left))
    if group.key:
        words += hidden(f": {text(group.key)}")
    return f'<li class="tiles-more"><button id="gm-{group.id}" {kind}>{words}</button></li>'


def _more_rows(say: Texts, group: Any, left: int, fields: int, url: Reversed) -> str:
    words = say._("More of {key} ({n} left)") if group.key else say._("More of these ({n} left)")
    words = words.format(key=text(group.key), n=number(left))
    button = f'<button id="gm-{group.id}" class="more" type="button" {_asks(group, "tr", url)}>{words}</button>'
    return f'<tr class="rows-more"><td colspan="{fields + 6}">{button}</td></tr>'


def _asks(group: Any, place: str, url: Reversed) -> str:
    target = f'hx-target="closest {place}" hx-swap="outerHTML"'
    return f'hx-get="{url("link-rows")}?g={group.id}" hx-trigger="click, intersect once" {target}'


COLUMN = '<col class="c-meta">'


def _table(say: Texts, context: Context, group: Any, url: Reversed) -> str:
    fields, most = fields_of(context)[:MOST_COLUMNS], context["most_rows"]
    left = len(group.assets) - most
    more = _more_rows(say, group, left, len(fields), url) if left > 0 else ""
    named = "".join(f'<th scope="col">{text(field.label)}</th>' for field in fields)
    out, picture, asset = hidden(say._("Exclude")), hidden(say._("Picture")), say._("Asset")
    alt, order = say._("Alt text"), say.pgettext("column", "Order")
    return (
        f'<div class="table-wrap"><table class="assets" aria-labelledby="gt-{group.id}">\n'
        f'<colgroup><col class="c-out"><col class="c-pic"><col class="c-name">{COLUMN * len(fields)}'
        '<col class="c-alt"><col><col class="c-order"></colgroup>\n'
        f'<thead><tr><th scope="col">{out}</th><th scope="col">{picture}</th>'
        f'<th scope="col">{asset}</th>{named}<th scope="col" colspan="2">{alt}</th>'
        f'<th scope="col">{order}</th></tr></thead>\n'
        f"<tbody {_list(group)}>\n{rows_of(say, context, group, group.assets[:most])}{more}\n</tbody>\n</table></div>\n"
    )


# What stores say


def _answers(say: Texts, group: Any, url: Reversed, *, oob: bool = False) -> str:
    if not group.answers:
        return ""
    said = _in_one(say, group) if group.wide else answers_of(say, group, lambda: url("link-pick"))
    return f'<ul id="answers-{group.id}" class="answers"{OOB if oob else ""}>{said}</ul>'


def _in_one(say: Texts, group: Any) -> str:
    """Of many stores, in one line."""
    said = group.said
    if said.state == "pending":
        looking = hidden(say._("Looking for products …"))
        shown = f'{NO_PICTURE}<div class="skeletons">{SKELETONS}{looking}</div>'
    else:
        sign = drawn_icon({"matched": "check", "ambiguous": "question"}.get(said.state, "dash"))
        choose = f'<button id="choose-{group.id}-0" class="text-button" popovertarget="answer-pop" data-store="">'
        name = f"{choose}{_most(say, said, len(group.answers))}{hidden(f': {text(group.key)}')}</button>"
        shown = f'<span class="no-product">{sign}</span><div><p class="match-name">{name}</p>'
        shown += f'<p class="match-how">{_besides(say, said)}</p></div>'
    return f'<li class="match match-{said.state}">{shown}</li>'


def _most(say: Texts, said: Any, total: int) -> str:
    if said.matched:
        words = say.ngettext("Matched in {some} of {n} store", "Matched in {some} of {n} stores", total)
        return words.format(some=number(said.matched), n=number(total))
    if said.ambiguous:
        words = say.ngettext("Ambiguous in {some} of {n} store", "Ambiguous in {some} of {n} stores", total)
        return words.format(some=number(said.ambiguous), n=number(total))
    if said.state == "failed":
        return say.ngettext("{n} store could not be asked", "{n} stores could not be asked", total).format(
            n=number(total)
        )
    if said.state == "excluded":
        return say.ngettext("Excluded in {n} store", "Excluded in {n} stores", said.excluded).format(
            n=number(said.excluded)
        )
    if said.state == "outside":
        return say._("Not in this run")
    words = say.ngettext("Unmatched in {n} store", "Unmatched in {n} stores", said.unmatched)
    return words.format(n=number(said.unmatched))


def _besides(say: Texts, said: Any) -> str:
    if said.matched and said.ambiguous:
        return say._("Ambiguous in {n}").format(n=number(said.ambiguous))
    if said.pending:
        return say._("{n} still asked").format(n=number(said.pending))
    if said.failed and said.state != "failed":
        return say._("{n} could not be asked").format(n=number(said.failed))
    return (
        say.ngettext("{n} product", "{n} products", said.products).format(n=number(said.products))
        if said.products
        else ""
    )


# What can be done


def _do(say: Texts, group: Any, name: str, compact: bool, opened: bool) -> str:
    id, rows, more = group.id, "", ""
    if compact:
        title, label = say._("Arrange"), say._("Arrange {key}")
        if opened:
            title, label = say._("Close"), say._("Close {key}")
        state = f'aria-expanded="{"true" if opened else "false"}" aria-label="{label.format(key=name)}" title="{title}"'
        rows = f'<button id="ge-{id}" class="icon-button on-hover" data-rows {state}></button>'
    if group.key:
        label, title = say._("More for {key}").format(key=name), say.pgettext("menu", "More")
        words = f'aria-label="{label}" title="{title}"'
        more = f'<button id="gn-{id}" class="icon-button" popovertarget="group-menu" {words}></button>'
    return f'<p id="gd-{id}" class="row-do">{rows}{more}</p>'
