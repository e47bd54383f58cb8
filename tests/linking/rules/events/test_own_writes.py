"""What AssetLink writes to Cloudinary by itself fires no rule; what a person changes beside it does."""

import pytest

from linking.domain.mappings import Line, Mapped
from linking.domain.statuses import ALL, STATUS
from linking.ingest import mapping
from linking.ingest.sheets import asking, writing
from linking.models import Firing, SeenAsset, Sheet, WriteBack
from linking.models.jobs import JobState
from linking.models.sheets import Stage
from linking.syncing import statuses
from sandbox.cloudinary.fields import datasource
from sandbox.cloudinary.records import MetadataField
from setup.cloudinary.client import CloudinaryError, Trouble
from setup.reasons import Reason
from setup.security.actors import Actor
from tests.linking.ingest.test_sheets import work
from tests.linking.rules.events.conftest import Followed
from tests.scenes import asset, picture, product


@pytest.fixture
def found(followed, event_rule):
    """A place whose assets were all looked at, and whose rule has nothing to do."""
    place = followed()
    place.world.fields["title"] = MetadataField("title", "Title", "string")
    place.world.fields[STATUS] = MetadataField(STATUS, "Status", "enum", values=datasource({one: one for one in ALL}))
    event_rule(place)
    settled(place, "a1", "a2", "b1")
    return place


def settled(found, *names: str) -> None:
    found.hear(*names)
    found.deal()
    found.fire()
    Firing.objects.all().delete()


def heard(found, *names: str) -> list[str]:
    """Of which assets its rule fires then."""
    found.hear(*names)
    found.deal()
    return [id for firing in Firing.objects.all() for id in firing.assets]


def written_back(found) -> Sheet:
    sheet = asked_to_write(found)
    assert sheet.stage == Stage.WRITTEN
    return sheet


def asked_to_write(found) -> Sheet:
    """As far as a worker comes at once."""
    lines = [
        Line.of({"property": "title", "target": "field:title"}),
        Line.of({"property": "tags", "target": "tags:shop:"}),
    ]
    actor = Actor(found.place.member)
    mapping.save(actor, Mapped(tuple(lines)), mapping.write_back_of(found.place.environment).version)
    sheet = work(mapping.begin(actor))
    asking.write(actor, sheet)
    return work(sheet)


def test_what_products_say_fires_nothing_forth_and_back(found):
    sheet = written_back(found)
    assert found.asset("a1").metadata["title"]
    assert heard(found, "a1", "a2") == []
    asking.undo(Actor(found.place.member), sheet)
    assert work(sheet).stage == Stage.UNDONE
    assert heard(found, "a1", "a2", "b1") == []
    assert not SeenAsset.objects.exclude(ours="").exists()


def test_a_write_broken_off_between_its_parts_fires_once_at_most(found, monkeypatch):
    shown = found.place.shop.product_with("product-a")
    shown.tags = ["sale"]
    part_of, rows_of, went = writing._call, writing._write, list[str]()

    def lost(client, doings, part):
        went.append(part)
        if part == writing.ADDED and went.count(part) == 1:
            raise CloudinaryError(Trouble.AWAY, Reason("cloudinary.away"))
        return part_of(client, doings, part)

    monkeypatch.setattr(writing, "_call", lost)
    fired = list[str]()

    def write(*args):
        try:
            rows_of(*args)
        except CloudinaryError:
            one = found.asset("a1")
            assert (bool(one.metadata.get("title")), one.tags) == (True, [])
            fired.extend(heard(found, "a1", "a2"))  # while the rest of it is still to be written
            Firing.objects.all().delete()
            raise

    monkeypatch.setattr(writing, "_write", write)
    sheet = asked_to_write(found)
    assert sheet.state == JobState.WAITING
    Sheet.objects.update(not_before=None)
    assert work(sheet).stage == Stage.WRITTEN
    assert found.asset("a1").tags == ["shop:sale"]
    assert went.count(writing.ADDED) == 2
    assert fired.count(found.asset("a1").asset_id) == 1
    assert heard(found, "a1", "a2") == []


def test_what_a_person_changes_beside_it_fires(found):
    found.asset("a1").context["theirs"] = "new"
    written_back(found)
    assert found.asset("a1").asset_id in heard(found, "a1", "a2")


def test_who_changes_it_afterwards_and_back_is_noticed_both_times(found):
    written_back(found)
    assert heard(found, "a1") == []
    one, ours = found.asset("a1"), found.asset("a1").metadata["title"]
    for title in ("Theirs", ours):
        one.metadata["title"] = title
        assert one.asset_id in heard(found, "a1")
        found.fire()
        Firing.objects.all().delete()


def test_a_status_by_the_word_of_a_run_fires_nothing(found):
    WriteBack.objects.update_or_create(environment=found.place.environment, defaults={"sets_status": True})
    sync = found.place.run(found.place.select("a1", "a2"))
    for part in sync.parts.all():
        statuses.run_ended(part)
    for sheet in Sheet.objects.all():
        work(sheet)
    assert found.asset("a1").metadata[STATUS] == "linked"
    assert heard(found, "a1", "a2", "b1") == []


def test_a_replaced_picture_keeps_its_place_before_what_others_put_behind_it(scene, event_rule):
    place = scene([product("a", pictures=1)], [asset("a1", "a", 1), asset("a2", "a", 2)])
    place.run(place.select("a1", "a2"))
    found = Followed(place)
    event_rule(found)
    settled(found, "a1", "a2")
    shown = place.shop.product_with("product-a").media
    shown.append(shown.pop(0))
    before = place.gallery("product-a")
    found.world.overwrite(found.asset("a1"), picture(99))
    found.hear("a1", type="upload")
    found.deal()
    found.fire()
    after = place.gallery("product-a")
    assert [now == then for now, then in zip(after, before, strict=True)] == [False, True, True]
    assert place.assets_in("product-a")[:2] == ["a1", "a2"]
