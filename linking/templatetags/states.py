from django import template

register = template.Library()

TONES = {
    "good": ("done", "unchanged"),
    "busy": ("planning", "applying", "working", "pending"),
    "warn": ("aborted", "partial", "skipped"),
    "bad": ("failed", "refused"),
}


@register.filter
def tone(state: str) -> str:
    """How good the news is, for the colour beside the word."""
    return next((name for name, states in TONES.items() if state in states), "plain")
