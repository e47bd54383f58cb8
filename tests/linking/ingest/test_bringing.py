"""Bringing assets in: what becomes of files, and signatures with which a browser sends them."""

import hashlib
import json
import time

import pytest
import urllib3
from django.utils import timezone

from linking.models import Selection
from setup.cloudinary.surroundings import look
from setup.models import AuditEntry, Environment
from setup.preparing import making
from setup.preparing.parts import BY_SLUG
from setup.preparing.uploading import later
from setup.security.actors import Actor
from tests.linking.visits import enter
from tests.scenes import asset, picture

HTTP = urllib3.PoolManager()


@pytest.fixture
def place(scene, client):
    place = scene([], [asset("front", shade=1)])
    enter(client, place.member)
    return place


@pytest.fixture
def actor(place) -> Actor:
    place.world.environments[0].fields.clear()
    return Actor(place.member)


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def row(path: str, content: bytes) -> list:
    return [path, len(content), md5(content)]


def looked(client, *rows, **fields) -> dict:
    answer = client.post("/assets/bring/look/", {"files": json.dumps(rows), **fields})
    return {"status": answer.status_code, **answer.json()}


def signed(client, *rows, **fields) -> list[dict]:
    return client.post("/assets/bring/sign/", {"files": json.dumps(rows), **fields}).json()["signed"]


def sent(one: dict, content: bytes, **other) -> urllib3.BaseHTTPResponse:
    fields = {**one["fields"], **other, "file": ("x.jpg", content)}
    return HTTP.request("POST", one["url"], fields=fields, retries=False)


def of(place, public_id: str):
    return next(one for one in place.world.environments[0].assets.values() if one.public_id == public_id)


def test_files_are_compared_with_what_is_there(client, place):
    known = place.world.blobs.get(of(place, "shop/front").blob)
    found = looked(
        client,
        row("a copy.jpg", picture(5)),
        row("A-1_1.jpg", picture(5)),
        row("other-name.jpg", known),
        row("front.png", picture(6)),
        row("notes.txt", b"1"),
        folder="shop",
        pattern="{sku}_{sequence}",
    )
    assert [one["standing"] for one in found["files"]] == ["twice", "new", "there", "taken", "unsupported"]
    assert "“shop/front”" in found["files"][2]["said"]
    assert found["files"][2]["asset"] == of(place, "shop/front").asset_id
    assert (
        found["said"] == "1 new, 1 is there already, 1 comes twice, 1 has a name that is taken and 1 cannot be uploaded"
    )
    assert found["names"] == "1 name has a SKU, 1 SKU in all."


def test_the_same_bytes_are_found_among_many_of_the_same_size(client, scene, monkeypatch):
    monkeypatch.setattr("linking.ingest.looking.MOST", 1)
    contents = [picture(1) + bytes([at]) for at in range(4)]
    enter(client, scene([], [asset(f"p{at}", content=one) for at, one in enumerate(contents)]).member)
    answer = looked(client, *(row(f"other-{at}.jpg", one) for at, one in enumerate(contents)))
    assert [one["standing"] for one in answer["files"]] == ["there"] * 4


def test_a_signed_file_comes_with_what_its_name_says_and_keeps_its_folder(client, place):
    look(place.environment)
    [one] = signed(client, row("red/A-1_2.jpg", picture(5)), folder="shop", pattern="{sku}_{sequence}")
    answer = sent(one, picture(5))
    assert answer.status == 200
    kept = of(place, "shop/red/A-1_2")
    assert (kept.asset_folder, kept.display_name, kept.metadata["sku"]) == ("shop/red", "A-1_2", "A-1")


def test_an_upload_expires_as_an_admin_wants_it_and_has_the_defaults_of_its_preset(client, place, actor):
    assert making.make_missing(actor)
    for slug, chosen in (("field-expiration", {"months": 2}), ("preset-product_assets", {"asset_type": "gallery"})):
        part = BY_SLUG[slug]
        choices = {**part.begins, **chosen}
        making.make(actor, part, choices, making.plan(place.environment, part, choices).seen)
    [one] = signed(client, row("A-1_2.jpg", picture(5)), preset="product_assets", pattern="{sku}_{sequence}")
    assert sent(one, picture(5)).status == 200
    kept = of(place, "A-1_2").metadata
    day = later(timezone.now().date(), 2).isoformat()
    assert (kept["expiration"], kept["asset_type"], kept["status"]) == (day, "gallery", "requires_data")
    assert (kept["sku"], kept["sequence"]) == ("A-1", 2)


def test_a_sku_of_several_is_a_list(client, place, actor):
    part = BY_SLUG["field-sku"]
    choices = {**part.begins, "several": True, "first": ["Z-9"]}
    making.make(actor, part, choices, making.plan(place.environment, part, choices).seen)
    [one] = signed(client, row("A-1_2.jpg", picture(5)), pattern="{sku}_{sequence}")
    assert sent(one, picture(5)).status == 200
    assert of(place, "A-1_2").metadata == {"sku": ["A-1"]}


@pytest.mark.parametrize("name", ["A\\", "A\nB", "größe"])
def test_a_name_that_values_cannot_have_takes_no_other_value_in(client, place, actor, name):
    for slug in ("field-sku", "field-sequence"):
        part = BY_SLUG[slug]
        making.make(actor, part, part.begins, making.plan(place.environment, part, part.begins).seen)
    [one] = signed(client, row(f"{name}_2.jpg", picture(5)), pattern="{sku}_{sequence}")
    assert sent(one, picture(5)).status == 200
    known = place.world.environments[0].assets.values()
    kept = next(asset for asset in known if asset.public_id == one["fields"]["public_id"]).metadata
    assert kept == {"sequence": 2, **({"sku": name} if name.isalpha() else {})}


def test_a_signature_is_good_for_one_public_id_and_takes_no_asset_s_place(client, place):
    [one] = signed(client, row("front.jpg", picture(5)), folder="shop")
    assert sent(one, picture(5), public_id="shop/other").status == 401
    before = of(place, "shop/front").blob
    answer = sent(one, picture(5))
    assert (answer.status, answer.json()["existing"]) == (200, True)
    assert of(place, "shop/front").blob == before


def test_a_signature_is_good_for_ten_minutes(client, place, monkeypatch):
    [one] = signed(client, row("new.jpg", picture(5)))
    assert 590 <= one["until"] - time.time() <= 600
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 601)
    assert "Stale request" in sent(one, picture(5)).json()["error"]["message"]
    monkeypatch.setattr(time, "time", lambda: real() + 595)
    assert sent(one, picture(5)).status == 200


def test_the_secret_is_in_no_answer(client, place):
    answer = client.post("/assets/bring/sign/", {"files": json.dumps([row("new.jpg", picture(5))])})
    assert place.environment.api_secret not in answer.content.decode()
    assert place.environment.api_secret not in client.get("/assets/bring/").content.decode()


def test_what_has_come_is_one_selection(client, place):
    id = of(place, "shop/front").asset_id
    answer = client.post("/assets/bring/link/", {"asset": [id, id]})
    selection = Selection.objects.get()
    assert answer.json() == {"address": f"/selections/{selection.key}/"}
    assert [one.asset_id for one in selection.assets.all()] == [id]


def test_one_press_is_one_entry_of_the_audit_log_with_all_its_files(client, place, monkeypatch):
    ticket = {"bringing": "", "all": "3"}

    def sign(name: str, **other) -> int:
        rows = {"files": json.dumps([row(name, picture(5))]), "folder": "shop", **ticket, **other}
        ticket["bringing"] = client.post("/assets/bring/sign/", rows).json()["bringing"]
        return AuditEntry.objects.filter(action="assets.bring").count()

    assert [sign(f"{at}.jpg") for at in range(3)] == [1, 1, 1]
    assert AuditEntry.objects.get(action="assets.bring").after == {"files": 3, "folder": "shop"}
    assert sign("0.jpg") == 1, "what broke off is signed again"
    assert sign("0.jpg", folder="elsewhere") == 2
    assert sign("0.jpg", bringing="made up", all="-1") == 3
    monkeypatch.setattr("linking.ingest.bringings.TRIES", 1)
    assert [sign("0.jpg"), sign("1.jpg", all="1")] == [4, 4], "a ticket covers no more than its files"


def test_who_signed_how_many_is_in_the_audit_log(client, place):
    signed(client, row("new.jpg", picture(5)), folder="shop")
    entry = AuditEntry.objects.get(action="assets.bring")
    assert entry.after == {"files": 1, "folder": "shop"}


@pytest.mark.parametrize(
    "files",
    ["", "no list", "{}", "[1]", '[["a.jpg", "many", ""]]', '[["", 5, ""]]', '[["a.jpg", 5, "zz"]]', "[[1,2,3]]"],
)
def test_what_is_no_list_of_files_is_refused_in_words(client, place, files):
    for address in ("look", "sign"):
        answer = client.post(f"/assets/bring/{address}/", {"files": files})
        assert (answer.status_code, answer.json()["said"].startswith("AssetLink could not read")) == (422, True)


def test_a_pattern_that_reads_nothing_and_a_preset_that_is_gone_are_refused_in_words(client, place):
    files = row("new.jpg", picture(5))
    assert "needs {sku}" in looked(client, files, pattern="{any}")["said"]
    answer = client.post("/assets/bring/sign/", {"files": json.dumps([files]), "preset": "gone"})
    assert (answer.status_code, "no such upload preset" in answer.json()["said"]) == (422, True)


def test_a_cloud_that_does_not_answer_says_so(client, place):
    place.world.faults.add(service="cloudinary", kind="http_500", times=None)
    found = looked(client, row("new.jpg", picture(5)))
    assert (found["status"], found["said"]) == (503, "Cloudinary does not answer.")


def test_in_fixed_folders_a_folder_is_a_part_of_the_public_id_alone(client, place):
    place.world.settings.change({"folders": "fixed"})
    assert looked(client, row("new.jpg", picture(5)))["fixed"] is True
    [one] = signed(client, row("red/new.jpg", picture(5)), fixed="true")
    assert one["fields"]["public_id"] == "red/new"
    assert "asset_folder" not in one["fields"]


def test_the_page_may_post_files_to_cloudinary_and_nowhere_else(client, place):
    policy = client.get("/assets/?order=newest").headers["Content-Security-Policy"]
    assert f"connect-src 'self' {place.environment.upload_prefix};" in f"{policy};"
    assert "connect-src 'self';" in f"{client.get('/links/').headers['Content-Security-Policy']};"


def test_the_preset_that_an_admin_prepared_is_chosen_at_first(client, place):
    Environment.objects.update(seen={"presets": ["others", "product_assets"]})
    page = client.get("/assets/bring/").content.decode()
    assert "<option selected>product_assets</option>" in page
    assert page.count("<option selected") == 1


def test_a_viewer_brings_nothing_in(client, place):
    place.member.granted_role = "viewer"
    place.member.save()
    page = client.get("/assets/?order=newest").content.decode()
    assert "bring-open" not in page
    assert client.get("/assets/bring/").status_code == 403
    assert client.post("/assets/bring/sign/", {"files": "[]"}).status_code == 403


def test_long_names_are_asked_for_in_more_than_one_call(client, place):
    """Cloudinary's servers refuse an address of any length."""
    rows = [row(f"{'ä' * 200}/{at}.jpg", picture(5) + bytes([at])) for at in range(100)]
    found = looked(client, *rows)
    assert (found["status"], {one["standing"] for one in found["files"]}) == (200, {"new"})
