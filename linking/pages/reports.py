"""A run's reports as their page shows them: each format with what there is of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from linking import queue
from linking.models import Report, StoreSync, Sync
from linking.models.setting_words import mode_of
from linking.reporting import asking
from linking.reporting.formats import FORMATS, Format


@dataclass(frozen=True)
class ReportCard:
    """One format on the page. `state`: none, busy, ready, expired, lost or failed."""

    format: Format
    state: str
    report: Report | None
    percent: int = 0


def card_of(code: str, report: Report | None) -> ReportCard:
    format = FORMATS[code]
    if report is None:
        return ReportCard(format, "none", None)
    if report.busy:
        return ReportCard(format, "busy", report, min(99, 100 * report.written // max(1, report.total)))
    now = timezone.now()
    if report.there(now=now):
        return ReportCard(format, "ready", report)
    if not report.gone(now=now):
        return ReportCard(format, "failed", report)
    return ReportCard(format, "expired" if report.has_expired(now=now) else "lost", report)


def reports_context(sync: Sync) -> dict[str, object]:
    """All formats, on the page of the report."""
    said_mode = mode_of(sync, sync.parts.values_list("store_id", flat=True))
    return {"running": sync.busy, "said_mode": said_mode, **formats_context(sync)}


def formats_context(sync: Sync, parts: Sequence[StoreSync] | None = None) -> dict[str, object]:
    """The same on the run's own page. `parts`: see linking.reporting.asking.stamp_of."""
    found = asking.reports_of(sync, parts)
    cards = [card_of(code, found.get(code)) for code in FORMATS]
    return {"sync": sync, "report_cards": cards, **_waiting_context(cards)}


def card_context(sync: Sync, code: str, report: Report | None) -> dict[str, object]:
    """One of them."""
    card = card_of(code, report)
    return {"sync": sync, "card": card, **_waiting_context([card])}


def _waiting_context(cards: Sequence[ReportCard]) -> dict[str, object]:
    waiting = any(card.state == "busy" for card in cards)
    return {"queue_down": waiting and not queue.answers(), "days": settings.REPORT_DAYS}
