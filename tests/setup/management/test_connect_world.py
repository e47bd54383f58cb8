"""`manage.py connect_world`: a sandbox's environment and stores, where they belong."""

import io
import json
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import urllib3
from django.core.management import CommandError, call_command

from sandbox.catalog.outlet import open_outlet
from script.ports import free_port
from setup.models import Environment, Store
from tests.scenes import asset, product

pytestmark = pytest.mark.django_db
OAUTH = ("CLOUDINARY_OAUTH_CLIENT_ID", "CLOUDINARY_OAUTH_CLIENT_SECRET", "CLOUDINARY_OAUTH_URL")


def connect(url: str, *arguments: str) -> str:
    reported = io.StringIO()
    call_command("connect_world", url, *arguments, stdout=reported)
    return reported.getvalue()


@pytest.mark.parametrize(
    ("app_url", "refused"),
    [
        ("http://shop.example.com", False),
        ("https://localhost:8443", False),
        ("https://127.0.0.1", False),
        ("https://assetlink.test", False),
        ("https://assetlink.example.com", True),
        ("https://localhost.example.com", True),
    ],
)
def test_an_installation_for_real_people_gets_no_pretend_stores_unless_forced(scene, settings, app_url, refused):
    place = scene([product("a")])
    Environment.objects.all().delete()
    settings.APP_URL, settings.HTTPS = app_url, app_url.startswith("https")
    if refused:
        with pytest.raises(CommandError, match="for real people"):
            connect(place.url)
        assert not Environment.objects.exists()
    assert place.stores[0].domain in connect(place.url, *(["--force"] if refused else []))
    known, store = Environment.objects.get(), Store.objects.get()
    assert (known.launch_issuer, known.delivery_base) == ("sandbox-console", place.world.environments[0].delivery_base)
    assert (store.api_base, store.status) == (place.url, "connected")


def test_a_second_environment_has_a_store_of_the_first(scene):
    place = scene([product("a")], [asset("a", "SKU")], stores=2)
    Environment.objects.all().delete()
    open_outlet(place.world)
    connect(place.url)
    first, second = Environment.objects.order_by("pk")
    assert [store.name for store in second.stores.all()] == [first.stores.order_by("pk").last().name]
    assert first.stores.count() == 2


def test_a_sandbox_that_is_being_started_is_waited_for(scene):
    place = scene([product("a")])
    world = urllib3.request("GET", f"{place.url}/world.json").data
    port = free_port()

    def late() -> None:
        """First nobody listens; then a proxy does, and nobody behind it."""
        time.sleep(0.6)
        for status, body in ((502, b""), (200, world)):
            answers = type("Answers", (BaseHTTPRequestHandler,), {"do_GET": answer(status, body)})
            with HTTPServer(("127.0.0.1", port), answers) as server:
                server.handle_request()

    starting = threading.Thread(target=late)
    starting.start()
    assert "Waiting for" in connect(f"http://127.0.0.1:{port}")
    starting.join()
    assert Environment.objects.filter(cloud_name=place.world.environments[0].cloud_name).exists()


def answer(status: int, body: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    def write(self: BaseHTTPRequestHandler) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    return write


def test_no_sandbox_is_a_line():
    with pytest.raises(CommandError, match=r"No sandbox answers at http://127\.0\.0\.1:1: "):
        connect("http://127.0.0.1:1", "--wait", "0")


def test_without_its_packages_the_sandbox_says_what_to_install():
    done = subprocess.run([sys.executable, "-S", "-m", "sandbox"], capture_output=True, text=True)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "pip install --require-hashes -r requirements-sandbox.txt" in done.stderr


def test_the_sandbox_prints_the_settings_that_go_with_it():
    given = ["--port", "9", "--public-url", "http://shop.test:9/", "--app-url", "http://app.test:8"]
    answer = subprocess.run(
        [sys.executable, "-m", "sandbox", *given, "--print-env"], capture_output=True, text=True, check=True
    )
    here = "http://shop.test:9"
    # As a shell reads them; systemd and compose take single quotes alike.
    found = dict(part.split("=", 1) for part in shlex.split(answer.stdout))
    assert json.loads(found.pop("OIDC_PROVIDERS"))["fjord"]["discovery"] == f"{here}/identity"
    assert {name for name in found if name.startswith("CLOUDINARY_OAUTH")} == set(OAUTH)
    assert found.pop("CLOUDINARY_OAUTH_URL") == f"{here}/cloudinary-oauth"
    assert {name: value for name, value in found.items() if name not in OAUTH} == {
        "APP_URL": "http://app.test:8",
        "SHOPIFY_BASE_URL": here,
        "IMAGE_SOURCES": here,
        "FRAME_ANCESTORS": here,
        "LAUNCH_ORIGINS": here,
    }
