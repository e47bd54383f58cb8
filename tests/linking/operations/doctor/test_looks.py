"""Each look on the real thing: the database, a sandbox over HTTP, a folder; and that none of them leaves anything behind."""

import threading
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from linking.models import StoreFile
from linking.operations.doctor import clocks, database, here, looking, services
from linking.operations.doctor.findings import Level, Look, ok
from setup.models import Store
from setup.reasons import NONE, Reason
from tests.scenes import asset, product

STORE = "store ok, scopes ok, api_version ok, webhooks none"


@pytest.fixture
def place(scene, settings):
    found = scene([product("a")], [asset("front", "a")])
    settings.IMAGE_SOURCES = [found.url]
    return found


def in_short(findings) -> str:
    return ", ".join(f"{one.look} {one.code}" for one in findings)


def rows() -> dict:
    models = [known for known in apps.get_models() if known._meta.managed]
    return {model._meta.label: list(model._base_manager.order_by("pk").values_list()) for model in models}


def test_a_world_in_which_all_is_well_stays_as_it_is(place, shelf):
    before = rows()
    store = place.stores[0]
    assert in_short(services.store(store)) == STORE
    assert in_short(services.cloud(place.environment)) == "cloudinary ok"
    assert in_short(services.delivery(store)) == "delivery none"
    assert in_short(clocks.look()) == "clock ok"
    assert in_short(here.keys_look()) == "keys ok"
    assert in_short(here.storage_look()) == "reports ok"
    assert in_short(database.look()).startswith("database ok, migrations ok, database written")
    assert rows() == before
    assert list(shelf.iterdir()) == []


def test_a_token_that_the_store_takes_no_more_is_named_and_the_row_left_to_others(place):
    store = place.stores[0]
    Store.objects.filter(pk=store.pk).update(problem=NONE)
    store.access_token = "shpat_another"
    store.save()
    (found,) = services.store(store)
    assert (found.level, found.code, found.about) == (Level.WRONG, "http_401", f"{store.domain} (sandbox)")
    assert "connect the store again" in found.advice
    assert Store.objects.get().status == Store.Status.CONNECTED


def test_scopes_that_were_taken_away_are_named(place):
    place.shop.scopes = ["write_products"]
    found = {one.look: one for one in services.store(place.stores[0])}
    assert found["scopes"].level == Level.WRONG
    assert "write_files" in found["scopes"].text


def test_a_paused_store_is_not_asked(place):
    store = place.stores[0]
    store.status, store.access_token = Store.Status.PAUSED, "shpat_another"  # which it would refuse
    store.save()
    assert in_short(services.store(Store.objects.get())) == "store paused"


def test_a_cloud_that_refuses_the_key_says_which_command_stores_another(place):
    place.environment.api_secret = "another"
    place.environment.save()
    (found,) = services.cloud(place.environment)
    assert (found.level, found.code) == (Level.WRONG, "refused")
    assert "rotate-secret" in found.advice


def test_pictures_that_the_policy_keeps_from_pages_are_named(place, settings):
    settings.IMAGE_SOURCES = ["https://res.cloudinary.com"]
    assert in_short(services.cloud(place.environment)) == "cloudinary ok, cloudinary pictures_hidden"
    place.environment.delivery_base = ""
    assert in_short(services.cloud(place.environment)) == "cloudinary ok"


def test_a_secret_that_no_key_opens_is_named_instead_of_a_traceback(place, settings):
    settings.ENCRYPTION_KEYS = ["b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXItb3Q="]
    environment, store = type(place.environment).objects.get(), Store.objects.get()
    assert in_short(services.cloud(environment)) == "cloudinary unreadable"
    assert in_short(services.store(store)) == "store unreadable"
    assert in_short(here.keys_look()) == "keys foreign"


def test_a_key_that_only_a_store_needs_is_missed_too(place, settings):
    """A launch works; a worker would refuse to start."""
    ours, other = settings.ENCRYPTION_KEYS, "b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXItb3Q="
    settings.ENCRYPTION_KEYS = [other, *ours]
    Store.objects.get().save()
    settings.ENCRYPTION_KEYS = ours
    (found,) = here.keys_look()
    assert (found.level, found.code) == (Level.WRONG, "missing")
    assert "1 of 3 stored secrets need a key" in found.text
    assert "docs/operator.md, Keys" in found.advice


def test_files_that_shopify_could_not_fetch_are_seen_in_the_ledger(place):
    store, now = place.stores[0], timezone.now()
    known = {"store": store, "asset_id": "a", "version": 1, "name": "a.jpg", "source_url": "https://x.example/a.jpg"}
    failed = Reason("file.image_download_failure")
    StoreFile.objects.create(**known, mark="1", sent=now, state=StoreFile.State.FAILED, problem=failed)
    assert in_short(services.delivery(store)) == "delivery unreachable"
    StoreFile.objects.create(**known, mark="2", sent=now + timedelta(seconds=1), state=StoreFile.State.READY)
    assert in_short(services.delivery(store)) == "delivery sometimes"
    StoreFile.objects.update(sent=now - timedelta(days=2))
    assert in_short(services.delivery(store)) == "delivery none"


def test_a_folder_that_takes_no_reports_is_named(settings, tmp_path):
    (tmp_path / "reports").write_text("a file where the folder should be")
    options = settings.STORAGES["reports"]["OPTIONS"] | {"location": tmp_path / "reports"}
    settings.STORAGES = settings.STORAGES | {"reports": settings.STORAGES["reports"] | {"OPTIONS": options}}
    (found,) = here.storage_look()
    assert (found.level, found.code) == (Level.WRONG, "unusable")
    assert str(tmp_path) in found.text


def test_static_files_of_another_release_are_noticed(settings, tmp_path):
    from django.core.management import call_command

    manifest = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    settings.STATIC_ROOT, settings.STORAGES = tmp_path, settings.STORAGES | {"staticfiles": manifest}
    assert in_short(here.static_look()) == "static_files missing"
    call_command("collectstatic", interactive=False, verbosity=0)
    settings.STORAGES = dict(settings.STORAGES)  # as when the process starts
    assert in_short(here.static_look()) == "static_files ok"
    (tmp_path / "js" / "live.js").write_text("// of the last release")
    assert in_short(here.static_look()) == "static_files other_release"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a database that takes no writes is made by SQLite's pragma")
@pytest.mark.django_db
def test_a_database_that_takes_no_writes_is_named():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
        try:
            found = list(database.look())
        finally:
            cursor.execute("PRAGMA query_only = OFF")
    assert in_short(found).endswith("database read_only")


@pytest.mark.django_db
def test_migrations_of_a_newer_release_are_a_warning():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('linking', '9999_later', '2026-11-29')"
        )
    found = {one.code: one for one in database.look()}
    assert "linking.9999_later" in found["newer"].text
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'linking' AND name LIKE '0001%'")
    found = {one.code: one for one in database.look()}
    assert "Run `manage.py migrate`." in found["pending"].advice


def test_a_look_that_hangs_or_breaks_holds_up_no_other():
    over, ended = threading.Event(), []

    def hangs():
        yield ok("hanging", "So far it is well.")
        over.wait(60)
        ended.append("hanging")

    def breaks():
        raise RuntimeError("of ours")
        yield

    looks = [Look("hanging", hangs), Look("breaking", breaks), Look("well", lambda: [ok("well", "It is.")])]
    found = list(looking.together(looks, 0.3))
    assert ended == []
    over.set()
    assert in_short(found) == "hanging ok, hanging hangs, breaking broke_off, well ok"
    assert "RuntimeError: of ours" in found[2].text
