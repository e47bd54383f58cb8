"""What our doors to both services promise, kept by whatever answers: the same suite for the real services and the sandbox."""

import time

import pytest
import urllib3

from linking.cloudinary.assets import fetch, metadata_fields
from linking.cloudinary.renditions import of_asset, of_file, thumbnail
from linking.domain.fields import ShopifyField
from linking.shopify import bulk, catalog, files, galleries, swatches, uploads, variants
from linking.shopify.files import NewFile
from setup.cloudinary import surroundings
from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble
from setup.shopify.client import ShopifyClient
from setup.shopify.connection import NEEDED
from tests.films import clip
from tests.live.services import PATIENCE, settled

pytestmark = pytest.mark.live
NOBODY = "0" * 32


@pytest.fixture
def store(rows) -> ShopifyClient:
    return ShopifyClient(rows[1])


@pytest.fixture
def cloud(rows) -> CloudinaryClient:
    return CloudinaryClient(rows[0])


def awaited(look):
    """What `look` answers once it is something: indexes and jobs take their time."""
    until = time.monotonic() + PATIENCE
    while not (found := look()) and time.monotonic() < until:
        time.sleep(0.3)
    return found


def known(world, cloud, *names):
    ids = [world.assets[name]["asset_id"] for name in names]
    [found] = fetch(cloud, ids, metadata_fields(cloud))
    return found


def test_a_store_says_who_it_is_and_what_we_may_do(world, rows):
    _, store = rows
    assert (store.status, store.domain) == ("connected", world.services.keys.shop)
    assert set(NEEDED) <= set(store.scopes)
    assert store.rate > 0


def test_good_keys_are_let_in_and_wrong_ones_refused_as_such(world, rows):
    environment, _ = rows
    CloudinaryClient(environment).ping()
    environment.api_secret = "wrong"
    with pytest.raises(CloudinaryError) as caught:
        CloudinaryClient(environment).ping()
    assert caught.value.trouble == Trouble.REFUSED


def test_assets_come_in_the_order_asked_for_and_what_is_gone_is_absent(world, cloud):
    found = known(world, cloud, "film", "red", "text.jpg", "blue")
    assert [asset.resource_type for asset in found] == ["video", "image", "raw", "image"]
    red = found[1]
    assert (red.context["alt"], red.tags, red.format) == ("Red | and = green", (world.ledger.beginning,), "jpg")
    assert (red.width, red.height, red.public_id) == (40, 50, world.ledger.name("red"))
    [[only]] = fetch(cloud, [NOBODY, red.asset_id], [])
    assert only.asset_id == red.asset_id


def test_what_setup_asks_of_an_environment_can_be_read(world, rows):
    environment, _ = rows
    surroundings.look(environment)
    assert set(environment.seen) == {"fields", "transformations", "presets"}


def test_a_rendition_is_delivered_as_what_its_name_says(world, cloud, rows):
    environment, _ = rows
    red, film = known(world, cloud, "red", "film")
    for url, kind in (
        (of_asset(environment, red).url, "image/jpeg"),
        (thumbnail(environment, red), "image/jpeg"),
        (of_asset(environment, film).url, "video/mp4"),
    ):
        answer = urllib3.request("GET", url, timeout=60)
        assert (answer.status, answer.headers["Content-Type"].partition(";")[0]) == (200, kind), url


def test_a_file_is_created_once_found_by_its_mark_and_described(world, cloud, store, rows):
    environment, _ = rows
    [red] = known(world, cloud, "red")
    rendition = of_file(environment, red)
    new = NewFile(world.ledger.intend("file", rendition.name), rendition.rendition.url, "First")
    created = files.create(store, [new])
    assert created.refusals == ()
    [id] = created.ids
    world.ledger.made("file", rendition.name, id)
    settled(world.services, [id])
    assert files.states(store, [id])[id].there
    found = awaited(lambda: files.by_mark(store, {rendition.mark: rendition.name}).found)
    assert found[rendition.mark].id == id
    assert files.describe(store, {id: "Second"}) == ()
    assert files.states(store, [id])[id].alt == "Second"
    assert files.contents(store, [id])[id]


def test_galleries_take_files_keep_the_order_asked_for_and_let_go(world, store):
    product = world.products["mug"]
    one, two, three = world.ready("g1.jpg", "g2.jpg", "g3.jpg")
    assert files.attach(store, {id: [product] for id in (one, two, three)}) == ()
    read = awaited(lambda: len((found := galleries.read(store, [product])[product]).ids) == 3 and found)
    assert set(read.ids) == {one, two, three}
    order = [three, one, two]
    ordering = galleries.reorder(store, product, order)
    assert not ordering.refusal
    assert awaited(lambda: galleries.read(store, [product])[product].ids == order)
    assert files.detach(store, {id: [product] for id in order}) == ()
    assert awaited(lambda: galleries.read(store, [product])[product].ids == [])
    assert set(files.states(store, order)) == set(order)


def test_a_call_with_a_file_that_is_not_there_says_so_and_changes_nothing(world, store):
    [there] = world.ready("lonely.jpg")
    [refusal] = files.describe(store, {there: "Changed", "gid://shopify/MediaImage/1": "Nobody"})
    assert (refusal.row, refusal.code) == (None, "FILE_DOES_NOT_EXIST")
    assert files.states(store, [there])[there].alt == "lonely.jpg"


@pytest.mark.parametrize("code", ["sku", "handle", "tag", "title"])
def test_products_are_found_by_the_fields_that_people_match_with(world, store, code):
    wanted = world.ledger.beginning if code == "tag" else world.ledger.name("mug")
    field = ShopifyField.parse(code)

    def look():
        found = [one for one in catalog.candidates(store, field, [wanted]) if wanted in one.values]
        return {one.product_id for one in found}

    assert world.products["mug"] in awaited(look)


def test_a_whole_catalog_is_read_in_bulk(world, store):
    field = ShopifyField.parse("sku")
    ended = bulk.await_end(store, bulk.start(store, catalog.bulk_query(field)), lambda count: None)
    with bulk.result(store.store, ended) as rows:
        found = {one.product_id: one.values for one in catalog.everything(field, rows)}
    assert found[world.products["mug"]] == (world.ledger.name("mug"),)


def test_products_show_what_people_recognise_them_by(world, store):
    ids = list(world.products.values())
    found = catalog.cards(store, [*ids, "gid://shopify/Product/1"])
    assert set(found) == set(ids)
    mug = found[world.products["mug"]]
    assert (mug.handle, mug.status) == (world.ledger.name("mug"), "DRAFT")


def test_a_variant_shows_a_picture_of_its_products_gallery(world, store):
    product = world.product("variants")
    one, two = world.ready("v1.jpg", "v2.jpg")
    files.attach(store, {id: [product] for id in (one, two)})
    assert awaited(lambda: len(galleries.read(store, [product])[product].ids) == 2)
    [variant] = variants.pictures(store, [product])[product]
    for shown in (one, two):
        assert variants.show(store, product, {variant.id: shown}) is None
        assert awaited(lambda shown=shown: variants.pictures(store, [product])[product][0].picture == shown)
    assert variants.detach(store, product, {variant.id: two}) is None
    assert awaited(lambda: variants.pictures(store, [product])[product][0].picture is None)


def test_the_bytes_of_a_video_arrive_through_a_staged_upload(world, store):
    content = clip()
    name = world.file("staged.mp4")
    target = uploads.stage(store, name, len(content))
    uploads.send(target, name, len(content), [content])
    [id] = files.create(store, [NewFile(name, target.source, "A film", "VIDEO")]).ids
    world.ledger.made("file", name, id)
    [node] = settled(world.services, [id])
    assert (node["fileStatus"], node["filename"]) == ("READY", name)


def test_a_metafield_is_written_against_what_was_read_and_removed(world, store):
    [file] = world.ready("swatch.jpg")
    owner = world.products["cup"]
    before = swatches.values(store, [owner])
    assert swatches.write(store, {owner: file}, before) == ()
    assert swatches.read(store, [owner]) == {owner: file}
    [refusal] = swatches.write(store, {owner: file}, before)
    assert refusal.code == "STALE_OBJECT"
    assert swatches.remove(store, [owner]) == ()
    assert swatches.read(store, [owner]) == {owner: ""}
