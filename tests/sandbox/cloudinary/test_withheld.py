"""Assets that are not simply public: what the Admin API says of them, what the delivery does, and how they are made."""

import cloudinary.api
import pytest
from cloudinary.utils import cloudinary_url

from sandbox.catalog.assets_csv import read
from sandbox.catalog.withheld import KINDS
from tests.sandbox.world.factories import HTTP, asset, picture

REJECTED = [{"kind": "aws_rek", "status": "rejected"}, {"kind": "manual", "status": "aborted"}]


@pytest.fixture
def world(served):
    return served(*(asset(kind, **known) for kind, known in KINDS.items()))


def listed(world, keys, **options):
    ids = list(world.environments[0].assets)
    answer = cloudinary.api.resources_by_asset_ids(ids, **options, **keys(world))
    return {item["public_id"]: item for item in answer["resources"]}


def test_moderation_comes_only_when_asked_for(world, keys):
    assert not any("moderation" in item for item in listed(world, keys).values())
    shown = listed(world, keys, moderations=True)
    assert {name for name, item in shown.items() if "moderation" in item} == {"pending", "queued", "rejected"}
    assert shown["rejected"]["moderation"] == REJECTED


def test_a_list_names_access_and_what_has_no_file(world, keys):
    shown = listed(world, keys)
    assert {name: item["access_mode"] for name, item in shown.items() if item["access_mode"] != "public"} == {
        "access-mode": "authenticated"
    }
    assert (shown["placeholder"]["placeholder"], shown["placeholder"]["bytes"]) == (True, 0)
    assert shown["embargo"]["access_control"][0] == {"access_type": "token"}
    assert {shown[name]["type"] for name in ("private", "authenticated")} == {"private", "authenticated"}


@pytest.mark.parametrize(
    ("name", "plain", "signed"),
    [
        ("private", 401, 200),
        ("authenticated", 401, 200),
        ("access-mode", 401, 401),
        ("embargo", 401, 401),
        ("expired", 401, 401),
        ("rejected", 404, 404),
        ("placeholder", 404, 404),
        ("pending", 200, 200),
        ("queued", 200, 200),
    ],
)
def test_the_delivery_refuses_as_the_real_one(world, name, plain, signed):
    here = world.environments[0]
    known = next(one for one in here.assets.values() if one.public_id == name)
    options = {"cloud_name": here.cloud_name, "type": known.type, "raw_transformation": "f_jpg,w_20", "version": 7}
    options |= {"cname": world.base_url.removeprefix("http://") + "/res", "secure": False}
    urls = [
        cloudinary_url(f"{name}.jpg", sign_url=sign, api_secret=here.keys.api_secret, **options)[0]
        for sign in (False, True)
    ]
    assert [HTTP.request("GET", url).status for url in urls] == [plain, signed]


def test_a_new_upload_in_its_place_is_no_placeholder_any_more(world, keys):
    here = world.environments[0]
    here.overwrite(next(one for one in here.assets.values() if one.placeholder), picture())
    assert listed(world, keys)["placeholder"]["bytes"] == len(picture())


def test_a_folder_says_in_its_csv_who_may_see_what(tmp_path):
    (tmp_path / "a.jpg").write_bytes(picture())
    (tmp_path / "assets.csv").write_text(
        "file,public_id,type,access_mode,moderation,access_control,placeholder\n"
        "a.jpg,plain,,,,,\n"
        "a.jpg,a,private,,,anonymous 2026-12-01T00:00:00Z/,\n"
        "a.jpg,b,,authenticated,aws_rek:rejected;manual:aborted,token,yes\n"
        "a.jpg,wrong,,,manual:fine,,\n"
    )
    said = []
    plain, a, b = read(tmp_path, said.append)[0]
    assert (plain.type, plain.access_control, plain.moderation, plain.placeholder) == ("upload", None, [], False)
    assert (a.type, a.access_control) == (
        "private",
        [{"access_type": "anonymous", "start": "2026-12-01T00:00:00Z"}],
    )
    assert (b.access_mode, b.moderation, b.placeholder) == ("authenticated", REJECTED, True)
    assert "'fine' in moderation is none of" in said[0]
