"""A real process, ended and started again."""

import json
import os
import select
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from sandbox import arguments, snapshot
from sandbox.__main__ import built, found
from script import sessions
from tests.processes import wait_until
from tests.sandbox.world.factories import HTTP, picture

ROOT = Path(__file__).parents[3]
PATIENCE = 30


@pytest.fixture
def export(tmp_path):
    folder = tmp_path / "catalog"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(picture())
    (folder / "products.csv").write_text("Handle,Title,Variant SKU,Image Src\nbag,Bag,B-1,a.jpg\ncap,Cap,C-1,\n")
    (folder / "assets.csv").write_text("file,public_id,metadata.sku\na.jpg,bag-1,B-1\n")
    return folder


def command(data, *options):
    return [sys.executable, "-m", "sandbox", "--port", "0", "--data", str(data), *options]


def of(export):
    return "--products", str(export / "products.csv"), "--assets", str(export)


@contextmanager
def running(data, *options):
    """(process, address), ended by its own handle."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    known = {"cwd": ROOT, "env": {**os.environ, "PYTHONUNBUFFERED": "1"}, "preexec_fn": sessions.end_with_parent}
    process = subprocess.Popen(command(data, *options), **known, **pipes)
    try:
        ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
        line = process.stdout.readline() if ready else ""
        assert line.startswith("The sandbox listens at "), line
        yield process, line.split()[-1]
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait(PATIENCE)
        process.stdout.close()


def world_of(address):
    return HTTP.request("GET", f"{address}/world.json").json()


def refused(data, *options):
    done = subprocess.run(command(data, *options), cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
    return done.returncode, done.stderr


def secrets(answer):
    return [
        answer["environments"][0]["api_secret"],
        answer["environments"][0]["launch_secret"],
        answer["stores"][0]["access_token"],
    ]


def page(address, path):
    return HTTP.request("GET", f"{address}{path}").data.decode()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.cases(1)
def test_a_signal_ends_it_cleanly_and_a_second_start_finds_everything_again(tmp_path, export, number):
    with running(tmp_path / "data", *of(export)) as (process, address):
        before = world_of(address)
        store = f"/store/{before['stores'][0]['domain']}"
        gallery = page(address, f"{store}/products/bag")
        process.send_signal(number)
        assert process.wait(PATIENCE) == 0
    with running(tmp_path / "data", *of(export)) as (process, address):
        assert secrets(world_of(address)) == secrets(before)
        assert "a.jpg" in gallery
        assert "a.jpg" in page(address, f"{store}/products/bag")
        assert "bag-1" in page(address, "/console/")


@pytest.mark.full
def test_a_killed_sandbox_has_kept_what_was_a_moment_old(tmp_path, export):
    kept, bag = tmp_path / "data" / snapshot.NAME, '"handle": "bag"'
    with running(tmp_path / "data", *of(export)) as (process, address):
        domain = world_of(address)["stores"][0]["domain"]
        wait_until(lambda: kept.exists() and kept.read_text().count(bag) == 2)  # in each store
        assert HTTP.request("POST", f"{address}/world/stores/{domain}/products/bag/delete").status == 204
        wait_until(lambda: kept.read_text().count(bag) == 1)
        process.kill()
        process.wait(PATIENCE)
    with running(tmp_path / "data") as (process, address):
        assert HTTP.request("GET", f"{address}/store/{domain}/products/bag").status == 404


@pytest.mark.full
def test_fresh_starts_over_with_new_secrets(tmp_path, export):
    with running(tmp_path / "data", *of(export)) as (_, address):
        before = world_of(address)
    with running(tmp_path / "data", "--fresh", "--stores", "1", *of(export)) as (_, address):
        answer = world_of(address)
    assert not set(secrets(answer)) & set(secrets(before))
    assert len(answer["stores"]) == 1


@pytest.mark.full
def test_another_world_than_the_stored_one_needs_fresh(tmp_path, export):
    with running(tmp_path / "data", "--plan", "plus", *of(export)):
        pass
    other = export / "other.csv"
    other.write_bytes((export / "products.csv").read_bytes())
    for options in (["--stores", "3"], ["--plan", "basic"], ["--products", str(other)]):
        code, said = refused(tmp_path / "data", *options)
        assert (code, "--fresh" in said, options[0] in said) == (2, True, True)


@pytest.mark.parametrize(("written", "named"), [(None, False), (1, True), ("gone", False)])
def test_an_export_that_has_changed_since_is_named(tmp_path, export, capsys, written, named):
    options = arguments.parsed(["--data", str(tmp_path / "data"), *of(export)])
    snapshot.write(built(options))
    if written == "gone":
        (export / "products.csv").unlink()
    elif written:
        os.utime(export / "products.csv", (written, written))
    assert found(options)
    assert ("has changed since" in capsys.readouterr().err) is named


def test_a_missing_export_is_a_clear_message(tmp_path):
    code, said = refused(tmp_path / "data", "--products", str(tmp_path / "none.csv"))
    assert (code, f"{tmp_path}/none.csv does not exist." in said, "Traceback" in said) == (2, True, False)


def test_a_broken_snapshot_is_reported_and_not_overwritten(tmp_path):
    (tmp_path / "world.json").write_text(json.dumps({})[:1])
    code, said = refused(tmp_path)
    assert (code, "--fresh" in said) == (2, True)
    assert (tmp_path / "world.json").read_text() == "{"
