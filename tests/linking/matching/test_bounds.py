"""A run that is for some of the products that match: what a store says of them, when it is asked, and what becomes of it."""

import re
import unicodedata

import pytest

from linking.matching import asking, bound_values
from linking.matching.answering import match_store
from linking.models import ChangeRow, KeyMatch, ProductSync, Selection, StoreMatch
from linking.models.counting import counts_of
from linking.pages.link_board import board_of
from linking.pages.store_cards import store_cards
from linking.reporting.rows import lines_of
from linking.selection import run_again, taking_over
from linking.selection.last_settings import offer_to
from tests.linking.visits import ask_and_answer, enter
from tests.scenes import asset, part_of, product

ACTIVE = {"status": ["ACTIVE"]}


def goods():
    return [
        product("live", vendor="Acme", tags=["A"], collections=["Summer Sale"]),
        product("draft", status="DRAFT", vendor="Acme", tags=["B"], collections=["Summer Sale"]),
        product("old", status="ARCHIVED", vendor="Other", product_type="Caps"),
        product("hidden", status="UNLISTED", tags=["A"]),
    ]


@pytest.fixture
def place(scene):
    return scene(goods(), [asset(sku, sku, at) for at, sku in enumerate(["live", "draft", "old", "hidden"])])


def matched(place, **bound) -> Selection:
    chosen = place.select(**bound)
    ask_and_answer(chosen)
    return chosen


def board(chosen: Selection):
    return board_of(chosen, store_cards(chosen))


def standings(chosen: Selection) -> dict[str, str]:
    return {group.key: str(group.standing) for group in board(chosen).groups}


def test_the_page_says_what_is_outside_and_asks_nothing_when_the_bound_changes(place):
    chosen = matched(place)
    assert set(standings(chosen).values()) == {"matched"}
    for bound, inside in [
        (ACTIVE, {"live"}),
        ({"status": ["DRAFT", "UNLISTED"]}, {"draft", "hidden"}),
        ({"vendor": ["acme"], "status": ["DRAFT"]}, {"draft"}),
        ({"product_type": ["Caps"]}, {"old"}),
        ({"tag": ["a"]}, {"live", "hidden"}),
    ]:
        chosen.bound = bound
        assert {key for key, one in standings(chosen).items() if one == "matched"} == inside
        assert {key for key, one in standings(chosen).items() if one == "outside"} == {
            "live",
            "draft",
            "old",
            "hidden",
        } - inside
        assert board(chosen).outside == 4 - len(inside)
        assert board(chosen).linked_products == len(inside)
        assert not asking.unasked(chosen, place.stores, {one.store_id: one for one in chosen.matches.all()})


@pytest.mark.parametrize("kept", ["NFC", "NFD"])
@pytest.mark.parametrize("written", ["NFC", "NFD"])
@pytest.mark.cases(2)
def test_names_are_the_same_however_they_are_composed(scene, kept, written):
    theirs, ours = (unicodedata.normalize(form, "Été") for form in (kept, written))
    known = {"vendor": theirs, "product_type": theirs, "tags": [theirs], "collections": [theirs]}
    place = scene([product("a", **known), product("b")], [asset("1", "a"), asset("2", "b", 1)])
    run = place.run(place.select(bound={part: [ours] for part in ("vendor", "product_type", "tag", "collection")}))
    assert part_of(run).state == "done"
    assert (len(place.gallery("product-a")), len(place.gallery("product-b"))) == (1, 0)


def test_many_collections_with_long_names_are_asked_for_in_several_queries(scene):
    title = unicodedata.normalize("NFD", "É" * 200)
    place = scene([product("a", collections=[title]), product("b")], [asset("1", "a"), asset("2", "b", 1)])
    named = [f"{'É' * 199}{sign}" for sign in "abcdefghijklmnopqrs"] + ["É" * 200]
    place.run(place.select(bound={"collection": named}))
    assert (len(place.gallery("product-a")), len(place.gallery("product-b"))) == (1, 0)


def test_collections_are_asked_for_only_when_a_bound_names_them_and_the_matches_stay(place):
    chosen = matched(place)
    rows = set(KeyMatch.objects.values_list("pk", flat=True))
    chosen.bound = {"collection": ["summer-sale", "Winter"]}
    chosen.save()
    [match] = asking.ask(chosen).values()
    assert (match.busy, match.known, match.whole, match.only_members) == (True, True, False, True)
    assert store_cards(chosen)[0].state == "pending"
    match_store(match.pk)
    match.refresh_from_db()
    live, draft = (place.shop.product_with(f"product-{sku}").id for sku in ("live", "draft"))
    assert match.members == {"summer-sale": [live, draft], "winter": None}
    assert set(KeyMatch.objects.values_list("pk", flat=True)) == rows
    assert standings(chosen) == {"live": "matched", "draft": "matched", "old": "outside", "hidden": "outside"}
    chosen.bound = {"collection": ["Winter"]}
    assert not asking.unasked(chosen, place.stores, {match.store_id: match})
    assert set(standings(chosen).values()) == {"outside"}


def test_a_store_that_does_not_say_which_collections_is_a_failed_question(place):
    chosen = matched(place)
    Selection.objects.filter(pk=chosen.pk).update(bound={"collection": ["Summer Sale"]})
    chosen.refresh_from_db()
    place.world.faults.add(service="shopify", kind="http_404", match="CollectionsByName", times=None)
    [match] = asking.ask(chosen).values()
    match_store(match.pk)
    assert store_cards(chosen)[0].state in ("failed", "broken")


def test_a_dry_run_names_what_it_leaves_out_and_a_run_links_nothing_else(place):
    chosen = place.select(bound=ACTIVE)
    sync = place.run(chosen, dry_run=True)
    said = {line.key: (line.outcome, line.reason) for line in lines_of(sync)}
    assert said["live"][0] == "pending"
    assert said["draft"] == ("skipped", "“Product draft” is outside of the chosen products: its status is Draft.")
    assert said["old"][1] == "“Product old” is outside of the chosen products: its status is Archived."
    assets, tally = counts_of(sync)
    shown = board(chosen)
    assert (assets, tally) == (shown.assets, shown.tally)
    assert (assets.linked, assets.outside) == (1, 3)
    done = place.apply(sync)
    assert [len(place.gallery(f"product-{sku}")) for sku in ("live", "draft", "old", "hidden")] == [1, 0, 0, 0]
    before = len(place.mutations())
    again = place.run(chosen)
    assert len(place.mutations()) == before
    assert set(ProductSync.objects.filter(part__sync=again).values_list("state", flat=True)) == {"unchanged"}
    place.undo(done)
    assert place.gallery("product-live") == []


def test_a_plan_asks_the_store_what_its_products_are_now(place):
    chosen = matched(place, bound={"status": ["ACTIVE"], "collection": ["Summer Sale"]})
    place.shop.product_with("product-live").status = "ARCHIVED"
    place.shop.product_with("product-draft").status = "ACTIVE"
    place.run(chosen)
    assert [len(place.gallery(f"product-{sku}")) for sku in ("live", "draft")] == [0, 1]


def test_of_several_products_the_only_one_inside_is_meant(scene):
    place = scene(
        [
            product("a", handle="now"),
            product("a", handle="before", status="ARCHIVED"),
            product("a", handle="next", status="DRAFT"),
        ],
        [asset("front", "a")],
    )
    chosen = matched(place)
    assert standings(chosen) == {"a": "ambiguous"}
    chosen.bound = {"status": ["ACTIVE", "DRAFT"]}
    assert standings(chosen) == {"a": "ambiguous"}
    assert "2 products" in str(board(chosen).groups[0].answers[0].reason)
    chosen.bound = ACTIVE
    chosen.save()
    assert standings(chosen) == {"a": "matched"}
    place.run(chosen)
    assert [len(place.gallery(handle)) for handle in ("now", "before", "next")] == [1, 0, 0]


def test_what_a_person_picked_is_linked_wherever_it_is_and_that_is_said(client, scene):
    place = scene([product("a", handle="now"), product("a", handle="before", status="ARCHIVED")], [asset("front", "a")])
    chosen = matched(place, bound=ACTIVE)
    row = KeyMatch.objects.get()
    archived = place.shop.product_with("before").id
    enter(client, place.member, chosen)
    client.post(
        f"/selections/{chosen.key}/picks/", {"version": chosen.version, "do": "choose", "k": row.pk, "p": archived}
    )
    chosen.refresh_from_db()
    [answer] = board(chosen).groups[0].answers
    assert (answer.state, answer.how) == ("matched", "Chosen by hand, outside of the chosen products")
    place.run(chosen)
    assert [len(place.gallery(handle)) for handle in ("now", "before")] == [0, 1]


def test_two_stores_have_their_own_answers(scene):
    place = scene(goods(), [asset("live", "live"), asset("draft", "draft", 1)], stores=2)
    other = place.world.shops[place.stores[1].domain]
    there = other.product_with("product-live")
    if there is not None:
        there.status = "DRAFT"
    chosen = matched(place, bound=ACTIVE)
    mine, theirs = board(chosen).groups[0].answers
    assert (mine.state, theirs.state) == ("matched", "outside" if there else "unmatched")


def test_the_bound_is_said_offered_next_time_and_taken_over_by_run_again(place):
    chosen = place.select(bound=ACTIVE)
    sync = place.run(chosen)
    assert offer_to(place.member)["settings"]["bound"] == ACTIVE
    assert run_again.again(sync, place.member).bound == ACTIVE
    assert not taking_over.POSSIBLE["bound"]({"status": ["NONE"]})


def test_the_page_saves_values_one_by_one_and_filters_by_what_is_outside(client, place):
    chosen = matched(place)
    enter(client, place.member, chosen)
    data = {"version": chosen.version, "cloudinary_field": "metadata:sku", "shopify_kind": "sku", "link_mode": "append"}
    data |= {"stores": [place.stores[0].pk], "bound_status": ["ACTIVE"], "bound_vendor": ["Acme", " ACME", ""]}
    page = client.post(f"/selections/{chosen.key}/settings/", data).content.decode()
    chosen.refresh_from_db()
    assert chosen.bound == {"status": ["ACTIVE"], "vendor": ["Acme"]}
    assert "3 matched products are outside of Active · Acme" in page
    assert "SKU = SKU, only Active · Acme" in page
    assert 'name="bound_vendor" value="Acme" checked' in page
    listed = client.get(f"/selections/{chosen.key}/groups/?state=outside").content.decode()
    assert "Not in this run" in listed
    assert listed.count('<article id="g-') == 3
    assert ChangeRow.objects.count() == 0
    assert StoreMatch.objects.get().state == "done"


def offered(client, chosen: Selection, part: str, typed: str) -> list[str]:
    answer = client.get(f"/selections/{chosen.key}/bound/{part}/", {f"bound_{part}": typed})
    assert answer.status_code == (200 if part != "status" else 404)
    return re.findall(r'<option value="([^"]*)"', answer.content.decode()) if part != "status" else []


def test_values_are_offered_while_one_writes_and_a_store_is_asked_for_collections_alone(client, place, monkeypatch):
    chosen = matched(place)
    enter(client, place.member, chosen)
    asked, kept = [], bound_values.client_of
    monkeypatch.setattr(bound_values, "client_of", lambda store: asked.append(kept(store)) or asked[-1])
    assert offered(client, chosen, "vendor", "ac") == ["Acme"]
    assert offered(client, chosen, "vendor", "E") == ["Acme", "Other"]
    assert offered(client, chosen, "product_type", "caps") == ["Caps"]
    assert offered(client, chosen, "tag", "b") == ["B"]
    assert offered(client, chosen, "vendor", " ") == offered(client, chosen, "status", "A") == []
    assert asked == []
    assert offered(client, chosen, "collection", "sum") == ["Summer Sale"]
    assert offered(client, chosen, "collection", "sale") == ["Summer Sale"]
    assert offered(client, chosen, "collection", "*:( zz") == []
    assert [one.spent.requests for one in asked] == [1, 1, 1]
    assert max(asked[0].pace.asked.values()) <= 20
    place.world.faults.add(service="shopify", kind="http_503", times=None)
    assert offered(client, chosen, "collection", "sum") == []
