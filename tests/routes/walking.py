"""Every route walked with hostile requests in this process: what was answered, and what was written of it."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from assetlink_site.logs import Refusals, Text
from setup.security.plain_type import with_plain_type
from tests.routes.hostile import Drawing, Names, Sent
from tests.routes.stage import Stage
from tests.setup.security.test_access import table

LOUDEST = 1500  # characters of all that a request writes into the log, without tracebacks
# Beside the line about a refusal these say something that the people who run AssetLink need.
SAID = ("linking.queue", "setup.security.proxies", "setup.security.refusals", "setup.shopify")
NO_ANSWER = 599


@dataclass
class Walked:
    """`answers`: how often which status was answered; `wrong`: what must not be."""

    answers: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def note(self, who: str, route: str, sent: Sent, status: int, written: Sequence[logging.LogRecord]) -> None:
        self.answers[status] += 1
        self.wrong += [f"{who} {route}: {status}, {why} for {sent}" for why in troubles(status, written)]

    def add(self, other: "Walked") -> None:
        self.answers.update(other.answers)
        self.wrong += other.wrong

    def __str__(self) -> str:
        counted = ", ".join(f"{status}: {n:,}" for status, n in sorted(self.answers.items()))
        return f"{self.answers.total():,} requests, {len(self.wrong)} answered or logged wrong ({counted})"


def walk(stage: Stage, each: int, roles: Sequence[str]) -> Walked:
    """`each` so many requests to every route, as each of these. The same every time."""
    application, names, walked = with_plain_type(Unchecked()), Names(), Walked()
    fields = stage.fields()
    with listening() as heard, names.watching():
        for role in roles:
            for route, _, _ in table():
                cookie = stage.enter(role)  # a launch ends a session, and what is no row is not taken back
                drawing = Drawing(f"{role} {route}", route, stage.places(route), fields)
                for _ in range(each):
                    sent = stage.let_in(route, drawing.sent(names.of(route)), drawing.dice)
                    heard.clear()
                    status, allowed = answered(application, sent, cookie)
                    if allowed:
                        drawing.keep_to(allowed)
                    walked.note(role, route, sent, status, heard)
    return walked


def troubles(status: int, written: Sequence[logging.LogRecord]) -> Iterator[str]:
    if status >= 500:
        yield f"an error of ours: {[record.exc_info[1] for record in written if record.exc_info][-1:]!r:.300}"
        return
    if any(record.exc_info for record in written):
        yield f"a traceback: {[record.getMessage()[:80] for record in written]}"
    warnings = [record for record in written if record.levelno >= logging.WARNING]
    if len(loud := [record for record in warnings if not record.name.startswith(SAID)]) > 1:
        yield f"{len(loud)} warnings: {[record.getMessage()[:80] for record in loud]}"
    if (length := sum(len(WRITER.format(record)) for record in warnings)) > LOUDEST:
        yield f"{length} characters in the log"


WRITER = Text()


class Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []
        self.addFilter(Refusals())

    def emit(self, record: logging.LogRecord) -> None:
        """Requests are answered in this thread. What a heartbeat says, of the run that set the stage, is no answer: on a slow
        machine it cannot write beside the transaction of the test."""
        if record.threadName != "heartbeat":
            self.records.append(record)


@contextmanager
def listening() -> Iterator[list[logging.LogRecord]]:
    """What reaches the log, and nothing of it on the screen. Connections stay open: the requests are parts of a transaction."""
    root, heard = logging.getLogger(), Heard()
    before, root.handlers = root.handlers, [heard]
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield heard.records
    finally:
        root.handlers = before
        for signal in signals:
            signal.connect(close_old_connections)


class Unchecked(WSGIHandler):
    """Without CSRF tokens, which the requests do not have (tests/setup/security/test_access.py has those)."""

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        request._dont_enforce_csrf_checks = True
        return super().get_response(request)


def answered(application: Callable, sent: Sent, cookie: str) -> tuple[int, str]:
    """Status, and the methods that are allowed if this one is not. As a server has it, read to its end; and all of what it did is
    taken back."""
    begun: list[tuple[str, list[tuple[str, str]]]] = []
    with transaction.atomic():
        try:
            response = application(sent.environ(cookie), lambda *head: begun.append(head))
            for _ in response:
                pass
            response.close()
        except Exception as error:
            logging.getLogger("tests").error("Nothing was answered.", exc_info=error)
            return NO_ANSWER, ""
        finally:
            transaction.set_rollback(True)
    [(status, headers)] = begun
    return int(status.split()[0]), dict(headers).get("Allow", "")
