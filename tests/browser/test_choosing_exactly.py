"""Everything that people choose by hand, each kind from its choice to undo: by keyboard in the Console's frame, in two stores. A
dry run shows it and writes nothing, applying does it, the report says it, a second run changes nothing, undo gives it back."""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import FrameLocator, Locator, expect

from linking.models import Link, Sync
from sandbox.catalog.records import MetadataField, Product
from setup.models import Environment
from tests import photos
from tests.browser.conftest import House
from tests.linking.syncing.test_adopting import filled, shot
from tests.scenes import FIELDS, Variant, asset, product

pytestmark = pytest.mark.full
Galleries = Sequence[
    Mapping[str, Sequence[str]]
]  # of each store, by handle, what pictures are called without our marks
KIND = MetadataField("kind", "Asset type", "enum", {"f": "Front", "b": "Back", "d": "Detail"})


@dataclass
class Person:
    """Somebody at the keyboard."""

    place: House

    @property
    def app(self) -> FrameLocator:
        return self.place.app

    def button(self, name: str | re.Pattern[str]) -> Locator:
        return self.app.get_by_role("button", name=name, exact=True).first

    def press(self, control: str | Locator, key: str = "Enter") -> None:
        found = self.button(control) if isinstance(control, str) else control
        expect(found).to_be_enabled()
        found.press(key)

    def page(self, name: str) -> None:
        """Is there."""
        expect(self.app.get_by_role("heading", name=name, exact=True, level=1)).to_be_visible()

    def type(self, text: str) -> None:
        self.place.page.keyboard.type(text)

    def key(self, *names: str) -> None:
        for name in names:
            self.place.page.keyboard.press(name)

    def rows(self) -> list[dict[str, str]]:
        """Of the report of the run whose page is there."""
        with self.place.page.expect_download() as download:
            self.press("Download CSV")
        text = download.value.path().read_text("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))


@dataclass(frozen=True)
class Part:
    """`choose`: what a person does before the dry run; `button`: what it makes of the button that links. `shown`: what the dry
    run says; `said`: what the report says of an asset, in how many rows. `there`: the galleries afterwards. `adopts`: nothing is
    written."""

    shelf: Sequence[Product]
    assets: Sequence
    choose: Callable[[Person], None]
    button: str
    there: Galleries
    shown: str = ""
    said: tuple[str, str, int] | None = None
    fields: Sequence[MetadataField] = field(default_factory=lambda: FIELDS)
    role: str = "Media Library user"
    at_once: int = 1000
    adopts: bool = False
    alts: str = ""  # what the texts of its pictures begin with


def galleries(place: House) -> list[dict[str, list[str]]]:
    shops = [place.scene.world.shops[store.domain] for store in place.scene.stores]
    return [
        {
            one.handle: [shop.files[id].filename.split("-al")[0].removesuffix(".jpg") for id in one.media]
            for one in shop.products.values()
        }
        for shop in shops
    ]


def by_hand(one: Person) -> None:
    """In each store another product: by a SKU that others begin with, and by words; and none of those that match in one."""
    for store, typed, title in (("North", "elm-1", "Elm table"), ("South", "ash ta", "Ash table")):
        one.press(f"Choose products … for lost in {store}")
        search = one.app.get_by_role("searchbox", name=f"Find a product for lost in {store}")
        expect(search).to_be_focused()
        one.type(typed)
        expect(one.button(f"Link to this ({title})")).to_be_visible()
        one.key("ArrowDown", "Enter")
        expect(one.app.get_by_text("gets the assets")).to_be_visible()
        one.key("Escape", "Escape")
        expect(search).to_be_hidden()
    one.press("More for oak")
    one.press("Choose products …")
    one.press(one.app.get_by_role("button", name="Exclude: Oak chair for oak").last)  # in South
    expect(one.button("Include: Oak chair for oak")).to_be_focused()
    one.key("Escape")


def order(one: Person) -> None:
    one.press(one.app.locator("#part-order"))
    one.app.get_by_role("combobox", name="Order product assets by").focus()
    one.type("Asset type")
    expect(one.app.locator("#order-words")).to_contain_text("Front, Back, Detail as in Asset type.")
    one.app.get_by_role("combobox", name="Then by").focus()
    one.type("Sequence")
    expect(one.app.locator("#order-words")).to_contain_text("then Sequence, lowest first")
    one.app.get_by_role("combobox", name="Direction of the second field").focus()
    one.key("End")
    expect(one.app.locator("#order-words")).to_contain_text("then Sequence, highest first")
    one.key("Escape")


def preset(one: Person) -> None:
    """A store that differs, kept under a name, changed, and used again."""
    south = one.app.locator(".store", has=one.app.get_by_role("checkbox", name="South", exact=True))
    one.press(one.app.locator("#part-stores"))
    one.press(south.locator("summary", has_text="Use other settings here"))
    mode = south.get_by_role("combobox", name="Link Mode here")
    mode.focus()
    one.type("Prepend")
    expect(one.button("Link Mode: Append, 1 store differs")).to_be_visible()
    one.key("Escape")
    one.press(one.app.locator("#part-presets"))
    one.press("Save as preset …")
    one.app.get_by_role("textbox", name="Name of the preset").focus()
    one.type("First in the south")
    one.key("Enter")
    row = one.app.locator(".preset-use", has_text="First in the south")
    expect(row).to_contain_text("In use")
    one.key("Escape")
    one.press(one.app.locator("#part-stores"))
    mode.focus()
    one.key("Home")
    expect(one.button("Link Mode: Append")).to_be_visible()
    one.key("Escape")
    one.press(one.app.locator("#part-presets"))
    expect(row).to_contain_text("South only: as everywhere → Prepend")
    one.press(row)
    expect(one.button("Link Mode: Append, 1 store differs")).to_be_visible()


def bound(one: Person) -> None:
    one.press(one.app.locator("#part-match"))
    one.press(one.app.get_by_role("checkbox", name="Active", exact=True), "Space")
    expect(one.button("Link 2 assets in 2 groups to 4 products")).to_be_enabled()
    one.press(one.app.get_by_text("Vendor, product type, tag or collection"))
    one.app.get_by_role("combobox", name="Collection").focus()
    one.type("sale")
    expect(one.app.locator("#bound-collection-like option")).to_have_attribute("value", "Sale")
    one.key("Enter")
    expect(one.app.get_by_role("checkbox", name="sale")).to_be_checked()
    one.key("Escape")


def parts(one: Person) -> None:
    expect(one.button("Link 8 assets in 4 groups to 6 products")).to_be_enabled()
    one.press(one.app.get_by_role("link", name=re.compile("^Part 2, ")))
    one.press("Exclude group b")


def names(one: Person) -> None:
    """An admin sets the template, sees what it makes, and goes back to the selection."""
    one.press(one.app.get_by_role("link", name="Setup", exact=True))
    one.app.get_by_role("textbox", name="File name").focus()
    one.type("{product.title} {key} {position}")
    expect(one.app.locator("#file-name-example")).to_contain_text("-1-al")
    one.key("Tab")
    expect(one.app.locator("#file-names-state")).to_have_text("Saved.")
    one.press(one.app.get_by_role("link", name="Link to Products", exact=True))


def captions(one: Person) -> None:
    one.press(one.app.locator("#alts-button"))
    expect(one.app.locator("#alts-cost")).to_contain_text("AI captions left this month.")
    one.press("Suggest alt texts for 2 images")
    expect(one.app.get_by_role("heading", name="2 suggestions to review")).to_be_visible()
    one.press(one.button(re.compile("^Accept all")))
    expect(one.app.locator("#alts-count")).not_to_contain_text("missing")


def nothing(one: Person) -> None:
    pass


def kinds() -> list:
    rows = [("detail", "d", 1), ("back2", "b", 2), ("none", "", 1), ("back1", "b", 1), ("front", "f", 9)]
    known = [(name, {"kind": kind} if kind else {}, at) for name, kind, at in rows]
    return [asset(name, "a", at, metadata={**kind, "sequence": place}) for at, (name, kind, place) in enumerate(known)]


ELM = product(None, handle="elm", title="Elm table", variants=(Variant(sku="elm-10"), Variant(sku="elm-1")))
PARTS = {
    "products by hand": Part(
        [product("oak", title="Oak chair"), ELM, product("ash", title="Ash table"), product("elm-11", title="Other")],
        [asset("f1", "lost"), asset("g1", "oak", 1)],
        by_hand,
        "Link 2 assets in 2 groups to 3 products",
        [{"elm": ["f1"], "product-oak": ["g1"]}, {"product-ash": ["f1"]}],
        "Chosen by hand.",
        ("f1", "Chosen by hand.", 2),
    ),
    "adopted": Part(
        [filled("a", (photos.encoded_again(photos.photo(1)), "1.jpg"), (photos.photo(7), "own.jpg"))],
        [shot("front", "a", 1)],
        nothing,
        "Link 1 asset in 1 group to 2 products",
        [{"product-a": ["1", "own"]}] * 2,
        "seem to be there already",
        ("front", "Adopted: it was there already.", 2),
        adopts=True,
    ),
    "order": Part(
        [product("a", pictures=1)],
        kinds(),
        order,
        "Link 5 assets in 1 group to 2 products",
        [{"product-a": ["product-a-0", "front", "back2", "back1", "detail", "none"]}] * 2,
        fields=[*FIELDS, KIND],
    ),
    "preset and a store that differs": Part(
        [product("a", pictures=1)],
        [asset("front", "a", 1)],
        preset,
        "Link 1 asset in 1 group to 2 products",
        [{"product-a": ["product-a-0", "front"]}, {"product-a": ["front", "product-a-0"]}],
        "Append, 1 store differs",
    ),
    "bound": Part(
        [
            product("a", collections=["Sale"]),
            product("b", status="DRAFT", collections=["Sale"]),
            product("c", pictures=1),
        ],
        [asset("one", "a"), asset("two", "b", 1), asset("three", "c", 2)],
        bound,
        "Link 1 asset in 1 group to 2 products",
        [{"product-a": ["one"], "product-c": ["product-c-0"]}] * 2,
        "not linked",
        ("three", "it is in none of the collections", 2),
    ),
    "chain": Part(
        [product(sku) for sku in "abcd"],  # the first store has no d, the second no b
        [asset(f"p{at}", "abcd"[at % 4], at, metadata={"sequence": at}) for at in range(8)],
        parts,
        "Link 6 assets in 3 groups to 5 products",
        [
            {"product-a": ["p0", "p4"], "product-b": [], "product-c": ["p2", "p6"]},
            {"product-a": ["p0", "p4"], "product-c": ["p2", "p6"], "product-d": ["p3", "p7"]},
        ],
        at_once=4,
    ),
    "file names": Part(
        [product("a", title="Öak Chair", tags=["x"]), product("b", title="Elm")],
        [asset("one", "a"), asset("two", "b", 1)],
        names,
        "Link 2 assets in 2 groups to 3 products",
        [{"product-a": ["oeak-chair-a-1"], "product-b": ["elm-b-1"]}, {"product-a": ["oeak-chair-a-1"]}],
        role="Master admin",
    ),
    "captions": Part(
        [product("a")],
        [asset(name, "a", at, metadata={"sequence": at}) for at, name in enumerate(("one", "two"))],
        captions,
        "Link 2 assets in 1 group to 2 products",
        [{"product-a": ["one", "two"]}] * 2,
        role="Master admin",
        alts="^A mostly ",
    ),
}


@pytest.mark.parametrize("name", PARTS)
def test_what_is_chosen_is_shown_done_reported_repeated_and_undone_in_two_stores(house, settings, name):
    part = PARTS[name]
    settings.SELECTION_MAX_ASSETS = part.at_once
    place = house(part.shelf, part.assets, stores=2, fields=part.fields)
    place.scene.world.settings.change({"caption_seconds": [0, 0]})
    before, one = galleries(place), Person(place)
    place.launch(role=part.role)
    if part.role != "Media Library user":
        one.press(one.app.get_by_role("link", name="Link to Products", exact=True))
    # All stores that have answered by then are ticked.
    expect(one.app.locator("#actions-note")).to_contain_text("Products found in 2 of 2 stores.")
    one.press("Tick all that match")
    expect(one.app.locator("#link-assets")).to_be_enabled()  # all is drawn again
    part.choose(one)
    expect(one.button(part.button)).to_be_enabled()

    one.press("Dry run")
    one.page("Dry run")
    expect(one.app.locator("body")).to_contain_text(part.shown)
    assert (galleries(place), place.scene.mutations()) == (before, [])
    one.press("Apply this plan")
    one.page("Done")
    now = galleries(place)
    assert [
        {handle: has[handle] for handle in wanted} for has, wanted in zip(now, part.there, strict=True)
    ] == part.there
    assert not (part.adopts and place.scene.mutations())
    brought = [
        file for shop in place.scene.world.shops.values() for file in shop.files.values() if "-al" in file.filename
    ]
    assert all(re.search(part.alts, file.alt) for file in brought)
    rows = one.rows()
    assert {row["Outcome"] for row in rows} <= {"Done", "Skipped"}
    if part.said:
        of, why, times = part.said
        assert sum(row["Asset"] == of and why in row["Reason"] for row in rows) == times

    first, written = Sync.objects.get(), len(place.scene.mutations())
    one.press(one.app.get_by_role("link", name="Back to Link to Products"))
    one.press(part.button)
    one.page("Done")
    assert Sync.objects.count() == 2
    assert {row["Outcome"] for row in one.rows()} <= {"Unchanged", "Skipped"}
    assert (galleries(place), len(place.scene.mutations())) == (now, written)

    one.press(one.app.get_by_role("link", name="History", exact=True))
    one.press(one.app.locator(f"#run-{first.pk}"))
    one.press("Undo")
    one.page("Undo: dry run")
    takes = one.app.get_by_role("checkbox", name=re.compile("^Remove .* picture"))
    if not part.adopts:
        one.press(takes, "Space")
    one.press("Apply this plan")
    one.page("Undone")
    assert (galleries(place), Link.objects.exists()) == (before, False)


def test_a_batch_of_files_in_another_rendition_is_shown_uploaded_reported_and_not_repeated_in_two_stores(house):
    place = house([], [asset("front"), asset("side", None, 1)], stores=2)
    Environment.objects.update(allowed_transformations=["square"], files_transformation="c_limit,w_30")
    place.scene.world.environments[0].transformations["square"] = "c_fill,w_20,h_20"
    one = Person(place)
    place.launch()
    one.press(one.app.get_by_role("link", name="Upload to Store Files"))
    for store in ("North", "South"):
        one.press(one.app.get_by_role("checkbox", name=store), "Space")
    row = one.app.get_by_role("listitem").filter(has_text="shop/front")
    expect(row).to_contain_text("Becomes JPG, 30 × 38 px, c_limit,w_30")
    one.app.get_by_role("combobox", name="Rendition of pictures").focus()
    one.key("ArrowDown", "Tab")
    expect(row).to_contain_text("in the size that t_square makes")
    one.press("Dry run")
    one.page("Upload: dry run")
    assert place.scene.mutations() == []
    one.press("Apply this plan")
    one.page("Uploaded")
    shops = place.scene.world.shops.values()
    assert [[file.content.width for file in shop.files.values()] for shop in shops] == [[20, 20]] * 2
    assert [row["Outcome"] for row in one.rows()] == ["Done"] * 4
    written = len(place.scene.mutations())
    one.press(one.app.get_by_role("link", name="Back to Upload to Store Files"))
    expect(one.app.get_by_text("4 files are there already and stay unchanged.")).to_be_visible()
    one.press("Dry run")
    one.page("Upload: dry run")
    expect(one.app.locator("#result")).to_contain_text("This plan changes nothing. The stores have every file already.")
    assert len(place.scene.mutations()) == written
