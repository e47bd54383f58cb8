"""How files look that an upload brings: by the environment's defaults, or by another rendition for this batch."""

import pytest

from linking.cloudinary.renditions import of_file
from linking.models import StoreFile
from tests.films import clip
from tests.linking.views.test_uploads_page import send, upload, visit
from tests.linking.visits import text_of
from tests.scenes import asset, picture

__all__ = ["visit"]
ASSETS = [
    asset("front", shade=1, content=picture(1, (400, 300))),
    asset("film", content=clip(), public_id="shop/film"),
    asset("logo", content=b"<svg xmlns='http://www.w3.org/2000/svg'/>", public_id="shop/logo", declared="svg"),
]


@pytest.fixture
def place(scene):
    found = scene([], ASSETS, stores=2)
    environment = found.environment
    environment.files_transformation, environment.files_video_transformation = "c_limit,w_200", "c_limit,w_32,h_32"
    environment.allowed_transformations = ["square"]
    environment.save()
    found.world.environments[0].transformations["square"] = "c_fill,w_100,h_100"
    return found


def sizes(place) -> dict[str, tuple[int | None, int | None]]:
    return {
        one.filename.partition("-")[0]: (one.content.width, one.content.height)
        for one in place.shop.files.values()
        if one.content
    }


def test_each_asset_says_what_it_becomes_and_becomes_that(place, visit):
    selection = place.select()
    client = visit(place, selection)
    page = text_of(client.get(f"/selections/{selection.key}/upload"))
    assert "Becomes JPG, 200 × 150 px, c_limit,w_200" in page
    assert "px, c_limit,w_32,h_32" in page
    assert "Becomes as it is, SVG" in page
    upload(client, place, selection, stores=[one.pk for one in place.stores])
    assert sizes(place)["front"] == (200, 150)
    [film] = [row.asset for row in selection.rows() if row.asset.resource_type == "video"]
    assert "/f_mp4,vc_h264,ac_aac,c_limit,w_32,h_32/" in of_file(place.environment, film).rendition.url
    place.environment.files_video_transformation = ""
    assert f",{place.environment.video_transformation}/" in of_file(place.environment, film).rendition.url


def test_another_rendition_for_this_batch_is_another_file_and_one_that_linking_shares(place, visit):
    selection = place.select("front")
    client = visit(place, selection)
    upload(client, place, selection)
    answer = send(client, selection, "settings", stores=[one.pk for one in place.stores], transformation="square")
    selection.refresh_from_db()
    assert selection.transformation == "square"
    assert "Upload 1 asset to 2 stores" in text_of(answer)
    page = text_of(client.get(f"/selections/{selection.key}/upload"))
    assert "Becomes JPG, in the size that t_square makes" in page
    run = upload(client, place, selection)
    assert run.transformation == "square"
    assert sorted(one.content.width for one in place.shop.files.values() if one.content) == [100, 200]
    assert StoreFile.objects.filter(store=place.stores[0]).count() == 2
    before = len(place.mutations())
    upload(client, place, selection)
    assert len(place.mutations()) == before


def test_a_rendition_that_is_no_longer_allowed_is_not_used(place, visit):
    selection = place.select("front", transformation="other")
    client = visit(place, selection)
    assert "Becomes JPG, 200 × 150 px, c_limit,w_200" in text_of(client.get(f"/selections/{selection.key}/upload"))
    upload(client, place, selection)
    assert sizes(place)["front"] == (200, 150)
    answer = send(client, selection, "settings", transformation="nonsense")
    selection.refresh_from_db()
    assert (answer.status_code, selection.transformation) == (200, "other")


def test_the_button_counts_what_comes_and_the_line_under_it_what_is_there(place, visit):
    selection = place.select("front", "logo", stores=place.stores[:1])
    client = visit(place, selection)
    upload(client, place, selection)
    answer = text_of(send(client, selection, "settings", stores=[place.stores[0].pk]))
    assert "Nothing to upload" in answer
    assert "2 files are there already and stay unchanged." in answer
    answer = text_of(send(client, selection, "settings", stores=[one.pk for one in place.stores]))
    assert "Upload 2 assets to 2 stores" in answer
    assert "2 files are there already and stay unchanged." in answer
