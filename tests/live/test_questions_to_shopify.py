"""What nobody could verify yet about Shopify: each test asks, and its recording is the answer. It fails only if none comes.

Not asked, as it would take hours or a store's whole quota: how long videos take, how many there may be, how often a 5xx comes.
"""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from setup.shopify.graphql_documents import load
from tests.live.services import APPS, OURS, PATIENCE, PLAN, settled
from tests.scenes import picture

pytestmark = pytest.mark.live
CREATE, UPDATE, SET = (load(APPS, name) for name in ("FileCreate", "FileUpdate", "ProductSetFiles"))
STATUS, PAGE, BY_FIELD = load(OURS, "FilesStatus"), load(APPS, "ProductPage"), load(OURS, "ProductsByField")


def row(world, name: str, source: str = "", **more) -> dict:
    return {"originalSource": source or world.address("red"), "filename": world.file(name), "alt": name, **more}


def create(world, record, *rows: dict) -> list[str]:
    """Asks for files and waits until each is READY or FAILED; what became of them is recorded, too."""
    answer = record.ask(CREATE, files=list(rows))
    assert "data" in answer, answer
    ids = [file["id"] for file in (answer["data"].get("fileCreate") or {}).get("files") or ()]
    for id in ids:  # which row it belongs to is not certain
        world.ledger.made("file", world.ledger.name(id), id)
    if ids:
        settled(world.services, ids)
        record.ask(STATUS, ids=ids)
    return ids


def test_a_taken_name(world, record):
    """RAISE_ERROR for a taken name: a userError at once, or FAILED later? Is case ignored? What of a good row beside it?"""
    world.ready("taken.jpg")
    raises = {"duplicateResolutionMode": "RAISE_ERROR"}
    create(world, record, row(world, "taken.jpg", **raises))
    create(world, record, row(world, "Taken.jpg", **raises))
    create(world, record, row(world, "untaken.jpg", **raises), row(world, "taken.jpg", **raises))


def test_one_bad_row_among_good_ones(world, record):
    """fileCreate: does one row that is refused hold up the others of its call?"""
    create(world, record, row(world, "good.jpg"), row(world, "bad.jpg", "nonsense"), row(world, "good-2.jpg"))


def test_an_extension_that_the_address_does_not_have(world, record):
    """fileCreate: `filename` with an extension on an address without one."""
    create(world, record, row(world, "plain.jpg", world.address("red").rpartition(".")[0]))


def test_the_same_row_twice(world, record):
    """fileCreate: the same name in two rows of one call."""
    create(world, record, *[row(world, "twice.jpg", duplicateResolutionMode="RAISE_ERROR")] * 2)


def test_a_source_that_is_no_picture(world, record):
    """fileCreate: an address that answers something else; with which code does the file fail?"""
    create(world, record, row(world, "no-picture.jpg", world.assets["text.jpg"]["secure_url"]))


def test_adding_references(world, record):
    """fileUpdate(referencesToAdd): does it work, where do files land, one file to two products, three rows, what does it cost?"""
    product, other = world.product("references"), world.product("references-2")
    one, two, three = world.ready("r1.jpg", "r2.jpg", "r3.jpg")
    record.ask(UPDATE, files=[{"id": one, "referencesToAdd": [product]}])
    record.ask(UPDATE, files=[{"id": id, "referencesToAdd": [product, other]} for id in (three, two)])
    record.ask(UPDATE, files=[{"id": one, "referencesToAdd": [product]}] * 2)
    answer = record.ask(PAGE, id=product)
    order = [node["id"] for node in answer["data"]["product"]["media"]["nodes"]]
    record.note("order in the gallery", [[one, two, three].index(id) + 1 for id in order])


def test_a_file_that_is_not_ready_yet(world, record):
    """fileUpdate with a file that Shopify still works on beside one that is READY: is the whole call refused?"""
    product = world.product("young")
    [ready] = world.ready("old.jpg")
    answer = record.ask(CREATE, files=[row(world, "young.jpg")])
    young = answer["data"]["fileCreate"]["files"][0]["id"]
    world.ledger.made("file", world.ledger.name("young.jpg"), young)
    record.ask(UPDATE, files=[{"id": id, "referencesToAdd": [product]} for id in (ready, young)])
    settled(world.services, [young])


def test_an_exact_gallery(world, record):
    """productSet.files: is its order the gallery's, is what is left out detached and still a file, and what does it cost?"""
    product = world.product("exact")
    one, two, three = world.ready("s1.jpg", "s2.jpg", "s3.jpg")
    for order in ([one, two, three], [three, one]):
        rows = [{"id": id} for id in order]
        answer = record.ask(SET, identifier={"id": product}, input={"files": rows})
        media = (answer["data"].get("productSet") or {}).get("product") or {"media": {"nodes": []}}
        read = [node["id"] for node in media["media"]["nodes"]]
        record.note(
            "asked for and answered", [[[one, two, three].index(id) + 1 for id in ids] for ids in (order, read)]
        )
    record.ask(STATUS, ids=[two])


def test_a_failed_file_in_an_exact_gallery(world, record):
    """productSet.files with a file that FAILED among the rows: is it refused, kept, or left out?"""
    product = world.product("failed")
    [good] = world.ready("sound.jpg")
    [failed] = create(world, record, row(world, "broken.jpg", world.assets["text.jpg"]["secure_url"]))
    record.ask(SET, identifier={"id": product}, input={"files": [{"id": good}, {"id": failed}]})


def test_references_to_what_is_not_there(world, record):
    """fileUpdate(referencesToAdd) to a product that nobody knows beside one that is there: is any of it done?"""
    product = world.product("reference")
    [one] = world.ready("reference.jpg")
    record.ask(UPDATE, files=[{"id": one, "referencesToAdd": [product, "gid://shopify/Product/1"]}])
    answer = record.ask(PAGE, id=product)
    record.note("files in the gallery", len(answer["data"]["product"]["media"]["nodes"]))


@pytest.mark.parametrize(("width", "height"), [(1000, 10), (1010, 10), (10, 1010)])
def test_how_narrow_a_picture_may_be(world, record, width, height):
    """Which ratio of its sides does Shopify refuse: more than 100 to 1?"""
    last = f"narrow-{width}x{height}"
    world.upload(last, picture(4, (width, height)))
    create(world, record, row(world, f"{last}.jpg", world.address(last)))


def test_two_writers_at_once(world, record):
    """Two productSet calls for one product at the same time: do both get through, and what does the refused one read?"""
    product = world.product("contested")
    ids = world.ready("w1.jpg", "w2.jpg")

    def write(id: str) -> dict:
        given = {"identifier": {"id": product}, "input": {"files": [{"id": id}]}}
        return world.services.ask(SET, **given)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(write, ids))
    record.extend(answers)
    media = world.services.ask(PAGE, id=product)["answer"]["data"]["product"]["media"]["nodes"]
    record.note("files in the gallery", len(media))


def test_the_price_of_many_ids(world, record):
    """nodes(ids:) with 250 ids: what is it said to cost, and what does it cost?"""
    record.ask(STATUS, ids=[f"gid://shopify/MediaImage/{at}" for at in range(1, 251)])


@pytest.mark.parametrize("terms", [50, 100, 250])
def test_many_terms_in_a_search(world, record, terms):
    """How many OR clauses does a search take?"""
    record.ask(BY_FIELD, query=" OR ".join(f'handle:"{world.ledger.name(str(at))}"' for at in range(terms)), after=None)


def test_how_far_the_index_lags(world, record):
    """Seconds from a new product until a search by its handle finds it."""
    began = time.monotonic()
    handle = world.ledger.name("lag")
    world.product("lag")
    while time.monotonic() - began < PATIENCE:
        answer = world.services.ask(BY_FIELD, query=f'handle:"{handle}"', after=None)["answer"]
        if answer["data"]["products"]["nodes"]:
            break
        time.sleep(0.5)
    record.measure("seconds", round(time.monotonic() - began, 1))


SIGNS = {
    "inches": '5" pipe',
    "quote": "O'Neill",
    "backslash": "back\\slash",
    "signs": "a:b (c)*",
    "accent": "ne\u0301e",
}


@pytest.mark.parametrize("sign", SIGNS)
def test_signs_in_a_search(world, record, sign):
    """Is a tag with quotes, a backslash, signs of the search language, or a decomposed letter found by its quoted value?"""
    product = world.product(f"sign-{sign}")
    tag = f"{world.ledger.beginning}{SIGNS[sign]}"
    record.ask(SET, identifier={"id": product}, input={"tags": [tag]})
    escaped = tag.replace("\\", "\\\\").replace('"', '\\"')
    until, found = time.monotonic() + 30, False
    while not found and time.monotonic() < until:
        nodes = world.services.ask(BY_FIELD, query=f'tag:"{escaped}"', after=None)["answer"]["data"]["products"][
            "nodes"
        ]
        found = product in [node["id"] for node in nodes]
        time.sleep(0 if found else 1)
    record.note("found within 30 seconds", found)


def test_what_becomes_of_alt_texts(world, record):
    """Are blanks, decomposed letters and 512 characters kept as they were given?"""
    for at, alt in enumerate(("  two  blanks  ", "ne\u0301e", "x" * 512, "x" * 513)):
        [id] = world.ready(f"alt-{at}.jpg")
        record.ask(UPDATE, files=[{"id": id, "alt": alt}])
        kept = world.services.ask(STATUS, ids=[id])["answer"]["data"]["nodes"][0]["alt"]
        record.note("kept as given", kept == alt)


def test_the_plan_of_a_development_store(world, record, services):
    """How a development store names its plan, and the size and rate of its bucket."""
    record.ask(PLAN)
