"""The states of the Setup page: for admins and for others; without a store, with one that answers, with one that does not."""

from setup.models import Member, Store
from setup.reasons import said
from tests.linking.visits import enter, text_of
from tests.scenes import product


def admin(place) -> Member:
    place.member.roles = ["master_admin"]
    place.member.save()
    return place.member


def test_an_admin_without_a_store_is_asked_to_connect_one(client, scene):
    place = scene([], [])
    Store.objects.all().delete()
    page = enter(client, admin(place)).get("/setup/")
    assert "No store is connected yet. Connect the first one" in text_of(page)
    assert 'id="connect-store"' in page.content.decode()


def test_a_member_without_a_store_is_sent_to_an_admin_and_has_no_buttons(client, scene):
    place = scene([], [])
    Store.objects.all().delete()
    page = enter(client, place.member).get("/setup/")
    assert "Ask an admin to connect one." in text_of(page)
    assert "You can see the setup." in text_of(page)
    assert "<button" not in page.content.decode()


def test_a_connected_store_shows_its_access_and_on_its_own_page_plan_rate_and_scopes(client, scene):
    place = scene([product("a")], [])
    store = place.stores[0]
    listed, page = (text_of(enter(client, place.member).get(f"/setup/{path}")) for path in ("", f"stores/{store.pk}/"))
    for words in ("North", store.domain, "Connected", "Access token"):
        assert words in listed
    assert "write_products" not in listed
    assert "points per second" not in listed
    for words in ("write_products", "points per second", "Plus", "UTC"):
        assert words in page


def test_a_store_that_does_not_answer_is_shown_with_the_reason(client, scene):
    place = scene([product("a")], [])
    place.stores[0].break_off(said("The store refuses its access token."))
    page = text_of(enter(client, place.member).get("/setup/"))
    assert "Needs attention" in page
    assert "The store refuses its access token." in page


def test_check_again_says_what_it_found_and_keeps_it(client, scene):
    place = scene([product("a")], [])
    store, token = place.stores[0], place.shop.access_token
    enter(client, admin(place))
    place.shop.access_token = "another"
    assert "North: " in text_of(client.post(f"/setup/stores/{store.pk}/check/", follow=True))
    assert Store.objects.get().status == "broken"
    place.shop.access_token = token
    assert "North answers." in text_of(client.post(f"/setup/stores/{store.pk}/check/", follow=True))
    assert Store.objects.get().status == "connected"
