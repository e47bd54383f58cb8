"""No answer, no redirect and no widget names what may not be shown, whatever stands in the ledger, whenever it is asked."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from linking.delivery import building, widget
from linking.domain.assets import Asset
from linking.domain.delivered import answered, freshness
from linking.domain.showable import Terms, why_not
from linking.models import DeliveredProduct, DeliveryEndpoint, Link
from setup.models import Environment
from tests.linking.delivery.test_answers import linked
from tests.scenes import asset, product

NOW = int(datetime(2026, 6, 1, 12, tzinfo=UTC).timestamp())
DAY = 86_400
HERE, ELSEWHERE = 1, 2
moments = st.integers(NOW - 4 * DAY, NOW + 4 * DAY)


@st.composite
def states(draw):
    """An asset as it is now, None if it is gone, and the environment that its link is of."""
    days = moments.map(lambda at: {"expiration": datetime.fromtimestamp(at, UTC).date().isoformat()})
    found = Asset(
        "",
        "-",
        resource_type=draw(st.sampled_from(["image", "image", "video", "raw"])),
        delivery_type=draw(st.sampled_from(["upload", "upload", "upload", "private", "authenticated"])),
        width=800,
        height=600,
        metadata=draw(st.just({}) | days),
        restricted=draw(st.booleans()) and draw(st.booleans()),
        windows=draw(st.none() | st.lists(st.tuples(moments, moments), max_size=2).map(tuple)),
        moderation=tuple(draw(st.lists(st.sampled_from(["approved", "approved", "pending", "rejected"]), max_size=2))),
    )
    return draw(st.sampled_from([found, found, found, None])), draw(st.sampled_from([HERE, HERE, HERE, ELSEWHERE]))


def named(known: Asset, name: str) -> Asset:

    return replace(known, asset_id=name, public_id=f"shown/{name}")


@given(st.lists(states(), max_size=6), moments, st.booleans(), st.sampled_from(["", "metadata:expiration"]))
def test_what_may_not_be_shown_is_named_nowhere(ledger, now, pending, field):
    environment = Environment(
        pk=HERE, cloud_name="own", time_zone="Europe/Berlin", expiration_field=field, allow_pending=pending
    )
    environment.allow_restricted = True  # that is for stores, which get signed addresses
    endpoint = DeliveryEndpoint(environment=environment, tag_prefix="sku:")
    links, assets, hidden = [], {}, set()
    terms = Terms(HERE, field.removeprefix("metadata:"), ZoneInfo("Europe/Berlin"), pending)
    for at, (state, of) in enumerate(ledger):
        name = f"n{at}n"
        links.append(Link(pk=at, product_id="p", asset_id=name, environment_id=of, linked=timezone.now(), variants=[]))
        if state is not None:
            assets[name] = named(state, name)
        if why_not(assets.get(name), of, terms, now=now):
            hidden.add(name)
    body = json.loads(json.dumps(building.document(endpoint, links, assets, {})))
    known = answered(body, (), now=now)
    said = json.dumps([known.media, widget.of("own", known), [known.at(n) for n in range(8)]])
    assert [name for name in hidden if name in said] == []
    shown = [name for name, one in assets.items() if name not in hidden and one.resource_type != "raw"]
    assert [one["assetId"] for one in known.media] == shown
    fresh, stale = freshness(known.until, now=now)
    later = answered(body, (), now=now + max(0, fresh + stale - 1))
    assert later.media == known.media, "nothing changes by itself as long as a cache may answer"


def test_what_is_damaged_is_not_shown():
    for media in (
        None,
        3,
        [3],
        [{"asset": "a"}],
        [{"asset": "a", "spans": [["x", None], [1]], "shown": {"publicId": "a"}}],
    ):
        assert answered({"media": media}, (), now=NOW).media == []


def test_an_expiry_takes_a_picture_out_at_its_moment_without_a_job(desk, monkeypatch):
    found = desk([product("a")], [asset("front", "a"), asset("back", "a")])
    linked(found)
    row = DeliveredProduct.objects.get()
    over = timezone.now() + timedelta(seconds=8)
    row.body["media"][0]["spans"] = [[0, over.timestamp()]]
    row.save()
    before = found.get("a")
    assert len(found.names("a")) == 2
    assert "max-age=7, stale-while-revalidate=0" in before["Cache-Control"]
    monkeypatch.setattr("linking.delivery.answering.timezone.now", lambda: over)
    assert [one.rpartition("/")[2] for one in found.names("a")] == ["back"]
    assert found.get("a")["ETag"] != before["ETag"]


def test_what_is_restricted_in_cloudinary_leaves_when_it_is_looked_at_again(desk):
    found = desk([product("a")], [asset("front", "a"), asset("back", "a")])
    linked(found)
    cloud = found.scene.world.environments[0]
    next(one for one in cloud.assets.values() if one.display_name == "front").access_mode = "authenticated"
    DeliveredProduct.objects.mark(found.endpoint.store_id, [DeliveredProduct.objects.get().product_id])
    found.build()
    assert [one.rpartition("/")[2] for one in found.names("a")] == ["back"]


def test_what_admins_choose_of_showing_builds_all_documents_again(desk):
    found = desk([product("a")], [asset("front", "a"), asset("back", "a")])
    linked(found)
    Environment.objects.filter(pk=found.scene.environment.pk).update(expiration_field="metadata:sku")
    assert not DeliveredProduct.objects.exclude(due=None).exists()
    found.build()
    assert len(found.names("a")) == 2
    assert DeliveredProduct.objects.filter(due=None).exists()
