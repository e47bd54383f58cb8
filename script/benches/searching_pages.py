"""What page 100 of Choose Assets costs the app beside page 1. Nothing is kept between requests, so each page asks Cloudinary."""

import logging
import os
import time
from pathlib import Path

import django
from django.core.management import call_command

from script.benches import app
from script.terminal import say

# The ledger's filter of a search, by name: none, one that all fit (a call a page), and one that nothing fits (five calls).
SEARCHES = {"all of them": "", "not linked yet": "not", "changed since": "changed"}
ROUNDS = 30


def ratios(url: str, folder: Path, pages: int) -> list[float]:
    """How many times as long as page 1 the last one of so many takes, each at its best, by search. Sets Django up."""
    os.environ |= app.surroundings(folder / "app.sqlite3") | {"DEBUG": "1", "IMAGE_SOURCES": url}
    django.setup()
    logging.disable(logging.CRITICAL)
    call_command("migrate", verbosity=0)
    call_command("connect_world", url, verbosity=0)
    return [measure(name, linked, pages) for name, linked in SEARCHES.items()]


def measure(name: str, linked: str, pages: int) -> float:
    from linking.domain.searching import Filters
    from linking.picker.walking import Place, page_of
    from setup.models import Environment

    environment, filters = Environment.objects.get(), Filters(linked=linked)

    def timed(place: Place) -> float:
        begun = time.perf_counter()
        page_of(environment, filters, place)
        return 1000 * (time.perf_counter() - begun)

    place, at = Place(), 1
    page = page_of(environment, filters, place)
    calls = page.calls
    while at < pages and page.next:
        following = page.next
        page = page_of(environment, filters, following)
        if page.calls < calls:  # the rest of the library is no whole page
            break
        place, at = following, at + 1
    first, last = [], []
    for _ in range(ROUNDS):
        first.append(timed(Place()))
        last.append(timed(place))
    usual, late = min(first), min(last)
    say(
        f"Choose Assets, {name}: page 1 {usual:.0f} ms, page {at} {late:.0f} ms ({calls} calls): {late / usual:.2f} times"
    )
    return late / usual
