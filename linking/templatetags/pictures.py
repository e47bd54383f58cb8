from urllib.parse import urlencode

from django import template

register = template.Library()


@register.filter
def width(url: str, pixels: int) -> str:
    """A picture of a store, not wider than needed: Shopify's CDN scales by query.

    https://shopify.dev/docs/api/liquid/filters/image_url
    """
    if not url.startswith(("https://", "http://")):
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode({'width': pixels})}"
