"""Sentences of counts, whose lines end where a reader pauses."""

import re

from django import template

register = template.Library()
BEFORE_NOUN = re.compile(r"(?<=\d) (?=\w)")


@register.filter(is_safe=True)
def together(text: object) -> str:
    """A number stays in the line of its noun: `2 pictures`. For sentences, and not for what people typed."""
    return BEFORE_NOUN.sub("\u00a0", str(text))
