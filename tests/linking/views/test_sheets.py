"""The pages of spreadsheets: a file in parts, its columns, the preview, what was written, the report, and who may do what."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from linking import jobs
from linking.ingest.sheets import asking
from linking.models import Sheet
from linking.models.jobs import SILENCE
from setup.models import Environment, Member
from tests.linking.visits import enter, text_of
from tests.scenes import asset

LIST = "File name,SKU,Sequence,Note\np0,A-1,1,x\np1,=HYPERLINK(1),2,\nnobody,B,3,\np0,C,4,\np2,D,two,\n"


@pytest.fixture
def asked_for() -> list[str]:
    """Kinds of jobs."""
    return []


@pytest.fixture
def place(scene, client, monkeypatch, asked_for):
    found = scene([], [asset(f"p{at}", f"OLD-{at}", at) for at in range(4)])
    monkeypatch.setattr("linking.queue.enqueue", lambda name, pk: asked_for.append(name) or True)
    enter(client, found.member)
    return found


def sku(place, name: str):
    assets = place.world.environments[0].assets.values()
    return next(one for one in assets if one.display_name == name).metadata.get("sku")


def uploaded(client, content: bytes, *, part: int = asking.PART) -> str:
    """The address of the sheet."""
    parts, known = max(1, -(-len(content) // part)), {"key": ""}
    for at in range(parts):
        file = SimpleUploadedFile("list.csv", content[at * part : (at + 1) * part])
        answer = client.post("/assets/sheets/add/", {"part": file, "place": at, "parts": parts, "key": known["key"]})
        assert answer.status_code == 200, answer.content
        known = answer.json()
    return known["address"]


def work() -> None:
    while busy := [sheet for sheet in Sheet.objects.all() if sheet.busy]:
        for sheet in busy:
            jobs.sheet(sheet.pk)


def chosen(client, address: str) -> dict[str, str]:
    return {f"column-{at}": code for at, code in enumerate(Sheet.objects.get().columns)}


def test_from_a_file_to_values_and_back(client, place):
    address = uploaded(client, LIST.encode(), part=20)
    assert 'hx-trigger="every 2s"' in client.get(address).content.decode()
    work()
    page = client.get(address).content.decode()
    assert 'hx-trigger="every 2s"' not in page
    assert '<option value="field:sku" selected>SKU</option>' in page
    client.post(f"{address}columns/", chosen(client, address))
    work()
    page = text_of(client.get(address))
    assert "2 rows to write, 1 unknown asset, 1 invalid row and 1 duplicate." in page
    assert "SKU OLD-0 A-1" in page
    assert "Sequence takes whole numbers, not “two”." in page
    assert "Row 2 is about the same asset." in page
    assert sku(place, "p0") == "OLD-0"
    client.post(f"{address}write/")
    work()
    assert "2 rows written" in text_of(client.get(f"{address}state/"))
    assert (sku(place, "p0"), sku(place, "p1")) == ("A-1", "=HYPERLINK(1)")
    report = b"".join(client.get(f"{address}report/").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(report)))
    assert [row["Result"] for row in rows] == ["Written", "Written", "Unknown asset", "Duplicate", "Invalid"]
    assert (rows[0]["SKU before"], rows[0]["SKU after"]) == ("OLD-0", "A-1")
    assert rows[1]["SKU after"].startswith("'=")
    client.post(f"{address}undo/")
    work()
    assert (sku(place, "p0"), sku(place, "p1")) == ("OLD-0", "OLD-1")
    assert "2 rows undone" in text_of(client.get(address))
    assert "list.csv" in text_of(client.get("/assets/sheets/"))


def test_its_page_asks_again_for_a_job_that_is_lost(client, place, asked_for):
    address = uploaded(client, LIST.encode())
    Sheet.objects.update(heartbeat_at=timezone.now() - SILENCE * 2)
    asked_for.clear()
    client.get(f"{address}state/")
    assert asked_for == ["sheet"]


def test_wrong_columns_are_refused_in_words(client, place):
    address = uploaded(client, LIST.encode())
    work()
    answer = client.post(f"{address}columns/", {"column-0": "alt", "column-1": "alt"}, follow=True)
    assert "Two columns hold the same" in text_of(answer)
    answer = client.post(f"{address}write/", follow=True)
    assert "There is nothing to write." in text_of(answer)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"place": "0"},
        {"place": "-1", "parts": "1", "part": SimpleUploadedFile("a.csv", b"x")},
        {"place": "0", "parts": "0", "part": SimpleUploadedFile("a.csv", b"x")},
        {"place": "0", "parts": "101", "part": SimpleUploadedFile("a.csv", b"x")},
        {"place": "0", "parts": "1", "key": "no-key", "part": SimpleUploadedFile("a.csv", b"x")},
        {"place": "0", "parts": "1", "part": SimpleUploadedFile("a.csv", b"x" * (asking.PART + 1))},
    ],
)
def test_what_is_no_part_of_a_file_is_refused_in_words(client, place, fields):
    answer = client.post("/assets/sheets/add/", fields)
    assert answer.status_code == 422
    assert answer.json()["said"]
    assert not Sheet.objects.exclude(parts__isnull=True).exists()


def test_a_file_that_cannot_be_read_says_so(client, place):
    address = uploaded(client, b"PK\x03\x04 no workbook")
    work()
    page = text_of(client.get(address))
    assert "AssetLink cannot read this file." in page
    assert "AssetLink could not go on" in page


def test_others_look_and_only_the_uploader_and_admins_change(client, place):
    address = uploaded(client, LIST.encode())
    work()
    client.post(f"{address}columns/", chosen(client, address))
    work()
    other = Member.objects.create(environment=place.environment, external_id="o", name="Otto")
    enter(client, other)
    page = client.get(address).content.decode()
    assert "sheet-write" not in page
    assert "Only the person who uploaded" in text_of(client.post(f"{address}write/", follow=True))
    admin = Member.objects.create(environment=place.environment, external_id="b", name="Boss", roles=["master_admin"])
    enter(client, admin)
    client.post(f"{address}write/")
    work()
    assert sku(place, "p0") == "A-1"


def test_viewers_and_other_environments_have_none_of_it(client, place):
    address = uploaded(client, LIST.encode())
    viewer = Member.objects.create(environment=place.environment, external_id="v", name="Vi", granted_role="viewer")
    enter(client, viewer)
    assert client.get(address).status_code == 403
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    elsewhere = Environment.objects.create(cloud_name="other", **known)
    enter(client, Member.objects.create(environment=elsewhere, external_id="e", name="Eve", roles=["master_admin"]))
    assert client.get(address).status_code == 404
    assert client.get(f"{address}report/").status_code == 404
    key = str(Sheet.objects.get().key)
    part = SimpleUploadedFile("a.csv", b"x")
    answer = client.post("/assets/sheets/add/", {"part": part, "place": "0", "parts": "1", "key": key})
    assert answer.status_code == 422
