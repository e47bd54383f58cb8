"""The worked examples of docs/api.md, taken out of it as they stand: those for a shell and for Python are run against a live
server, and against one that answers as a test wishes; the bodies of the others are sent to it. Only the server's address is
another one, and what the guide says to fill in."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from linking import jobs
from linking.models import Link, Report, StoreFile, StoreSync, Sync
from setup.models import ApiKey
from tests.linking.api.test_document import GUIDE, fits
from tests.peer import Answer, Asked, Peer, listening_peer
from tests.scenes import Scene, asset, product

SERVER = "https://assetlink.example.com"
EXAMPLES = [
    "Worked examples",  # what the others begin with
    "Link what was just uploaded",
    "A nightly job in CI",
    "Fetch a report",
    "A PIM hands over SKUs and files",
    "Upload a banner",
    "Undo a run",
    "A flow hands over a selection",
    "A flow links what a review approved",
]
BOTH = EXAMPLES[1:7]  # a shell's and Python's
# What CI and the reader's own program know.
KNOWN = {"GITHUB_RUN_ID": "4711", "GITHUB_RUN_ATTEMPT": "1", "RUN": "1"}
# As Cloudinary notifies of a moderation; n8n has it in `body`.
NOTIFIED = {"notification_type": "moderation", "moderation_status": "approved", "public_id": 'shop/an "oak" chair'}


@cache
def blocks() -> dict[str, dict[str, str]]:
    """Heading -> language -> code."""
    parts = re.split(r"^##+ (.*)$", GUIDE.read_text(), flags=re.MULTILINE)
    code = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
    found = {heading: dict(code.findall(text)) for heading, text in zip(parts[1::2], parts[2::2], strict=True)}
    return {heading: found[heading] for heading in EXAMPLES}


def scopes_of(heading: str) -> list[str]:
    """Those that the guide names for it."""
    [_before, text] = re.split(rf"^### {re.escape(heading)}$", GUIDE.read_text(), flags=re.MULTILINE)
    found = re.search(r"^Scopes: ((?:`[\w:]+`(?:, )?)+)\.", text, re.MULTILINE)
    assert found
    return re.findall(r"`([\w:]+)`", found[1])


def code_of(heading: str, language: str, address: str) -> str:
    """With what the shell's `settled` and others of the guide need before it."""
    return (blocks()["Worked examples"][language] + blocks()[heading][language]).replace(SERVER, address)


def command_of(language: str) -> list[str]:
    """No `-e`: the reader's shell may go on after a command that failed."""
    return ["bash", "-uc"] if language == "bash" else [sys.executable, "-c"]


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
        self.env = {**os.environ, **KNOWN, "ASSETLINK_KEY": one.text}

    def follow(self, heading: str, language: str, **known: str) -> str:
        """What it prints. The key has the scopes that the guide names for it, and no more."""
        ApiKey.objects.filter(pk=self.one.key.pk).update(scopes=scopes_of(heading))
        process = subprocess.Popen(
            [*command_of(language), code_of(heading, language, self.address)],
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
        for pk in Report.objects.filter(state="waiting").values_list("pk", flat=True):
            jobs.report(pk)


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

    reader.follow("Fetch a report", language, RUN=str(newest().key))
    assert "pine-stool" in (tmp_path / "report.csv").read_text()

    reader.follow("A PIM hands over SKUs and files", language)
    pim = newest()
    assert place.assets_in("product-oak-1") == ["oak-chair", "oak-front", "oak-back"]
    assert place.assets_in("pine-stool")[-1] == "pine"
    assert StoreFile.objects.filter(alt="Oak chair").exists()

    said = reader.follow("Upload a banner", language)
    banner = StoreFile.objects.get(alt="Spring sale", state="ready")
    assert language == "bash" or banner.file_id in said

    reader.follow("Undo a run", language, RUN=str(pim.key))
    assert place.assets_in("product-oak-1") == ["oak-chair"]
    assert "pine" not in place.assets_in("pine-stool")


@pytest.fixture
def peer() -> Iterator[Peer]:
    with listening_peer() as peer:
        yield peer


@pytest.fixture
def follow(peer, tmp_path, monkeypatch, capsys) -> Callable[[str, str], tuple[bool, str]]:
    """Whether the example ends well, and what it says. A good run of another night has left its files there."""
    for name in ("run", "answer", "undo"):
        (tmp_path / f"{name}.json").write_text(json.dumps(run_with()))
    for name, value in {**KNOWN, "ASSETLINK_KEY": "al_live_x"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    def followed(heading: str, language: str) -> tuple[bool, str]:
        code = re.sub(r"sleep(.)[12]\b", r"sleep\g<1>0", code_of(heading, language, peer.url))
        if language == "bash":
            ended = subprocess.run([*command_of(language), code], capture_output=True, text=True, check=False)
            return ended.returncode == 0, ended.stdout + ended.stderr
        try:
            exec(compile(code, heading, "exec"), {"__name__": "__main__"})  # as the reader runs it
        except SystemExit as end:
            return not end.code, f"{capsys.readouterr().out}{end}"
        return True, capsys.readouterr().out

    return followed


def run_with(state: str = "done", galleries: str = "done", **counts: int) -> dict:
    every = dict.fromkeys(("pending", "done", "unchanged", "skipped", "failed", "refused", "aborted", "unknown"), 0)
    stores = [{"state": state, "galleries": {galleries: 1}}]
    known = {"id": "1", "busy": False, "state": state, "counts": every | counts, "stores": stores, "removals": 0}
    return known | {"links": {"page": "/syncs/1/"}}


def problem(type: str, status: int) -> Answer:
    return Answer({"type": f"{SERVER}/api/problems/{type}", "detail": f"It is {type}."}, status)


BEGUN = Answer({**run_with("applying"), "busy": True}, 202, {"Location": "/api/v1/runs/1"})
UNDER_WAY = Answer({**run_with("applying"), "busy": True})


@pytest.mark.parametrize("language", ["bash", "python"])
@pytest.mark.parametrize("heading", BOTH)
def test_an_example_that_is_refused_fails_and_says_why(peer, follow, heading, language):
    peer.answers(problem("scope-missing", 403))
    ended_well, said = follow(heading, language)
    assert not ended_well
    assert "It is scope-missing." in said
    assert len(peer.asked) == 1, "nothing of it is tried on another's files"


@pytest.mark.parametrize("language", ["bash", "python"])
@pytest.mark.parametrize(
    ("answers", "passes"),
    [
        ([BEGUN, UNDER_WAY, Answer(run_with(done=3, unchanged=2, skipped=1))], True),
        ([problem("nothing-found", 422)], True),
        ([problem("invalid-request", 422)], False),
        ([BEGUN, problem("scope-missing", 403)], False),
        ([BEGUN, UNDER_WAY, problem("key-invalid", 401)], False),
        *(([BEGUN, Answer(run_with(**{name: 3}))], False) for name in ("failed", "refused", "aborted", "unknown")),
        *(([BEGUN, Answer(run_with(state))], False) for state in ("planned", "failed", "aborted")),
        ([BEGUN, Answer(run_with(galleries="refused"))], False),
    ],
)
def test_the_job_in_ci_is_green_if_all_is_done_or_nothing_was_uploaded(peer, follow, language, answers, passes):
    peer.answers(*answers)
    ended_well, said = follow("A nightly job in CI", language)
    assert ended_well is passes, said


@pytest.mark.parametrize("language", ["bash", "python"])
def test_a_report_is_waited_for(peer, follow, tmp_path, language):
    waiting = Answer(b"", 202, {"Retry-After": "0"})
    peer.answers(waiting, waiting, Answer(b"Store,Asset\r\n"))
    assert follow("Fetch a report", language) == (True, "")
    assert (tmp_path / "report.csv").read_bytes() == b"Store,Asset\r\n"


def test_all_pages_of_changes_are_read(peer, follow):
    line = dict.fromkeys(("store", "row", "outcome", "reason_code", "file_name", "file_id"), "")

    def answer(asked: Asked) -> Answer:
        if "/changes" in asked.name:
            is_first = asked.name.endswith("cursor=")
            name = "on-the-first" if is_first else "on-the-last"
            return Answer(
                {"items": [{**line, "asset": name, "file_name": name}], "next_cursor": "n" if is_first else None}
            )
        return Answer(run_with(), 202)

    peer.answers(answer)
    for heading in ("A PIM hands over SKUs and files", "Upload a banner"):
        ended_well, said = follow(heading, "python")
        assert ended_well
        assert ("on-the-first" in said, "on-the-last" in said) == (True, True), heading


@pytest.mark.parametrize("heading", [one for one in BOTH if one not in ("Fetch a report", "Undo a run")])
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
