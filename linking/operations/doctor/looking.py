"""All looks, each within a limit of time: what hangs holds up nothing, and what breaks is named."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from django.db import Error, connections

from linking.operations.doctor import clocks, database, here, outside, queueing, services, signing_in
from linking.operations.doctor.findings import Finding, Look, unknown, wrong
from setup.models import Environment, Store

log = logging.getLogger(__name__)
Made = TypeVar("Made")
AT_A_TIME = 8
SECONDS = 20.0
# In the order in which they are reported. Those of environments and stores follow.
LOOKS = (
    Look("settings", here.settings_look, of_rows=False),
    Look("database", database.look, of_rows=False),
    Look("redis", queueing.look, of_rows=False),
    Look("keys", here.keys_look, of_rows=False),
    Look("static_files", here.static_look, of_rows=False),
    Look("reports", here.storage_look, of_rows=False),
    Look("app_url", outside.look, of_rows=False),
    Look("sign_in", signing_in.look, of_rows=False),
    Look("clock", clocks.look),
)
OF_SERVICES = ("cloudinary", "store", "delivery")
NAMES = (*(look.name for look in LOOKS), *OF_SERVICES)


def looks(wanted: Iterable[str]) -> list[Look]:
    """Of these names. Raises django.db.Error if rows are needed and the database does not answer."""
    names = set(wanted)
    found = [look for look in LOOKS if look.name in names]
    if "cloudinary" in names:
        clouds = Environment.objects.all()
        found += [Look("cloudinary", partial(services.cloud, one), one.cloud_name) for one in clouds]
    stores = list(Store.objects.shown().select_related("app", "environment").order_by("domain", "pk"))
    for name, make in (("store", services.store), ("delivery", services.delivery)):
        if name in names:
            found += [Look(name, partial(make, one), services.named(one)) for one in stores]
    return found


def look(wanted: Iterable[str] = NAMES, *, seconds: float = SECONDS) -> Iterator[Finding]:
    """Some at a time, in order, each as soon as it and those before it are known."""
    names = list(wanted)
    try:
        chosen = within(lambda: looks(names), seconds)
    except (Error, TimeoutError):
        chosen = [one for one in LOOKS if one.name in names and not one.of_rows]
        if left := [name for name in names if name not in {one.name for one in chosen}]:
            yield unknown("database", f"Without the database nobody knows what to look at ({', '.join(left)}).")
    for at in range(0, len(chosen), AT_A_TIME):
        yield from together(chosen[at : at + AT_A_TIME], seconds)


def within(make: Callable[[], Made], seconds: float) -> Made:
    """What it returns or raises, or TimeoutError; then its thread is left to itself."""
    made: list[Made] = []
    troubles: list[Exception] = []

    def run() -> None:
        try:
            made.append(make())
        except Exception as error:
            troubles.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if made:
        return made[0]
    raise troubles[0] if troubles else TimeoutError()


def together(chosen: Sequence[Look], seconds: float) -> Iterator[Finding]:
    running = [Running(one) for one in chosen]
    until = time.monotonic() + seconds
    for one in running:
        yield from one.found(until)


class Running:
    """A look in a thread of its own, which ends with the program if it never comes back."""

    def __init__(self, of: Look) -> None:
        self._look, self._found = of, list[Finding]()
        self._thread = threading.Thread(target=self._run, name=f"look {of.name}", daemon=True)
        self._began = time.monotonic()
        self._thread.start()

    def _run(self) -> None:
        try:
            for finding in self._look.make():
                self._found.append(finding)
        except Exception as error:
            log.debug("The look %s broke off.", self._look.name, exc_info=True)
            text = f"The look broke off: {type(error).__name__}: {database.first_line(error)}"
            advice = "If the database answers, this is an error of AssetLink's own: LOG_LEVEL=DEBUG shows where."
            self._found.append(wrong(self._look.name, "broke_off", text, advice, about=self._look.about))
        finally:
            connections.close_all()

    def found(self, until: float) -> list[Finding]:
        """Also what a look had found before it hung."""
        self._thread.join(max(0.0, until - time.monotonic()))
        known = list(self._found)
        if self._thread.is_alive():
            took = time.monotonic() - self._began
            text = f"No answer within {took:.0f} s."
            advice = "Check the network between this machine and it; --seconds gives it more time."
            known.append(wrong(self._look.name, "hangs", text, advice, about=self._look.about))
        return known
