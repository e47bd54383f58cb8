"""Pictures of all formats on their way into galleries and Files: what matters of them is still there in the store."""

import io
from pathlib import Path

import pytest
import urllib3
from PIL import Image

from linking.cloudinary.renditions import of_asset, of_file
from linking.domain import formats
from linking.domain.assets import Asset
from linking.domain.filenames import mark_of
from linking.models import ChangeRow, StoreFile
from setup.models import Environment
from tests import pressing
from tests.pictures import moving, saved
from tests.scenes import asset, picture, product

LOGO = (Path(__file__).parents[2] / "cases" / "13-logo.svg").read_bytes()


def brought(place) -> dict[str, bytes]:
    """What the store has of each asset, byte for byte, by the name of its file."""
    files = {row.name: row for row in StoreFile.objects.filter(state="ready")}
    return {name: place.world.blobs.get(place.shop.files[row.file_id].content.blob) for name, row in files.items()}


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_a_logo_goes_to_files_as_it_is_and_into_a_gallery_as_a_png_with_nothing_behind_it(scene):
    place = scene([product("a")], [asset("logo", "a", content=LOGO)])
    place.finish(pressing.upload(place.select(), "t1", dry_run=False))
    [(name, content)] = brought(place).items()
    assert (name.endswith(".svg"), content == LOGO) == (True, True)
    row = StoreFile.objects.get()
    assert (row.kind, place.shop.files[row.file_id].kind) == ("image", "MediaImage")
    StoreFile.objects.all().delete()
    place.run(place.select())
    [(name, content)] = brought(place).items()
    shown = opened(content)
    assert (name.endswith(".png"), shown.size) == (True, (300, 100))
    assert (shown.getpixel((50, 50)), shown.getpixel((0, 0))[3]) == ((0, 0, 128, 255), 0)


def test_a_run_keeps_transparency_frames_colours_and_the_way_up(scene):
    exif = Image.Exif()
    exif[0x0112] = 6
    contents = {
        "avif": saved("AVIF"),
        "tiff": saved("TIFF"),
        "ico": saved("ICO"),
        "png": saved("PNG"),
        "webp": saved("WEBP"),
        "gif-moves": moving("GIF"),
        "webp-moves": moving("WEBP"),
        "avif-moves": moving("AVIF"),
        "png-moves": moving("PNG"),
        "print": saved("JPEG", "CMYK", (255, 0, 0, 0)),
        "turned": saved("JPEG", "RGB", "red", exif=exif),
    }
    some = [asset(name, "a", content=content) for name, content in contents.items()]
    declared = [asset(name, "a", content=saved("PNG"), declared=name) for name in ("psd", "heic", "ai", "eps")]
    place = scene([product("a")], [*some, *declared])
    place.run(place.select())
    found = {name.partition("-al")[0]: opened(content) for name, content in brought(place).items()}
    assert set(found) == {*contents, "psd", "heic", "ai", "eps"}
    seen_through = {name for name, shown in found.items() if shown.convert("RGBA").getpixel((0, 0))[3] == 0}
    assert seen_through == {"avif", "tiff", "ico", "png", "webp", "psd", "heic", "ai", "eps"}
    assert {name for name, shown in found.items() if getattr(shown, "n_frames", 1) == 3} == {
        name for name in contents if name.endswith("-moves")
    }
    assert (found["print"].mode, found["turned"].size) == ("RGB", (20, 40))


def test_before_a_run_its_plan_says_that_a_long_animation_is_cut(scene):
    noise = [Image.effect_noise((40, 30), 90) for _ in range(101)]
    contents = {}
    for count in (101, 100):
        kept = io.BytesIO()
        noise[0].save(kept, "GIF", save_all=True, append_images=noise[1:count], duration=50)
        contents[f"of-{count}"] = kept.getvalue()
    place = scene([product("a")], [asset(name, "a", content=content) for name, content in contents.items()])
    shown = place.run(place.select(), dry_run=True)
    said = {row.name: str(row.reason) for row in ChangeRow.objects.filter(part__sync=shown).exclude(asset_id="")}
    assert (said["of-100"], "Cloudinary delivers the first 100" in said["of-101"]) == ("", True)
    place.run(place.select())
    assert {getattr(opened(content), "n_frames", 1) for content in brought(place).values()} == {100}


@pytest.mark.parametrize("named", ["", "square"])
@pytest.mark.parametrize("format", ["jpg", "png", "webp", "gif", "bmp", "pdf"])
def test_marks_of_renditions_that_stay_the_same_are_those_of_the_last_release(format, named):
    environment = Environment(cloud_name="c", image_transformation="c_limit,w_4472,h_4472/q_auto")
    extension = format if format in ("jpg", "png", "webp", "gif") else "jpg"
    known = {"": f"f_{extension},c_limit,w_4472,h_4472/q_auto", "square": f"t_square/f_{extension}"}[named]
    found = of_asset(environment, Asset("a", "x", format=format, version=7), named)
    assert found.mark == str(mark_of("a", 7, known))
    assert found.name.endswith(f".{extension}")


def test_where_the_rendition_changes_the_new_one_replaces_the_old_once(scene, monkeypatch):
    place = scene([product("a", pictures=1)], [asset("lamp", "a", content=saved("AVIF")), asset("front", "a", 1)])
    with monkeypatch.context() as before:
        before.setattr(formats, "LAYERED", set())  # as it was: a JPEG
        place.run(place.select())
    assert {name.rpartition(".")[2] for name in brought(place)} == {"jpg"}
    sync = place.run(place.select())
    lines = {row.name: row for row in ChangeRow.objects.filter(part__sync=sync).exclude(asset_id="")}
    assert (lines["lamp"].change, lines["lamp"].outcome, lines["front"].outcome) == ("replace", "done", "unchanged")
    assert len(place.gallery("product-a")) == 3
    again = place.run(place.select())
    assert set(ChangeRow.objects.filter(part__sync=again).exclude(asset_id="").values_list("outcome", flat=True)) == {
        "unchanged"
    }


def test_every_form_that_is_asked_for_is_one_that_cloudinary_delivers(scene):
    known = {
        "svg": LOGO,
        "avif": saved("AVIF"),
        "tif": saved("TIFF"),
        "webp": moving("WEBP"),
        "png": picture(1, format="PNG"),
    }
    place = scene([], [asset(name, content=content) for name, content in known.items()])
    for row in place.select().assets.all():
        for rendition in (of_asset(place.environment, row.asset), of_file(place.environment, row.asset).rendition):
            answer = urllib3.request("GET", rendition.url, retries=False)
            assert answer.status == 200, answer.headers.get("X-Cld-Error")
            assert rendition.url.rpartition(".")[2] == rendition.name.rpartition(".")[2]
