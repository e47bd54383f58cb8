"""What a letter says, in the language that is active: made when it is sent, so that what is over by then is left out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from linking.domain import notices
from linking.domain.notices import Cause, Item
from linking.models import Notice, NoticeLetter, Occurrence
from setup.reasons import worded
from setup.words import _, gettext_lazy, ngettext, number

TITLES: Mapping[tuple[Cause, bool], Any] = {
    (Cause.PLAN, False): gettext_lazy("Plans that wait for you"),
    (Cause.STORE, False): gettext_lazy("Stores that need attention"),
    (Cause.RULE, False): gettext_lazy("Rules that failed"),
    (Cause.EVENTS, False): gettext_lazy("Cloudinary’s events"),
    (Cause.PROBLEMS, False): gettext_lazy("Runs that ended with problems"),
    (Cause.STORE, True): gettext_lazy("Stores that work again"),
    (Cause.RULE, True): gettext_lazy("Rules that work again"),
    (Cause.EVENTS, True): gettext_lazy("Cloudinary’s events again"),
}
# The page that lists all of a kind.
PAGES = {
    Cause.PLAN: "rules",
    Cause.STORE: "setup",
    Cause.RULE: "rules",
    Cause.EVENTS: "setup-events",
    Cause.PROBLEMS: "history",
}


@dataclass(frozen=True)
class Line:
    text: str
    url: str


@dataclass(frozen=True)
class Part:
    """`more`: how many there are besides, in words; `url`: where all of them are."""

    title: str
    lines: tuple[Line, ...]
    more: str
    url: str


@dataclass(frozen=True)
class Written:
    subject: str
    parts: tuple[Part, ...]


def written(letter: NoticeLetter) -> Written | None:
    """None: there is nothing to say any more."""
    rows = letter.notices.select_related("occurrence").order_by("created", "pk")
    items = [_item(at, row) for at, row in enumerate(rows) if _counts(row)]
    sections = notices.gathered(items)
    if not sections:
        return None
    parts = tuple(_part(section) for section in sections)
    return Written(_subject(letter, parts, sum(section.count for section in sections)), parts)


def _counts(notice: Notice) -> bool:
    """That a plan waited is no news once somebody has dealt with it."""
    over = notice.occurrence.ended is not None
    return notice.is_end or not over or notice.occurrence.cause in notices.TELL_END


def _item(at: int, notice: Notice) -> Item[Occurrence]:
    known = notice.occurrence
    return Item(Cause(known.cause), known.subject, notice.is_end, at, known)


def _part(section: notices.Section[Occurrence]) -> Part:
    said: Callable[[Occurrence], str] = lambda one: worded(one.said_at_end if section.is_end else one.said)  # noqa: E731
    more = ngettext("and {n} more", "and {n} more", section.more).format(n=number(section.more)) if section.more else ""
    return Part(
        str(TITLES[section.cause, section.is_end]),
        tuple(Line(said(one), settings.APP_URL + one.path) for one in section.shown),
        more,
        settings.APP_URL + reverse(PAGES[section.cause]),
    )


def _subject(letter: NoticeLetter, parts: tuple[Part, ...], count: int) -> str:
    if count == 1:
        text = _("AssetLink, {environment}: {title}").format(
            environment=letter.environment, title=parts[0].lines[0].text
        )
    else:
        said = ngettext("AssetLink, {environment}: {n} notice", "AssetLink, {environment}: {n} notices", count)
        text = said.format(environment=letter.environment, n=number(count))
    text = " ".join(text.split())
    return text if len(text) <= 150 else f"{text[:149]}…"


def trial(letter: NoticeLetter) -> Written:
    """Somebody tries the chat."""
    said = _("This is a test: notices of {environment} come here.").format(environment=letter.environment)
    page = settings.APP_URL + reverse("notices-setup")
    return Written(said, (Part(_("Test"), (Line(said, page),), "", page),))
