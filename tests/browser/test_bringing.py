"""Files are brought in from Choose Assets in a real browser, and linked."""

import hashlib

import pytest
from playwright.sync_api import expect

from linking.models import Selection
from setup.cloudinary import surroundings
from tests.browser.barriers import violations
from tests.browser.test_choose import opened
from tests.films import clip, stretched
from tests.scenes import asset, picture, product

DROP = """files => {
  const data = new DataTransfer();
  for (const [name, bytes] of files)
    data.items.add(new File([Uint8Array.from(atob(bytes), one => one.charCodeAt(0))], name));
  for (const type of ["dragover", "drop"])
    document.querySelector(".choose-main").dispatchEvent(
      new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


def folder_of(tmp_path, **files: bytes):
    """Written with `__` for a point."""
    folder = tmp_path / "spring"
    (folder / "shoes").mkdir(parents=True)
    for name, content in files.items():
        (folder / "shoes" / name.replace("__", ".")).write_bytes(content)
    (folder / ".DS_Store").write_bytes(b"1")
    return folder


def there(place) -> dict[str, str]:
    """Public ID -> MD5."""
    world = place.scene.world
    return {
        one.public_id: hashlib.md5(world.blobs.get(one.blob), usedforsecurity=False).hexdigest()
        for one in world.environments[0].assets.values()
    }


def faults(place, kind: str, **known) -> None:
    place.scene.world.faults.add(service="cloudinary", operation="upload", kind=kind, **known)


def started(page, folder) -> None:
    page.get_by_role("button", name="Bring in assets").click()
    dialog = page.get_by_role("dialog", name="Bring in assets")
    dialog.locator("#bring-input-folder").set_input_files(folder)
    expect(dialog.get_by_role("status")).to_contain_text("new")


def test_a_folder_is_brought_in_and_linked(house, tmp_path):
    place = house([product("A-1"), product("A-2")], [asset("bed", "x")])
    surroundings.look(place.scene.environment)
    page = opened(place)
    files = {f"A-{1 + at // 3}_{1 + at % 3}__jpg": picture(40 + at) for at in range(5)}
    files |= {"A-2_3__mp4": clip(), "notes__txt": b"x", "broken_1__jpg": b"no picture", "same_9__jpg": picture(40)}
    folder = folder_of(tmp_path, **files)
    started(page, folder)
    dialog = page.get_by_role("dialog", name="Bring in assets")
    expect(dialog.get_by_role("status")).to_have_text("7 new, 1 comes twice and 1 cannot be uploaded")
    others = dialog.get_by_role("list", name="Files that AssetLink does not upload")
    expect(others).to_contain_text("neither a picture nor a video")
    expect(dialog.locator("#bring-names")).to_have_text("7 names have a SKU, 3 SKUs in all.")
    assert violations(page, "bring in") == []
    faults(place, "http_500", times=2)
    faults(place, "lost_answer", times=1)
    dialog.get_by_role("button", name="Upload to Cloudinary").click()
    expect(dialog.get_by_role("status")).to_have_text("Uploaded 6 of 7. 1 failed: see below.")
    expect(dialog.get_by_text("Invalid image file")).to_be_visible()
    found = there(place)
    assert {id: found[id] for id in found if id.startswith("spring/")} == {
        f"spring/shoes/{name.partition('__')[0]}": hashlib.md5(content, usedforsecurity=False).hexdigest()
        for name, content in files.items()
        if name[:2] == "A-"
    }
    dialog.get_by_role("button", name="Link to Products").click()
    expect(page.get_by_role("button", name="Link 6 assets in 2 groups to 2 products")).to_be_visible()
    assert Selection.objects.latest("pk").assets.count() == 6


@pytest.mark.full
def test_dropped_files_open_the_dialog_and_a_second_time_nothing_is_sent(house):
    import base64

    place = house([], [asset("bed", "x")])
    page = opened(place)
    sent = [["one.jpg", base64.b64encode(picture(50)).decode()], ["two.jpg", base64.b64encode(picture(51)).decode()]]
    page.evaluate(DROP, sent)
    dialog = page.get_by_role("dialog", name="Bring in assets")
    expect(dialog.get_by_role("status")).to_have_text("2 new")
    dialog.get_by_role("button", name="Upload to Cloudinary").click()
    expect(dialog.get_by_role("status")).to_have_text("Uploaded 2 of 2.")
    page.keyboard.press("Escape")
    page.evaluate(DROP, sent)
    expect(dialog.get_by_role("status")).to_have_text("2 are there already")
    expect(dialog.get_by_role("button", name="Upload to Cloudinary")).to_be_disabled()
    expect(dialog.get_by_role("button", name="Link to Products")).to_be_visible()
    assert len(there(place)) == 3


@pytest.mark.full
def test_a_pause_keeps_what_has_come_and_a_large_file_goes_on_in_its_parts(house, tmp_path):
    place = house([], [asset("bed", "x")])
    page = opened(place)
    film = stretched(clip(), 26 * 1024 * 1024)
    started(page, folder_of(tmp_path, film__mp4=film, small__jpg=picture(60)))
    dialog = page.get_by_role("dialog", name="Bring in assets")
    faults(place, "http_500", times=1, match="film")
    held = []
    page.route("**/video/upload", lambda route: held.append(route) if not held else route.continue_())
    dialog.get_by_role("button", name="Upload to Cloudinary").click()
    expect(dialog.get_by_role("status")).to_contain_text("Uploaded 1 of 2")
    dialog.get_by_role("button", name="Pause").click()
    expect(dialog.get_by_role("status")).to_have_text("Paused after 1 of 2.")
    dialog.get_by_role("button", name="Resume").click()
    expect(dialog.get_by_role("status")).to_have_text("Uploaded 2 of 2.")
    assert there(place)["spring/shoes/film"] == hashlib.md5(film, usedforsecurity=False).hexdigest()


@pytest.mark.full
def test_a_thousand_files_come_whole_and_once_although_one_request_in_twenty_fails(house, tmp_path):
    place = house([], [asset("bed", "x")])
    page = opened(place)
    page.set_default_timeout(900_000)
    folder = tmp_path / "many"
    folder.mkdir()
    sums = {}
    for at in range(1000):  # what follows a picture's end is no part of it
        content = picture(at % 200) + at.to_bytes(4, "big") * (512 * 1024)
        (folder / f"S-{at}_1.jpg").write_bytes(content)
        sums[f"many/S-{at}_1"] = hashlib.md5(content, usedforsecurity=False).hexdigest()
    page.get_by_role("button", name="Bring in assets").click()
    dialog = page.get_by_role("dialog", name="Bring in assets")
    dialog.locator("#bring-input-folder").set_input_files(folder)
    expect(dialog.get_by_role("status")).to_have_text("1,000 new", timeout=900_000)
    faults(place, "http_500", times=None, every=40)
    faults(place, "lost_answer", times=None, every=40)
    dialog.get_by_role("button", name="Upload to Cloudinary").click()
    expect(dialog.get_by_role("status")).to_have_text("Uploaded 1,000 of 1,000.", timeout=900_000)
    found = there(place)
    assert {id: md5 for id, md5 in found.items() if id != "shop/bed"} == sums
