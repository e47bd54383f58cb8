"""What a part of Link Configuration shows, said to the server with the next change of a setting (linking.pages.bar_parts)."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(takes_context=True)
def own_form(context: Context, card: Any) -> object:
    """{% own_form card as own %}: the settings of a store, if they are open on the page."""
    return context["own_forms"].get(card.store.pk)


@register.simple_tag(takes_context=True)
def shows(context: Context, part: str) -> SafeString:
    """{% shows "mode" %}, in the part itself. `shown_by` comes with what it is drawn of."""
    field = '<input id="shows-{}" type="hidden" name="shows" value="{}">'
    return format_html(field, part, context["shown_by"](part, context))
