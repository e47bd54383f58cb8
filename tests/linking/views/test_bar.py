"""The bar of Link to Products: its sentence, what is missing, what a change brings, and hints that are dismissed for good."""

import re

import pytest

from linking.domain.assets import Asset
from linking.models import BriefRow, Selection, StoreMatch
from linking.pages.configuration import step_of
from linking.pages.group_cards import Answer, AssetCard, GroupCard, ShownStore
from linking.pages.link_board import Board
from linking.pages.store_cards import StoreCard
from setup.models import Environment, Member, Store
from setup.reasons import NONE
from tests.linking.visits import ask_and_answer, enter, open_page, text_of
from tests.scenes import asset, product


def card(state: str, *, chosen: bool = True) -> StoreCard:
    return StoreCard(Store(), chosen and state != "broken", state)


ASSET = AssetCard(Asset("id", "front"), BriefRow(1, 0, "id", Asset("id", "front"), True, ""), NONE)


def groups(state: str) -> tuple[GroupCard, ...]:
    """One, of which its store says that."""
    return (GroupCard("a", "a", (ASSET,), (Answer(ShownStore(1, "North"), state, products=({"id": "p"},)),)),)


GROUPS = groups("unmatched")
STEPS = {
    "connect": ([], Board(GROUPS)),
    "broken": ([card("broken"), card("broken")], Board(GROUPS)),
    "paused": ([StoreCard(Store(status=Store.Status.PAUSED), False, "broken")], Board(GROUPS)),
    "ungrouped": ([card("matched")], Board()),
    "choose": ([card("matched", chosen=False), card("broken")], Board(GROUPS)),
    "waiting": ([card("pending"), card("failed")], Board(GROUPS)),
    "failed": ([card("failed"), card("matched", chosen=False)], Board(GROUPS)),
    "unmatched": ([card("matched")], Board(GROUPS)),
    "ambiguous": ([card("matched")], Board(groups("ambiguous"), stores=[1])),
    "": ([card("matched"), card("pending")], Board(groups("matched"), stores=[1])),
}


@pytest.mark.parametrize("step", STEPS)
def test_what_is_missing_is_one_step(step):
    cards, board = STEPS[step]
    assert step_of(board, cards) == step


# What stands in place of the buttons, for a member who is no admin.
MISSING = {
    "no store": ("No store is connected. Ask an admin", []),
    "broken": ("No store can be reached. Ask an admin", ["broken"]),
    "paused": ("Every store is paused. Ask an admin", ["paused"]),
    "none ticked": ("Tick all that match Next: choose stores. Products found in 1 of 1 store.", ["untick"]),
    "nothing matches": ("Choose other fields No product matches.", ["title"]),
    "ungrouped": ("Choose other fields None of the assets has a value in Tags.", ["tags"]),
}


@pytest.mark.parametrize("missing", MISSING)
def test_what_is_missing_stands_where_the_buttons_would_be(client, scene, missing):
    text, done = MISSING[missing]
    place = scene([product("a")], [asset("a1", "a")])
    chosen = place.select(
        **({"shopify_field": "title"} if "title" in done else {}),
        **({"cloudinary_field": "tags"} if "tags" in done else {}),
    )
    ask_and_answer(chosen)
    if "untick" in done:
        second = place.stores[0]
        chosen.stores.remove(second)
        Store.objects.create(environment=place.environment, domain="other.myshopify.com", name="Other", status="broken")
        text = text.replace("1 of 1 store", "1 of 2 stores")
    if missing == "no store":
        Store.objects.all().delete()
    if "paused" in done:
        Store.objects.update(status=Store.Status.PAUSED)
    if "broken" in done:
        Store.objects.update(status=Store.Status.BROKEN)
    page = open_page(client, place, chosen)
    assert text in page
    assert ("Dry run" in re.sub("Keyboard shortcuts.*|Skip to Dry run and Link", "", page)) is False


def test_while_a_second_store_is_asked_the_buttons_wait_and_it_can_be_left_out(client, scene):
    place = scene([product("a")], [asset("a1", "a")], stores=2)
    chosen = place.select()
    ask_and_answer(chosen)
    StoreMatch.objects.filter(store=place.stores[1]).update(state="running", known=False)
    page = client.get(enter_path(client, place, chosen)).content.decode()
    assert re.search(r'id="link-assets"[^>]* disabled', page)
    assert f'data-untick="store-{place.stores[1].pk}"' in page


def enter_path(client, place, chosen) -> str:
    enter(client, place.member, chosen)
    return f"/selections/{chosen.key}/"


def test_the_sentence_says_how_the_selection_links(client, scene):
    place = scene([product("a")], [asset("a1", "a")], stores=2)
    chosen = place.select(link_mode="position", position=2, order_field="", shopify_field="metafield:custom.code")
    page = open_page(client, place, chosen)
    assert "Link Mode: Specific Position 2 to Stores: North, South matched by Matched by: SKU = custom.code" in page
    assert "ordered by Ordered by: As selected" in page


@pytest.mark.parametrize(
    ("changed", "regrouped"),
    [
        ({"link_mode": "reset"}, False),
        ({"alt_policy": "overwrite", "variant_pictures": "on"}, False),
        ({"order_field": "metadata:sequence"}, True),
        ({"shopify_kind": "title"}, True),
        ({"stores": []}, True),
    ],
)
def test_a_change_brings_the_list_only_if_its_groups_are_others(client, scene, changed, regrouped):
    place = scene([product("a")], [asset("a1", "a", metadata={"sequence": 1})])
    chosen = place.select(order_field="")
    ask_and_answer(chosen)
    data = {"cloudinary_field": "metadata:sku", "shopify_kind": "sku", "link_mode": "append", "order_field": ""}
    data |= {"stores": [place.stores[0].pk], "version": chosen.version} | changed
    answer = client.post(f"{enter_path(client, place, chosen)}settings/", data).content.decode()
    assert ('id="groups"' in answer, 'id="group-list"' in answer) == (regrouped, regrouped)
    assert all(f'id="{part}"' in answer for part in ("version", "part-mode-text", "stores-body", "actions", "hints"))


def test_hints_are_dismissed_for_good_and_by_the_first_run(client, scene):
    place = scene([product("a")], [asset("a1", "a")], stores=2)
    chosen = place.select(stores=[])
    page = open_page(client, place, chosen)
    assert ("Tick the stores to link to." in page, "products with the same value" in page) == (True, True)
    assert client.post("/hints/", {"hint": "match"}).status_code == 200
    assert client.post("/hints/", {"hint": "nonsense"}).status_code == 400
    page = open_page(client, place, place.select(stores=[]))  # another selection, as another day
    assert ("Tick the stores to link to." in page, "products with the same value" in page) == (True, False)
    assert "Tick the stores to link to." not in open_page(client, place, place.select())  # it does not apply
    ask_and_answer(chosen)
    chosen.stores.set(place.stores)
    client.post(f"/selections/{chosen.key}/syncs/", {"token": "t", "version": chosen.version})
    assert Member.objects.get(pk=place.member.pk).hints_dismissed == ["match", "stores", "exclude"]


@pytest.mark.parametrize(
    ("status", "says", "anybody", "admin"),
    [("broken", "Needs attention", "look at it", "Reconnect"), ("paused", "Paused", "resume it", "Resume")],
)
def test_a_store_that_cannot_be_used_says_what_helps_to_whom_it_helps(client, scene, status, says, anybody, admin):
    place = scene([product("a")], [asset("a1", "a")], stores=2)
    Store.objects.filter(pk=place.stores[0].pk).update(status=status)
    chosen = place.select()
    page = open_page(client, place, chosen)
    assert says in page
    assert f"Ask an admin to {anybody} in Setup." in page
    Member.objects.update(roles=["master_admin"])
    assert f"{admin} in Setup" in text_of(client.get(enter_path(client, place, chosen)))
    assert Selection.objects.count() == Environment.objects.count() == 1
