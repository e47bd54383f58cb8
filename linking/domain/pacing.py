"""How long a run may still take while Shopify throttles it: points that are needed, by the points that it gives back."""

from math import ceil

from setup.words import _, ngettext, number

# With less of the work done, what it costs is a guess.
ENOUGH = 5


def seconds_left(*, points: int, percent: int, rate: float) -> float | None:
    """`points` were spent on `percent` of the work, and the bucket is empty: the rest costs its share, at `rate` points a
    second. None while that cannot be known.

    https://shopify.dev/docs/api/usage/limits
    """
    if percent < ENOUGH or points <= 0 or rate <= 0:
        return None
    return points * (100 - percent) / percent / rate


def in_words(seconds: float | None) -> str:
    """`about 3 minutes left`; coarse on purpose, and empty for None."""
    if seconds is None:
        return ""
    if seconds < 45:
        return _("less than a minute left")
    minutes = ceil(seconds / 60)
    if minutes < 90:
        return ngettext("about {n} minute left", "about {n} minutes left", minutes).format(n=number(minutes))
    hours = round(minutes / 60)
    return ngettext("about {n} hour left", "about {n} hours left", hours).format(n=number(hours))
