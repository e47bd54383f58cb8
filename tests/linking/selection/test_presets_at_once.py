"""Presets that two people change at once: each change keeps the other's."""

import threading

import pytest
from django.db import connection

from linking.models import Preset
from linking.selection import presets
from linking.selection.presets import CannotSave
from setup.models import Environment, Member
from setup.security.actors import Actor
from tests.processes import wait_until


@pytest.fixture
def boss(db) -> Actor:
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    environment = Environment.objects.create(cloud_name="shop", **known)
    return Actor(Member.objects.create(environment=environment, external_id="b", name="Bo", roles=["master_admin"]))


def kept(boss: Actor, name: str, **known) -> Preset:
    return Preset.objects.create(environment=boss.environment, name=name, **known)


def now(preset: Preset) -> Preset:
    return Preset.objects.get(pk=preset.pk)


def test_a_new_name_keeps_settings_and_default_that_were_saved_meanwhile(boss):
    seen = kept(boss, "Launch", settings={"link_mode": "append"})
    Preset.objects.filter(pk=seen.pk).update(settings={"link_mode": "prepend"}, is_default=True)
    presets.rename(boss, seen, "Autumn")
    found = now(seen)
    assert (found.name, found.settings, found.is_default) == ("Autumn", {"link_mode": "prepend"}, True)


def test_sharing_keeps_what_was_saved_meanwhile(boss):
    seen = kept(boss, "Launch", owner=boss.member)
    Preset.objects.filter(pk=seen.pk).update(settings={"link_mode": "prepend"}, name="Autumn")
    presets.share(boss, seen)
    found = now(seen)
    assert (found.owner, found.name, found.settings) == (None, "Autumn", {"link_mode": "prepend"})


def test_one_that_takes_pictures_away_meanwhile_does_not_become_the_default(boss):
    seen = kept(boss, "Launch", settings={"link_mode": "append"})
    Preset.objects.filter(pk=seen.pk).update(settings={"link_mode": "mirror"})
    with pytest.raises(CannotSave, match="cannot begin with"):
        presets.make_default(boss, seen, default=True)
    assert not now(seen).is_default


@pytest.mark.parametrize(
    "change",
    [
        lambda boss, one: presets.rename(boss, one, "Autumn"),
        lambda boss, one: presets.make_default(boss, one, default=True),
        presets.share,
        presets.delete,
    ],
)
def test_one_that_somebody_deleted_meanwhile_stays_deleted_and_that_is_said(boss, change):
    seen = kept(boss, "Launch")
    Preset.objects.all().delete()
    with pytest.raises(CannotSave, match="gone"):
        change(boss, seen)
    assert not Preset.objects.exists()


def test_there_is_one_default_and_only_it_stops_being_one(boss):
    one, two = kept(boss, "One"), kept(boss, "Two")
    presets.make_default(boss, one, default=True)
    presets.make_default(boss, two, default=True)
    presets.make_default(boss, one, default=False)
    assert [now(each).is_default for each in (one, two)] == [False, True]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one lock for everything")
@pytest.mark.django_db(transaction=True)
def test_of_admins_who_choose_a_default_at_once_the_last_one_is_right(boss, monkeypatch):
    one, two = kept(boss, "One"), kept(boss, "Two")
    other = threading.Thread(target=elsewhere, args=(boss, two))
    check = presets._check_may_begin

    def while_another_chooses(preset: Preset) -> None:
        check(preset)
        monkeypatch.setattr(presets, "_check_may_begin", check)
        other.start()
        wait_until(lambda: not other.is_alive() or somebody_waits())

    monkeypatch.setattr(presets, "_check_may_begin", while_another_chooses)
    presets.make_default(boss, one, default=True)
    other.join()
    assert [now(each).is_default for each in (one, two)] == [False, True]


def elsewhere(boss: Actor, preset: Preset) -> None:
    presets.make_default(boss, preset, default=True)
    connection.close()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0
