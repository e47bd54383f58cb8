"""Whose clock is off: launches name their minute, so a clock that is wrong lets nobody in."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import urllib3
from django.conf import settings
from django.utils import timezone

from linking.operations.doctor.findings import Finding, ok, unknown, wrong
from setup.models import Environment

LOOK = "clock"
MOST = timedelta(seconds=30)
CLOUDINARY = "https://api.cloudinary.com"  # before there is an environment
POOL = urllib3.PoolManager(timeout=urllib3.Timeout(connect=5, read=5), retries=False)
SET_IT = "Keep both clocks by NTP (`timedatectl set-ntp true`): AssetLink refuses launches if one is off by more than a minute."


def compared(whose: str, offset: timedelta) -> Finding:
    """`offset`: how far that clock is ahead of this machine's."""
    seconds = abs(offset.total_seconds())
    if abs(offset) <= MOST:
        return ok(LOOK, f"It agrees with this machine's clock, {seconds:.0f} s apart.", about=whose)
    way = "behind" if offset > timedelta() else "ahead of"
    return wrong(LOOK, "off", f"This machine's clock is {spoken(seconds)} {way} that of {whose}.", SET_IT, about=whose)


def spoken(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} minutes"


def offset_of(date: str | None, before: datetime, after: datetime) -> timedelta | None:
    """By a `Date` header, which names whole seconds, of an answer that was asked for and got at these times."""
    try:
        named = parsedate_to_datetime(date or "")
    except ValueError:
        return None
    aware = named if named.tzinfo else named.replace(tzinfo=UTC)
    return aware + timedelta(seconds=0.5) - (before + (after - before) / 2)


def look() -> Iterator[Finding]:
    """Against the first of the services that the app talks to anyway which says what time it is."""
    bases = dict.fromkeys(Environment.objects.values_list("upload_prefix", flat=True))
    asked = list(bases)[:3] or [CLOUDINARY] * settings.HTTPS
    for base in asked:
        before = timezone.now()
        try:
            answer = POOL.request("HEAD", f"{base}/", redirect=False)
        except urllib3.exceptions.HTTPError:
            continue
        if (offset := offset_of(answer.headers.get("Date"), before, timezone.now())) is not None:
            yield compared(base.split("//")[-1], offset)
            return
    whom = " or ".join(asked) or "nobody, as there is no environment yet"
    yield unknown(
        LOOK, f"Nobody outside said what time it is; asked: {whom}.", "Compare `date -u` with another machine's."
    )
