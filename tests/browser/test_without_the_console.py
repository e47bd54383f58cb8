"""The whole way of somebody who has no Console: in by each way to sign in, always as the same person; then 1,000 assets that a
field finds, all of them ticked at once, to products of two stores and back. By keyboard, at a desk and on a phone."""

import csv
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from linking.models import Link
from sandbox.catalog.records import MetadataField
from sandbox.identity.provider import CLIENT_ID, CLIENT_SECRET
from sandbox.mail.catcher import Catcher
from script.ports import free_port
from setup.models import Member, Person
from setup.signing_in import discovery
from tests.browser.conftest import House
from tests.browser.test_axe import SIDEWAYS
from tests.browser.test_choosing_exactly import galleries
from tests.browser.test_signing_in import DEVICE
from tests.scenes import FIELDS, asset, product
from tests.signing_in import company

pytestmark = pytest.mark.full
SKUS, MANY = "abcde", 1000
SEASON = MetadataField("season", "Season", "enum", {"aw26": "AW 26", "ss26": "SS 26"})
# Product -> what its gallery gets.
OF = {f"product-{sku}": [f"p{at:04}" for at in range(MANY) if SKUS[at % 5] == sku] for sku in SKUS}
LONG = 180_000  # milliseconds that a run of so many may take


@pytest.fixture
def place(house, live_server, settings, request) -> Iterator[House]:
    """/sign-in with every way set up. Of 1,050 assets 1,000 are of the season; what they belong to has pictures already."""
    seasons = [asset(f"p{at:04}", SKUS[at % 5], at % 5, metadata={"season": "aw26"}) for at in range(MANY)]
    others = [asset(f"q{at:02}", SKUS[at % 5], at % 5, metadata={"season": "ss26"}) for at in range(50)]
    shelf = [product(sku, pictures=sku == "a") for sku in SKUS]
    found = house(shelf, [*others, *seasons], stores=2, fields=[*FIELDS, SEASON], viewport=request.param)
    cloud, url = found.scene.environment.cloud_name, found.scene.url
    settings.APP_URL = live_server.url
    settings.OIDC_PROVIDERS = company(url)
    settings.GROUP_ROLES = [(f"{url}/identity", "assetlink-admins", cloud, "admin")]
    settings.CLOUDINARY_OAUTH = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "url": f"{url}/cloudinary-oauth",
    }
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", free_port(), False
    settings.DEFAULT_FROM_EMAIL = "AssetLink <assetlink@sandbox.example>"
    discovery.forget()
    devices = found.page.context.new_cdp_session(found.page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    catcher = Catcher(found.scene.world.mailbox, settings.EMAIL_PORT)
    catcher.start()
    try:
        found.page.goto(f"{live_server.url}/sign-in")
        yield found
    finally:
        catcher.stop()


def press(page: Page, name: str | re.Pattern[str], role="button", key: str = "Enter") -> None:
    found = page.get_by_role(role, name=name, exact=isinstance(name, str)).first
    expect(found).to_be_enabled()
    found.press(key)


def is_in(page: Page) -> None:
    expect(page.get_by_role("heading", name="Choose Assets", level=1)).to_be_visible()
    expect(page.locator("#you")).to_have_text("Tove Dahl")
    fits(page)


def fits(page: Page) -> None:
    assert not page.evaluate(SIDEWAYS), page.url


def leave(page: Page) -> None:
    """From You: in the head of a page a phone has no room for it."""
    press(page, "Tove Dahl", "link")
    page.locator("main").get_by_role("button", name="Sign out", exact=True).press("Enter")
    expect(page.get_by_role("heading", name="Sign in to AssetLink")).to_be_visible()
    fits(page)


def sign_in_by_each_way(place: House) -> None:
    """An OpenID provider, whose groups make an admin; Login with Cloudinary and a passkey, which are added; a code by e-mail."""
    page = place.page
    press(page, "Continue with Fjord & Fern")
    press(page, re.compile("^Tove Dahl"))
    is_in(page)
    press(page, "Tove Dahl", "link")
    press(page, "Add another way to sign in")
    press(page, "Login with Cloudinary")
    press(page, re.compile("^Jonas Lind"))
    expect(page.get_by_role("heading", name="Tove Dahl", level=1)).to_be_visible()
    page.get_by_label("Name of the device").fill("Laptop")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Laptop is added.")).to_be_visible()
    fits(page)
    leave(page)

    press(page, "Login with Cloudinary")
    press(page, re.compile("^Jonas Lind"))
    is_in(page)
    leave(page)

    page.get_by_label("E-mail address").fill("tove@fjordandfern.example")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Enter the code")).to_be_visible()
    fits(page)
    code = re.search(r"\d{4} \d{4}", place.scene.world.mailbox.mails()[0].text)
    assert code
    page.get_by_label("Code").fill(code[0])
    page.keyboard.press("Enter")
    is_in(page)
    leave(page)

    press(page, "Use a passkey")
    is_in(page)
    assert Person.objects.count() == Member.objects.exclude(person=None).count() == 1


def choose_all_of_a_season(page: Page) -> None:
    press(page, "Add a filter")
    press(page, "Season List")
    press(page, "AW 26", "checkbox", "Space")
    page.keyboard.press("Enter")
    expect(page.locator("#bar-count")).to_have_text("1,000 assets match")
    press(page, "Select all 1,000 that match")
    expect(page.locator("#selected-n")).to_have_text("1,000 selected")
    fits(page)
    press(page, "Link to Products")


@pytest.mark.parametrize("place", [(1280, 800), (375, 812)], ids=["desk", "phone"], indirect=True)
def test_who_has_no_console_signs_in_by_each_way_and_links_1000_assets_of_a_field(place):
    page, before = place.page, galleries(place)
    sign_in_by_each_way(place)
    choose_all_of_a_season(page)
    press(page, "Tick all that match")
    expect(page.get_by_role("button", name=re.compile(r"^Link 1,000\sassets in 5\sgroups to "))).to_be_enabled(
        timeout=LONG
    )
    fits(page)

    press(page, "Dry run")
    expect(page.get_by_role("heading", name="Dry run", level=1)).to_be_visible(timeout=LONG)
    expect(page.get_by_role("button", name="Apply this plan")).to_be_enabled(timeout=LONG)
    fits(page)
    assert (galleries(place), place.scene.mutations()) == (before, [])
    press(page, "Apply this plan")
    expect(page.get_by_role("heading", name="Done", exact=True)).to_be_visible(timeout=LONG)
    fits(page)
    now = galleries(place)
    assert [{handle: sorted(names) for handle, names in shop.items()} for shop in now] == [
        {handle: sorted(names + OF[handle]) for handle, names in shop.items()} for shop in before
    ]

    with page.expect_download(timeout=LONG) as download:
        press(page, "Download CSV")
    with download.value.path().open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    done = [row["Asset"] for row in rows if row["Outcome"] == "Done"]
    assert sorted(done) == sorted(name for shop in before for handle in shop for name in OF[handle])

    press(page, "Undo")
    expect(page.get_by_role("heading", name="Undo: dry run", level=1)).to_be_visible(timeout=LONG)
    press(page, re.compile("^Remove .* picture"), "checkbox", "Space")
    press(page, "Apply this plan")
    expect(page.get_by_role("heading", name="Undone", exact=True)).to_be_visible(timeout=LONG)
    fits(page)
    assert (galleries(place), Link.objects.exists()) == (before, False)
