import json

import cloudinary.api
import cloudinary.uploader

from sandbox import snapshot
from sandbox.world import World
from tests.sandbox.world.factories import asset, product, serving, world


def reloaded(known):
    data = json.loads(json.dumps(known.dump()))
    return World.load(data, folder=known.folder, base_url=known.base_url)


def test_a_world_written_down_and_read_again_is_the_same(tmp_path):
    known = world(
        tmp_path, assets=[asset("a", tags=["x"], metadata={"sku": "1"})], products=[product("bag", "1")], stores=2
    )
    known.settings.change({"index_lag": 1, "hourly_limit": 7})
    known.forward = 60.0
    again = reloaded(known)
    assert again.as_json() == known.as_json()
    assert again.dump() == known.dump()


def test_changes_of_assets_and_what_was_spent_of_the_hour_outlive_a_restart(tmp_path):
    known = world(tmp_path, assets=[asset("a")])
    with serving(known) as url:
        environment = known.environments[0]
        keys = {"cloud_name": environment.cloud_name, "upload_prefix": url, "oauth_token": None}
        keys |= {"api_key": environment.keys.api_key, "api_secret": environment.keys.api_secret}
        cloudinary.uploader.add_context({"alt": "A bag"}, ["a"], **keys)
        cloudinary.uploader.rename("a", "b", **keys)
        cloudinary.api.ping(**keys)
    again = reloaded(known).environments[0]
    (kept,) = again.assets.values()
    assert (kept.public_id, kept.context) == ("b", {"alt": "A bag"})
    assert again.spending.remaining == known.settings.hourly_limit - 1


def test_nothing_is_written_while_nothing_changes(tmp_path):
    known = world(tmp_path)
    keeper = snapshot.Keeper(known)
    keeper.keep()
    written = (tmp_path / snapshot.NAME).stat().st_mtime_ns
    keeper.keep()
    assert (tmp_path / snapshot.NAME).stat().st_mtime_ns == written
    known.changed()
    keeper.keep()
    assert (tmp_path / snapshot.NAME).stat().st_mtime_ns > written


def test_what_cannot_be_written_now_is_written_later(tmp_path, capsys):
    known = world(tmp_path / "data")
    keeper = snapshot.Keeper(known)
    (tmp_path / "data").rename(tmp_path / "away")
    keeper.keep()
    assert "could not be written down" in capsys.readouterr().err
    (tmp_path / "away").rename(tmp_path / "data")
    keeper.keep()
    assert snapshot.read(tmp_path / "data")["origin"] == {}
