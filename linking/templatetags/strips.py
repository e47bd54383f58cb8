"""A strip's places as HTML. A page has hundreds of them, and the template language takes ten times as long."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import conditional_escape as text
from django.utils.safestring import SafeString, mark_safe

from linking.templatetags.pictures import width

register = template.Library()
# It may be there after all, and is not shown as lost.
UNSURE = "unconfirmed"
PICTURE = '<img src="{}" alt="{}" width="56" height="56" loading="lazy">'


@register.filter
def places(strip: Sequence[Any]) -> SafeString:
    """List items of tiles and gaps (linking.pages.gallery_strips). Whatever comes from outside is escaped here."""
    # The list counts its places; where some are folded, each says its own.
    folded = any(slot.folded for slot in strip)
    items = [_gap(slot) if slot.folded else _tile(slot, folded) for slot in strip]
    return mark_safe("".join(items))  # noqa: S308 - of escaped pieces


def _gap(slot: Any) -> str:
    return f'<li class="gap">{int(slot.folded)} {"as they are" if slot.quiet else "more"}</li>'


def _tile(slot: Any, folded: bool) -> str:
    name = text(slot.name)
    shown = PICTURE.format(text(width(slot.url, 112)), name) if slot.url else f'<span class="no-picture">{name}</span>'
    change = f'<span class="change">{text(slot.sigil)} {text(slot.change)}</span>' if slot.change else ""
    lost = f'<span class="tile-lost">{text(slot.lost)}</span>' if slot.lost else ""
    at = f' data-at="{int(slot.position)}"' if folded else ""
    missing = f" tile-{UNSURE if slot.lost == UNSURE else 'failed'}" if slot.lost else ""
    kind = f" tile-{text(slot.change)}" if slot.change else ""
    return f'<li class="tile{kind}{missing}"{at}>{shown}{change}{lost}</li>'
