"""Texts in a person's language: the one place where code that writes sentences gets its functions from.

`_` is looked up at once, in the language of the request or of the report; `gettext_lazy` when it is shown, for tables and
classes. What is logged, and what commands say, is English. https://docs.djangoproject.com/en/5.2/topics/i18n/translation/
"""

from datetime import datetime

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext, npgettext, override, pgettext

__all__ = [
    "ENGLISH",
    "_",
    "enumeration",
    "get_language",
    "gettext_lazy",
    "moment",
    "ngettext",
    "npgettext",
    "number",
    "override",
    "pgettext",
    "quoted",
]
ENGLISH = "en"
_ = gettext


def number(value: float, places: int | None = None) -> str:
    """`1,000`, in German `1.000`. `places`: of decimals."""
    return number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)


def moment(at: datetime) -> str:
    """`3 Dec 2026, 14:05 UTC`, as `_time.html` writes it. `at` is UTC."""
    return f"{date_format(at, 'j M Y, H:i')} UTC"


def quoted(text: object) -> str:
    """In quotation marks as the language has them."""
    return pgettext("quotation marks", "“{text}”").format(text=text)


def enumeration(parts: list[str]) -> str:
    """`a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return _("{first} and {last}").format(first=", ".join(parts[:-1]), last=parts[-1])
