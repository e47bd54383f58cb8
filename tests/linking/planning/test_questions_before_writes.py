"""What a plan is made of is no view from before a write, however long its answer was in coming."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from linking import waiting
from linking.domain.waiting import Wait
from linking.planning import reading


def ago(seconds: float):
    return timezone.now() - timedelta(seconds=seconds)


@pytest.fixture(autouse=True)
def patience(settings):
    settings.PATIENCE = 1.0


def test_what_was_asked_for_before_a_write_is_from_before_it_however_long_ago():
    assert not waiting.over(Wait.MOVED, ago(1), at=ago(100))
    assert not waiting.over(Wait.MOVED, ago(1), at=ago(2))
    assert waiting.over(Wait.MOVED, ago(100), at=ago(1))
    assert waiting.over(Wait.MOVED, ago(-100), at=ago(0))  # the clock was put back


class Shop:
    """Answers with these views, one after another; `pause` lets no time pass."""

    def __init__(self, *views: dict[str, str]) -> None:
        self.views, self.reads = list(views), 0

    def read(self, ids) -> dict[str, str]:
        self.reads += 1
        known = self.views.pop(0) if len(self.views) > 1 else self.views[0]
        return {id: known[id] for id in ids if id in known}

    def insist(self, written) -> dict[str, str]:
        client = SimpleNamespace(pause=lambda seconds, reason: None)
        return reading.insist(self.read, ["p"], written, lambda view, left: view == left, client)


def test_a_slow_answer_from_before_a_write_is_asked_for_again(monkeypatch):
    shop = Shop({"p": "before"}, {"p": "left"})
    # It settled long after the question, while the answer was under way.
    settled, clock = ago(1), iter([ago(100)])
    monkeypatch.setattr(reading, "timezone", SimpleNamespace(now=lambda: next(clock, None) or timezone.now()))
    assert shop.insist(lambda ids, at: {"p": ("left", settled)}) == {"p": "left"}
    assert shop.reads == 2


def test_what_is_gone_by_the_second_look_is_not_planned_by_the_first(monkeypatch):
    monkeypatch.setattr(waiting, "seconds", lambda what: 0.0)
    shop = Shop({"p": "before"}, {})
    assert shop.insist(lambda ids, at: {"p": ("left", at)}) == {}
