"""/d/…: what is answered, to whom, and for how long."""

import json

import pytest
from django.test import override_settings

from linking.delivery import endpoints
from linking.models import DeliveredName, DeliveredProduct, DeliveryEndpoint
from tests.linking.visits import ask_and_answer
from tests.scenes import asset, product


def linked(desk):
    selection = desk.scene.select()
    ask_and_answer(selection)
    sync = desk.scene.run(selection)
    desk.build()
    return sync


def test_a_sku_is_answered_with_its_media_in_the_order_of_the_gallery(desk):
    found = desk()
    linked(found)
    answer = found.get("a")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    body = json.loads(answer.content)
    assert body["product"]["handle"] == "product-a"
    assert [(one["position"], one["publicId"].rpartition("/")[2]) for one in body["media"]] == [
        (1, "front"),
        (2, "back"),
    ]
    first = body["media"][0]
    assert {"page", "list", "thumbnail", "swatch"} == set(first["renditions"])
    assert "f_auto,q_auto" in first["renditions"]["page"]["url"]
    assert first["width"] > 0
    assert first["placeholder"]


def test_it_is_asked_by_handle_and_by_key_too_and_by_nothing_else(desk):
    found = desk()
    linked(found)
    assert found.get("product-a", query="?by=handle").status_code == 200
    assert found.get("a", query="?by=key").status_code == 200
    assert found.get("a", query="?by=barcode").status_code == 404
    assert found.get("a", query="?by=colour").status_code == 404


def test_a_hit_costs_one_query_and_no_session(desk, django_assert_num_queries):
    found = desk()
    linked(found)
    with django_assert_num_queries(1):
        answer = found.get("a")
    assert not answer.cookies
    assert answer.status_code == 200
    with django_assert_num_queries(1):
        assert found.get("unknown").status_code == 404


def test_who_knows_it_already_gets_304(desk):
    found = desk()
    linked(found)
    etag = found.get("a")["ETag"]
    answer = found.get("a", **{"If-None-Match": f'"other", W/{etag}'})
    assert answer.status_code == 304
    assert not answer.content
    assert answer["ETag"] == etag
    assert "stale-while-revalidate" in answer["Cache-Control"]
    assert "public" in answer["Cache-Control"]


def test_a_position_leads_to_its_picture(desk):
    found = desk()
    linked(found)
    media = json.loads(found.get("a").content)["media"]
    answer = found.get("a", "2")
    assert answer.status_code == 302
    assert answer["Location"] == media[1]["renditions"]["page"]["url"]
    assert found.get("a", "2", "?place=list")["Location"] == media[1]["renditions"]["list"]["url"]
    assert found.get("a", "3").status_code == 404
    assert found.get("a", "1", "?place=moon").status_code == 404


def test_an_undo_takes_it_out(desk):
    found = desk()
    sync = linked(found)
    assert len(found.names("a")) == 2
    found.scene.undo(sync)
    assert DeliveredProduct.objects.exclude(due=None).exists(), "the run's end has marked its products"
    found.build()
    assert found.get("a").status_code == 404
    assert not DeliveredName.objects.exists()


def test_an_endpoint_that_is_off_is_not_there(desk):
    found = desk()
    linked(found)
    endpoints.switch(found.endpoint, on=False, who=None)
    assert found.get("a").status_code == 404
    endpoints.switch(found.endpoint, on=True, who=None)
    found.build()
    assert len(found.names("a")) == 2


def test_with_a_key_only_who_has_it_is_answered(desk):
    found = desk()
    linked(found)
    key = endpoints.new_key(found.endpoint, who=None)
    assert found.get("a").status_code == 401 == found.get("unknown").status_code
    assert found.get("a", Authorization=f"Bearer {key}x").status_code == 401
    answer = found.get("a", Authorization=f"Bearer {key}")
    assert answer.status_code == 200
    assert answer["Cache-Control"].startswith("private")
    assert endpoints.open_to_all(found.endpoint, who=None)
    assert found.get("a").status_code == 200


@pytest.mark.parametrize(
    ("origins", "origin", "allowed"),
    [
        (["https://shop.example"], "https://shop.example", "https://shop.example"),
        (["https://shop.example"], "https://evil.example", None),
        (["*"], "https://any.example", "*"),
        ([], "https://shop.example", None),
    ],
)
def test_scripts_of_listed_sites_may_read_it(desk, origins, origin, allowed):
    found = desk(origins=origins)
    linked(found)
    answer = found.get("a", Origin=origin)
    assert answer.get("Access-Control-Allow-Origin") == allowed
    assert ("Origin" in answer.get("Vary", "")) == (origins != ["*"])
    asked = found.client.options(found.path("a"), headers={"Origin": origin, "Access-Control-Request-Method": "GET"})
    assert asked.status_code == 204
    assert asked.get("Access-Control-Allow-Origin") == allowed
    assert ("Access-Control-Allow-Methods" in asked) == (allowed is not None)


def test_other_methods_are_refused_and_head_has_no_body(desk):
    found = desk()
    linked(found)
    refused = found.client.post(found.path("a"))
    assert refused.status_code == 405
    assert refused["Allow"] == "GET, HEAD, OPTIONS"
    head = found.client.head(found.path("a"))
    assert head.status_code == 200
    assert not head.content
    assert int(head["Content-Length"]) > 100


def test_one_address_asks_so_often_and_no_more(desk, settings):
    found = desk()
    with override_settings(LIMITS={**settings.LIMITS, "delivery": 2}):
        assert [found.get("a").status_code for _ in range(3)][-1] == 429
        assert int(found.get("a")["Retry-After"]) > 0


def test_a_sku_of_one_variant_has_the_media_of_that_variant(desk):
    found = desk()
    linked(found)
    row = DeliveredProduct.objects.get()
    row.body["media"][0]["variants"] = ["gid://shopify/ProductVariant/other"]
    row.save()
    assert [one.rpartition("/")[2] for one in found.names("a")] == ["back"]


def test_the_widget_gets_public_ids_and_never_a_tag_of_pictures(desk):
    found = desk(tag_prefix="sku:")
    linked(found)
    media = json.loads(found.get("a", "widget").content)
    assert media["cloudName"] == found.scene.environment.cloud_name
    assert [one["mediaType"] for one in media["mediaAssets"]] == ["image", "image"]
    assert media["mediaAssets"][0]["publicId"].endswith("front")
    asked = json.loads(found.get("a", "widget", "?as=tag").content)
    assert asked == media, "a tag would leave the choice to Cloudinary"


def test_of_another_store_and_environment_it_knows_nothing(desk):
    found = desk([product("a", pictures=1), product("b")], [asset("front", "a")])
    linked(found)
    other = endpoints.add(found.scene.environment, found.scene.stores[0], "Second", who=None)
    assert found.client.get(f"/d/{other.slug}/products/a/media").status_code == 404
    assert found.client.get("/d/unknownunknown/products/a/media").status_code == 404
    assert DeliveryEndpoint.objects.get(pk=other.pk).on is False
