"""Sentences of counts, whose lines end where a reader pauses."""

import re

from django import template

register = template.Library()
OF = re.compile(r"(?<=\d) (of|von) (?=\d)")
BEFORE_NOUN = re.compile(r"(?<=\d) (?=\w)")


@register.filter(is_safe=True)
def together(text: object) -> str:
    """A number stays in the line of its noun, and of its whole: `2 pictures`, `1 of 3 galleries`. For sentences, and not for what
    people typed."""
    return BEFORE_NOUN.sub("\u00a0", OF.sub("\u00a0\\1\u00a0", str(text)))
