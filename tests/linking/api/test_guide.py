"""The worked examples of docs/api.md, taken out of it as they stand: those for a shell and for Python are run against a live
server, the bodies of the others sent to it. Only the server's address is another one, and what the guide says to fill in."""

import json
import os
import re
import subprocess
import sys
import time
from functools import cache

import pytest

from linking.models import Link, StoreFile, StoreSync, Sync
from tests.linking.api.test_document import GUIDE, fits
from tests.scenes import Scene, asset, product

SERVER = "https://assetlink.example.com"
EXAMPLES = [
    "Worked examples",  # what the others begin with
    "Link what was just uploaded",
    "A nightly job in CI",
    "A PIM hands over SKUs and files",
    "Upload a banner",
    "Undo a run",
    "A flow hands over a selection",
    "A flow links what a review approved",
]
# As Cloudinary notifies of a moderation; n8n has it in `body`.
NOTIFIED = {"notification_type": "moderation", "moderation_status": "approved", "public_id": 'shop/an "oak" chair'}


@cache
def blocks() -> dict[str, dict[str, str]]:
    """Heading -> language -> code."""
    parts = re.split(r"^##+ (.*)$", GUIDE.read_text(), flags=re.MULTILINE)
    code = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
    found = {heading: dict(code.findall(text)) for heading, text in zip(parts[1::2], parts[2::2], strict=True)}
    return {heading: found[heading] for heading in EXAMPLES}


def place_of(scene) -> Scene:
    """What the guide speaks of. In the second store nothing has the SKU."""
    products = [product("OAK-1"), product("PINE-1", handle="pine-stool")]
    chair = asset("oak-chair-1", "OAK-1", 1, asset_folder="shop")
    quoted = asset("quoted", "PINE-1", 2, asset_folder="shop", public_id=NOTIFIED["public_id"])
    pim = [asset(f"oak-{name}", shade=at, public_id=f"pim/oak-{name}") for at, name in enumerate(("front", "back"), 3)]
    more = [asset("pine", shade=5, public_id="pim/pine"), asset("spring", shade=6, public_id="campaigns/spring")]
    return scene(products, [chair, quoted, *pim, *more], stores=2)


class Reader:
    """Who follows the guide, with a worker beside them."""

    def __init__(self, one, address: str, folder) -> None:
        self.one, self.address, self.folder = one, address, folder
        self.env = {**os.environ, "ASSETLINK_KEY": one.text}

    def follow(self, heading: str, language: str, **known: str) -> str:
        """What it prints; with what the shell's `settled` and others of the guide need before it."""
        code = blocks()["Worked examples"][language] + blocks()[heading][language]
        command = ["bash", "-euc"] if language == "bash" else [sys.executable, "-c"]
        process = subprocess.Popen(
            [*command, code.replace(SERVER, self.address)],
            env={**self.env, **known},
            cwd=self.folder,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        while process.poll() is None:
            self.work()
            time.sleep(0.02)
        self.work()
        said = process.stdout.read() if process.stdout else ""
        assert process.returncode == 0, f"{heading}, {language}: {said}"
        return said

    def work(self) -> None:
        for key in StoreSync.objects.busy().values_list("sync__key", flat=True).distinct():
            self.one.work_off(key)


def newest() -> Sync:
    return Sync.objects.latest("pk")


@pytest.mark.full
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["bash", "python"])
def test_the_examples_do_what_the_guide_says(scene, program, live_server, tmp_path, language):
    place = place_of(scene)
    reader = Reader(program(place), live_server.url, tmp_path)
    reader.follow("Link what was just uploaded", language)
    assert place.assets_in("product-oak-1") == ["oak-chair"]

    reader.follow("A nightly job in CI", language)
    assert [part.state for part in newest().parts.all()] == ["done"]
    assert place.gallery("pine-stool") != []

    reader.follow("A PIM hands over SKUs and files", language)
    pim = newest()
    assert place.assets_in("product-oak-1") == ["oak-chair", "oak-front", "oak-back"]
    assert place.assets_in("pine-stool")[-1] == "pine"
    assert StoreFile.objects.filter(alt="Oak chair").exists()

    reader.follow("Upload a banner", language)
    assert StoreFile.objects.filter(alt="Spring sale", state="ready").exists()

    reader.follow("Undo a run", language, RUN=str(pim.key))
    assert place.assets_in("product-oak-1") == ["oak-chair"]
    assert "pine" not in place.assets_in("pine-stool")


@pytest.mark.parametrize(
    ("found", "passes"), [('"failed": 0', True), ('"failed": 3', False), ('"state":"failed"', False)]
)
def test_the_job_in_ci_fails_where_a_line_of_the_run_failed(tmp_path, found, passes):
    *_others, check = blocks()["A nightly job in CI"]["bash"].strip().split("\n")
    (tmp_path / "run.json").write_text(f'{{"state": "done", "counts": {{"done": 1, {found}}}}}')
    assert (subprocess.run(["bash", "-euc", check], cwd=tmp_path, check=False).returncode == 0) is passes


@pytest.mark.parametrize("heading", EXAMPLES[1:5])
def test_bodies_of_the_shell_are_as_the_document_says(heading):
    [body] = re.findall(r" -d '(\{.*?\})'", blocks()[heading]["bash"], re.DOTALL)
    fits("RunIn", json.loads(body))


def test_the_flow_of_mediaflows_hands_over_its_asset(scene, program, client):
    place = place_of(scene)
    [id, *_others] = place.world.environments[0].assets
    body = json.loads(blocks()["A flow hands over a selection"]["json"].replace("ASSET_ID", id))
    fits("SelectionIn", body)
    answer = program(place).post("/selections", body)
    assert (answer.status_code, answer.json()["assets"]) == (201, 1)
    fits("SelectionOut", answer.json())


def workflow() -> dict:
    return json.loads(blocks()["A flow links what a review approved"]["json"])


def filled_in(text: str) -> str:
    """What n8n makes of an expression with what came."""
    assert text.startswith("=")
    text = re.sub(
        r"\{\{ JSON\.stringify\(\$json\.body\.(\w+)\) \}\}", lambda found: json.dumps(NOTIFIED[found[1]]), text[1:]
    )
    text = text.replace("{{ $execution.id }}", "231")
    assert "{{" not in text
    return text


def test_the_workflow_of_n8n_is_whole():
    whole = workflow()
    nodes = {node["name"]: node for node in whole["nodes"]}
    for node in nodes.values():
        assert {"id", "name", "type", "typeVersion", "position", "parameters"} <= set(node)
    assert len({node["id"] for node in nodes.values()}) == len(nodes) == 3
    ways = [(name, one["node"]) for name, found in whole["connections"].items() for way in found["main"] for one in way]
    assert ways == list(zip(list(nodes), list(nodes)[1:], strict=False))
    [condition] = nodes["Approved?"]["parameters"]["conditions"]["conditions"]
    assert re.search(r"\.(\w+) \}\}$", condition["leftValue"])[1] in NOTIFIED  # type: ignore[index]


def test_the_workflow_of_n8n_links_what_was_approved(scene, program):
    place = place_of(scene)
    asked = next(node["parameters"] for node in workflow()["nodes"] if node["type"].endswith("httpRequest"))
    body = json.loads(filled_in(asked["jsonBody"]))
    fits("RunIn", body)
    [header] = asked["headerParameters"]["parameters"]
    assert (asked["method"], asked["url"], header["name"]) == ("POST", f"{SERVER}/api/v1/runs", "Idempotency-Key")
    one = program(place)
    answer = one.post("/runs", body, again=filled_in(header["value"]))
    assert one.finish(answer)["counts"]["done"] == 1
    assert Link.objects.get().handle == "pine-stool"
