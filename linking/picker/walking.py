"""A page of what matches. Without a filter of the ledger it is one call; with one, answers of Cloudinary are gone through, 500
assets at a time, until the page is full, or five calls or as many seconds as one may take are spent."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from linking.cloudinary.searching import MOST, Quota
from linking.domain.assets import Asset
from linking.domain.searching import Filters
from linking.picker.asking import SECONDS
from linking.picker.ledger import NOWHERE, Standing, fits, standing_of
from linking.picker.looking import look
from setup.cloudinary.client import CloudinaryError
from setup.models import Environment

PAGE, CALLS = 100, 5


@dataclass(frozen=True)
class Place:
    """Where a search goes on: an answer, how much of it was seen, and how many assets were before it."""

    cursor: str = ""
    seen: int = 0
    before: int = 0

    @classmethod
    def of(cls, code: str) -> "Place":
        """The inverse of str(); the beginning for anything else."""
        seen, _sign, rest = code.partition(".")
        before, _sign, cursor = rest.partition(".")
        numbers = [int(one) for one in (seen, before) if one.isascii() and one.isdecimal() and len(one) < 10]
        return cls(cursor, *numbers) if len(numbers) == 2 and len(cursor) <= 2000 else cls()

    def __str__(self) -> str:
        return f"{self.seen}.{self.before}.{self.cursor}"


@dataclass
class Page:
    """`next`: where the next one begins, None if this is the last. `searched`: how many assets were looked at so far, with the
    pages before it; `total`: how many match for Cloudinary, by its estimate. `calls`: what it cost. `broken_off`: why it ends
    before it is full."""

    assets: list[Asset] = field(default_factory=list)
    standing: dict[str, Standing] = field(default_factory=dict)
    next: Place | None = None
    searched: int = 0
    total: int = 0
    calls: int = 0
    broken_off: CloudinaryError | None = None
    quota: Quota = field(default_factory=Quota)


def page_of(environment: Environment, filters: Filters, place: Place, most: int = PAGE) -> Page:
    """At most `most` assets. Raises BadFilter, CloudinaryError."""
    page = Page(searched=place.before + place.seen)
    size, until = MOST if filters.linked else min(most, MOST), time.monotonic() + SECONDS
    try:
        for at, assets, standing, following in _answers(environment, filters, place, size, page):
            page.standing |= standing
            page.next = following
            for seen, asset in enumerate(assets[at.seen :], at.seen + 1):
                page.searched = at.before + seen
                if fits(filters, standing.get(asset.asset_id, NOWHERE)):
                    page.assets.append(asset)
                if len(page.assets) == most and seen < len(assets):
                    page.next = Place(at.cursor, seen, at.before)
                    break
            if len(page.assets) == most or page.calls >= CALLS or time.monotonic() > until:
                break
    except CloudinaryError as error:
        if page.next is None:  # the first answer
            raise
        page.broken_off = error
    return page


def _answers(
    environment: Environment, filters: Filters, place: Place, size: int, page: Page
) -> Iterator[tuple[Place, list[Asset], dict[str, Standing], Place | None]]:
    """Each with where the one after it begins. What was kept costs no call, and a walk has an end all the same."""
    for _turn in range(4 * CALLS):
        answer, called = look(environment, filters, size, place.cursor)
        page.calls += called
        page.total, page.quota = answer.total, answer.quota if called else page.quota
        end = place.before + len(answer.assets)
        following = Place(answer.cursor, 0, end) if answer.cursor else None
        yield place, answer.assets, standing_of(environment, answer.assets), following
        if following is None:
            return
        place = following
