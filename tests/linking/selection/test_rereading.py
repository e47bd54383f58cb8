"""What a selection's assets are now is read again by id: once for everybody, and what a person arranged stays."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest
from django.utils import timezone

from linking.cloudinary.captions import NoCaption, caption
from linking.links import checking
from linking.models import AssetJob, Link, SelectedAsset, Selection, StoreFile
from linking.selection import rereading
from linking.selection.alt_texts import asking, working
from linking.selection.arrangement import freeze
from setup.cloudinary.client import CloudinaryClient
from tests.linking.renaming import calls, change, delete, known, later
from tests.scenes import HTTP, asset, picture, product
from tests.servers import listening


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Tries of one call follow each other at once."""
    monkeypatch.setattr("linking.selection.alt_texts.calls.PAUSES", (0.0, 0.0))


@pytest.fixture
def place(scene):
    built = scene([product("a")], [asset("front", "a", 1), asset("side", "a", 2)])
    built.world.settings.change({"caption_seconds": [0, 0]})
    return built


def nobody() -> None:
    raise AssertionError("somebody was waited for")


def row(selection: Selection, name: str) -> SelectedAsset:
    return next(one for one in selection.assets.all() if one.asset.name == name)


def test_keys_stay_as_they_were_selected_and_addresses_do_not(place):
    chosen = place.select(cloudinary_field="public_id")
    before = freeze(chosen)
    change(place, "front", public_id="shop/renamed", asset_folder="spring")
    rereading.refresh(later(chosen), nobody)
    assert freeze(chosen) == before
    assert row(chosen, "front").asset.public_id == "shop/renamed"
    assert "/shop/renamed" in row(chosen, "front").thumbnail


def test_what_was_read_within_two_minutes_is_not_read_again(place):
    chosen = place.select()
    before = calls(place)
    first = rereading.refresh(chosen, nobody)
    assert (rereading.refresh(chosen, nobody), calls(place)) == (first, before)
    assert rereading.refresh(chosen, nobody, after=timezone.now()) > first
    assert calls(place) == before + 1


def test_who_comes_while_another_reads_waits_for_it_but_not_for_one_that_was_lost(place):
    chosen, waited = later(place.select()), []
    now = timezone.now()

    def is_read() -> None:
        waited.append(Selection.objects.filter(pk=chosen.pk).update(reread=now))

    Selection.objects.filter(pk=chosen.pk).update(rereading=now)
    before = calls(place)
    assert (rereading.refresh(chosen, is_read), waited, calls(place)) == (now, [1], before)
    Selection.objects.filter(pk=later(chosen).pk).update(rereading=now - timedelta(minutes=3))
    rereading.refresh(chosen, nobody)
    assert calls(place) == before + 1


@pytest.mark.parametrize("answered", [0, 1])
@pytest.mark.cases(1)
def test_without_an_answer_to_every_part_nothing_counts_as_read_and_nobody_waits_for_it(scene, answered):
    place = scene([product("a")], [asset(f"n{at}", "a" if at == 0 else None, at) for at in range(120)])
    chosen = later(place.select())
    before, details = Selection.objects.get(pk=chosen.pk).reread, row(chosen, "n0").details
    place.world.settings.change({"hourly_limit": calls(place) + answered})
    place.run(chosen, dry_run=True)
    assert list(StoreFile.objects.values_list("addressed", flat=True)) == [None]
    assert rereading.refresh(chosen, nobody) is None
    known_now = Selection.objects.get(pk=chosen.pk)
    assert (known_now.reread, known_now.rereading, row(chosen, "n0").details) == (before, None, details)
    place.world.settings.change({"hourly_limit": 500})
    assert rereading.refresh(chosen, nobody) > before


def test_an_account_that_takes_few_ids_is_asked_for_few(scene):
    place = scene([], [asset(f"n{at}", shade=at) for at in range(30)])
    chosen = place.select()
    place.world.settings.change({"ids_per_call": 10})
    change(place, "n29", public_id="shop/renamed")
    before = calls(place)
    rereading.refresh(later(chosen), nobody)
    assert row(chosen, "n29").asset.public_id == "shop/renamed"
    assert calls(place) - before == 3 + 2  # 30 and 15 are refused


def test_pages_show_renamed_assets_from_where_they_are(place):
    chosen = place.select()
    sync = place.run(chosen)
    change(place, "front", public_id="shop/renamed")
    rereading.refresh(later(chosen), nobody)
    change(place, "side", public_id="shop/left")
    for check in checking.put(place.environment, now=timezone.now()):
        checking.check_links(check.pk)
    pictures = {link.name: link.thumbnail for link in Link.objects.all()}
    assert ("/shop/renamed" in pictures["front"], "/shop/left" in pictures["side"]) == (True, True)
    shown = {line.name: line.thumbnail for line in sync.parts.get().changes.all()}
    assert "/shop/renamed" in shown["front"]


def test_captions_are_of_the_asset_and_not_of_what_has_its_name_now(place):
    chosen = place.select()
    change(place, "front", public_id="shop/renamed")
    place.world.environments[0].add_asset(content=picture(7), public_id="shop/front")
    delete(place, "side")
    job, _ = asking.suggest(chosen, chosen.assets.all(), now=timezone.now())
    while working.work_on_assets(job.pk):
        pass
    assert row(chosen, "front").caption_state == "offered"
    assert (row(chosen, "side").caption_state, row(chosen, "side").caption_problem.code) == ("failed", "caption.gone")
    assert AssetJob.objects.get(pk=job.pk).state == "done"


def test_alt_texts_are_saved_to_a_renamed_asset_and_the_others_are_named(place):
    chosen = place.select()
    chosen.assets.update(alt="Words", alt_source="typed")
    change(place, "front", public_id="shop/renamed")
    delete(place, "side")
    job, _ = asking.write_back(chosen, now=timezone.now())
    while working.work_on_assets(job.pk):
        pass
    job = AssetJob.objects.get(pk=job.pk)
    assert (job.done, job.failed, job.problem.text) == (1, 1, "side: The asset is no longer in Cloudinary.")
    assert known(place, "front").context == {"alt": "Words"}
    assert row(chosen, "front").asset.context["alt"] == "Words"


@pytest.mark.parametrize("answered", [True, False])
def test_no_alt_text_is_written_into_an_asset_that_has_the_others_public_id(place, answered):
    """Read again right before it is written; and without an answer nothing is written."""
    chosen = place.select()
    chosen.assets.filter(asset_id=known(place, "front").asset_id).update(alt="Of the front", alt_source="typed")
    swap(place)
    job, _ = asking.write_back(chosen, now=timezone.now())
    place.world.settings.change({"hourly_limit": 500 if answered else 0})
    working.work_on_assets(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done) == (("done", 1) if answered else ("waiting", 0))
    assert known(place, "side").context == {}
    assert known(place, "front").context == ({"alt": "Of the front"} if answered else {})


def test_places_are_read_once_for_a_hundred_texts(scene):
    place = scene([], [asset(f"n{at}", shade=at) for at in range(102)])
    chosen = place.select()
    for row in chosen.assets.all():
        chosen.assets.filter(pk=row.pk).update(alt=f"Text {row.place}", alt_source="typed")
    before = calls(place)
    job, _ = asking.write_back(chosen, now=timezone.now())
    working.work_on_assets(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, calls(place) - before) == ("done", 102, 2)


@pytest.mark.parametrize("swapped", [False, True])
def test_a_caption_that_does_not_say_whose_it_is_is_believed_only_in_the_right_place(place, swapped):
    chosen = place.select()
    front = row(chosen, "front").asset
    if swapped:
        swap(place)
    with without_ids(place.url) as url:
        place.environment.upload_prefix = url
        client = CloudinaryClient(place.environment)
        if swapped:
            with pytest.raises(NoCaption, match="no longer in Cloudinary"):
                caption(client, front)
        else:
            assert caption(client, front)


def swap(place) -> None:
    front, side = known(place, "front").public_id, known(place, "side").public_id
    for name, public_id in (("front", "shop/meanwhile"), ("side", front), ("front", side)):
        change(place, name, public_id=public_id)


@contextmanager
def without_ids(target: str) -> Iterator[str]:
    """Before the sandbox: what `explicit` answers lacks the asset's id."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.answer(self.rfile.read(int(self.headers["Content-Length"])))

        def do_GET(self) -> None:
            self.answer(None)

        def answer(self, body: bytes | None) -> None:
            headers = {name: self.headers[name] for name in ("Content-Type", "Authorization") if self.headers[name]}
            answer = HTTP.request(self.command, target + self.path, body=body, headers=headers)
            known = answer.json()
            if "/explicit" in self.path:
                del known["asset_id"]
            self.send_response(answer.status)
            self.end_headers()
            self.wfile.write(json.dumps(known).encode())

        def log_message(self, *args: object) -> None:
            pass

    with listening(Handler) as address:
        yield address
