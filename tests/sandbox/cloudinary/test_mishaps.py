from types import SimpleNamespace

import cloudinary.api
import cloudinary.uploader
import pytest
from cloudinary.exceptions import Error, GeneralError, NotAllowed, RateLimited

from sandbox import mishaps
from tests.sandbox.world.factories import HTTP, asset


def test_a_scripted_limit_strikes_once_and_only_its_operation(served, keys):
    world = served()
    world.faults.add(service="cloudinary", kind="http_420", operation="metadata_fields")
    cloudinary.api.ping(**keys(world))
    with pytest.raises(RateLimited):
        cloudinary.api.list_metadata_fields(**keys(world))
    cloudinary.api.list_metadata_fields(**keys(world))


def test_a_bad_gateway_answers_html_which_the_sdk_cannot_read(served, keys):
    world = served()
    world.faults.add(service="cloudinary", kind="http_502")
    with pytest.raises(Exception, match="502"):
        cloudinary.api.ping(**keys(world))


def test_a_key_without_permissions_is_forbidden(served, keys):
    world = served()
    world.faults.add(service="cloudinary", kind="http_403")
    with pytest.raises(NotAllowed, match="missing permissions"):
        cloudinary.api.ping(**keys(world))


def test_a_lost_answer_comes_after_the_work(served, keys, found):
    world = served(asset("a"))
    world.faults.add(service="cloudinary", kind="lost_answer", operation="tags")
    with pytest.raises(Error):
        cloudinary.uploader.add_tag("x", ["a"], **keys(world))
    assert found(world, "a").tags == ["x"]


def test_a_reset_comes_before_the_work(served, keys, found):
    world = served(asset("a"))
    world.faults.add(service="cloudinary", kind="reset", operation="tags")
    with pytest.raises(Error):
        cloudinary.uploader.add_tag("x", ["a"], **keys(world))
    assert found(world, "a").tags == []


def test_an_error_after_the_work_hides_that_it_was_done(served, keys, found):
    world = served(asset("a"))
    world.faults.add(service="cloudinary", kind="error_after", code="503", operation="context")
    with pytest.raises((GeneralError, Error)):
        cloudinary.uploader.add_context({"alt": "A"}, ["a"], **keys(world))
    assert found(world, "a").context == {"alt": "A"}


def test_slow_answers_take_their_time(served, keys, monkeypatch):
    slept = []
    monkeypatch.setattr(mishaps, "time", SimpleNamespace(sleep=slept.append))
    world = served()
    world.faults.add(service="cloudinary", kind="slow", seconds=0.3)
    cloudinary.api.ping(**keys(world))
    assert slept == [0.3]


def test_delivery_fails_for_the_paths_that_match(served):
    world = served(asset("a"), asset("b"))
    world.faults.add(service="delivery", kind="http_423", match="/b.jpg", times=None)
    base = f"{world.base_url}/res/{world.environments[0].cloud_name}/image/upload/v1"
    assert [HTTP.request("GET", f"{base}/{name}.jpg").status for name in ("a", "b")] == [200, 423]
    assert "X-Cld-Error" in HTTP.request("GET", f"{base}/b.jpg").headers
