"""A read that shows what nobody has asked for is a view from before, and proves nothing while that may be."""

from datetime import timedelta

import pytest
from django.utils import timezone

from linking.models import ProductSync
from linking.planning.kept import plan_is_whole
from linking.shopify.galleries import Gallery, GalleryMedium
from linking.syncing.goal import Goal, is_credible, may_be_old
from linking.waiting import Waits
from tests.scenes import asset, part_of, product
from tests.tiers import product_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(scene):
    """A product sync in the database, to be filled by the test."""
    place = scene([product("a")], [asset("front", "a", 1)])
    row = part_of(place.run(place.select())).products.get()
    row.changes.all().delete()
    row.state, row.waits, row.before, row.after = ProductSync.State.WORKING, {}, [], []
    return row


def shown(*ids: str) -> Gallery:
    media = tuple(GalleryMedium(id, "", "READY", "IMAGE", f"https://cdn.example/{id}.jpg") for id in ids)
    return Gallery("gid://shopify/Product/1", "", "", media)


def fill(row: ProductSync, before: str, after: str) -> Goal:
    row.before = [{"id": id, "alt": "", "url": ""} for id in before]
    row.after = [{"medium": id} if id in before else {"return": id, "asset": None} for id in after]
    return Goal(tuple(after), (), (), {id: "" for id in after if id not in before}, False)


@pytest.mark.parametrize(
    ("before", "after", "seen", "credible"),
    [
        ("abc", "cba", "abc", True),
        ("abc", "cba", "cba", False),  # the order that is wanted, and nobody has asked for it
        ("abc", "ab", "abc", True),
        ("abc", "ab", "ab", False),  # gone, and nobody has taken it out
        ("ab", "abx", "ab", True),
        ("ab", "abx", "abx", False),  # there, and nobody has attached it
        ("ab", "ab", "a", False),
    ],
)
@pytest.mark.cases(2)
def test_what_was_not_asked_for_has_not_happened(planned, before, after, seen, credible):
    assert is_credible(planned, shown(*seen), fill(planned, before, after), ()) is credible


def test_what_was_asked_for_may_have_happened(planned):
    goal = fill(planned, "abc", "cxa")
    waits = Waits(planned.waits)
    waits.ask("gallery:link", ["x"])
    waits.ask("gallery:unlink", ["b"])
    waits.ask("order", ["c", "x", "a"])
    assert is_credible(planned, shown(*"cxa"), goal, ())


def test_after_a_while_it_is_somebody_elses_doing(planned, settings):
    settings.PATIENCE = 1
    planned.seen = timezone.now() - timedelta(seconds=5)
    assert may_be_old(planned, timezone.now())
    planned.seen = timezone.now() - timedelta(seconds=11)
    assert not may_be_old(planned, timezone.now())
    planned.seen = None  # planned by an earlier version
    assert not may_be_old(planned, timezone.now())


@pytest.mark.parametrize(
    ("name", "broken"),
    product_of(["after", "before", "variants"], [None, 5, "x", {}, [None], [{}], [{"id": None}], [["id", "x"]]]),
)
@pytest.mark.cases(2)
def test_half_of_a_plan_is_no_plan(planned, name, broken):
    setattr(planned, name, broken)
    assert not plan_is_whole(planned)
