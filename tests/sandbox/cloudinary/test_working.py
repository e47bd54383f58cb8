"""Add-ons: pending at first, complete after a moment of the world's clock, refused where they are absent or used up."""

import json

import cloudinary.api
import cloudinary.uploader
import pytest
from cloudinary.exceptions import BadRequest, RateLimited

from tests.sandbox.world.factories import asset, film, picture

ALL = {"add_ons": ["google_tagging", "aws_rek_tagging", "transcription"], "add_on_seconds": 60, "index_lag": 0}


def detail(world, keys, public_id, **known):
    return cloudinary.api.resource(public_id, **known, **keys(world))


def test_tags_and_a_caption_come_a_moment_later(served, keys):
    world = served()
    world.settings.change(ALL)
    wish = {"categorization": "google_tagging", "auto_tagging": 0.9, "detection": "captioning"}
    made = cloudinary.uploader.upload(picture(), public_id="red mug", display_name="red mug", **wish, **keys(world))
    waiting = {"status": "pending"}
    assert made["info"] == {"categorization": {"google_tagging": waiting}, "detection": {"captioning": waiting}}
    assert detail(world, keys, "red mug")["info"] == made["info"]
    world.forward += 61
    found = detail(world, keys, "red mug")
    assert found["info"]["categorization"]["google_tagging"]["data"][0] == {"tag": "red", "confidence": 0.95}
    assert "red mug" in found["info"]["detection"]["captioning"]["data"]["caption"]
    assert found["tags"] == ["red"]


def test_a_transcript_lies_beside_its_video_with_its_translations(served, keys):
    world = served(asset("films/mug", content=film()))
    world.settings.change(ALL)
    wish = {"auto_transcription": {"translate": ["fr"]}, "notification_url": "https://example.com/hook"}
    made = cloudinary.uploader.explicit("films/mug", type="upload", resource_type="video", **wish, **keys(world))
    assert made["info"] == {"auto_transcription": {"status": "pending"}}
    world.forward += 61
    names = ["films/mug.transcript", "films/mug.fr.transcript", "films/mug.de.transcript"]
    listed = cloudinary.api.resources_by_ids(names, resource_type="raw", type="upload", **keys(world))["resources"]
    assert {one["public_id"] for one in listed} == set(names[:2])
    notice = world.environments[0].notices[-1]
    assert (notice["notification_type"], notice["info_kind"], notice["info_status"]) == (
        "info",
        "auto_transcription",
        "complete",
    )
    assert (notice["public_id"], notice["notification_url"]) == ("films/mug", "https://example.com/hook")


def test_nothing_becomes_of_a_version_that_was_overwritten_and_all_survives_a_restart(served, keys):
    world = served()
    world.settings.change(ALL)
    for at in range(2):
        cloudinary.uploader.upload(
            picture(color="#10203" + str(at)), public_id="mug", categorization="google_tagging", **keys(world)
        )
    here = world.environments[0]
    again = type(here).load(json.loads(json.dumps(here.dump())), world)
    assert (again.working, again.used) == (here.working, here.used)
    world.forward += 61
    detail(world, keys, "mug")
    assert len(here.notices) == 1
    assert here.working == []


def test_a_quota_that_is_used_up_refuses_and_comes_back_next_month(served, keys):
    world = served(asset("mug", content=film()))
    world.settings.change(ALL | {"add_on_quota": 1})
    ask = {"type": "upload", "resource_type": "video", "auto_transcription": True}
    cloudinary.uploader.explicit("mug", **ask, **keys(world))
    assert cloudinary.api.usage(**keys(world))["transcription"] == {"usage": 1, "limit": 1}
    with pytest.raises(RateLimited, match="quota of Cloudinary Video Transcription"):
        cloudinary.uploader.explicit("mug", **ask, **keys(world))
    world.environments[0].used = {name.replace("20", "19", 1): n for name, n in world.environments[0].used.items()}
    cloudinary.uploader.explicit("mug", **ask, **keys(world))


def test_what_is_absent_or_no_video_is_refused_and_nothing_is_counted(served, keys):
    world = served(asset("mug"), asset("film", content=film()))
    world.settings.change({"add_ons": []})
    with pytest.raises(RateLimited, match="active subscription for Cloudinary Video Transcription"):
        cloudinary.uploader.explicit(
            "film", type="upload", resource_type="video", auto_transcription=True, **keys(world)
        )
    world.settings.change(ALL)
    with pytest.raises(BadRequest, match="not supported for image"):
        cloudinary.uploader.explicit("mug", type="upload", auto_transcription=True, **keys(world))
    assert world.environments[0].used == {}
