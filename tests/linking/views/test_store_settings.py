"""What one store has otherwise than all: set where the store stands, said in the sentence, and counted."""

import pytest

from linking.models import Selection
from tests.linking.visits import ask_and_answer, enter, field_of, text_of
from tests.scenes import asset, product


@pytest.fixture
def two(client, scene):
    """Two stores that have answered, and how a change of the second one's settings is sent."""
    place = scene([product("a", pictures=2)], [asset("front", "a", 1)], stores=2)
    chosen = place.select("front")
    ask_and_answer(chosen)
    enter(client, place.member, chosen)
    pk = place.stores[1].pk

    def send(all_stores="append", **own):
        row = Selection.objects.get(pk=chosen.pk)
        data = {"version": row.version, "stores": [store.pk for store in place.stores], "link_mode": all_stores}
        data |= {"cloudinary_field": "metadata:sku", "shopify_kind": "sku", "position": 1, "own_open": [pk]}
        data |= {f"store-{pk}-{name}": value for name, value in own.items()}
        answer = client.post(f"/selections/{chosen.key}/settings/", data)
        return Selection.objects.get(pk=chosen.pk), answer

    return place, pk, send


def test_a_store_opens_its_settings_and_says_what_is_set_for_all(client, two):
    _place, pk, _send = two
    chosen = Selection.objects.get()
    page = text_of(client.get(f"/selections/{chosen.key}/"))
    assert "Use other settings here : South" in page
    fields = text_of(client.get(f"/selections/{chosen.key}/stores/{pk}/settings/"))
    assert "Link Mode here As everywhere (Append)" in fields
    assert "Shopify Field here As everywhere (SKU)" in fields
    assert "Rendition" not in fields  # no admin allows another one
    assert client.get(f"/selections/{chosen.key}/stores/{pk + 99}/settings/").status_code == 404


def test_its_mode_is_kept_said_in_the_sentence_and_stays_when_that_of_all_changes(two):
    _place, pk, send = two
    row, answer = send(link_mode="prepend")
    assert row.store_settings == {str(pk): {"link_mode": "prepend"}}
    said = text_of(answer)
    assert "Append, 1 store differs" in said
    assert 'data-n="≠ 1"' in answer.content.decode()
    assert said.count("Here: Prepend") == 2  # where the store is ticked, and over its column
    assert f'name="own_open" value="{pk}"' in answer.content.decode()
    row, answer = send("prepend", link_mode="prepend")
    assert row.store_settings == {str(pk): {"link_mode": "prepend"}}
    assert "differs" not in text_of(answer)
    row, answer = send(link_mode="all")
    assert row.store_settings == {}
    assert "Here:" not in text_of(answer)


def test_a_mode_that_takes_pictures_in_one_store_makes_the_bar_red(client, two):
    _place, _pk, send = two
    _row, answer = send()
    assert "takes-out" not in answer.content.decode()
    row, answer = send(link_mode="reset")
    said = answer.content.decode()
    assert 'class="part-text takes"' in said
    assert "estimate resting takes-out" in said or "takes-out" in said
    assert "You see the plan first" in said
    [token] = field_of(client.get(f"/selections/{row.key}/"), "token")[:1]
    answer = client.post(f"/selections/{row.key}/syncs/", {"token": token, "version": row.version})
    assert row.syncs.get().dry_run


def test_a_position_is_asked_for_and_kept_with_the_mode_that_has_one(two):
    _place, pk, send = two
    row, answer = send(link_mode="position")
    assert f'name="store-{pk}-position"' in answer.content.decode()
    row, answer = send(link_mode="position", position=3)
    assert row.store_settings == {str(pk): {"link_mode": "position", "position": 3}}
    assert "Here: Specific Position 3" in text_of(answer)
    row, answer = send(link_mode="position", position=0)
    assert row.store_settings == {str(pk): {"link_mode": "position", "position": 3}}
    assert 'aria-invalid="true"' in answer.content.decode()
    row, _ = send(link_mode="append")
    assert row.store_settings == {str(pk): {"link_mode": "append"}}


def test_another_field_asks_that_store_again_and_a_metafield_wants_its_name(two):
    _place, pk, send = two
    row, answer = send(shopify_kind="barcode")
    assert row.store_settings == {str(pk): {"shopify_field": "barcode"}}
    assert "SKU = SKU, 1 store differs" in text_of(answer)
    assert {match.store_id: match.shopify_field for match in row.matches.all()}[pk] == "barcode"
    assert 'id="groups"' in answer.content.decode()
    row, answer = send(shopify_kind="metafield")
    assert row.store_settings == {str(pk): {"shopify_field": "barcode"}}
    assert f'name="store-{pk}-metafield"' in answer.content.decode()
    row, _ = send(shopify_kind="metafield", metafield="custom.code")
    assert row.store_settings == {str(pk): {"shopify_field": "metafield:custom.code"}}


@pytest.mark.parametrize("own", [{"link_mode": "of_tomorrow"}, {"transformation": "none_of_ours"}])
def test_what_cannot_be_chosen_is_not_kept(two, own):
    row, _answer = two[2](**own)
    assert row.store_settings == {}


def test_a_store_of_somebody_else_gets_no_settings(client, two):
    _place, pk, _send = two
    row = Selection.objects.get()
    data = {"version": row.version, "stores": [pk], "own_open": [pk + 99], f"store-{pk + 99}-link_mode": "prepend"}
    client.post(f"/selections/{row.key}/settings/", data)
    assert Selection.objects.get().store_settings == {}
