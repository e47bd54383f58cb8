"""Choose Assets: what the Media Library has, what is found of it, and what is wrong when nothing is."""

from playwright.sync_api import expect

from linking import jobs
from linking.ingest.sheets import asking
from linking.models import SavedSearch, Sheet, StoreFile
from sandbox.catalog.records import MetadataField
from setup.security.actors import Actor
from tests.browser.states.stage import Stage
from tests.scenes import FIELDS, asset, product

SEASON = MetadataField("season", "Season", "enum", {"aw26": "AW 26", "ss26": "SS 26"})


def assets_of_the_media_library(stage: Stage) -> None:
    shut = asset("secret", "x", 4, access_control=[{"access_type": "token"}])
    named = [asset(name, f"sku-{name}", at, tags=["oak"]) for at, name in enumerate(("bed", "chair", "desk"))]
    seasons = asset(
        "oak-chair-in-a-very-long-name-front", None, 5, metadata={"season": "aw26"}, asset_folder="AW26/Chairs"
    )
    scene = stage.furnish([product("sku-bed"), product("sku-desk")], [*named, seasons, shut], fields=[*FIELDS, SEASON])
    scene.run(scene.select("bed", "desk"))
    desk = next(one for one in scene.world.environments[0].assets.values() if one.display_name == "desk")
    StoreFile.objects.filter(asset_id=desk.asset_id).update(version=1)
    SavedSearch.objects.create(environment=scene.environment, owner=scene.member, name="Oak", query="tag=oak")
    page = stage.shows("/assets/?order=name", "Choose Assets", "5 assets match")
    page.locator("#grid > .asset").first.click()
    expect(page.locator("#selection")).to_contain_text("1 selected")
    stage.look(page, "An asset is selected")
    page.locator("#grid > .asset").first.press("Enter")
    expect(page.get_by_text("In the galleries of")).to_be_visible()
    stage.look(page, "An asset is previewed", by_address=False)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add a filter").click()
    expect(page.get_by_role("button", name="Season List")).to_be_visible()
    stage.look(page, "A filter is added", by_address=False)
    page.get_by_role("button", name="Season List").click()
    expect(page.get_by_role("checkbox", name="AW 26")).to_be_visible()
    stage.look(page, "A filter by a list", by_address=False)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="List", exact=True).click()
    stage.look(page, "Choose Assets as a list", by_address=False)
    page.get_by_role("button", name="Grid", exact=True).click()
    page.get_by_role("button", name="Bring in assets").click()
    expect(page.get_by_text("Drop pictures, videos or folders here.")).to_be_visible()
    stage.look(page, "Assets are to be brought in", by_address=False)
    page.keyboard.press("Escape")
    stage.shows("/assets/?tag=oak&format=jpg&since=7&in.metadata%3Aseason=aw26", "Many filters", "No assets match.")
    stage.shows("/assets/?linked=not", "Not linked yet", "searched. Cloudinary cannot tell")


def nothing_of_the_media_library(stage: Stage) -> None:
    scene = stage.furnish([], [], role="master_admin")
    stage.shows("/assets/?order=name", "An empty Media Library", "no images or videos yet")
    stage.shows(
        "/assets/?in.metadata%3Acolour=red", "A field that Cloudinary does not know", "does not know the field colour"
    )
    for kind, name, reported in (
        ("http_401", "Cloudinary refuses the key", "Check the API key"),
        ("http_420", "The hourly limit is used up", "hourly API limit"),
        ("http_500", "Cloudinary is down", "Try again"),
    ):
        scene.world.faults.add(service="cloudinary", kind=kind, operation="search", times=1)
        stage.look(stage.visit(f"/assets/?q={kind}", reported), name, by_address=False)
    stage.page.route("**/assets/found/**", lambda route: None)
    page = stage.visit("/assets/?q=slow")
    expect(page.locator(".skeleton")).to_be_visible()
    stage.look(page, "Cloudinary is slow", by_address=False)
    page.unroute("**/assets/found/**")


LIST = (
    "File name,SKU,Sequence,Alt text\nbed,A-1,1,A bed\nchair,,2,\ndesk.jpg,OAK-1,one,\n"
    "a-file-with-a-very-long-name-that-nobody-has-ever-uploaded-to-this-environment.jpg,B,,\nbed,C,,\n"
)


def spreadsheets(stage: Stage) -> None:
    scene = stage.furnish([], [asset(name, f"sku-{name}", at) for at, name in enumerate(("bed", "chair", "desk"))])
    stage.shows("/assets/sheets/", "Spreadsheets, none yet", "Upload a spreadsheet")
    actor = Actor(scene.member)
    sheet = asking.begin(actor, "spring-collection-with-all-skus-and-alt-texts.csv", 1)
    asking.take(sheet, 0, LIST.encode())
    address = f"/assets/sheets/{sheet.key}/"
    stage.shows(address, "A spreadsheet is read", "Reading the file")
    sheet = worked(sheet)
    stage.shows(address, "Columns of a spreadsheet", "First values")
    asking.check(sheet, sheet.columns)
    stage.shows(address, "A spreadsheet is checked", "checking every row")
    sheet = worked(sheet)
    stage.shows(address, "Preview of a spreadsheet", "2 rows to write")
    asking.write(actor, sheet)
    sheet = worked(sheet)
    stage.shows(address, "A spreadsheet is written", "2 rows written")
    asking.undo(actor, sheet)
    worked(sheet)
    stage.shows(address, "A spreadsheet is undone", "2 rows undone")
    broken = asking.begin(actor, "broken.xlsx", 1)
    asking.take(broken, 0, b"PK\x03\x04")
    worked(broken)
    stage.shows(f"/assets/sheets/{broken.key}/", "A spreadsheet that cannot be read", "cannot read this file")
    stage.shows("/assets/sheets/", "Spreadsheets", "Uploaded spreadsheets")


def worked(sheet: Sheet) -> Sheet:
    jobs.sheet(sheet.pk)
    return Sheet.objects.get(pk=sheet.pk)
