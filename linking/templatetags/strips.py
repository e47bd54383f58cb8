"""A strip's places as HTML. A page has hundreds of them, and the template language takes ten times as long."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import conditional_escape as text
from django.utils.safestring import SafeString, mark_safe

from linking.templatetags.pictures import width
from setup.words import _, ngettext, number

register = template.Library()
# Change -> the mark of a picture, which the style sheet draws. Not colour alone: the sign tells, and so does the form.
MARKS = {"add": "add", "replace": "swap", "move": "move", "adopt": "adopt", "unlink": "take", "skip": "skip"}
FILM = '<span class="film-mark" aria-hidden="true"></span>'
PICTURE = '<img src="{}" alt="{}" width="40" height="40" loading="lazy" decoding="async">'


@register.filter
def places(strip: Sequence[Any]) -> SafeString:
    """List items of tiles and gaps (linking.pages.gallery_strips). Whatever comes from outside is escaped here."""
    items = [_gap(slot) if slot.folded else _shot(slot) for slot in strip]
    return mark_safe("".join(items))  # noqa: S308 - of escaped pieces


def _gap(slot: Any) -> str:
    """Nothing happens to what is quiet; that is what the picture of a place says, too."""
    n = int(slot.folded)
    said = (
        ngettext("{n} more<span> that stays</span>", "{n} more<span> that stay</span>", n)
        if slot.quiet
        else _("{n} more")
    )
    said = said.format(n=number(n)).replace("<span>", '<span class="visually-hidden">')
    return f'<li class="shot shot-more"><span>{said}</span></li>'


def _shot(slot: Any) -> str:
    said = text(slot.said)
    shown = PICTURE.format(text(width(slot.url, 96)), said) if slot.url else f'<span class="no-picture">{said}</span>'
    mark = "unconfirmed" if slot.unsure else "fail" if slot.lost else MARKS.get(str(slot.change), "kept")
    kind = " swatch" if slot.swatch else " film" if slot.film else ""
    return f'<li class="shot {mark}{kind}">{shown}{FILM if slot.film else ""}</li>'
