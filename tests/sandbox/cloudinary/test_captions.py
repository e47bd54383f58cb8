"""AI captions, as the real SDK asks for them."""

import cloudinary.api
import cloudinary.uploader
import pytest
from cloudinary.api_client.call_api import _call_v2_api
from cloudinary.exceptions import BadRequest, NotAllowed, NotFound, RateLimited

from tests.sandbox.world.factories import asset, film


def explicit(world, keys, public_id="a", **options):
    return cloudinary.uploader.explicit(
        public_id, **keys(world), **{"type": "upload", "detection": "captioning"} | options
    )


def analyze(world, keys, found):
    body = {"source": {"asset_id": found(world, "a").asset_id}}
    return _call_v2_api("post", ["analyze", "captioning"], body, module="analysis", **keys(world))


def test_a_stored_picture_is_described_and_nothing_of_it_changes(served, keys, found):
    world = served(asset("a", display_name="red-mug", context={"caption": "Mug"}))
    answer = explicit(world, keys)["info"]["detection"]["captioning"]
    assert answer["status"] == "complete"
    assert answer["data"]["caption"] == "a mostly orange picture of red mug"
    assert found(world, "a").context == {"caption": "Mug"}


def test_without_a_detection_nothing_is_described(served, keys):
    world = served(asset("a"))
    assert "info" not in explicit(world, keys, detection=None)
    assert world.environments[0].captions["made"] == 0


def test_a_video_is_not_described(served, keys):
    world = served(asset("a", content=film()))
    with pytest.raises(BadRequest, match="captioning"):
        explicit(world, keys, resource_type="video")


def test_an_asset_that_is_gone_is_not_found(served, keys):
    with pytest.raises(NotFound):
        explicit(served(asset("a")), keys, "b")


def test_without_a_subscription_the_refusal_names_the_add_on(served, keys):
    world = served(asset("a"))
    world.settings.change({"captions": "absent"})
    with pytest.raises(RateLimited, match="active subscription"):
        explicit(world, keys)


def test_a_months_quota_is_used_up_and_comes_back_next_month(served, keys):
    world = served(asset("a"))
    world.settings.change({"caption_quota": 1})
    explicit(world, keys)
    with pytest.raises(RateLimited, match="quota"):
        explicit(world, keys)
    world.forward += 32 * 86400
    explicit(world, keys)


def test_a_fault_leaves_one_picture_without_words(served, keys):
    world = served(asset("a"), asset("b"))
    world.faults.add(service="cloudinary", kind="caption_fails", match="b", times=None)
    assert explicit(world, keys, "a")["info"]["detection"]["captioning"]["status"] == "complete"
    assert explicit(world, keys, "b")["info"]["detection"]["captioning"]["status"] == "failed"


def test_a_fault_of_requests_can_name_the_public_id_that_the_form_carries(served, keys):
    world = served(asset("first"), asset("second"))
    world.faults.add(service="cloudinary", kind="http_404", operation="explicit", match="second")
    explicit(world, keys, "first")
    with pytest.raises(NotFound):
        explicit(world, keys, "second")


def test_the_analyze_api_describes_by_asset_id(served, keys, found):
    world = served(asset("a", display_name="mug"))
    assert analyze(world, keys, found)["data"]["analysis"]["data"]["caption"].endswith("picture of mug")
    world.settings.change({"captions": "absent"})
    with pytest.raises(NotAllowed, match="active subscription"):
        analyze(world, keys, found)


def test_the_address_that_the_sdk_has_for_it_is_a_trap(served, keys):
    world = served(asset("a"))
    with pytest.raises(NotFound):
        cloudinary.api.analyze("uri", "captioning", uri="http://example.com/a.jpg", **keys(world))


def test_what_was_made_this_month_outlives_a_restart(served, keys, tmp_path):
    world = served(asset("a"))
    explicit(world, keys)
    again = type(world).load(world.dump(), folder=tmp_path, base_url=world.base_url)
    assert again.environments[0].captions["made"] == 1


def usage(world, keys):
    return cloudinary.api.usage(**keys(world))


def test_the_report_of_the_usage_counts_the_captions_of_this_month(served, keys):
    world = served(asset("a"))
    world.settings.change({"caption_quota": 48})
    explicit(world, keys)
    assert usage(world, keys)["object_detection"] == {"usage": 1, "limit": 48}
    world.forward += 32 * 86400
    assert usage(world, keys)["object_detection"] == {"usage": 0, "limit": 48}


@pytest.mark.parametrize("captions", ["unlisted", "absent"])
def test_the_report_may_lack_the_add_on_whether_it_is_there_or_not(served, keys, captions):
    world = served(asset("a"))
    world.settings.change({"captions": captions})
    assert "object_detection" not in usage(world, keys)
    assert "google_tagging" in usage(world, keys)


def test_the_analyze_api_says_what_is_left_and_a_refusal_until_when_nothing_is(served, keys, found):
    world = served(asset("a"))
    world.settings.change({"caption_quota": 1})
    (limit,) = analyze(world, keys, found)["limits"]["items"]
    assert (limit["used_by_request"], limit["remaining"], limit["limit"]) == (1, 0, 1)
    with pytest.raises(RateLimited, match=r"Try again on \d{4}-\d\d-01"):
        explicit(world, keys)
