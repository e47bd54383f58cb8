"""Stores report their products while a rule waits for them; a batch is dealt with when it is whole."""

from datetime import timedelta

import pytest
from django.utils import timezone

from linking import queue
from linking.domain.changes import LONGEST, QUIET
from linking.models import ProductWork, Rule
from linking.models.jobs import JobState
from linking.rules.products import collecting
from setup.models import ProductEvent, Store


@pytest.fixture
def asked(monkeypatch) -> list[tuple[str, int]]:
    made: list[tuple[str, int]] = []
    monkeypatch.setattr(queue, "enqueue", lambda name, pk: made.append((name, pk)) or True)
    return made


def test_a_store_is_asked_while_a_rule_waits_for_it(heard):
    found = heard()
    assert Store.objects.get().product_topics
    Store.objects.update(subscriptions_due=timezone.now())
    found.report("gid://shopify/Product/7")
    Rule.objects.update(on=False)
    collecting.keep_wanted(now=timezone.now())
    store = Store.objects.get()
    assert (store.product_topics, store.subscriptions_due) == (False, None)
    assert not ProductWork.objects.exists()
    assert not ProductEvent.objects.exists()
    Rule.objects.update(on=True, trigger="event")
    collecting.keep_wanted(now=timezone.now())
    assert not Store.objects.get().product_topics


def test_a_batch_waits_until_it_is_quiet_but_not_for_ever(heard, asked):
    found, now = heard(), timezone.now()
    found.report("gid://shopify/Product/7")
    ProductEvent.objects.update(received=now)
    assert collecting.collect(now=now + QUIET - timedelta(seconds=1)) == 0
    assert collecting.collect(now=now + QUIET) == 1
    assert collecting.collect(now=now + QUIET) == 0  # it is asked for
    assert asked == [("products", found.work.pk)]
    ProductWork.objects.update(state=JobState.DONE)
    found.report("gid://shopify/Product/8")
    later = now + LONGEST - timedelta(seconds=1)
    ProductEvent.objects.filter(product_id__endswith="/8").update(received=later)
    assert collecting.collect(now=later) == 0
    assert collecting.collect(now=now + LONGEST) == 1


def test_once_an_hour_it_is_looked_for_what_was_missed(heard, asked):
    heard()
    assert collecting.collect(now=timezone.now() + timedelta(minutes=59)) == 0
    assert collecting.collect(now=timezone.now() + timedelta(minutes=61)) == 1
    ProductWork.objects.update(state=JobState.DONE)
    Store.objects.update(status=Store.Status.PAUSED)
    assert collecting.collect(now=timezone.now() + timedelta(minutes=61)) == 0
