"""The live suite itself, in a process of its own against a sandbox: so that it is in order when somebody has keys."""

import base64
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from sandbox.catalog.records import Catalog, MetadataField
from tests.live import recording
from tests.live.keys import faults, trouble
from tests.scenes import asset, product, served

ROOT = Path(__file__).resolve().parents[2]
COLORS = MetadataField("color", "Color", "enum", {"red_1": "Red"})


class Stage:
    """A sandbox with a store, and the suite's processes in front of it."""

    def __init__(self, world, url: str, folder: Path) -> None:
        self.world, self.folder = world, folder
        known = world.as_json()
        store, environment = known["stores"][0], known["environments"][0]
        self.environ = {
            "LIVE_SHOP": store["domain"],
            "LIVE_SHOP_TOKEN": store["access_token"],
            "LIVE_CLOUD": environment["cloud_name"],
            "LIVE_CLOUD_API_KEY": environment["api_key"],
            "LIVE_CLOUD_API_SECRET": environment["api_secret"],
            "LIVE_CLOUD_I_MAY_WRITE_TO": environment["cloud_name"],
            "LIVE_SHOPIFY_BASE_URL": url,
            "LIVE_UPLOAD_PREFIX": url,
            "LIVE_DELIVERY_BASE": environment["delivery_base"],
            "LIVE_FOLDER": str(folder / "live"),
            "LIVE_RECORDINGS": str(folder / "recordings"),
        }
        self.before = self.things()

    def things(self) -> tuple[set[str], ...]:
        [shop] = self.world.shops.values()
        return set(shop.products), set(shop.files), set(self.world.environments[0].assets)

    def start(self, *arguments: str) -> subprocess.Popen:
        environ = {
            name: text for name, text in os.environ.items() if not name.startswith(("LIVE_", "PYTEST_"))
        } | self.environ
        command = [sys.executable, "-m", *arguments]
        return subprocess.Popen(
            command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def suite(self, *arguments: str) -> subprocess.Popen:
        return self.start("pytest", "-q", "-p", "no:cacheprovider", "-m", "live", "tests/live", *arguments)

    def recorded(self) -> str:
        return "".join(path.read_text() for path in (self.folder / "recordings").glob("*.json"))


@pytest.fixture
def stage(request, tmp_path) -> Iterator[Stage]:
    plan = getattr(request, "param", "development")
    things = Catalog(
        products=[product("a", pictures=1)],
        assets=[asset("front", metadata={"color": "red_1"})],
        metadata_fields=[COLORS],
        metafields=(),
        store_names=["North"],
    )
    with ExitStack() as stack:
        yield Stage(*stack.enter_context(served(things, tmp_path, plan=plan)), tmp_path)


def questions() -> set[str]:
    """The tests that record answers."""
    found = set()
    for path in Path(__file__).parent.glob("test_*.py"):
        found |= set(re.findall(r"^def (test_\w+)\([^)]*\brecord\b", path.read_text(), re.MULTILINE))
    return found


def ended(process: subprocess.Popen) -> tuple[int, str]:
    said, _ = process.communicate(timeout=300)
    return process.returncode, said


@pytest.mark.full
def test_all_of_it_passes_leaves_nothing_and_records_nobodys_secrets(stage):
    code, said = ended(stage.suite())
    assert (code, " failed" in said, "skipped" in said) == (0, False, False), said
    assert stage.things() == stage.before
    assert list((stage.folder / "live").iterdir()) == []
    recorded = stage.recorded()
    [shop], [environment] = stage.world.shops.values(), stage.world.environments
    for secret in (shop.access_token, shop.domain, shop.name, environment.keys.api_secret, environment.keys.api_key):
        assert secret not in recorded
    assert '"FILENAME_ALREADY_EXISTS"' in recorded
    kept = {path.name.partition("[")[0].removesuffix(".json") for path in (stage.folder / "recordings").iterdir()}
    assert kept == questions()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.cases(1)
def test_what_an_interrupted_run_made_is_removed(stage, how):
    process = stage.suite("-k", "signs or taken")
    made = stage.folder / "live"
    until = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < until:
        if any('"kind": "file"' in path.read_text() for path in made.glob("made-*.jsonl")):
            break
        time.sleep(0.02)
    process.send_signal(how)
    code, said = ended(process)
    assert code != 0, said
    assert (stage.things() == stage.before) == (how == signal.SIGTERM)
    code, said = ended(stage.start("tests.live", "cleanup", "--folder", str(made)))
    assert (code, stage.things()) == (0, stage.before), said
    assert list(made.iterdir()) == []


@pytest.mark.full
@pytest.mark.parametrize("stage", ["basic"], indirect=True)
def test_a_store_that_is_no_development_store_is_left_alone(stage):
    code, said = ended(stage.suite("-k", "signs"))
    assert (code, "does not say that it is a development store" in said) == (3, True), said
    assert stage.world.journal.as_json()["entries"] == []
    assert stage.things() == stage.before


def test_without_keys_one_line_says_what_is_missing(stage):
    stage.environ = {"LIVE_SHOP": "a.myshopify.com"}
    code, said = ended(stage.suite())
    assert (code, said.count("SKIPPED")) == (0, 1)
    assert "the live suite needs LIVE_CLOUD, LIVE_CLOUD_API_KEY" in said


def test_keys_come_from_files_too_and_the_cloud_has_to_be_named_twice(tmp_path):
    (tmp_path / "token").write_text("shpat_1\n")
    known = {
        "LIVE_SHOP": "a.myshopify.com",
        "LIVE_SHOP_TOKEN_FILE": str(tmp_path / "token"),
        "LIVE_CLOUD": "demo",
        "LIVE_CLOUD_API_KEY": "1",
        "LIVE_CLOUD_API_SECRET": "s",
        "LIVE_CLOUD_I_MAY_WRITE_TO": "demo",
    }
    assert trouble(known) == ""
    assert "does not name the cloud" in trouble(known | {"LIVE_CLOUD_I_MAY_WRITE_TO": "other"})
    assert trouble({name: text for name, text in known.items() if "TOKEN" not in name}).startswith(
        "the live suite needs LIVE_SHOP_TOKEN, or LIVE_SHOP_CLIENT_ID"
    )


def test_recordings_name_nobody_and_keep_what_is_compared():
    secrets = {"shpat_secret_of_a_shop": "TOKEN", "north.myshopify.com": "SHOP", "north": "SHOP", "demo": "CLOUD"}
    answer = {
        "url": "https://cdn.shopify.com/s/files/1/0123/4567/files/demo-1.jpg?token=abc&v=1",
        "message": "ada@example.com of north.myshopify.com: shpat_secret_of_a_shop, demonstration",
        "parameters": [{"name": "policy", "value": "eyJ"}, {"name": "key", "value": "tmp/north/1"}],
        "api_key": "123",
        "code": "TAKEN",
    }
    assert recording.redacted(answer, secrets) == {
        "url": "https://cdn.shopify.com/s/files/N/files/CLOUD-1.jpg?token=HIDDEN&v=1",
        "message": "EMAIL of SHOP: TOKEN, demonstration",
        "parameters": [{"name": "policy", "value": "(hidden)"}, {"name": "key", "value": "tmp/SHOP/1"}],
        "api_key": "(hidden)",
        "code": "TAKEN",
    }


def test_answers_differ_in_keys_types_and_codes_not_in_values():
    ours = [{"asked": "A", "answer": {"id": "1", "code": "TAKEN", "rows": [{"n": 1}, {"n": None}]}}]
    theirs = [{"asked": "A", "answer": {"id": "2", "code": "TAKEN", "rows": [{"n": None}, {"n": 7}]}}]
    assert list(recording.differences(ours, theirs)) == []
    theirs[0]["answer"] = {"id": 2, "code": "GONE", "rows": [], "more": True}
    assert list(recording.differences(ours, theirs)) == [
        'A: code: "TAKEN" | "GONE"',
        "A: id: str | int",
        "A: more: absent | bool",
        "A: rows[]: object | absent",
        "A: rows[].n: int, null | absent",
    ]


def test_what_is_in_other_clothes_is_redacted_too():
    """In any case, in keys, percent-encoded, as base64, bytes and numbers; and what tells of people."""
    secrets = {"My-Shop.myshopify.com": "SHOP", "My-Shop": "SHOP", "Our Cloud": "CLOUD", "451234567890123": "API_KEY"}
    basic = base64.b64encode(b"451234567890123:hush").decode()
    answer = {
        "url": "https://my-shop.MYSHOPIFY.com/a",
        "my-shop": 1,
        "encoded": "https://a.example/?u=https%3A%2F%2Fmy-shop.myshopify.com%2F&c=our%20cloud&d=Our+Cloud&e=%6Dy-shop",
        "twice": "https%253A%252F%252Fmy-shop",
        "headers": f"Authorization: Basic {basic}",
        "words": ["x" + basic[:-1], base64.urlsafe_b64encode(b"??>" + b"my-shop.myshopify.com").decode()],
        "body": b"of My-Shop",
        "count": 451234567890123,
        "ids": [12, 1.5, True, None],
        "phone": "+49 30 1234",
        "billingAddress": {"address1": "Street 1", "zip": 12345, "country": "DE", "name": None},
        "kept": {"width": 40, "status": "READY", "path": "image/upload/v1/abcdefgh/ijklmnop"},
    }
    found = recording.redacted(answer, secrets)
    text = json.dumps(found).lower()
    for secret in ("my-shop", "our cloud", "our+cloud", "our%20cloud", "451234567890123", basic.lower()[:8], "30 1234"):
        assert secret not in text
    assert not any(word in text for word in ("street", "12345", '"de"'))
    assert found["ids"] == answer["ids"]
    assert found["kept"] == answer["kept"]
    assert (found["count"], found["billingAddress"]["name"]) == (0, None)


def test_keys_that_cannot_be_read_are_a_line_each(tmp_path):
    known = {
        "LIVE_SHOP": "a",
        "LIVE_SHOP_FILE": "/b",
        "LIVE_SHOP_TOKEN_FILE": str(tmp_path / "none"),
        "LIVE_FOLDER": "x",
    }
    assert [line.partition(",")[0].partition(":")[0] for line in faults(known)] == [
        "LIVE_SHOP and LIVE_SHOP_FILE are both set",
        f"LIVE_SHOP_TOKEN_FILE names {tmp_path}/none",
    ]
