"""A spreadsheet is uploaded, previewed, written and undone in a real browser, by keyboard."""

from playwright.sync_api import expect

from setup.cloudinary import surroundings
from tests.browser.barriers import violations
from tests.browser.test_choose import opened
from tests.scenes import asset


def pressed(page, name: str) -> None:
    page.get_by_role("button", name=name).focus()
    page.keyboard.press("Enter")


def test_a_spreadsheet_fills_in_skus_and_takes_them_back(house, tmp_path):
    place = house([], [asset("bed", "OLD", 1), asset("lamp", "OLD", 2)])
    surroundings.look(place.scene.environment)
    page = opened(place)
    page.get_by_role("button", name="Bring in assets").click()
    page.get_by_role("link", name="Fill them in from a spreadsheet").click()
    file = tmp_path / "skus.csv"
    file.write_bytes(b"Dateiname;Artikelnummer\nbed.jpg;B-1\nlamp;L-1\nnobody;X\n" + b";\n" * 300_000)
    page.get_by_label("CSV or XLSX file").set_input_files(file)
    pressed(page, "Upload the spreadsheet")
    expect(page.get_by_role("heading", name="skus.csv")).to_be_visible()
    expect(page.get_by_role("heading", name="Columns")).to_be_visible()
    expect(page.get_by_label("Artikelnummer")).to_have_value("field:sku")
    assert violations(page, "columns") == []
    pressed(page, "Check the rows")
    expect(page.get_by_text("2 rows to write and 1 unknown asset.")).to_be_visible()
    assert violations(page, "preview") == []
    pressed(page, "Write 2 rows to Cloudinary")
    expect(page.get_by_text("2 rows written and 1 unknown asset.")).to_be_visible()
    assets = place.scene.world.environments[0].assets.values()
    assert {one.metadata["sku"] for one in assets} == {"B-1", "L-1"}
    pressed(page, "Undo what was written")
    expect(page.get_by_text("2 rows undone and 1 unknown asset.")).to_be_visible()
    assert {one.metadata["sku"] for one in assets} == {"OLD"}
