"""Whatever Cloudinary answers, a function that asks it gives our own values or raises our own error; and only a list that was
read says that an asset is gone. Over HTTP, through the SDK, from a peer that damages right answers in every place."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples

from linking.cloudinary import captions
from linking.cloudinary.assets import asset_of, fetch, metadata_fields, present
from linking.cloudinary.captions import NoCaption, Refusal
from linking.domain.assets import Asset
from setup.cloudinary import surroundings, trying
from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble
from setup.models import Environment
from tests.linking.shopify.damage import COMMON, MISSING, damaged, damages, paths_of, with_damages, written
from tests.peer import Answer, Asked, Peer
from tests.tiers import drawn, spread

A, B = "a" * 32, "b" * 32
FIELDS = {
    "metadata_fields": [
        {"external_id": "sku", "label": "SKU", "type": "string"},
        {"external_id": "kind", "label": "Kind", "type": "set"}
        | {"datasource": {"values": [{"external_id": "k1", "value": "Swatch", "state": "active"}]}},
    ]
}


def row(asset_id: str, public_id: str) -> dict:
    return {
        "asset_id": asset_id,
        "public_id": public_id,
        "resource_type": "image",
        "type": "upload",
        "version": 1700000000,
        "format": "gif",
        "width": 10,
        "height": 10,
        "bytes": 9_000_000,
        "display_name": public_id.title(),
        "asset_folder": "shop",
        "tags": ["x"],
        "context": {"custom": {"alt": "A chair"}},
        "metadata": {"sku": "S-1", "kind": ["k1"]},
        "moderation": [{"kind": "manual", "status": "approved"}],
    }


LIST = {"resources": [row(A, "one"), row(B, "two")]}
CAPTION = {"captioning": {"status": "complete", "data": {"caption": "a chair"}}}
KNOWN = [Asset(A, "one", version=1), Asset(B, "two", version=1)]


def found_by(client: CloudinaryClient) -> list[Asset]:
    return [each for some in fetch(client, [A, B], []) for each in some]


def now(client: CloudinaryClient) -> dict[str, Asset | None]:
    return {id: each for some in present(client, KNOWN) for id, each in some.items()}


def seen(client: CloudinaryClient) -> object:
    surroundings.look(client.environment)
    return client.environment.seen


@dataclass(frozen=True)
class Entry:
    """A function that asks Cloudinary: the end of the path whose answer is damaged, a right one, and the call."""

    path: str
    answer: dict
    call: Callable[[CloudinaryClient], object]


ENTRIES = {
    "metadata_fields": Entry("metadata_fields", FIELDS, lambda client: list(map(repr, metadata_fields(client)))),
    "fetch": Entry("by_asset_ids", LIST, lambda client: list(map(asdict, found_by(client)))),
    "fetch, how long": Entry(A, row(A, "one") | {"pages": 3}, lambda client: list(map(asdict, found_by(client)))),
    "present": Entry("by_asset_ids", LIST, lambda client: [each and asdict(each) for each in now(client).values()]),
    "caption": Entry(
        "explicit",
        {"asset_id": A, "public_id": "one", "info": {"detection": CAPTION}},
        lambda client: captions.caption(client, KNOWN[0]),
    ),
    "write_alt": Entry(
        "context", {"public_ids": ["one", "two"]}, lambda client: sorted(captions.write_alt(client, KNOWN, "Alt"))
    ),
    "sample": Entry("image/upload", LIST, lambda client: repr(trying.sample(client.environment, "image"))),
    "sample, named": Entry(
        "one", row(A, "one"), lambda client: repr(trying.sample(client.environment, "image", "one"))
    ),
    "look": Entry("transformations", {"transformations": [{"name": "t_x"}], "next_cursor": None}, seen),
    "look, fields": Entry("metadata_fields", FIELDS, seen),
}
OTHERS = {"by_asset_ids": LIST, "metadata_fields": FIELDS, "transformations": {"transformations": []}}
OTHERS |= {"upload_presets": {"presets": [{"name": "p"}]}, A: row(A, "one"), B: row(B, "two")}


def client_of(peer: Peer, path: str, body: object) -> CloudinaryClient:
    """Of an environment whose answers at this path are this body."""

    def rule(asked: Asked) -> Answer:
        end = asked.name.partition("?")[0]
        if end.endswith(path):
            return Answer(written(body))
        return Answer(next(known for name, known in OTHERS.items() if end.endswith(name)))

    peer.answers(rule)
    environment = Environment.objects.filter(cloud_name="peer").first() or Environment.objects.create(
        cloud_name="peer", launch_issuer="peer", api_key="k", api_secret="s"
    )
    environment.upload_prefix = peer.url
    return CloudinaryClient(environment)


def outcome(peer: Peer, entry: Entry, body: object) -> str | None:
    """The result as JSON, as rows and pages keep it; None for an error of ours."""
    try:
        return json.dumps(entry.call(client_of(peer, entry.path, body)), ensure_ascii=False).encode().decode()
    except (CloudinaryError, NoCaption):
        return None


pytestmark = pytest.mark.django_db
EACH = pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)


@EACH
@pytest.mark.cases(5)
def test_any_single_damage_is_a_value_or_an_error_of_ours(peer, entry):
    assert outcome(peer, entry, entry.answer)
    for path in spread(paths_of(entry.answer), 6):
        for value in COMMON:
            outcome(peer, entry, damaged(entry.answer, path, value))


@EACH
@given(damages())
@examples(max_examples=drawn(4, 150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.cases(3)
def test_several_damages_are_a_value_or_an_error_of_ours(peer, entry, wanted):
    outcome(peer, entry, with_damages(entry.answer, wanted))


def test_one_damaged_asset_takes_nothing_from_the_others_and_is_not_gone(peer):
    for path in spread([path for path in paths_of(LIST) if path[:2] == ("resources", 0)], 12):
        for value in spread(COMMON, 5):
            if path == ("resources", 0) and value is MISSING:
                continue  # a list without it that could be read: it is gone
            body = damaged(LIST, path, value)
            by_id = {each.asset_id: each for each in found_by(client_of(peer, "by_asset_ids", body))}
            assert (by_id.keys(), by_id[B].public_id) == ({A, B}, "two"), (path, value)
            found = now(client_of(peer, "by_asset_ids", body))
            assert found[B] == by_id[B], (path, value)
            assert found.get(A, "unknown") is not None, (path, value)


NOTHING = [
    {},
    [],
    None,
    5,
    "x",
    {"resources": None},
    {"resources": "x"},
    {"resources": {}},
    {"resources": [None, None]},
]
NOTHING += [
    {"resources": [{}]},
    {"resources": [{"asset_id": None}]},
    {"resources": [row("c" * 32, "c")]},
    {"error": "x"},
]


@pytest.mark.parametrize("body", NOTHING, ids=str)
def test_an_answer_that_cannot_be_read_says_of_no_asset_that_it_is_gone(peer, body):
    with pytest.raises(CloudinaryError) as caught:
        now(client_of(peer, "by_asset_ids", body))
    assert caught.value.trouble == Trouble.AWAY


def test_a_list_that_was_read_says_what_is_gone(peer):
    assert now(client_of(peer, "by_asset_ids", {"resources": []})) == {A: None, B: None}
    found = now(client_of(peer, "by_asset_ids", {"resources": LIST["resources"][1:]}))
    assert (found[A], found[B].public_id) == (None, "two")


@pytest.mark.parametrize("version", [None, "x", -3])
def test_an_asset_whose_version_cannot_be_read_was_not_replaced(peer, version):
    found = now(client_of(peer, "by_asset_ids", damaged(LIST, ("resources", 0, "version"), version)))
    assert found.keys() == {B}


@pytest.mark.parametrize("body", [{}, {"public_ids": None}, {"public_ids": [None]}], ids=str)
def test_alt_texts_count_neither_as_saved_nor_as_lost_by_an_unreadable_answer(peer, body):
    with pytest.raises(CloudinaryError) as caught:
        captions.write_alt(client_of(peer, "context", body), KNOWN, "Alt")
    assert caught.value.trouble == Trouble.AWAY


def test_an_unreadable_answer_is_no_caption_of_nothing(peer):
    with pytest.raises(NoCaption) as caught:
        captions.caption(client_of(peer, "explicit", {}), KNOWN[0])
    assert caught.value.refusal == Refusal.LATER


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"metadata": {"sku": None, "kind": [None, "k1", True, {}]}}, {"metadata": {"kind": ("k1",)}}),
        ({"metadata": {"sku": True, "a": {}, "b": 7, "c": 1e400, "d": 2.5}}, {"metadata": {"b": "7", "d": "2.5"}}),
        ({"metadata": "x", "context": {"custom": None}}, {"metadata": {}, "context": {}}),
        ({"context": "x", "tags": "x"}, {"context": {}, "tags": ()}),
        ({"context": [], "tags": [None, "x", 5]}, {"context": {}, "tags": ("x",)}),
        ({"context": {"custom": {"alt": None, "a": 1}}}, {"context": {"a": "1"}}),
        ({"format": 5, "display_name": 7, "width": "big"}, {"format": "", "display_name": "", "width": 0, "public_id": "x"}),
        ({"public_id": None}, {"public_id": ""}),
        ({"version": "x"}, {"public_id": ""}),
        ({"version": "170"}, {"public_id": "x", "version": 170}),
        ({"type": 5}, {"public_id": ""}),
        ({"access_control": {}}, {"windows": ()}),
        ({"access_control": [{"access_type": "anonymous", "start": [], "end": None}]}, {"windows": ()}),
        ({"access_mode": False}, {"restricted": True}),
    ],
    ids=str,
)  # fmt: skip
def test_an_asset_is_read_as_far_as_it_can_be(given, kept):
    found = asdict(asset_of({"asset_id": A, "public_id": "x"} | given))
    assert {name: found[name] for name in kept} == kept
