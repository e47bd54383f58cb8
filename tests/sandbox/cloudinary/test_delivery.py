import io

import cloudinary.uploader
import pytest
from cloudinary.utils import cloudinary_url
from PIL import Image

from tests.sandbox.world.factories import HTTP, asset, film, picture

FACES = {"Accept": "image/avif,image/webp,image/*,*/*;q=0.8"}


@pytest.fixture
def get(served):
    """get(*assets)(path, ...): the answer below /res/<cloud>/."""

    def of(*assets, **known):
        world = served(*assets, **known)

        def answer(path, method="GET", **headers):
            url = f"{world.base_url}/res/{world.environments[0].cloud_name}/{path}"
            return HTTP.request(method, url, headers=headers)

        answer.world = world
        return answer

    return of


def opened(answer):
    assert answer.status == 200, answer.headers.get("X-Cld-Error")
    return Image.open(io.BytesIO(answer.data))


@pytest.mark.parametrize(
    ("transformation", "size"),
    [
        ("c_limit,w_4472,h_4472", (400, 200)),
        ("c_limit,w_100,h_100", (100, 50)),
        ("c_fit,w_800,h_800", (800, 400)),
        ("c_fill,w_100,h_100,g_auto", (100, 100)),
        ("c_fill,w_112,h_112/q_auto/f_jpg", (112, 112)),
        ("c_pad,w_100,h_100,b_white", (100, 100)),
        ("c_thumb,w_60,h_90,g_center", (60, 90)),
        ("c_scale,w_100", (100, 50)),
        ("w_0.5,c_scale", (200, 100)),
        ("w_50", (50, 25)),
        ("c_scale,w_100,dpr_2.0", (200, 100)),
        ("c_fill,ar_1:1,w_80", (80, 80)),
        ("c_crop,w_50,h_60,g_north_west", (50, 60)),
        ("c_lfill,w_800,h_100", (400, 100)),
        ("a_90/c_limit,w_100,h_100", (50, 100)),
        ("e_grayscale", (400, 200)),
    ],
)
def test_crop_modes_give_the_sizes_that_they_promise(get, transformation, size):
    deliver = get(asset("shop/a", content=picture((400, 200))))
    assert opened(deliver(f"image/upload/{transformation}/v1/shop/a.jpg")).size == size


@pytest.mark.parametrize(
    ("path", "mime", "form"),
    [
        ("image/upload/f_jpg/v1/a", "image/jpeg", "JPEG"),
        ("image/upload/f_png/v1/a.jpg", "image/png", "PNG"),
        ("image/upload/v1/a.webp", "image/webp", "WEBP"),
        ("image/upload/f_gif/a.gif", "image/gif", "GIF"),
        ("image/upload/a", "image/png", "PNG"),
    ],
)
def test_the_format_is_that_of_f_or_else_of_the_ending_or_else_the_originals(get, path, mime, form):
    answer = get(asset("a", content=picture(form="PNG")))(path)
    assert (opened(answer).format, answer.headers["Content-Type"]) == (form, mime)


def test_f_auto_goes_by_what_the_caller_accepts(get):
    deliver = get(asset("a"))
    assert opened(deliver("image/upload/f_auto/v1/a")).format == "JPEG"
    assert opened(deliver("image/upload/f_auto/v1/a", **FACES)).format == "WEBP"
    assert deliver("image/upload/f_auto/v1/a").headers["Vary"] == "Accept"


def test_a_png_with_see_through_parts_gets_white_behind_it_as_a_jpeg(get):
    deliver = get(asset("a", content=picture(color="#00000000", form="PNG", mode="RGBA")))
    assert min(opened(deliver("image/upload/f_jpg,q_100/v1/a")).getpixel((40, 40))) > 250


def test_without_a_transformation_the_original_comes_byte_for_byte(get):
    assert get(asset("a"))("image/upload/v7/a.jpg").data == picture()


def test_a_lower_quality_makes_fewer_bytes(get):
    noise = io.BytesIO()
    Image.effect_noise((200, 200), 80).convert("RGB").save(noise, "PNG")
    deliver = get(asset("a", content=noise.getvalue()))
    sizes = [len(deliver(f"image/upload/f_jpg,{quality}/v1/a").data) for quality in ("q_20", "q_auto", "q_95")]
    assert sizes == sorted(sizes)
    assert len(set(sizes)) == 3


def test_named_transformations_stand_for_their_definition(get):
    deliver = get(asset("a"), transformations={"small": "c_fill,w_20,h_30"})
    assert opened(deliver("image/upload/t_small/f_png/v1/a")).size == (20, 30)
    assert deliver("image/upload/t_other/v1/a").status == 400


def test_a_video_is_delivered_as_stored(get):
    answer = get(asset("v", content=film()))("video/upload/f_mp4,vc_h264,ac_aac,q_auto/v5/v")
    assert (answer.data, answer.headers["Content-Type"]) == (film(), "video/mp4")


def test_f_jpg_of_a_video_is_a_frame_of_it(get):
    deliver = get(asset("v", content=film()))
    assert opened(deliver("video/upload/c_fill,w_112,h_112/q_auto/f_jpg/v5/v.jpg")).size == (112, 112)
    assert opened(deliver("video/upload/so_0/v5/v.jpg")).size == (384, 480)


def test_f_auto_of_a_video_may_be_a_picture(get):
    deliver = get(asset("v", content=film()))
    assert deliver("video/upload/f_auto/v5/v").headers["Content-Type"] == "image/jpeg"
    assert deliver("video/upload/f_auto:video/v5/v").headers["Content-Type"] == "video/mp4"


def test_players_can_ask_for_a_part_of_a_video(get):
    answer = get(asset("v", content=film()))("video/upload/v5/v.mp4", Range="bytes=0-99")
    assert (answer.status, answer.data) == (206, film()[:100])


def test_head_tells_the_same_without_a_body(get):
    answer = get(asset("a"))("image/upload/v1/a.jpg", "HEAD")
    assert (answer.status, answer.headers["Content-Length"], answer.data) == (200, str(len(picture())), b"")


def test_answers_may_be_cached_and_read_by_any_page(get):
    headers = get(asset("a"))("image/upload/v1/a.jpg").headers
    assert headers["Cache-Control"].startswith("public, max-age=")
    assert (headers["Access-Control-Allow-Origin"], bool(headers["ETag"])) == ("*", True)


@pytest.mark.parametrize(
    ("path", "status", "cause"),
    [
        ("image/upload/v1/b.jpg", 404, "Resource not found - b"),
        ("video/upload/v1/a.mp4", 404, "Resource not found - a"),
        ("image/upload/w_wide/v1/a.jpg", 400, "Invalid width in transformation: wide"),
        ("image/upload/c_nonsense/v1/a.jpg", 400, "Invalid crop in transformation: nonsense"),
        ("image/upload/w_0/v1/a.jpg", 400, "Invalid width"),
        ("image/upload/f_bmpp/v1/a.jpg", 400, "Invalid format"),
        ("image/upload/q_101/v1/a.jpg", 400, "Invalid quality"),
        ("image/upload/b_noncolor/v1/a.jpg", 400, "Invalid background"),
        ("image/upload/zz_1/v1/a.jpg", 400, "Invalid transformation component - zz_1"),
        ("image/upload/fjpg/v1/a.jpg", 400, "Invalid transformation component - fjpg"),
        ("image/upload/f_jpg,,q_auto/v1/a", 400, "Invalid transformation component"),
        ("image/upload/f_mp4/v1/a", 400, "Unsupported format mp4"),
    ],
)
def test_refusals_name_their_cause_in_a_header(get, path, status, cause):
    answer = get(asset("a"))(path)
    assert (answer.status, cause in answer.headers["X-Cld-Error"]) == (status, True)


def test_public_ids_may_hold_dots_spaces_and_odd_letters(get):
    deliver = get(asset("shop/v1.2 blå & co"))
    assert deliver("image/upload/v1/shop/v1.2%20bl%C3%A5%20%26%20co.jpg").status == 200
    assert deliver("image/upload/f_png/v1/shop/v1.2%20bl%C3%A5%20%26%20co").status == 200


def test_effects_that_are_not_drawn_are_reported(get):
    answer = get(asset("a"))("image/upload/e_upscale/v1/a.jpg")
    assert answer.headers["X-Sandbox-Left-Out"] == "e_upscale"


def test_private_and_authenticated_assets_need_the_right_signature(get, served):
    deliver = get()
    environment = deliver.world.environments[0]
    environment.add_asset(content=picture(), public_id="shop/a", type="authenticated")
    options = {"cloud_name": environment.cloud_name, "type": "authenticated", "raw_transformation": "f_jpg,w_20"}
    options |= {"cname": deliver.world.base_url.removeprefix("http://") + "/res", "secure": False, "version": 7}
    signed, _ = cloudinary_url("shop/a.jpg", sign_url=True, api_secret=environment.keys.api_secret, **options)
    forged, _ = cloudinary_url("shop/a.jpg", sign_url=True, api_secret="other", **options)
    long, _ = cloudinary_url(
        "shop/a.jpg", sign_url=True, long_url_signature=True, api_secret=environment.keys.api_secret, **options
    )
    plain, _ = cloudinary_url("shop/a.jpg", **options)
    assert [HTTP.request("GET", url).status for url in (signed, long, forged, plain)] == [200, 200, 401, 401]


def test_a_token_restricted_asset_is_not_delivered(get):
    deliver = get()
    rules = [{"access_type": "token"}]
    deliver.world.environments[0].add_asset(content=picture(), public_id="a", access_control=rules)
    assert deliver("image/upload/v1/a.jpg").status == 401


@pytest.mark.parametrize(
    ("rules", "status"),
    [
        ([{"access_type": "anonymous", "start": "2020-01-01T00:00:00Z", "end": "2020-02-01T00:00:00Z"}], 401),
        ([{"access_type": "anonymous", "start": "2999-01-01T00:00:00Z"}], 401),
        ([{"access_type": "token"}, {"access_type": "anonymous", "end": "2020-02-01T00:00Z"}], 401),
        ([{"access_type": "token"}, {"access_type": "anonymous", "start": "2020-01-01T00:00Z"}], 200),
        ([{"access_type": "anonymous"}], 200),
    ],
)
def test_an_asset_is_delivered_to_everybody_only_within_its_time(get, rules, status):
    deliver = get()
    deliver.world.environments[0].add_asset(content=picture(), public_id="a", access_control=rules)
    assert deliver("image/upload/v1/a.jpg").status == status


def test_refusals_stay_in_the_cdn_for_a_minute_then_for_two(get):
    deliver = get()
    assert deliver("image/upload/v1/a.jpg").status == 404
    deliver.world.environments[0].add_asset(content=picture(), public_id="a")
    assert deliver("image/upload/v1/a.jpg").status == 404
    assert deliver("image/upload/v2/a.jpg").status == 200
    deliver.world.forward += 61
    assert deliver("image/upload/v1/a.jpg").status == 200


def test_a_second_refusal_stays_twice_as_long(get):
    deliver = get()
    for wait in (61, 61):
        assert deliver("image/upload/v1/a.jpg").status == 404
        deliver.world.forward += wait
    deliver.world.environments[0].add_asset(content=picture(), public_id="a")
    assert deliver("image/upload/v1/a.jpg").status == 404
    deliver.world.forward += 60
    assert deliver("image/upload/v1/a.jpg").status == 200


def test_the_cdn_shows_an_overwritten_asset_only_under_a_new_version(get, found):
    deliver = get(asset("a"))
    known = found(deliver.world, "a")
    old, before = known.version, deliver(f"image/upload/v{known.version}/a.jpg").data
    deliver.world.environments[0].overwrite(known, picture(color="#002080"))
    assert known.version == old + 1
    assert deliver(f"image/upload/v{old}/a.jpg").data == before
    assert deliver(f"image/upload/v{known.version}/a.jpg").data == picture(color="#002080")


def test_the_cdn_goes_on_with_a_destroyed_asset_unless_it_is_invalidated(get, keys):
    deliver = get(asset("a"), asset("b"))
    for name in ("a", "b"):
        assert deliver(f"image/upload/v1/{name}.jpg").status == 200
    cloudinary.uploader.destroy("a", **keys(deliver.world))
    cloudinary.uploader.destroy("b", invalidate=True, **keys(deliver.world))
    assert deliver("image/upload/v1/a.jpg").status == 200
    assert deliver("image/upload/v1/b.jpg").status == 404
