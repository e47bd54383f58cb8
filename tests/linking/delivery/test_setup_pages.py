"""Delivery endpoints on Setup: admins make them, switch them on, and see a key once; members try a SKU."""

import re

import pytest

from linking.models import DeliveryEndpoint
from setup.models import AuditEntry
from tests.linking.delivery.test_answers import linked
from tests.linking.visits import enter, text_of

HERE = "/setup/delivery/"


def test_an_admin_makes_one_that_begins_switched_off(client, desk):
    found = desk()
    found.scene.member.roles = ["master_admin"]
    found.scene.member.save()
    enter(client, found.scene.member)
    made = client.post(f"{HERE}add/", {"name": "Headless", "store": found.scene.stores[0].pk}, follow=True)
    endpoint = DeliveryEndpoint.objects.get(name="Headless")
    assert not endpoint.on
    assert f"/d/{endpoint.slug}/products/SKU/media" in made.content.decode()
    client.post(f"{HERE}{endpoint.pk}/switch/", {"on": "on"})
    page = client.post(f"{HERE}{endpoint.pk}/key/", follow=True)
    key = re.search(r'value="(al_media_[^"]+)"', page.content.decode())[1]
    assert page["Cache-Control"] == "no-store"
    assert key not in client.get(f"{HERE}{endpoint.pk}/").content.decode()
    wrong = client.post(f"{HERE}{endpoint.pk}/save/", {"name": "Headless", "origins": "shop"})
    assert wrong.status_code == 422
    known = {"name": "Headless", "origins": "https://Shop.example/\n", "tag_prefix": "sku:", "spin_field": ""}
    client.post(f"{HERE}{endpoint.pk}/save/", known)
    endpoint.refresh_from_db()
    assert (endpoint.on, endpoint.keyed, endpoint.origins) == (True, True, ["https://shop.example"])
    assert client.post(f"{HERE}{endpoint.pk}/remove/").status_code == 302
    said = list(
        AuditEntry.objects.filter(action__startswith="endpoint.").order_by("pk").values_list("action", flat=True)
    )
    assert said[-5:] == ["endpoint.add", "endpoint.on", "endpoint.key", "endpoint.change", "endpoint.remove"]
    assert key not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize(("sku", "said"), [("a", "front"), ("b", "Nothing is linked by this SKU.")])
def test_a_member_tries_a_sku(client, desk, sku, said):
    found = desk()
    linked(found)
    enter(client, found.scene.member)
    assert said in text_of(client.get(f"{HERE}{found.endpoint.pk}/", {"sku": sku}))
    assert client.post(f"{HERE}{found.endpoint.pk}/key/").status_code == 403
