import re
from urllib.parse import urlencode

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def width(url: str, pixels: int) -> str:
    """A picture of a store, not wider than needed: Shopify's CDN scales by query.

    https://shopify.dev/docs/api/liquid/filters/image_url
    """
    if not url.startswith(("https://", "http://")):
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode({'width': pixels})}"


@register.filter
def breakable(transformation: str) -> SafeString:
    """A line of it ends after a comma or a slash, and not within a parameter."""
    return format_html_join(SafeString("<wbr>"), "{}", ((part,) for part in re.split("(?<=[,/])", transformation)))
