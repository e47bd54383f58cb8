"""Tokens over time: renewed before they lapse, once, also in the middle of a run; refused, revoked, and answers that get lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from setup.models import Store
from setup.shopify.auth import tokens
from setup.shopify.auth.keeping import keep_alive
from setup.shopify.client import ShopifyClient
from setup.shopify.connection import CONNECTION
from setup.shopify.errors import Remedy, ShopifyError
from tests.scenes import asset, part_of, product
from tests.tiers import product_of

WAYS = ["by_credentials", "by_installing"]


def connected(rehearse, way: str, **known):
    """With a token that is no longer young."""
    found = rehearse(**known)
    getattr(found, way)()
    Store.objects.update(token_granted=timezone.now() - timedelta(minutes=30))
    return found


def age(**ago: int) -> None:
    """The token is to be renewed, and lapses, this long from now."""
    now = timezone.now()
    Store.objects.update(token_renew=now - timedelta(seconds=1), token_expires=now + timedelta(**ago))


def lapse(found) -> None:
    """Shopify takes no token of ours any more, as at the end of their life."""
    found.install.tokens = dict.fromkeys(found.install.tokens, 1.0)


def ask(found) -> str:
    return ShopifyClient(found.store, pause=lambda seconds, reason: None).run(CONNECTION)["shop"]["name"]


def trouble(found) -> ShopifyError:
    with pytest.raises(ShopifyError) as caught:
        ask(found)
    return caught.value


def granted(found, way: str) -> int:
    """How often tokens were handed out after the first."""
    counts = found.install.granted
    return counts.get("client_credentials", 0) - 1 if way == "by_credentials" else counts.get("refresh_token", 0)


@pytest.mark.parametrize("way", WAYS)
def test_a_token_is_renewed_before_it_lapses(rehearse, way):
    found = connected(rehearse, way)
    before = found.store
    age(minutes=4)
    assert ask(found) == "North"
    after = found.store
    assert granted(found, way) == 1
    assert after.access_token != before.access_token
    assert after.token_serial == before.token_serial + 1
    assert after.token_renew > timezone.now()
    ask(found)
    assert granted(found, way) == 1


def test_a_refresh_token_is_replaced_along_with_its_token(rehearse):
    found = connected(rehearse, "by_installing")
    before = found.store
    age(minutes=4)
    ask(found)
    assert found.store.refresh_token == found.install.refresh != before.refresh_token
    assert found.store.refresh_expires > before.refresh_expires


@pytest.mark.parametrize("way", WAYS)
def test_a_token_that_lapsed_unseen_is_renewed_by_the_refusal_and_the_request_repeated(rehearse, way):
    found = connected(rehearse, way)
    lapse(found)
    assert ask(found) == "North"
    assert granted(found, way) == 1


@pytest.mark.parametrize("way", WAYS)
def test_a_fresh_token_that_is_refused_is_not_renewed_over_and_over(rehearse, way):
    found = connected(rehearse, way)
    found.fault(kind="http_401", times=None, operation="shop")
    assert trouble(found).code == "http_401"
    assert trouble(found).code == "http_401"
    assert granted(found, way) == 1


@pytest.mark.parametrize("way", WAYS)
def test_a_fresh_token_that_is_refused_once_ends_nothing(rehearse, way):
    found = rehearse()
    getattr(found, way)()
    found.fault(kind="http_401", times=1, operation="shop")
    assert ask(found) == "North"
    assert (granted(found, way), found.store.status) == (0, "connected")


@pytest.mark.parametrize(("kind", "way"), product_of(["http_401", "http_403", "http_404"], WAYS))
def test_a_renewal_that_is_refused_once_is_asked_for_again(rehearse, way, kind):
    found = connected(rehearse, way)
    lapse(found)
    found.fault(kind=kind, times=1, operation="access_token")
    assert ask(found) == "North"
    assert granted(found, way) == 1


@pytest.mark.parametrize(
    ("kind", "way"), product_of(["http_401", "http_402", "http_403", "http_404", "http_423"], WAYS)
)
def test_a_renewal_that_is_refused_twice_stops_the_store(rehearse, way, kind):
    found = connected(rehearse, way)
    lapse(found)
    found.fault(kind=kind, times=2, operation="access_token")
    assert trouble(found).remedy == Remedy.STOP_STORE


@pytest.mark.parametrize(("kind", "way"), product_of(["http_429", "http_500", "http_503", "reset"], WAYS))
def test_a_renewal_without_an_answer_stops_nothing(rehearse, way, kind):
    found = connected(rehearse, way)
    lapse(found)
    found.fault(kind=kind, times=None, operation="access_token")
    assert trouble(found).remedy == Remedy.LATER
    assert (found.store.status, found.store.renewing_by) == ("connected", "")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("lapsed", [False, True])
@pytest.mark.cases(2)
def test_of_many_that_find_the_token_old_one_renews_it(rehearse, way, lapsed):
    found = connected(rehearse, way)
    if lapsed:
        lapse(found)
    else:
        age(minutes=4)
    clients = [ShopifyClient(found.store) for _ in range(8)]

    def work(client) -> str:
        try:
            return client.run(CONNECTION)["shop"]["name"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(work, clients)) == {"North"}
    assert granted(found, way) == 1
    assert found.store.renewing_by == ""


def test_an_answer_that_got_lost_does_not_lose_the_store(rehearse):
    """Shopify has changed the pair, and we still have the old one."""
    found = connected(rehearse, "by_installing")
    before = found.store.refresh_token
    lapse(found)
    found.fault(kind="lost_answer", operation="access_token")
    error = trouble_of_one_try(found)
    assert error.remedy == Remedy.LATER
    assert (found.store.refresh_token, found.store.renewing_by) == (before, "")
    assert found.install.refresh != before
    assert ask(found) == "North"
    assert found.store.refresh_token == found.install.refresh


def trouble_of_one_try(found) -> ShopifyError:
    with pytest.raises(ShopifyError) as caught:
        tokens.renew(found.store, pause=lambda seconds, reason: None)
    return caught.value


def test_trouble_with_an_early_renewal_is_no_trouble_while_the_token_is_good(rehearse):
    found = connected(rehearse, "by_installing")
    age(minutes=4)
    found.fault(kind="http_503", operation="access_token", times=None)
    assert ask(found) == "North"


def test_a_lapsed_token_that_cannot_be_renewed_now_is_tried_again_later(rehearse):
    found = connected(rehearse, "by_installing")
    age(minutes=-1)
    found.fault(kind="http_503", operation="access_token", times=None)
    assert trouble(found).remedy == Remedy.LATER
    assert found.store.status == "connected"


def test_a_renewal_that_died_with_its_process_is_taken_over(rehearse):
    found = connected(rehearse, "by_installing")
    age(minutes=4)
    Store.objects.update(renewing_by="dead", renewing_until=timezone.now() - timedelta(seconds=1))
    assert ask(found) == "North"
    assert granted(found, "by_installing") == 1


@pytest.mark.parametrize(
    ("way", "happens", "words"),
    [
        ("by_credentials", {"installed": False}, "not installed in this store"),
        ("by_installing", {"installed": False}, "no longer lets AssetLink renew its access"),
    ],
)
def test_access_that_was_taken_away_stops_the_store_with_what_to_do(rehearse, way, happens, words):
    found = connected(rehearse, way)
    found.merchant("app", happens)
    error = trouble(found)
    assert error.remedy == Remedy.STOP_STORE
    assert words in error.text


def test_a_rotated_secret_that_nobody_entered_is_reported(rehearse):
    found = connected(rehearse, "by_credentials")
    found.app.rotate(timezone.now().timestamp() - 7200)
    lapse(found)
    assert "refuses the client secret" in trouble(found).text


def test_ninety_idle_days_need_a_person(rehearse):
    found = connected(rehearse, "by_installing")
    lapse(found)
    found.install.refresh_until = 1.0
    assert "Connect the store again." in trouble(found).text


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.cases(1)
def test_a_run_goes_on_when_its_token_lapses_in_the_middle(rehearse, way):
    names = [f"p{at}" for at in range(6)]
    found = connected(
        rehearse,
        way,
        products=[product(name, pictures=1) for name in names],
        assets=[asset(f"a-{name}", name, at) for at, name in enumerate(names)],
    )
    found.place.stores = [found.store]
    selection = found.place.select()
    found.fault(kind="http_401", operation="fileUpdate", times=1)
    sync = found.place.run(selection)
    assert part_of(sync).state == "done"
    assert granted(found, way) == 1
    assert found.place.assets_in("product-p0") == ["product-p0-0", "a-p0"]


def test_a_renewal_does_not_bring_back_a_store_that_was_disconnected_meanwhile(rehearse):
    found = connected(rehearse, "by_installing")
    stale = ShopifyClient(found.store)
    age(minutes=-1)
    found.client.post(f"/setup/stores/{found.store.pk}/disconnect/")
    stale.store.token_renew = timezone.now() - timedelta(seconds=1)
    with pytest.raises(ShopifyError, match="disconnected"):
        stale.run(CONNECTION)
    assert found.store.access_token == ""


@pytest.mark.parametrize("way", WAYS)
def test_tokens_at_rest_are_not_readable(rehearse, way):
    found = connected(rehearse, way)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM setup_store")
        raw = str(cursor.fetchall())
        cursor.execute("SELECT * FROM setup_shopifyapp")
        raw += str(cursor.fetchall())
    store = found.store
    for secret in filter(None, (store.access_token, store.refresh_token, found.app.client_secret)):
        assert secret not in raw


def test_access_that_nobody_used_for_two_months_is_kept_alive(rehearse):
    found = connected(rehearse, "by_installing")
    now = timezone.now()
    assert keep_alive(now=now + timedelta(days=59)) == 0
    assert keep_alive(now=now + timedelta(days=61)) == 1
    assert found.store.refresh_token == found.install.refresh
    assert keep_alive(now=now + timedelta(days=59)) == 0


def test_a_store_whose_access_cannot_be_renewed_for_an_error_of_ours_holds_up_no_other(rehearse, caplog):
    found = rehearse(stores=2)
    first, second = found.place.world.shops.values()
    for shop in (first, second):
        window = found.begin(domain=shop.domain)
        window.open()
        window.agree()
        window.come_back()
    now = timezone.now() + timedelta(days=61)
    with connection.cursor() as cursor:  # a token that no key of ours opens
        cursor.execute("UPDATE setup_store SET refresh_token = 'v1:broken' WHERE domain = %s", [first.domain])
    assert keep_alive(now=now) == 1
    assert caplog.text.count("an error of ours") == 1


def test_a_store_that_refuses_to_be_kept_alive_is_marked(rehearse):
    found = connected(rehearse, "by_installing")
    found.merchant("app", {"installed": False})
    assert keep_alive(now=timezone.now() + timedelta(days=61)) == 0
    assert found.store.status == "broken"
    assert "Connect the store again." in str(found.store.problem)
