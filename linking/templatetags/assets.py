"""What a row of the Regular view shows of an asset: its shape, and its values in the fields that a person ticked."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from linking.domain.assets import Asset
from setup.words import number

register = template.Library()
NOTHING = "–"


@register.filter
def shape(asset: Asset) -> str:
    """Format and size, of a video also how long it is."""
    size = f"{number(asset.width)} × {number(asset.height)}" if asset.width else ""
    return ", ".join(filter(None, [asset.format.upper(), size, length(asset.duration)]))


@register.filter(name="clock")
def length(seconds: float | None) -> str:
    """`0:12`."""
    return f"{round(seconds) // 60}:{round(seconds) % 60:02}" if seconds else ""


@register.filter
def values(asset: Asset, fields: Iterable[Any]) -> list[str | SafeString]:
    """A cell for each of the fields (linking.pages.asset_fields)."""
    return [cell(one, one.field.values(asset)) for one in fields]


def cell(shown: Any, found: tuple[str, ...]) -> str | SafeString:
    if not found:
        return NOTHING
    if len(found) == 1 and not shown.many:
        return found[0]
    tags = format_html_join(" ", '<span class="tag">{}</span>', ((value,) for value in found))
    return format_html('<span class="taglist">{}</span>', tags)
