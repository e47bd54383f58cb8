"""Texts in a person's language: the one place where code that writes sentences gets its functions from.

`_` is looked up at once, in the language of the request or of the report; `gettext_lazy` when it is shown, for tables and
classes. What is logged, and what commands say, is English. https://docs.djangoproject.com/en/5.2/topics/i18n/translation/
"""

from datetime import datetime

from django.utils.formats import date_format, number_format
from django.utils.translation import (
    get_language,
    gettext,
    gettext_lazy,
    ngettext,
    npgettext,
    override,
    pgettext,
    pgettext_lazy,
)

__all__ = [
    "ENGLISH",
    "Texts",
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
    "pgettext_lazy",
    "quoted",
]
ENGLISH = "en"
_ = gettext


def number(value: float, places: int | None = None) -> str:
    """`1,000`, in German `1.000`. `places`: of decimals."""
    # By far the most, and asked for each group of a page.
    if type(value) is int and places is None and 0 <= value < 1000:
        return str(value)
    return number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)


def moment(at: datetime) -> str:
    """`3 Dec 2026, 14:05 UTC`, as `_time.html` writes it. `at` is UTC."""
    form = pgettext("date format", "j M Y, H:i")
    return f"{date_format(at, form)} UTC"


def quoted(text: object) -> str:
    """In quotation marks as the language has them."""
    return pgettext("quotation marks", "“{text}”").format(text=text)


def enumeration(parts: list[str]) -> str:
    """`a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return _("{first} and {last}").format(first=", ".join(parts[:-1]), last=parts[-1])


class Texts:
    """Texts of a page that shows each of them a hundred times: each is looked up once. For one answer in one language, and not
    kept longer."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, bool], str] = {}

    def _(self, text: str) -> str:
        known = self._known.get(("", text, True))
        return known if known is not None else self._keep("", text, True, gettext(text))

    def pgettext(self, context: str, text: str) -> str:
        known = self._known.get((context, text, True))
        return known if known is not None else self._keep(context, text, True, pgettext(context, text))

    def ngettext(self, one: str, many: str, n: int) -> str:
        known = self._known.get(("plural", one, n == 1))
        return known if known is not None else self._keep("plural", one, n == 1, ngettext(one, many, n))

    def _keep(self, context: str, text: str, single: bool, found: str) -> str:
        self._known[context, text, single] = found
        return found
