"""`manage.py environment set --delivery-base`: what is in stores stays, what is new comes from the new address."""

from django.core.management import call_command

from linking.models import StoreFile
from tests.scenes import asset, product


def test_another_delivery_base_brings_nothing_again(scene, capsys):
    place = scene([product("a"), product("b")], [asset("front", "a", 1), asset("back", "b", 2)])
    place.run(place.select("front"))
    before = place.gallery("product-a")
    other = place.environment.delivery_base.replace("127.0.0.1", "localhost")
    assert other != place.environment.delivery_base

    call_command("environment", "set", place.environment.cloud_name, "--delivery-base", other)
    place.environment.refresh_from_db()
    sync = place.run(place.select())
    outcomes = sync.parts.get().changes.values_list("change", "outcome")
    assert sorted(outcomes) == [("add", "done"), ("keep", "unchanged")]
    assert (place.gallery("product-a"), len(place.gallery("product-b")), len(place.shop.files)) == (before, 1, 2)
    hosts = StoreFile.objects.order_by("pk").values_list("source_url", flat=True)
    assert [url.startswith(other) for url in hosts] == [False, True]
