"""A whole run, from the launch to the report: no log, no database and no queue holds a secret in clear."""

import base64
import logging
import sqlite3
from pathlib import Path

import pytest
from django.db import connection
from redis import Redis

from linking.models import Report, Selection, StoreMatch, StoreSync, Sync
from setup.models import Environment, Member, Store
from tests.linking.visits import enter
from tests.processes import environ, redis, wait_until, worker
from tests.scenes import asset, product
from tests.setup.security.launches import post, signed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.workers]
HTMX = {"HX-Request": "true"}


def secrets_of(place) -> dict[str, str]:
    """Whatever would let somebody in, in the shapes in which it travels."""
    known, store = place.environment, Store.objects.get()
    basic = base64.b64encode(f"{known.api_key}:{known.api_secret}".encode()).decode()
    return {
        "API secret": known.api_secret,
        "Authorization header": basic,
        "launch secret": known.launch_secret,
        "access token": store.access_token,
        "access token in base64": base64.b64encode(store.access_token.encode()).decode(),
    }


def a_whole_run(client, place) -> None:
    """By the pages, as a person does it: Setup first, then a dry run, then the run; a failure in between."""
    Environment.objects.update(launch_issuer="console")
    known = Environment.objects.get()
    ids = [found.asset_id for found in place.world.environments[0].assets.values()]
    values = {"cloud_name": known.cloud_name, "asset_ids": ids, "roles": ["master_admin"]}
    assert post(client, signed(known.launch_secret, **values)).status_code == 200
    client.get("/setup/sections/")
    client.post("/setup/renditions/", {"image": "w_wide", "video": "", "in_files": "", "sample": ""}, headers=HTMX)
    client.post("/setup/prepare/missing/", headers=HTMX)
    client.post(f"/setup/stores/{Store.objects.get().pk}/check/")
    selection = Selection.objects.get()
    wait_until(lambda: Selection.objects.get().state == "done")
    client.get(f"/selections/{selection.key}/")
    wait_until(lambda: StoreMatch.objects.exists() and not StoreMatch.objects.exclude(state="done").exists())
    for at, extra in enumerate([{"dry_run": ""}, {}]):
        Selection.objects.get().stores.set(Store.objects.all())
        answer = client.post(f"/selections/{selection.key}/syncs/", {"token": str(at), **extra})
        assert answer["Location"].startswith("/syncs/")
        wait_until(lambda: Sync.objects.exists() and not StoreSync.objects.busy().exists())
    client.post(f"/syncs/{Sync.objects.first().key}/report/xlsx/write/")
    wait_until(lambda: not Report.objects.get().busy)
    client.get(f"/syncs/{Sync.objects.first().key}/report/xlsx/file/")
    wrong = Store.objects.get()
    wrong.access_token = "shpat_a_token_that_is_refused"
    wrong.save()
    client.post(f"/setup/stores/{wrong.pk}/check/")
    post(client, signed("x" * 40, cloud_name=known.cloud_name))


def copy_of_database(folder: Path) -> bytes:
    if connection.vendor != "sqlite":
        pytest.skip("a copy of the file is made of SQLite only")
    copy = sqlite3.connect(folder / "copy.sqlite3")
    connection.ensure_connection()
    connection.connection.backup(copy)
    copy.close()
    return (folder / "copy.sqlite3").read_bytes()


def test_no_secret_in_log_database_or_queue_after_a_whole_run(client, scene, tmp_path, settings, caplog):
    place = scene([product("a", pictures=1)], [asset("front", "a")])
    secrets = secrets_of(place) | {"refused token": "shpat_a_token_that_is_refused"}
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="django")
    connection.force_debug_cursor = True  # so that every statement is logged, too
    try:
        with redis(tmp_path) as url:
            settings.REDIS_URL = url
            with worker(environ(url) | {"LOG_LEVEL": "DEBUG"}, tmp_path):
                a_whole_run(client, place)
            queue = Redis.from_url(url)
            queue.save()
            dump = (tmp_path / "dump.rdb").read_bytes()
            keys = b"".join(key + (queue.dump(key) or b"") for key in queue.keys("*"))
    finally:
        connection.force_debug_cursor = False
    seen = {
        "log of the web": caplog.text.encode(),
        "log of the worker": (tmp_path / "worker.log").read_bytes(),
        "database": copy_of_database(tmp_path),
        "queue": dump + keys,
    }
    found = [(where, what) for where, text in seen.items() for what, it in secrets.items() if it.encode() in text]
    assert found == []
    assert b"INSERT" in seen["log of the web"], "the log is not as talkative as it should be here"
    assert b"DEBUG urllib3" in seen["log of the worker"]
    assert b"v2$" in seen["database"]
    assert len(dump) > 200
    assert Sync.objects.count() == 2


def test_errors_name_no_secret(client, scene, settings):
    place = scene([product("a")], [asset("front", "a")])
    secrets = secrets_of(place)
    place.member.roles = ["master_admin"]
    place.member.save()
    client.raise_request_exception = False
    enter(client, Member.objects.get())
    settings.ENCRYPTION_KEYS = ["b3RoZXIta2V5LW90aGVyLWtleS1vdGhlci1rZXktb3Q="]
    for path in ("/setup/", "/setup/sections/"):
        page = client.get(path).content.decode()
        assert not [what for what, it in secrets.items() if it in page]
