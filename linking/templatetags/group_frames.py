"""A group around its tiles or rows, as HTML: its head, how it is ordered, what stores say, and what can be done with it. Drawn by
functions for the reason that group_parts names, and the only source of it, too."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.safestring import SafeString

from linking.templatetags.group_parts import (
    MOST_COLUMNS,
    NO_PICTURE,
    OOB,
    SKELETONS,
    answers_of,
    drawn_icon,
    fields_of,
    hidden,
    html,
    rows_of,
    text,
    tiles_of,
)

register = template.Library()
Reversed = Callable[[str], str]


@register.simple_tag(takes_context=True)
def groups(context: Context, shown: Sequence[Any]) -> SafeString:
    """Each with everything in it."""
    url = reverser(context)
    return html((_group(context, group, url) for group in shown), "\n")


@register.simple_tag(takes_context=True)
def group(context: Context) -> SafeString:
    return groups(context, [context["group"]])


@register.simple_tag(takes_context=True)
def group_head(context: Context) -> SafeString:
    return html([_head(context["group"], text(context["keyless_name"]), oob=bool(context.get("oob")))])


@register.simple_tag(takes_context=True)
def group_order(context: Context) -> SafeString:
    return html([_order(context["group"], oob=bool(context.get("oob")))])


@register.simple_tag(takes_context=True)
def group_answers(context: Context) -> SafeString:
    return html([_answers(context["group"], reverser(context))])


@register.simple_tag(takes_context=True)
def answers_in_one(context: Context) -> SafeString:
    return html([_in_one(context["group"])])


@register.simple_tag(takes_context=True)
def more_of_tiles(context: Context) -> SafeString:
    return html([_more_tiles(context["group"], context["left"], reverser(context))])


@register.simple_tag(takes_context=True)
def more_of_rows(context: Context) -> SafeString:
    return html(
        [_more_rows(context["group"], context["left"], len(fields_of(context)[:MOST_COLUMNS]), reverser(context))]
    )


def reverser(context: Context) -> Reversed:
    """Addresses within the selection, each made once."""
    return cache(lambda name: text(reverse(name, args=[context["selection"].key])))


def _group(context: Context, group: Any, url: Reversed) -> str:
    id, opened = group.id, group.id in context["opened"]
    name, compact = text(group.key or context["keyless_name"]), context["selection"].view == "compact"
    by_rows = opened or not compact
    order = _order(group) if by_rows else _strip(group, name, context["most_tiles"], url)
    kind = "group group-rows" if by_rows else "group"
    return (
        f'<article id="g-{id}" class="{kind}" data-g="{id}"{" data-open" * opened} aria-labelledby="gt-{id}">\n'
        f"{_head(group, name)}\n{order}\n{_answers(group, url)}\n{_do(group, name, compact, opened)}\n"
        f"{_table(context, group, url) if by_rows else ''}</article>"
    )


# The head


def _head(group: Any, name: str, *, oob: bool = False) -> str:
    """`name`: what it is called, or what assets without a key are."""
    id, key, size = group.id, text(group.key), len(group.assets)
    do = "Include" if group.excluded else "Exclude"
    words = f'aria-label="{do} group {key}" title="{do} group"'
    button = f'<button id="gx-{id}" class="out-button" data-do="{do.lower()}-group" {words}></button>' if key else ""
    return (
        f'<header id="gh-{id}" class="group-head{" is-out" * group.excluded}" data-numbers="{group.numbers}"'
        f'{OOB if oob else ""}>\n{button}\n<div class="key"><h3 id="gt-{id}" tabindex="-1">{key or name}</h3>'
        f"<p>{size} asset{'' if size == 1 else 's'}{_state(group)}{MANUAL * group.manual}</p></div>\n</header>"
    )


MANUAL = '<span class="by-hand"> · manual order</span>'


def _state(group: Any) -> str:
    if group.excluded:
        return " · <b>excluded</b>"
    out = f" · <b>{group.out} excluded</b>" if group.out else ""
    return out + (f" · <b>{group.left_out} not linked</b>" if group.left_out else "")


def _order(group: Any, *, oob: bool = False) -> str:
    id, by = group.id, f"by {text(group.by)}" if group.by else "as selected"
    said = f"Ordered {by}"
    if group.manual:
        button = f'<button id="gr-{id}" class="text-button" data-do="restore">'
        said = f"Manual order {button}Back to order {by}{hidden(f': {text(group.key)}')}</button>"
    return f'<p id="go-{id}" class="group-order"{OOB if oob else ""}>{said}</p>'


# Its assets


def _list(group: Any, kind: str = "") -> str:
    order = "free" if group.key else "fixed"
    return f'id="l-{group.id}"{kind} data-list="{order}" data-total="{group.last}"'


STRIP = ' class="strip"'


def _strip(group: Any, name: str, most: int, url: Reversed) -> str:
    label = f"Assets of {name}" if group.key else name
    left = len(group.assets) - most
    more = _more_tiles(group, left, url) if left > 0 else ""
    return (
        f'<div class="strip-box" role="toolbar" aria-label="{label}"><ol {_list(group, STRIP)}>\n'
        f"{tiles_of(group, group.assets[:most])}{more}\n</ol></div>"
    )


def _more_tiles(group: Any, left: int, url: Reversed) -> str:
    words, of = f'class="quiet" tabindex="-1" {_asks(group, "li", url)}', text(group.key or "these")
    return f'<li class="tiles-more"><button id="gm-{group.id}" {words}>{left} more{hidden(f" of {of}")}</button></li>'


def _more_rows(group: Any, left: int, fields: int, url: Reversed) -> str:
    words = f"More of {text(group.key or 'these')} ({left} left)"
    button = f'<button id="gm-{group.id}" class="more" type="button" {_asks(group, "tr", url)}>{words}</button>'
    return f'<tr class="rows-more"><td colspan="{fields + 6}">{button}</td></tr>'


def _asks(group: Any, place: str, url: Reversed) -> str:
    target = f'hx-target="closest {place}" hx-swap="outerHTML"'
    return f'hx-get="{url("link-rows")}?g={group.id}" hx-trigger="click, intersect once" {target}'


COLUMN = '<col class="c-meta">'


def _table(context: Context, group: Any, url: Reversed) -> str:
    fields, most = fields_of(context)[:MOST_COLUMNS], context["most_rows"]
    left = len(group.assets) - most
    more = _more_rows(group, left, len(fields), url) if left > 0 else ""
    named = "".join(f'<th scope="col">{text(field.label)}</th>' for field in fields)
    return (
        f'<div class="table-wrap"><table class="assets" aria-labelledby="gt-{group.id}">\n'
        f'<colgroup><col class="c-out"><col class="c-pic"><col class="c-name">{COLUMN * len(fields)}'
        '<col class="c-alt"><col><col class="c-order"></colgroup>\n'
        f'<thead><tr><th scope="col">{hidden("Exclude")}</th><th scope="col">{hidden("Picture")}</th>'
        f'<th scope="col">Asset</th>{named}<th scope="col" colspan="2">Alt text</th><th scope="col">Order</th></tr></thead>\n'
        f"<tbody {_list(group)}>\n{rows_of(context, group, group.assets[:most])}{more}\n</tbody>\n</table></div>\n"
    )


# What stores say


def _answers(group: Any, url: Reversed) -> str:
    if not group.answers:
        return ""
    said = _in_one(group) if group.wide else answers_of(group, lambda: url("link-pick"))
    return f'<ul id="answers-{group.id}" class="answers">{said}</ul>'


def _in_one(group: Any) -> str:
    """Of many stores, in one line."""
    said = group.said
    if said.state == "pending":
        shown = f'{NO_PICTURE}<div class="skeletons">{SKELETONS}{hidden("Looking for products …")}</div>'
    else:
        sign = drawn_icon({"matched": "check", "ambiguous": "question"}.get(said.state, "dash"))
        choose = f'<button id="choose-{group.id}-0" class="text-button" popovertarget="answer-pop" data-store="">'
        name = f"{choose}{_most(said, len(group.answers))}{hidden(f': {text(group.key)}')}</button>"
        shown = f'<span class="no-product">{sign}</span><div><p class="match-name">{name}</p>'
        shown += f'<p class="match-how">{_besides(said)}</p></div>'
    return f'<li class="match match-{said.state}">{shown}</li>'


def _most(said: Any, total: int) -> str:
    if said.matched:
        return f"Matched in {said.matched} of {total} stores"
    if said.ambiguous:
        return f"Ambiguous in {said.ambiguous} of {total} stores"
    if said.state == "failed":
        return f"{total} stores could not be asked"
    return f"Unmatched in {said.unmatched} store{'' if said.unmatched == 1 else 's'}"


def _besides(said: Any) -> str:
    if said.matched and said.ambiguous:
        return f"Ambiguous in {said.ambiguous}"
    if said.pending:
        return f"{said.pending} still asked"
    if said.failed and said.state != "failed":
        return f"{said.failed} could not be asked"
    return f"{said.products} product{'' if said.products == 1 else 's'}" if said.products else ""


# What can be done


def _do(group: Any, name: str, compact: bool, opened: bool) -> str:
    id, do = group.id, "Close" if opened else "Arrange"
    rows = more = ""
    if compact:
        state = f'aria-expanded="{"true" if opened else "false"}" aria-label="{do} {name}" title="{do}"'
        rows = f'<button id="ge-{id}" class="icon-button on-hover" data-rows {state}></button>'
    if group.key:
        words = f'aria-label="More for {name}" title="More"'
        more = f'<button id="gn-{id}" class="icon-button" popovertarget="group-menu" {words}></button>'
    return f'<p id="gd-{id}" class="row-do">{rows}{more}</p>'
