"""Galleries before and after, as strips of tiles; and variants whose picture changes. No database."""

from linking.domain.plan import NEW_VERSION, TAKEN_OUT
from linking.models import ChangeRow, ProductSync, StoreSync, Sync
from linking.pages.gallery_strips import (
    Gap,
    Planned,
    after_strip,
    before_strip,
    excerpt,
    folded,
    left_strip,
    moved_media,
    product_link,
    swatch_strip,
    tile_of_line,
    variants_of,
)
from linking.templatetags.strips import places
from setup.models import Store


def medium(id: str, **known) -> dict:
    return {"id": id, "alt": f"Alt {id}", "type": "IMAGE", "url": f"https://cdn/{id}.jpg", **known}


def line(change: str, **known) -> ChangeRow:
    return ChangeRow(change=change, **known)


def gallery(*before: str, after: list[dict], kind: str = "link", variants: list[dict] = ()) -> Planned:
    part = StoreSync(sync=Sync(kind=kind))
    there = [medium(id) for id in before]
    return Planned.of(ProductSync(part=part, before=there, after=after, variants=list(variants)))


def stay(*ids: str) -> list[dict]:
    return [{"medium": id} for id in ids]


def changes(tiles) -> list[tuple[str, str]]:
    return [(tile.name, tile.change) for tile in tiles]


def test_what_leaves_is_marked_before():
    shown = before_strip(
        gallery("a", "b", "c", after=stay("c")),
        [
            line("unlink", medium_id="a"),
            line("replace", medium_id="b", asset_id="new"),
        ],
    )
    assert changes(shown) == [("Alt a", "unlink"), ("Alt b", "unlink"), ("Alt c", "")]
    assert [tile.said for tile in shown] == [
        "Alt a, removed",
        "Alt b, removed: Another picture takes its place",
        "Alt c",
    ]
    assert [tile.position for tile in shown] == [1, 2, 3]


def test_what_leaves_says_why_and_what_could_not_leave_says_so():
    reset = line("unlink", medium_id="a", reason=TAKEN_OUT["reset"])
    stuck = line("unlink", medium_id="b", outcome="failed")
    tiles = before_strip(gallery("a", "b", after=[]), [reset, stuck])
    assert [tile.said for tile in tiles] == [
        "Alt a, removed: Reset keeps only linked assets",
        "Alt b, not removed",
    ]
    assert [tile_of_line(one).said.partition(", ")[2] for one in (reset, stuck)] == [
        "removed: Reset keeps only linked assets",
        "not removed",
    ]


def test_a_newer_version_of_the_same_asset_takes_nothing_out():
    newer = line("replace", medium_id="a", asset_id="new", name="front", reason=NEW_VERSION)
    product = gallery("a", after=[{"asset": "new", "file": "m1"}])
    assert changes(before_strip(product, [newer])) == [("Alt a", "")]
    assert [tile.said for tile in after_strip(product, [newer])] == ["front, replaced"]


def test_what_comes_stays_and_moves_is_marked_after():
    product = gallery("a", "b", after=[*stay("b", "a"), {"asset": "new", "file": "m1"}])
    shown = after_strip(product, [line("add", asset_id="new", name="front", thumbnail="https://t/front")])
    assert [change for _, change in changes(shown)].count("move") == 1
    assert (shown[2].name, shown[2].change, shown[2].url) == ("front", "add", "https://t/front")


def test_the_fewest_media_count_as_moved():
    before = [medium(id) for id in "abcde"]
    assert moved_media(before, stay("e", "a", "b", "c", "d")) == {"e"}
    assert moved_media(before, stay("a", "c", "e")) == set()


def test_what_failed_to_arrive_says_so_on_its_tile():
    product = gallery(after=[{"asset": "new", "file": "m1"}])
    [tile] = after_strip(product, [line("add", asset_id="new", name="front", outcome="failed")])
    assert (tile.change, tile.said) == ("add", "front, not added")
    assert 'class="shot fail"' in places([tile])


def test_what_is_unconfirmed_is_not_reported_as_lost():
    product = gallery(after=[{"asset": "new", "file": "m1"}])
    [tile] = after_strip(product, [line("add", asset_id="new", name="front", outcome="unknown")])
    assert (tile.change, tile.lost) == ("add", "unconfirmed")
    assert 'class="shot unconfirmed"' in places([tile])


def test_a_picture_that_an_undo_brings_back_is_shown_with_its_own_picture():
    product = gallery("now", after=[{"return": "old", "asset": None, "ours": False}], kind="undo")
    lines = [
        line("add", medium_id="old", name="Old front", thumbnail="https://cdn/old.jpg"),
        line("unlink", medium_id="now"),
    ]
    [tile] = after_strip(product, lines)
    assert (tile.name, tile.url, tile.change) == ("Old front", "https://cdn/old.jpg", "add")


def test_two_foreign_pictures_that_come_back_keep_their_own_pictures():
    back = [{"return": id, "asset": None, "ours": False} for id in ("x", "y")]
    lines = [line("add", medium_id=id, name=id, thumbnail=f"https://cdn/{id}.jpg") for id in ("x", "y")]
    assert [tile.url for tile in after_strip(gallery(after=back, kind="undo"), lines)] == [
        "https://cdn/x.jpg",
        "https://cdn/y.jpg",
    ]


def test_an_empty_gallery_has_no_tiles():
    assert before_strip(gallery(after=[]), []) == after_strip(gallery(after=[]), []) == []


def test_a_picture_without_a_line_still_has_its_place():
    [tile] = after_strip(gallery(after=[{"asset": "x" * 32, "file": "m1"}]), [])
    assert tile.position == 1


def variant(before: str | None, after: dict | None) -> dict:
    return {"id": "v", "title": "Red", "before": before, "after": after}


def words(product, lines=()) -> list[tuple[str, str, str]]:
    return [(card.said, card.before, card.after) for card in variants_of(product, lines)]


def test_a_variant_that_loses_its_picture_shows_which():
    product = gallery("a", after=[], variants=[variant("a", None)])
    assert words(product) == [("Variant Red loses its picture", "https://cdn/a.jpg", "")]


def test_a_variant_that_gets_a_new_file_shows_its_thumbnail():
    product = gallery("a", after=[{"asset": "new", "file": "m1"}], variants=[variant("a", {"file": "m1"})])
    lines = [line("replace", asset_id="new", medium_id="a", thumbnail="https://t/new")]
    assert words(product, lines) == [("Variant Red gets another picture", "https://cdn/a.jpg", "https://t/new")]


def test_a_variant_without_a_picture_gets_one():
    product = gallery("a", after=stay("a"), variants=[variant(None, {"medium": "a"})])
    assert words(product) == [("Variant Red gets a picture", "", "https://cdn/a.jpg")]


def test_an_undo_gives_a_variant_its_picture_back():
    product = gallery(
        after=[{"return": "old", "asset": None}], kind="undo", variants=[variant(None, {"medium": "old"})]
    )
    lines = [line("add", medium_id="old", thumbnail="https://cdn/old.jpg")]
    assert words(product, lines) == [("Variant Red gets its picture back", "", "https://cdn/old.jpg")]


def test_an_undo_takes_a_variants_picture_away_again():
    assert words(gallery(after=[], kind="undo", variants=[variant(None, None)])) == [
        ("Variant Red loses its picture", "", "")
    ]


def test_a_products_only_variant_goes_without_the_title_that_nobody_gave_it():
    only = variant("a", None) | {"title": "Default Title"}
    assert variants_of(gallery("a", after=[], variants=[only]), [])[0].title == ""


def strip(total: int, *changed: int) -> list:
    """A gallery of so many media, of which these (from 0) leave."""
    leaving = [line("unlink", medium_id=str(at)) for at in changed]
    return before_strip(gallery(*map(str, range(total)), after=[]), leaving)


def positions(slots) -> list:
    return [f"+{slot.folded}" if isinstance(slot, Gap) else slot.position for slot in slots]


def test_a_strip_that_fits_is_shown_whole():
    assert positions(folded(strip(7, 5), 7)) == list(range(1, 8))


def test_of_a_longer_strip_changes_are_shown_and_the_rest_is_counted():
    assert positions(folded(strip(30, 20), 7)) == [1, 2, 3, 4, "+16", 21, "+9"]
    assert positions(folded(strip(30), 4)) == [1, 2, 3, "+27"]


def test_a_single_picture_is_never_folded():
    assert positions(folded(strip(8, 0, 1, 2, 3, 4, 6), 7)) == [*range(1, 9)]
    assert positions(folded(strip(9, 0, 2, 4), 7)) == [1, 2, 3, 4, 5, 6, "+3"]


def test_what_comes_or_leaves_is_never_folded_but_in_an_excerpt():
    changing = strip(250, *range(240))
    assert positions(folded(changing, 7)) == [*range(1, 241), "+10"]
    shown = excerpt(changing, 7)
    assert positions(shown) == [*range(1, 7), "+244"]
    assert not shown[-1].quiet
    assert all(slot.quiet for slot in folded(strip(30, 20), 7) if isinstance(slot, Gap))


def test_whatever_is_folded_every_place_is_there_once():
    for changed in [(), (0,), (29,), (3, 9, 27), tuple(range(30))]:
        shown = folded(strip(30, *changed), 7)
        assert sum(slot.folded or 1 for slot in shown) == 30
        assert len(shown) <= max(7, len(changed))


def test_a_swatch_stands_apart_once_however_many_variants_have_it():
    lines = [line("add", asset_id="s", owner_id=f"v{at}", name="fern", thumbnail="https://t/s") for at in range(3)]
    [tile] = swatch_strip([*lines, line("add", asset_id="front")])
    assert tile.said == "fern, swatch, added"
    assert 'class="shot add swatch"' in places([tile])


def test_names_and_addresses_from_outside_are_escaped():
    product = gallery(after=[{"asset": "new", "file": "m"}])
    evil = line("add", asset_id="new", name='"><script>', thumbnail='https://t/x"onerror="y')
    html = places(after_strip(product, [evil]))
    assert "<script>" not in html
    assert 'x"onerror' not in html
    assert "&quot;&gt;&lt;script&gt;, added" in html


def test_a_product_is_reached_in_the_admin_and_in_the_shop():
    store = Store(domain="north.myshopify.com", storefront_url="https://north.shop/")
    link = product_link(store, 1, "gid://shopify/Product/7", "Chair", "oak-chair")
    assert link.admin_url == "https://admin.shopify.com/store/north/products/7"
    assert link.shop_url == "https://north.shop/products/oak-chair"
    assert product_link(Store(domain="north.myshopify.com"), 1, "gid://shopify/Product/7", "", "c").shop_url == (
        "https://north.myshopify.com/products/c"
    )


def test_after_a_run_that_failed_in_part_what_could_not_leave_is_still_there_and_all_stands_where_it_was_seen():
    planned = gallery("a", "b", "c", after=[*stay("c", "a"), {"asset": "new", "file": "m1"}])
    lines = [
        line("move", medium_id="c", outcome="failed", position_after=3),
        line("keep", medium_id="a", outcome="unchanged", position_after=1),
        line("unlink", medium_id="b", outcome="failed"),
        line("add", asset_id="new", name="front", outcome="failed"),
    ]
    tiles = left_strip(planned, after_strip(planned, lines), before_strip(planned, lines), lines)
    assert [tile.said for tile in tiles] == ["Alt a", "Alt b, not removed", "Alt c, not moved", "front, not added"]
