"""Captions and alt texts at Cloudinary, through the real SDK over HTTP."""

import pytest

from linking.cloudinary.assets import fetch
from linking.cloudinary.captions import NoCaption, Refusal, caption, describable, write_alt
from linking.domain.assets import Asset
from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble
from tests.films import clip
from tests.scenes import asset


@pytest.fixture
def place(scene):
    built = scene([], [asset("ödd name", "a", public_id="shop/ödd name&1"), asset("second", "a", 1)])
    environment = built.world.environments[0]
    environment.rename(environment.at("image", "upload", "shop/second"), "shop/second", "authenticated")
    built.world.settings.change({"caption_seconds": [0, 0]})
    built.environment.allow_restricted = True
    return built


def client_of(place) -> CloudinaryClient:
    return CloudinaryClient(place.environment)


def assets_of(place) -> dict[str, Asset]:
    ids = list(place.world.environments[0].assets)
    return {found.name: found for chunk in fetch(client_of(place), ids, []) for found in chunk}


def refusal(place) -> NoCaption:
    with pytest.raises(NoCaption) as caught:
        caption(client_of(place), assets_of(place)["second"])
    return caught.value


def test_a_caption_that_takes_its_time_is_reported_as_that(place):
    place.world.settings.change({"captions": "pending"})
    assert (refusal(place).refusal, "not finished" in refusal(place).text) == (Refusal.ASSET, True)


def test_a_picture_is_described_in_a_sentence_whatever_its_name_and_delivery_type(place):
    for name, found in assets_of(place).items():
        assert caption(client_of(place), found).endswith(f"picture of {name}")


def test_only_images_are_described(scene):
    place = scene([], [asset("film", "a", content=clip(1))])
    assert not describable(place.environment, assets_of(place)["film"])


def test_a_missing_subscription_is_kept_apart_from_a_used_up_limit(place):
    place.world.settings.change({"captions": "absent"})
    no = refusal(place)
    assert (no.refusal, "subscription" in no.text) == (Refusal.ADD_ON, True)


def test_a_used_up_quota_says_when_there_is_more(place):
    place.world.settings.change({"caption_quota": 0})
    no = refusal(place)
    assert (no.refusal, "next month" in no.text) == (Refusal.ADD_ON, True)


@pytest.mark.parametrize("kind", ["http_420", "http_429", "http_500", "http_502", "reset"])
def test_a_limit_and_a_broken_answer_are_worth_another_try(place, kind):
    place.world.faults.add(service="cloudinary", kind=kind, operation="explicit")
    assert refusal(place).refusal == Refusal.LATER


def test_refused_credentials_end_it_for_everybody(place):
    place.world.faults.add(service="cloudinary", kind="http_403", operation="explicit")
    no = refusal(place)
    assert (no.refusal, "admin" in no.text) == (Refusal.ADD_ON, True)


def test_an_asset_that_is_gone_and_a_picture_without_words_are_troubles_of_their_own(place):
    place.world.faults.add(service="cloudinary", kind="caption_fails", match="second")
    assert refusal(place).refusal == Refusal.ASSET
    place.world.faults.add(service="cloudinary", kind="http_404", operation="explicit")
    assert refusal(place).refusal == Refusal.ASSET


def test_an_alt_text_is_written_and_tells_which_assets_it_reached(place):
    first, second = assets_of(place).values()
    assert write_alt(client_of(place), [first], "A = b | c") == {first.public_id}
    assert assets_of(place)[first.name].context == {"alt": "A = b | c"}
    assert assets_of(place)[second.name].context == {}


def test_what_is_written_to_a_missing_asset_is_absent_from_the_answer(place):
    gone = Asset(asset_id="0" * 32, public_id="shop/gone")
    assert write_alt(client_of(place), [gone], "Words") == set()


def test_writing_with_refused_credentials_says_so(place):
    place.environment.api_secret = "wrong"
    with pytest.raises(CloudinaryError) as caught:
        write_alt(client_of(place), [Asset(asset_id="0" * 32, public_id="shop/gone")], "Words")
    assert caught.value.trouble == Trouble.REFUSED
