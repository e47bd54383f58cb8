"""A connected store over time: renamed, paused, checked, disconnected, connected again; and what its runs make of it."""

import pytest

from linking.models import Link, StoreSync
from linking.shopify import files
from linking.syncing.work import Next, work
from setup import stores
from setup.models import AuditEntry, Environment, Member, Store
from setup.security.actors import Actor
from setup.shopify.client import ShopifyClient
from setup.shopify.connection import CONNECTION
from setup.shopify.errors import ShopifyError
from tests import pressing
from tests.linking.visits import enter, text_of
from tests.scenes import asset, part_of, product


def busy_run(found):
    """A run that nobody has begun to work on."""
    return pressing.link(found.place.select(), "a-run", dry_run=False)


def running(rehearse):
    found = rehearse(connected=True, products=[product("A", pictures=1)], assets=[asset("a", "A", 1)])
    return found, found.place.stores[0].pk


def test_a_store_is_called_as_people_call_it(rehearse):
    found, pk = running(rehearse)
    found.client.post(f"/setup/stores/{pk}/name/", {"label": " Flagship ", "initial-label": ""})
    assert "Flagship" in text_of(found.client.get("/setup/"))
    found.client.post(f"/setup/stores/{pk}/check/")
    assert str(found.store) == "Flagship"
    found.client.post(f"/setup/stores/{pk}/name/", {"label": "", "initial-label": "Flagship"})
    assert str(found.store) == "North"


def test_a_name_that_is_too_long_is_reported_at_its_field(rehearse):
    found, pk = running(rehearse)
    answer = found.client.post(f"/setup/stores/{pk}/name/", {"label": "x" * 101})
    assert answer.status_code == 422
    assert "at most 100 characters" in text_of(answer)


def test_a_paused_store_is_not_offered_and_its_run_waits_until_it_is_resumed(rehearse):
    found, pk = running(rehearse)
    selection = found.place.select()
    part = part_of(busy_run(found))
    assert "its runs wait" in text_of(found.client.post(f"/setup/stores/{pk}/pause/", follow=True))
    assert work(part.pk) == Next.WAIT
    part.refresh_from_db()
    assert (part.state, str(part.doing)) == (
        "planning",
        "This store is paused. It goes on when an admin resumes it in Setup.",
    )
    assert found.place.mutations() == []
    page = found.client.get(f"/selections/{selection.key}/")
    assert f'id="store-{pk}" type="checkbox" name="stores" value="{pk}" disabled' in page.content.decode()
    found.client.post(f"/setup/stores/{pk}/resume/")
    sync = found.place.finish(part.sync)
    assert part_of(sync).state == "done"


def test_what_is_disconnected_right_after_a_pause_was_paused(rehearse):
    found, pk = running(rehearse)
    store, actor = Store.objects.get(pk=pk), Actor(found.place.member)
    stores.pause(actor, store)
    stores.disconnect(actor, store)
    assert AuditEntry.objects.get(action="store.disconnect").before["status"] == "paused"


def test_a_run_that_is_paused_in_the_middle_writes_nothing_more_and_loses_nothing(rehearse):
    found, pk = running(rehearse)
    part = part_of(busy_run(found))
    client = ShopifyClient(Store.objects.get(pk=pk), guard=lambda: Store.objects.get(pk=pk).pause())
    with pytest.raises(ShopifyError) as caught:
        client.run(files.CREATE, files=[{"originalSource": "http://x.example/a.jpg"}])
    assert caught.value.code == "paused"
    assert found.place.mutations() == []
    Store.objects.get(pk=pk).resume()
    assert part_of(found.place.finish(part.sync)).state == "done"


def test_a_paused_store_stays_paused_when_it_is_checked_or_connected_again(rehearse):
    found, pk = running(rehearse)
    found.client.post(f"/setup/stores/{pk}/pause/")
    found.client.post(f"/setup/stores/{pk}/check/")
    assert found.store.status == "paused"
    assert "It is still paused." in text_of(
        found.client.get("/setup/connect/") and found.by_token() and found.client.get("/setup/")
    )
    assert found.store.status == "paused"


def test_disconnecting_says_first_what_happens(rehearse):
    found, pk = running(rehearse)
    found.place.run(found.place.select())
    busy_run(found)
    page = text_of(found.client.get(f"/setup/stores/{pk}/disconnect/"))
    assert "1 run at work or waiting stops." in page
    assert "AssetLink keeps the history: 2 runs. AssetLink keeps 1 link" in page
    assert found.store.status == "connected"


def test_disconnecting_wipes_the_token_stops_runs_and_keeps_history_and_links(rehearse):
    found, pk = running(rehearse)
    done = found.place.run(found.place.select())
    waiting = part_of(busy_run(found))
    found.client.post(f"/setup/stores/{pk}/disconnect/")
    store = found.store
    assert (store.status, store.access_token, store.refresh_token) == ("disconnected", "", "")
    sync = found.place.finish(waiting.sync)
    assert part_of(sync).state == "failed"
    assert "This store is disconnected." in str(part_of(sync).problem)
    assert part_of(done).state == "done"
    assert Link.objects.count() == 1
    selection = found.place.select(stores=[])
    assert store.domain not in text_of(found.client.get(f"/selections/{selection.key}/"))


def test_a_run_at_work_writes_nothing_after_the_store_was_disconnected(rehearse):
    """The worker still holds a token that Shopify would take."""
    found, pk = running(rehearse)
    client = ShopifyClient(Store.objects.get(pk=pk))
    found.client.post(f"/setup/stores/{pk}/disconnect/")
    with pytest.raises(ShopifyError, match="disconnected"):
        client.run(files.CREATE, files=[{"originalSource": "http://x.example/a.jpg"}])
    assert found.place.mutations() == []


def test_a_disconnected_store_that_is_connected_again_is_the_same_one(rehearse):
    found, pk = running(rehearse)
    found.place.run(found.place.select())
    found.client.post(f"/setup/stores/{pk}/disconnect/")
    found.by_token()
    assert (found.store.pk, found.store.status) == (pk, "connected")
    again = found.place.run(found.place.select())
    assert part_of(again).mutations == 0  # the links were kept, so nothing is done twice
    assert StoreSync.objects.count() == 2


def test_a_token_that_is_revoked_later_stops_the_run_and_reconnecting_mends_it(rehearse):
    found, _ = running(rehearse)
    token, found.shop.access_token = found.shop.access_token, "another"
    sync = found.place.run(found.place.select())
    assert "refuses its access token" in str(part_of(sync).problem)
    assert "Needs attention" in text_of(found.client.get("/setup/"))
    found.shop.access_token = token
    found.by_token()
    assert part_of(found.place.retry(sync)).state == "done"


def test_a_run_that_meets_a_reconnected_store_takes_the_new_token(rehearse):
    found, pk = running(rehearse)
    client = ShopifyClient(Store.objects.get(pk=pk))
    found.shop.access_token = "shpat_new"
    found.by_token(token="shpat_new")
    assert client.run(CONNECTION)["shop"]["name"] == "North"


def test_a_frozen_store_is_reported_and_goes_on_after_check_again(rehearse):
    found, pk = running(rehearse)
    found.merchant("app", {"closed": 402})
    assert "The store is frozen until its Shopify bill is paid." in text_of(
        found.client.post(f"/setup/stores/{pk}/check/", follow=True)
    )
    found.merchant("app", {"closed": None})
    found.client.post(f"/setup/stores/{pk}/check/")
    assert found.store.status == "connected"


def test_a_store_that_is_only_slow_to_answer_is_not_marked_as_broken(rehearse):
    found, pk = running(rehearse)
    found.fault(kind="http_502", times=5)
    page = text_of(found.client.post(f"/setup/stores/{pk}/check/", follow=True))
    assert "Shopify answered with an error (502)." in page
    assert found.store.status == "connected"


@pytest.mark.parametrize("path", ["", "name/", "pause/", "resume/", "check/", "disconnect/"])
def test_another_environments_store_does_not_exist(rehearse, path):
    found, pk = running(rehearse)
    other = Environment.objects.create(cloud_name="other", launch_issuer="o", api_key="k", api_secret="s")
    stranger = Member.objects.create(environment=other, external_id="s", roles=["master_admin"])
    enter(found.client, stranger)
    assert found.client.get(f"/setup/stores/{pk}/{path}").status_code in (404, 405)
    assert found.client.post(f"/setup/stores/{pk}/{path}").status_code in (404, 405)
    assert found.store.status == "connected"


def test_every_change_is_in_the_audit_log_without_secrets(rehearse):
    found = rehearse()
    found.by_credentials()
    pk = found.store.pk
    for path in ("pause", "resume", "disconnect"):
        found.client.post(f"/setup/stores/{pk}/{path}/")
    found.client.post(
        "/setup/connect/app/", {"client_id": "x", "client_secret": "hush", "present": found.app.client_id}
    )
    entries = list(AuditEntry.objects.order_by("pk"))
    assert [entry.action for entry in entries] == [
        "store.connect",
        "store.pause",
        "store.resume",
        "store.disconnect",
        "store.app",
    ]
    assert "hush" not in str([entry.__dict__ for entry in entries])
