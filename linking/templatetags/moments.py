"""Reasons that name a moment, with it as a time that the page shows in the person's zone."""

from datetime import datetime
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from linking.domain.edits import shown_moment

register = template.Library()


@register.filter
def moments(reason: Any) -> SafeString:
    """A reason (setup.reasons) in words. What a reason of edits calls `when` becomes a time (static/js/times.js)."""
    text = str(escape(str(reason)))
    for one in reason.within() if hasattr(reason, "within") else ():
        when = one.values.get("when")
        if one.code == "edit.again" and isinstance(when, str) and _is_moment(when):
            shown = shown_moment(when)
            text = text.replace(shown, f'<time datetime="{escape(when)}" data-local>{shown}</time>')
    return mark_safe(text)  # noqa: S308 - its texts are escaped, and the rest is ours


def _is_moment(text: str) -> bool:
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False


@register.filter
def timed(at: datetime) -> SafeString:
    """A time within a sentence, as `_time.html` writes it."""
    return mark_safe(render_to_string("_time.html", {"at": at}).strip())  # noqa: S308 - a template's
