"""The door to Cloudinary, through the real SDK over HTTP."""

import io
import json
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import urllib3
from cloudinary.api_client import call_api
from PIL import Image

from linking.cloudinary.assets import asset_of, fetch, metadata_fields
from linking.cloudinary.renditions import NoRendition, linkable, of_asset, thumbnail
from linking.domain.assets import Asset
from linking.domain.limits import MB
from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble
from setup.models import Environment
from tests.films import clip, stretched
from tests.scenes import asset, picture
from tests.tls import certificate, in_front_of

CASES = Path(__file__).parents[2] / "cases"


@pytest.fixture
def place(scene):
    many = [asset(f"p{at}", f"SKU-{at}", 0, metadata={"sequence": at}) for at in range(120)]
    odd = asset(
        "odd name (1)", "q\"uote's", 1, public_id="shop/ödd name&1", context={"alt": "A = b|c"}, tags=["x", "y z"]
    )
    return scene([], [*many, odd])


def client_of(place) -> CloudinaryClient:
    return CloudinaryClient(place.environment)


def ids_of(place) -> list[str]:
    return [known.asset_id for known in place.world.environments[0].assets.values()]


def trouble(place, call) -> CloudinaryError:
    with pytest.raises(CloudinaryError) as caught:
        call(client_of(place))
    return caught.value


def test_good_keys_answer_a_ping(place):
    client_of(place).ping()


def test_an_authority_that_the_machine_trusts_is_trusted_by_the_sdk_too(place, monkeypatch, tmp_path):
    """Such as that of a proxy that looks into everything which leaves a company."""
    cert, key = certificate(tmp_path, "localhost")
    with in_front_of(urlsplit(place.url).port, cert, key) as port:
        place.environment.upload_prefix = f"https://localhost:{port}"
        assert trouble(place, CloudinaryClient.ping).trouble == Trouble.AWAY
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        client_of(place).ping()


def test_an_answer_that_does_not_come_in_time_is_not_waited_for_again(place):
    place.world.faults.add(service="cloudinary", kind="hang", seconds=5.0, times=1)
    with pytest.raises(CloudinaryError) as caught:
        CloudinaryClient(place.environment, seconds=0.2).ping()
    assert caught.value.trouble == Trouble.AWAY
    client_of(place).ping()


def test_a_connection_that_breaks_is_tried_again(place):
    place.world.faults.add(service="cloudinary", kind="reset", times=1)
    client_of(place).ping()


def test_wrong_keys_are_refused_with_what_to_do(place):
    place.environment.api_secret = "wrong"
    error = trouble(place, CloudinaryClient.ping)
    assert error.trouble == Trouble.REFUSED
    assert "API key" in error.text


def test_assets_come_in_chunks_of_a_hundred_and_in_the_order_asked_for(place):
    ids = ids_of(place)[::-1]
    client = client_of(place)
    chunks = list(fetch(client, ids, metadata_fields(client)))
    assert [len(chunk) for chunk in chunks] == [100, 21]
    assert [found.asset_id for chunk in chunks for found in chunk] == ids


def test_a_service_that_takes_ten_ids_is_asked_for_ten(place):
    place.world.settings.change({"ids_per_call": 10})
    ids = ids_of(place)[::-1]
    found = [asset.asset_id for chunk in fetch(client_of(place), ids, []) for asset in chunk]
    assert found == ids


def test_without_display_names_the_public_id_names_an_asset_and_its_folder_is_the_one_of_old(place):
    place.world.settings.change({"folders": "fixed"})
    [[found]] = fetch(client_of(place), [ids_of(place)[0]], [])
    assert (found.name, found.folder) == ("p0", "shop")


@pytest.mark.parametrize(
    ("rules", "restricted"),
    [
        ([{"access_type": "token"}], True),
        ([{"access_type": "anonymous", "start": "2020-01-01T00:00:00Z", "end": "2020-02-01T00:00:00Z"}], True),
        ([{"access_type": "anonymous", "start": "some day"}], True),
        ([{"access_type": "token"}, {"access_type": "anonymous", "start": "2020-01-01T00:00Z"}], False),
    ],
)
def test_what_is_not_delivered_now_is_restricted(place, rules, restricted):
    [known] = [row for row in place.world.environments[0].assets.values() if row.display_name == "p0"]
    known.access_control = rules
    [[found]] = fetch(client_of(place), [known.asset_id], [])
    assert bool(linkable(place.environment, found)) == restricted


def case(name: str) -> dict:
    """What the Admin API was seen to answer for an asset."""
    return json.loads((CASES / name).read_text())


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (case("15-access-mode.json"), "access is restricted"),
        (case("16-placeholder.json"), "only a placeholder"),
        ({"bytes": 0}, "only a placeholder"),
        ({"placeholder": False, "access_mode": None, "moderation": None, "bytes": 1}, ""),
        ({}, ""),
        ({"moderation": [{"kind": "manual", "status": "Approved"}]}, ""),
        ({"moderation": [{"kind": "aws_rek", "status": "approved"}, {"kind": "manual", "status": "queued"}]}, "queued"),
        ({"moderation": {"kind": "manual", "status": "rejected"}}, "Moderation in Cloudinary rejected it"),
        ({"moderation": [{"kind": "manual"}]}, "“unknown”, not approved"),
        ({"moderation_kind": "manual", "moderation_status": "pending"}, "moderation status in Cloudinary is “pending”"),
        ({"access_control": "token"}, "access is restricted"),
        ({"access_control": [{"access_type": "anonymous", "start": 7}]}, "access is restricted"),
    ],
)
def test_what_an_answer_says_of_who_may_see_an_asset_is_heeded(known, words):
    found = asset_of({"asset_id": "a" * 32, "public_id": "x"} | known)
    kept = Asset.of(json.loads(json.dumps(asdict(found))), found.asset_id)
    assert kept == found
    reason = str(linkable(Environment(), kept))
    assert words in reason if words else reason == ""


def test_what_is_kept_of_an_asset_and_cannot_be_read_opens_nothing():
    for name, value in (("windows", 3), ("windows", [["x", 1], [5]]), ("moderation", 7), ("moderation", [None])):
        assert linkable(Environment(), Asset.of({"public_id": "x", "resource_type": "image", name: value}, "a")), name


@pytest.mark.parametrize("end", ["", "/"])
def test_a_delivery_host_of_ones_own_is_asked_without_the_cloud_name_in_between(place, end):
    [[found]] = fetch(client_of(place), [ids_of(place)[0]], [])
    place.environment.delivery_base += f"/{place.environment.cloud_name}{end}"
    answer = urllib3.request("GET", of_asset(place.environment, found).url)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/jpeg")


def test_an_asset_that_is_gone_is_absent(place):
    [[found]] = fetch(client_of(place), [ids_of(place)[0], "0" * 32], [])
    assert found.asset_id == ids_of(place)[0]


def test_an_asset_carries_metadata_context_tags_and_version(place):
    [[found]] = fetch(client_of(place), [ids_of(place)[-1]], [])
    assert found.metadata["sku"] == "q\"uote's"
    assert (found.context["alt"], found.tags) == ("A = b|c", ("x", "y z"))
    assert found.version > 1
    assert (found.width, found.height, found.format) == (40, 50, "jpg")


def test_numbers_become_text_so_that_they_can_be_compared(place):
    [[found]] = fetch(client_of(place), [ids_of(place)[7]], [])
    assert found.metadata["sequence"] == "7"


def test_fields_are_reported_with_their_labels(place):
    fields = {field.external_id: field for field in metadata_fields(client_of(place))}
    assert (fields["sku"].label, fields["sku"].type) == ("SKU", "string")


def test_a_used_up_limit_is_kept_apart(place):
    place.world.faults.add(service="cloudinary", kind="http_420", times=None)
    assert trouble(place, CloudinaryClient.ping).trouble == Trouble.BUSY


def test_a_broken_answer_is_kept_apart(place):
    place.world.faults.add(service="cloudinary", kind="http_502", times=None)
    assert trouble(place, CloudinaryClient.ping).trouble == Trouble.AWAY


def test_our_own_errors_are_not_mistaken_for_cloudinarys(place):
    def broken(**options):
        raise KeyError("ours")

    with pytest.raises(KeyError):
        client_of(place).call(broken)


def test_a_rendition_is_a_picture_whose_url_and_name_end_alike(place):
    [[found]] = fetch(client_of(place), [ids_of(place)[-1]], [])
    rendition = of_asset(place.environment, found)
    answer = urllib3.request("GET", rendition.url, retries=False)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert rendition.url.endswith(".jpg")
    assert rendition.name.endswith(".jpg")
    assert answer.data[:3] == picture()[:3]


def test_a_thumbnail_is_a_small_square(place):
    [[found]] = fetch(client_of(place), [ids_of(place)[0]], [])
    answer = urllib3.request("GET", thumbnail(place.environment, found), retries=False)
    assert Image.open(io.BytesIO(answer.data)).size == (112, 112)


@pytest.mark.parametrize(("format", "extension"), [("png", "png"), ("jpeg", "jpg"), ("bmp", "jpg"), ("gif", "gif")])
def test_a_format_that_shopify_shows_is_kept_and_one_that_nothing_is_known_of_becomes_a_jpeg(place, format, extension):
    rendition = of_asset(place.environment, Asset("a", "x/y", format=format))
    assert rendition.name.endswith(f".{extension}")
    assert f"/f_{extension}," in rendition.url


def test_a_video_becomes_an_mp4_that_every_browser_plays(place):
    rendition = of_asset(place.environment, Asset("a", "x/y", resource_type="video", format="mov", version=5))
    assert rendition.name.endswith(".mp4")
    assert "/video/upload/f_mp4,vc_h264,ac_aac,c_limit,w_1920,h_1080,q_auto/v5/x/y.mp4" in rendition.url


@pytest.mark.parametrize(("kind", "format", "words"), [("raw", "pdf", "raw files"), ("video", "mp3", "sound")])
def test_what_no_gallery_shows_says_so(place, kind, format, words):
    nothing = Asset("a", "x/y", resource_type=kind, format=format)
    assert words in str(linkable(place.environment, nothing))
    with pytest.raises(NoRendition, match=words):
        of_asset(place.environment, nothing)


def test_the_length_of_a_video_is_asked_for_only_if_it_may_be_too_long(scene):
    films = [asset("small", content=clip()), asset("large", content=stretched(clip(24), 11 * MB))]
    place = scene([], films)
    [found] = fetch(client_of(place), ids_of(place), [])
    assert [known.duration for known in found] == [None, 2.0]


def test_no_call_sleeps_for_as_long_as_cloudinary_asks_to():
    retries = call_api._http.connection_pool_kw["retries"]
    assert not retries.is_retry("GET", 429, has_retry_after=True)
    assert not retries.new(total=2).is_retry("GET", 503, has_retry_after=True)
