"""Transformations are saved only if Cloudinary really delivers them; admins see what they do."""

import re

import pytest
import urllib3
from cloudinary.utils import cloudinary_url
from hypothesis import given
from hypothesis import strategies as st

from linking.cloudinary.renditions import delivery_url as linked_url
from linking.domain.assets import Asset
from setup.cloudinary import trying
from setup.cloudinary.delivery import delivery_url, own_host
from setup.cloudinary.surroundings import look
from setup.cloudinary.transformations import BadTransformation, checked
from setup.models import Environment
from tests.films import clip
from tests.linking.visits import drawn_of, enter, text_of
from tests.scenes import asset, picture

HTMX = {"HX-Request": "true"}
GOOD = {"image": "c_limit,w_800,h_800/q_auto", "video": "c_limit,w_640", "in_files": "c_limit,w_400", "sample": ""}


@pytest.fixture
def place(scene):
    found = scene([], [asset("front", "a"), asset("film", content=clip(), public_id="shop/film")])
    found.member.roles = ["master_admin"]
    found.member.save()
    return found


@pytest.fixture
def visit(client, place):
    return enter(client, place.member)


def save(visit, **changed):
    return visit.post("/setup/renditions/", drawn_of(visit, "renditions") | GOOD | changed, headers=HTMX)


def saved() -> str:
    return Environment.objects.get().image_transformation


def test_what_cloudinary_delivers_is_saved_and_shown_beside_the_original(visit, place):
    page = save(visit)
    assert page.status_code == 200
    assert "Saved." in text_of(page)
    known = Environment.objects.get()
    assert (known.image_transformation, known.video_transformation) == (GOOD["image"], GOOD["video"])
    assert known.files_transformation == GOOD["in_files"]
    pictures = re.findall(r'<img src="([^"]+)"', page.content.decode())
    assert len(pictures) == 6
    assert "c_limit,w_800,h_800/q_auto/c_limit,w_360" in pictures[1]
    assert {urllib3.request("GET", url).status for url in pictures} == {200}


@pytest.mark.parametrize("wrong", ["c_limit,w_wide", "c_limt,w_800", "t_nothing_like_it", "q_0"])
def test_a_typo_is_reported_in_cloudinarys_words_and_nothing_is_saved(visit, wrong):
    before = saved()
    page = save(visit, image=wrong)
    assert page.status_code == 422
    assert "Cloudinary does not deliver it: " in text_of(page)
    assert wrong in page.content.decode()
    assert (saved(), Environment.objects.get().files_transformation != GOOD["in_files"]) == (before, True)


@pytest.mark.parametrize(
    "wrong",
    [
        "w_800 h_800",
        "w_800?x=1",
        "w_800#x",
        "../../evil",
        "w_1//w_2",
        "l_fetch:aHR0cDovL2V2aWwuZXhhbXBsZQ==",
        "c_fit,w_10/u_fetch:x",
        "fn_remote:aHR0cDovL2V2aWw",
        "https://evil.example/x",
        "f_png",
        "c_limit,f_auto",
        "w_1%zz",
        "w_1\\x",
        "w_1\nh_1",
        "w_é",
        "800x600",
        "w_",
        "w_1," + "x" * 1000,
    ],
)
@pytest.mark.cases(9)
def test_what_is_no_transformation_is_refused_before_anybody_is_asked(place, visit, wrong):
    left = place.world.environments[0].spending.remaining
    assert save(visit, image=wrong).status_code == 422
    assert place.world.environments[0].spending.remaining == left


@pytest.mark.parametrize(
    "text", ["", "c_limit,w_10/q_auto", "/c_fit,w_1/", "t_small", "b_rgb:ff00aa,c_pad", "e_trim:10"]
)
def test_what_is_spelled_like_one_passes(text):
    assert checked(text) == text.strip("/") if text else True


def test_named_transformations_that_members_may_choose_are_tried_too(visit, place):
    place.world.environments[0].transformations |= {"small": "c_fit,w_10", "broken": "t_gone"}
    look(place.environment)
    assert save(visit, allowed=["small"]).status_code == 200
    assert Environment.objects.get().allowed_transformations == ["small"]
    page = save(visit, allowed=["small", "broken"])
    assert page.status_code == 422
    assert "Named transformation not found: gone" in text_of(page)
    assert save(visit, allowed=["never seen"]).status_code == 422
    assert Environment.objects.get().allowed_transformations == ["small"]


def test_it_can_be_tried_on_an_asset_of_ones_choice(visit, place):
    place.world.environments[0].add_asset(content=picture(3), public_id="shop/back", display_name="back")
    assert "back, as stored" in text_of(save(visit, sample="shop/back"))
    page = save(visit, sample="shop/nowhere")
    assert page.status_code == 422
    assert "Cloudinary delivers no public image with this public ID" in text_of(page)


def test_a_delivery_that_does_not_answer_saves_nothing_and_says_so(visit, place):
    place.environment.delivery_base = "http://127.0.0.1:9/res"
    place.environment.save()
    before = saved()
    page = save(visit)
    assert (page.status_code, saved()) == (422, before)
    assert "does not answer" in text_of(page)


def test_with_nothing_to_try_it_on_the_spelling_is_checked(client, scene):
    found = scene([], [])
    found.member.roles = ["master_admin"]
    found.member.save()
    page = save(enter(client, found.member))
    assert page.status_code == 200
    assert "AssetLink checked only the spelling" in text_of(page)


def test_a_redirect_of_the_delivery_is_not_followed(place, monkeypatch):
    found = trying.sample(place.environment, "image")
    seen = []
    real = trying.POOL.request

    def watched(method, url, **options):
        answer = real(method, url, **options)
        seen.append(url)
        answer.status, answer.headers["Location"] = 302, "http://169.254.169.254/"
        return answer

    monkeypatch.setattr(trying.POOL, "request", watched)
    with pytest.raises(trying.Untried, match="status 302"):
        trying.attempt(place.environment, found, "w_10")
    assert len(seen) == 1


def test_only_the_environments_own_delivery_host_is_asked(place, monkeypatch):
    found = trying.sample(place.environment, "image")
    monkeypatch.setattr(trying, "address", lambda *_: "http://169.254.169.254/latest/meta-data/")
    with pytest.raises(trying.Untried, match="leads away"):
        trying.attempt(place.environment, found, "w_10")


def test_the_text_of_a_refusal_is_short_enough_for_a_field():
    with pytest.raises(BadTransformation) as caught:
        checked("c_limit,800")
    assert len(str(caught.value)) < 120


def test_an_empty_default_is_refused_and_an_empty_one_for_files_is_the_one_for_galleries(visit, place):
    page = save(visit, image="", in_files="")
    assert page.status_code == 422
    assert "Shopify refuses larger pictures" in text_of(page)
    assert save(visit, in_files="").status_code == 200
    assert Environment.objects.get().files_transformation == ""


@pytest.mark.parametrize(
    ("base", "begin"),
    [
        ("", "https://res.cloudinary.com/demo/image/upload/w_1/v7/shop/a.jpg"),
        ("https://res.cloudinary.com", "https://res.cloudinary.com/demo/image/upload/w_1/v7/shop/a.jpg"),
        ("https://demo-res.cloudinary.com", "https://demo-res.cloudinary.com/image/upload/w_1/v7/shop/a.jpg"),
        ("https://media.example.com", "https://media.example.com/image/upload/w_1/v7/shop/a.jpg"),
        ("https://media.example.com/demo", "https://media.example.com/demo/image/upload/w_1/v7/shop/a.jpg"),
        ("http://127.0.0.1:8001/res", "http://127.0.0.1:8001/res/demo/image/upload/w_1/v7/shop/a.jpg"),
    ],
)
def test_addresses_are_made_alike_wherever_pictures_come_from(base, begin):
    here = Environment(cloud_name="demo", api_secret="s", delivery_base=base)
    known = {"version": 7, "transformation": "w_1", "extension": "jpg"}
    assert delivery_url(here, ("image", "upload", "shop/a"), **known) == begin
    assert linked_url(here, Asset("1", "shop/a", version=7), "w_1", "jpg") == begin
    signed = delivery_url(here, ("image", "private", "shop/a"), **known)
    assert "/private/s--" in signed


@given(
    st.text(min_size=1).filter(lambda text: text.strip("/"))
    | st.sampled_from(["https://a.example/b c", "a%41//b", "é/v1"]),
    st.sampled_from(["image", "video", "raw"]),
    st.sampled_from(["upload", "fetch", "private", "facebook"]),
    st.sampled_from(["", "f_jpg,c_limit,w_800", "t_named/f_png"]),
    st.sampled_from(["", "http://127.0.0.1:9/cloud", "https://media.example.com"]),
    st.integers(1, 2**31),
)
def test_the_address_of_one_of_a_thousand_assets_is_the_one_that_the_sdk_gives(
    public_id, resource_type, delivery_type, transformation, base, version
):
    known = Environment(cloud_name="cloud", delivery_base=base, api_secret="s")
    wanted, _ = cloudinary_url(
        f"{public_id}.jpg",
        cloud_name="cloud",
        resource_type=resource_type,
        type=delivery_type,
        version=version,
        raw_transformation=transformation,
        sign_url=delivery_type == "private",
        api_secret="s",
        **own_host(base, "cloud"),
    )
    place = (resource_type, delivery_type, public_id)
    assert delivery_url(known, place, version=version, transformation=transformation, extension="jpg") == wanted
