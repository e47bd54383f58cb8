"""Pages of a part of a chain: the ways to the others, and buttons that say what all of them do."""

import re

import pytest

from linking.models import Selection, SelectionChain, Sync
from tests.linking.chained import launched
from tests.linking.visits import ask_and_answer, enter, text_of
from tests.scenes import asset, product


@pytest.fixture
def place(scene, settings):
    settings.SELECTION_MAX_ASSETS = 5
    return scene(
        [product(sku) for sku in "abcd"], [*(asset(f"p{at:02}", "abcd"[at % 4], at) for at in range(12)), asset("q")]
    )


@pytest.fixture
def first(client, place):
    found = launched(place)
    enter(client, place.member, found)
    return found


def answered(first: Selection) -> list[Selection]:
    for part in first.whole():
        ask_and_answer(part)
    return list(first.whole())


def page(client, part: Selection, name: str = "") -> str:
    return text_of(client.get(f"/selections/{part.key}/{name}"))


def current(client, part: Selection, name: str = "") -> tuple[list[str], str]:
    """Where the numbers of the parts lead, and which of them is the page's own."""
    nav = (
        client.get(f"/selections/{part.key}/{name}")
        .content.decode()
        .partition('<nav id="chain"')[2]
        .partition("</nav>")[0]
    )
    links = re.findall(r'<a href="([^"]*)"(?: aria-current="(page)")?[^>]*>(\d+)</a>', nav)
    return [href for href, _current, _number in links], next(number for _href, shown, number in links if shown)


@pytest.mark.parametrize(("name", "asked"), [("", "fetching/"), ("upload", "upload/fetching/")])
def test_a_page_that_is_asked_for_just_before_the_last_part_is_read_goes_on_by_itself(client, first, name, asked):
    """What it read of the selection is older than what it reads of the other parts then: none of them is being read any more."""
    chain = SelectionChain.objects.get()
    SelectionChain.objects.update(keying="")
    shown = client.get(f"/selections/{first.key}/{name}").content.decode()
    assert "Reading the assets from Cloudinary" in shown
    assert f'hx-get="/selections/{first.key}/{asked}"' in shown
    chain.save()
    assert "Part 1 of 4" in page(client, first, asked)


def test_a_part_says_which_it_is_and_leads_to_the_others(client, first):
    parts = answered(first)
    for number, part in enumerate(parts, 1):
        links, own = current(client, part)
        assert links == [f"/selections/{one.key}/" for one in parts]
        assert own == str(number)
        assert f"Part {number} of {len(parts)}" in page(client, part)
        assert current(client, part, "upload")[0] == [f"/selections/{one.key}/upload" for one in parts]
    assert "Part 1 of 4 4 assets 1 group" in page(client, parts[0])


def test_the_button_says_what_all_parts_do_and_does_it(client, place, first):
    parts = answered(first)
    for part in parts:
        assert "Link 12 assets in 4 groups to 4 products" in page(client, part)
        assert f"{len(parts)} parts in one run." in page(client, part)
        assert "1 asset not linked" in page(client, part)
    part = parts[1]
    sent = {"token": "t", "version": Selection.objects.get(pk=part.pk).version, "to": place.stores[0].pk}
    assert client.post(f"/selections/{part.key}/syncs/", sent).status_code == 302
    sync = place.finish(Sync.objects.get())
    assert sum(len(place.gallery(f"product-{sku}")) for sku in "abcd") == 12
    assert text_of(client.get("/syncs/")).count("Append") == 1
    assert "12" in text_of(client.get(f"/syncs/{sync.key}/"))


def test_an_edit_of_a_part_counts_in_the_button_of_all(client, first):
    parts = answered(first)
    assert "Link 12 assets" in page(client, parts[2])
    place = parts[0].assets.first().place
    data = {"do": "exclude", "a": place, "version": Selection.objects.get(pk=parts[0].pk).version}
    answer = client.post(f"/selections/{parts[0].key}/arrange/", data)
    assert "Link 11 assets in 4 groups to 4 products" in text_of(answer)
    assert 'id="chain"' in answer.content.decode()
    for part in parts:
        assert "Link 11 assets in 4 groups to 4 products" in page(client, part)


def test_a_button_that_counts_a_part_as_it_was_starts_nothing(client, place, first):
    parts = answered(first)
    drawn = client.get(f"/selections/{parts[1].key}/").content.decode()
    known = {
        name: re.search(rf'name="{name}" value="([^"]*)"', drawn)[1] for name in ("token", "parts", "version", "to")
    }
    data = {"do": "exclude", "a": parts[0].assets.first().place, "version": parts[0].version}
    assert client.post(f"/selections/{parts[0].key}/arrange/", data).status_code == 200
    for name in ("syncs", "upload/syncs"):
        assert client.post(f"/selections/{parts[1].key}/{name}/", known).status_code == 302
        assert Sync.objects.count() == 0
    assert "changed in another tab" in page(client, parts[1])
    fresh = re.search(r'name="parts" value="(\d+)"', client.get(f"/selections/{parts[1].key}/").content.decode())[1]
    client.post(f"/selections/{parts[1].key}/syncs/", known | {"parts": fresh})
    assert Sync.objects.count() == 1


def test_the_buttons_wait_for_the_answers_to_all_parts_and_the_page_looks_for_them(client, first):
    ask_and_answer(first)
    parts = list(first.whole())
    answer = client.get(f"/selections/{first.key}/")
    assert f"Looking for products of {len(parts) - 1} parts …" in text_of(answer)
    assert re.search(r'<button id="link-assets"[^>]* disabled', answer.content.decode())
    asked = f"/selections/{first.key}/stores/"
    before = client.get(asked).content.decode()
    assert 'hx-trigger="every' in before
    seen = re.search(r"seen=([0-9a-f]+)", before)[1]
    assert client.get(f"{asked}?seen={seen}").status_code == 204
    ask_and_answer(parts[1])
    changed = client.get(f"{asked}?seen={seen}")
    assert (changed.status_code, "matches-changed" in changed.headers["HX-Trigger"]) == (200, True)
    answered(first)
    assert "4 parts in one run." in text_of(client.get(f"/selections/{first.key}/actions/"))
    assert not re.search(
        r'<button id="link-assets"[^>]* disabled', client.get(f"/selections/{first.key}/").content.decode()
    )


def test_a_part_without_a_key_offers_the_run_of_the_others(client, place, first, settings):
    parts = answered(first)
    for row in parts[-1].assets.all():
        row.details = row.details | {"metadata": {}}
        row.save()
    Selection.objects.filter(pk=parts[-1].pk).update(assets_version=99)
    assert 'id="link-assets"' in client.get(f"/selections/{parts[-1].key}/").content.decode()


def test_an_upload_says_how_many_assets_of_all_parts_it_takes(client, place, first):
    second = list(first.whole())[1]
    assert "Upload 13 assets to 1 store" in page(client, second, "upload")
    sent = {"token": "u", "version": second.version, "to": place.stores[0].pk}
    assert client.post(f"/selections/{second.key}/upload/syncs/", sent).status_code == 302
    assert Sync.objects.get().chain_id == first.chain_id


def test_a_selection_that_is_no_part_says_nothing_of_parts(client, place, settings):
    settings.SELECTION_MAX_ASSETS = 100
    alone = launched(place)
    enter(client, place.member, alone)
    ask_and_answer(alone)
    assert 'id="chain"' not in client.get(f"/selections/{alone.key}/").content.decode()
    assert "parts" not in page(client, alone)


def test_a_search_for_a_key_of_another_part_says_where_it_is(client, first):
    parts = answered(first)
    keys = [next(iter(part.matches.get().keys.values_list("key", flat=True))) for part in parts[:2]]
    shown = page(client, parts[0], f"?q={keys[1]}")
    assert "Not in this part. Part 2 has this key." in shown
    assert "No groups found in this part. Try another word, look in another part" in page(
        client, parts[0], "?q=nowhere"
    )
    assert "Not in this part" not in page(client, parts[0], f"?q={keys[0]}")


def test_what_counts_one_part_says_so_beside_buttons_that_count_all(client, first):
    assert "missing in this part" in page(client, answered(first)[0])
