"""Every kind of fault by name: that it changes something, that clearing it changes it back, and that the docs tell of it."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import urllib3

from sandbox.fault_kinds import KINDS
from sandbox.identity.oddities import OF_TOKENS
from tests.sandbox.shopify import bulk
from tests.sandbox.shopify.conftest import HTTP, picture

ROOT = Path(__file__).parents[3]
CAPTIONS = ROOT / "tests" / "sandbox" / "cloudinary" / "test_captions.py"  # Cloudinary's own kind is exercised there


class Stage:
    """A store with one product of seven pictures, and what can be asked of it again and again with the same answer."""

    def __init__(self, client, sources, slept):
        self.client, self.sources, self.slept = client, sources, slept
        variants = [{"title": "S", "sku": '5" pot (large)'}]
        pictures = [picture(f"{name}.jpg") for name in "abcdefg"]
        self.product = client.shop.add_product(handle="mug", title="Mug", variants=variants, pictures=pictures)
        self.media = list(client.shop.products[self.product].media)

    def ask(self):
        """What comes over the wire for a read, without what is counted there."""
        headers = {"Host": self.client.domain, "X-Shopify-Access-Token": self.client.token}
        address = f"{self.client.world.base_url}/admin/api/2026-10/graphql.json"
        try:
            got = HTTP.request("POST", address, json={"query": "{ shop { name } }"}, headers=headers)
        except urllib3.exceptions.ProtocolError:
            return "closed", *self.slept
        return got.status, got.data.partition(b'"extensions": {"cost"')[0], *self.slept

    def create(self, *rows):
        return self.client.create(*({"originalSource": f"{self.sources}/{name}.jpg", **more} for name, more in rows))

    def rows(self):
        """Whether files come back in the order of their rows."""
        files = self.create(("new", {"alt": "1"}), ("new", {"alt": "2"}))["files"]
        return [self.client.shop.files[file["id"]].alt for file in files]

    def bad_row(self):
        return len(self.create(("new", {}), ("new", {"filename": "new.png"}))["files"])

    def taken(self):
        self.create(("new", {}))
        return self.create(("new", {"duplicateResolutionMode": "RAISE_ERROR"}))["userErrors"]

    def download(self):
        return self.client.settled([file["id"] for file in self.create(("new", {}))["files"]])

    def young(self):
        ids = [file["id"] for file in self.create(("new", {}))["files"]]
        return self.client.get("query ($ids: [ID!]!) { nodes(ids: $ids) { __typename } }", {"ids": ids})

    def picture(self):
        ids = [file["id"] for file in self.create(("new", {}))["files"]]
        self.client.settled(ids)
        query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on MediaImage { image { width } } } }"
        return self.client.get(query, {"ids": ids})

    def nodes(self):
        return self.client.get("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": self.media})

    def spaced(self):
        self.client.update({"id": self.media[0], "alt": "so  far"})
        return self.client.shop.files[self.media[0]].alt

    def added(self):
        self.client.update(*({"id": file_id, "referencesToRemove": [self.product]} for file_id in self.media[:2]))
        self.client.update(*({"id": file_id, "referencesToAdd": [self.product]} for file_id in self.media[:2]))
        return [self.media.index(file_id) for file_id in self.client.gallery(self.product)]

    def reordered(self):
        """Whether a reorder has run after a second."""
        last = self.client.gallery(self.product)[-1]
        moves = [{"id": last, "newPosition": "0"}]
        self.client.run("ReorderMedia", id=self.product, moves=moves)
        self.client.world.forward(1)
        return self.client.gallery(self.product)[0] == last

    def alt(self):
        return self.client.update({"id": self.media[0], "alt": "new"})["userErrors"]

    def seen(self):
        """Whether a read sees what was written right before."""
        alt = str(self.client.shop.now())
        self.client.world.forward(1)
        self.client.update({"id": self.media[0], "alt": alt})
        query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on File { alt } } }"
        return self.client.get(query, {"ids": self.media[:1]})["nodes"][0]["alt"] == alt

    def page(self):
        page = self.client.run("GalleryPage", id=self.product)["media"]
        return len(page["nodes"]), page["pageInfo"]["hasNextPage"]

    def search(self):
        query = "query ($q: String!) { productVariants(first: 1, query: $q) { nodes { sku } } }"
        return self.client.get(query, {"q": 'sku:"5\\" pot (large)"'})

    def bulk(self):
        operation = bulk.start(self.client)
        self.client.world.forward(5)
        return self.client.run_ours("BulkStatus", id=operation)["status"]


EXERCISES = {
    "slow": ({"seconds": 9}, Stage.ask),
    "hang": ({"seconds": 9}, Stage.ask),
    **{
        kind: ({}, Stage.ask)
        for kind in KINDS
        if kind.startswith("http_") or kind in ("reset", "throttled", "throttled_without_cost", "internal_error")
    },
    "graphql_error": ({"code": "BAD_DAY"}, Stage.ask),
    "internal_error_after": ({}, Stage.ask),
    "graphql_error_after": ({"code": "TIMEOUT"}, Stage.ask),
    "body": ({"code": "html"}, Stage.ask),
    "error_after": ({}, Stage.ask),
    "lost_answer": ({}, Stage.ask),
    "late_answer": ({"seconds": 9}, Stage.ask),
    "errors_beside": ({"code": "BAD_DAY"}, Stage.ask),
    "null_shapes": ({"code": "errors_null"}, Stage.ask),
    "rows_shuffled": ({}, Stage.rows),
    "bad_row_refuses_all": ({}, Stage.bad_row),
    "taken_name": ({"code": "appended"}, Stage.taken),
    "ready_without_image": ({"seconds": 60}, Stage.picture),
    "nodes_null": ({"seconds": 60}, Stage.young),
    "ids_missing": ({}, Stage.nodes),
    "ids_twice": ({}, Stage.nodes),
    "lists_shuffled": ({"code": "3"}, Stage.nodes),
    "alts_changed": ({}, Stage.spaced),
    "media_shuffled": ({}, Stage.added),
    "slow_reorders": ({"seconds": 60}, Stage.reordered),
    "refused": ({"code": "FILE_LOCKED", "operation": "fileUpdate"}, Stage.alt),
    "locked": ({"seconds": 60, "match": "mug"}, Stage.alt),
    "stale_reads": ({"seconds": 0.5}, Stage.seen),
    "pages_of": ({"code": "5"}, Stage.page),
    "cursor_stuck": ({}, Stage.page),
    "search_misses_quotes": ({}, Stage.search),
    "search_misses_signs": ({}, Stage.search),
    "media_fails": ({"match": "new.jpg", "code": "IMAGE_DOWNLOAD_FAILURE"}, Stage.download),
    "bulk_fails": ({}, Stage.bulk),
}


def rows_of_the_table():
    """kind -> its row in docs/sandbox.md"""
    text = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")
    lines = text.partition("| kind | what happens |")[2].splitlines()
    return {line.split("`")[1]: line for line in lines if line.startswith("| `")}


@pytest.fixture
def stage(client, sources, monkeypatch):
    slept = []
    monkeypatch.setattr("sandbox.shopify.endpoint.time", SimpleNamespace(sleep=slept.append))
    return Stage(client, sources, slept)


def test_every_kind_is_exercised_here_but_those_of_other_services():
    assert KINDS.keys() - EXERCISES.keys() == {"caption_fails", "odd_identity"}
    assert KINDS["odd_identity"].codes == (*OF_TOKENS, "no_id_token", "other_subject", "mix_up")
    assert "caption_fails" in CAPTIONS.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", EXERCISES)
def test_a_fault_shows_while_it_is_there_and_vanishes_when_it_is_cleared(stage, kind):
    fault, probe = EXERCISES[kind]
    usual = probe(stage)
    stage.client.script(kind, **fault)
    assert probe(stage) != usual
    assert stage.client.scripted() == [kind]
    stage.client.clear()
    stage.slept.clear()
    assert probe(stage) == usual


@pytest.mark.parametrize("kind", sorted(EXERCISES.keys() - {"locked"}))
@pytest.mark.cases(20)
def test_a_fault_is_gone_when_it_has_acted_once(stage, kind):
    fault, probe = EXERCISES[kind]
    usual = probe(stage)
    stage.client.script(kind, **fault, times=1)
    assert probe(stage) != usual
    assert stage.client.scripted() == []


def test_the_codes_of_the_docs_are_taken():
    """What stands there as an example is what people try first."""
    for kind, row in rows_of_the_table().items():
        cell = row.split("|")[3]
        pattern = KINDS[kind].codes
        if cell.strip() and not isinstance(pattern, tuple):
            example = cell.rpartition("as `")[2].partition("`")[0] if "as `" in cell else cell.split("`")[1]
            assert pattern.fullmatch(example), f"docs/sandbox.md: {kind} does not take {example}"


def test_the_docs_tell_of_every_kind():
    rows = rows_of_the_table()
    families = {kind: "http_401" if kind.startswith("http_") else kind for kind in KINDS}
    for kind, named in families.items():
        assert named in rows, f"docs/sandbox.md lacks {kind}"
    for kind, row in rows.items():
        codes = KINDS[kind].codes
        listed = codes if isinstance(codes, tuple) else ()
        assert all(f"`{code}`" in row for code in listed if code), f"docs/sandbox.md lacks a code of {kind}"
        assert KINDS[kind].counts in row
