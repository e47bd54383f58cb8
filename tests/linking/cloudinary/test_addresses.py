"""Addresses of renditions, taken apart and put together for where an asset is now."""

import pytest

from linking.cloudinary.addresses import Address
from linking.cloudinary.renditions import delivery_url
from linking.domain.assets import Asset
from setup.models import Environment

BASES = ["", "https://res.cloudinary.com/demo", "https://images.example.com"]
TRANSFORMATIONS = ["", "f_jpg,c_limit,w_4472,h_4472/q_auto", "t_product_images/f_png"]


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("transformation", TRANSFORMATIONS)
@pytest.mark.parametrize(
    ("place", "extension"),
    [
        (("image", "upload", "shop/küche & co/a.b"), "jpg"),
        (("image", "private", "v5/front"), "png"),
        (("video", "authenticated", "turn"), "mp4"),
        (("raw", "upload", "lists/prices.txt"), "txt"),
    ],
)
def test_an_address_says_what_it_was_made_of_and_becomes_that_of_another_name(base, transformation, place, extension):
    environment = Environment(cloud_name="demo", delivery_base=base, api_secret="secret")
    resource_type, delivery_type, public_id = place
    asset = Asset("1", public_id, resource_type, delivery_type, version=5)
    url = delivery_url(environment, asset, transformation, extension)
    address = Address.of(url, 5, extension)
    assert address is not None
    assert (address.transformation, address.public_id) == (transformation, public_id)
    assert (address.now(environment, asset), str(address.moved_to(asset))) == (url, "")
    moved = Asset("1", "other/name.txt", resource_type, "private", version=5)
    assert address.now(environment, moved) == delivery_url(environment, moved, transformation, extension)
    assert f"Renamed from {public_id} to other/name.txt" in str(address.moved_to(moved))


@pytest.mark.parametrize("url", ["", "https://example.com/a.jpg", "https://res.cloudinary.com/demo/image/upload/a.jpg"])
def test_an_address_that_cannot_be_read_is_left_alone(url):
    assert Address.of(url, 5, "jpg") is None
