"""What nobody could verify yet about Cloudinary: each test asks, and its recording is the answer. It fails only if none comes.

Not asked, as it would cost money, use up the hour's calls, or need a public address: 420 or 429 for the limit, the old analyze
route, webhooks for bulk edits.
"""

import time

import cloudinary.api
import cloudinary.uploader
import pytest
import urllib3
from cloudinary import Search

from tests.live.services import PATIENCE

pytestmark = pytest.mark.live
EVERYTHING = {"tags": True, "context": True, "metadata": True, "moderations": True}


def search(expression: str, *with_fields: str):
    """A function of the SDK's kind."""

    def found(**credentials):
        asked = Search().expression(expression).max_results(10)
        for name in with_fields:
            asked.with_field(name)
        return asked.execute(**credentials)

    return found


def indexed(world, *names: str) -> None:
    """Waits until searches see these assets."""
    wanted, until = {world.ledger.name(name) for name in names}, time.monotonic() + PATIENCE
    look = search(f'tags="{world.ledger.beginning}"')
    while time.monotonic() < until:
        answer = world.services.call(look)["answer"]
        if wanted <= {item["public_id"] for item in answer.get("resources", ())}:
            return
        time.sleep(1)
    raise AssertionError("searches never saw the assets")


@pytest.mark.parametrize("count", [10, 11, 100, 101])
def test_how_many_ids_a_call_takes(world, record, count):
    """by_asset_ids: is the limit 10 or 100, and what becomes of ids that nobody knows?"""
    ids = [world.assets["red"]["asset_id"], *(f"{at:032x}" for at in range(count - 1))]
    record.call(cloudinary.api.resources_by_asset_ids, ids)


def test_what_a_list_tells_of_an_asset(world, record):
    """by_asset_ids: does it tell a video's duration; is context nested; what is absent or null where there is nothing?"""
    for name in ("red", "film", "text.jpg"):
        record.call(cloudinary.api.resources_by_asset_ids, [world.assets[name]["asset_id"]], **EVERYTHING)


def test_what_one_asset_tells(world, record):
    """A single asset by its id: which keys does it have that lists do not?"""
    for name in ("red", "film"):
        record.call(cloudinary.api.resource_by_asset_id, world.assets[name]["asset_id"])


def test_what_an_upload_answers(world, record):
    """The keys of an upload's answer, first and overwriting; does overwriting clear context and tags?"""
    record.append({"asked": "upload", "answer": world.assets["blue"]})
    world.upload("again", b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", context={"alt": "First"})
    options = {"public_id": world.ledger.name("again"), "invalidate": True}
    content = b"<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'/>"
    record.call(cloudinary.uploader.upload, content, **options)
    record.call(cloudinary.api.resources_by_asset_ids, [world.assets["again"]["asset_id"]], **EVERYTHING)


def test_what_a_search_tells_of_an_asset(world, record):
    """Search: is context flat or nested, does it tell a duration, which limit do its headers name?"""
    indexed(world, "red", "film")
    tagged = f'tags="{world.ledger.beginning}"'
    record.call(search(f"resource_type:(image OR video) AND {tagged}", "context", "metadata", "tags"))


def test_which_types_a_search_finds_by_itself(world, record):
    """Search without resource_type: pictures only, or all?"""
    indexed(world, "red")
    answer = record.call(search(f'tags="{world.ledger.beginning}"'))
    record.note("types", sorted({item["resource_type"] for item in answer.get("resources", ())}))


def test_whether_explicit_replaces_the_context(world, record):
    """explicit(context=): are the other keys kept?"""
    world.upload(
        "explicit", b"<svg xmlns='http://www.w3.org/2000/svg' width='7' height='7'/>", context={"a": "1", "b": "2"}
    )
    record.call(cloudinary.uploader.explicit, world.ledger.name("explicit"), type="upload", context={"a": "3"})
    record.call(cloudinary.api.resources_by_asset_ids, [world.assets["explicit"]["asset_id"]], context=True)


def test_what_delivery_refuses(world, record):
    """With which status, and which words in X-Cld-Error, is what cannot be delivered refused?"""
    url = world.assets["red"]["secure_url"]
    beginning, name = url.partition("/upload/")[0], world.assets["red"]["public_id"]
    for asked, address in {
        "unknown public ID": f"{beginning}/upload/v1/{name}-nowhere.jpg",
        "wrong signature": f"{beginning}/upload/s--AAAAAAAA--/v1/{name}.jpg",
        "transformation that is none": f"{beginning}/upload/x_nonsense_y/v1/{name}.jpg",
        "private, which it is not": f"{beginning}/private/v1/{name}.jpg",
    }.items():
        answer = urllib3.request("GET", address, timeout=60, retries=False)
        cause, kind = (answer.headers.get(header, "") for header in ("X-Cld-Error", "Content-Type"))
        record.append({"asked": asked, "answer": {"http": answer.status, "cause": cause, "content_type": kind}})


def test_what_metadata_take(world, record):
    """update_metadata: what becomes of ids and fields that nobody knows, and of 1,001 ids?"""
    update, mine = cloudinary.uploader.update_metadata, world.ledger.name("red")
    record.call(update, {"live_suite_nobodys_field": "1"}, [mine])
    fields = world.services.call(cloudinary.api.list_metadata_fields)["answer"].get("metadata_fields", ())
    if texts := [field["external_id"] for field in fields if field["type"] == "string" and not field.get("validation")]:
        for value in ('a=b|c \\ "d"', ""):
            record.call(update, {texts[0]: value}, [mine, f"{mine}-nowhere"])
            answer = record.call(cloudinary.api.resource_by_asset_id, world.assets["red"]["asset_id"])
            record.note("kept as given", (answer.get("metadata") or {}).get(texts[0], "") == value)
        record.call(update, {texts[0]: ""}, [mine, *(f"{mine}-{at}" for at in range(1000))])


@pytest.mark.parametrize("length", [255, 256, 1024, 1025])
def test_how_long_a_value_of_the_context_may_be(world, record, length):
    """add_context: is the limit 255 characters or 1,024, and is a longer value refused or cut?"""
    record.call(cloudinary.uploader.add_context, {"live_long": "é" * length}, [world.ledger.name("blue")])
    answer = world.services.call(cloudinary.api.resource_by_asset_id, world.assets["blue"]["asset_id"])["answer"]
    kept = ((answer.get("context") or {}).get("custom") or {}).get("live_long", "")
    record.note("characters kept", len(kept))


def test_ids_of_roles(world, record):
    """The public list of permissions: how are the roles of Technical and Media Library admins called?"""
    prefix = world.services.keys.upload_prefix
    answer = urllib3.request("GET", f"{prefix}/v2/accounts/permissions/public/catalog", timeout=60, retries=False)
    is_json = answer.headers.get("Content-Type", "").startswith("application/json")
    record.append(
        {"asked": "catalog", "answer": {"http": answer.status, "body": answer.json() if is_json else "no JSON"}}
    )


def test_names_of_named_transformations(world, record):
    """Do the names of named transformations come with `t_`?"""
    answer = record.call(cloudinary.api.transformations, named=True, max_results=10)
    record.note("with t_", [name.get("name", "").startswith("t_") for name in answer.get("transformations", ())][:1])


def test_whether_a_search_matches_the_ids_or_the_labels_of_values(world, record):
    """metadata search in an enum field: by the value's id, its label, or both? Does writing it move `last_updated`?"""
    fields = world.services.call(cloudinary.api.list_metadata_fields)["answer"].get("metadata_fields", ())
    enums = [field for field in fields if field["type"] == "enum" and field["datasource"]["values"]]
    if not enums:
        pytest.skip("the cloud has no enum field to ask about")
    name, value = enums[0]["external_id"], enums[0]["datasource"]["values"][0]
    before = world.services.call(cloudinary.api.resource_by_asset_id, world.assets["blue"]["asset_id"])["answer"]
    record.call(cloudinary.uploader.update_metadata, {name: value["external_id"]}, [world.ledger.name("blue")])
    after = world.services.call(cloudinary.api.resource_by_asset_id, world.assets["blue"]["asset_id"])["answer"]
    record.note("last_updated moved", before.get("last_updated") != after.get("last_updated"))
    time.sleep(2 if world.services.keys.shopify_base else 20)
    for said in ("external_id", "value"):
        answer = world.services.call(search(f'metadata.{name}="{value[said]}" AND tags="{world.ledger.beginning}"'))[
            "answer"
        ]
        record.note(f"found by {said}", len(answer.get("resources", ())))
    record.call(cloudinary.uploader.update_metadata, {name: ""}, [world.ledger.name("blue")])
