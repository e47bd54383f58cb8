"""Icons of static/img/icons.svg; the words stand beside them."""

from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()
sheet = cache(lambda: static("img/icons.svg"))


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """{% icon "check" %}, or {% icon "check" "small" %}."""
    form = f"icon icon-{size}" if size else "icon"
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', form, sheet(), name)
