"""Finding the assets that the rows of a spreadsheet name, whatever Cloudinary answers."""

import unicodedata

import pytest
from django.utils import timezone

from linking import jobs
from linking.ingest.sheets import asking, checking, finding
from linking.models.jobs import JobState
from tests.linking.ingest.test_sheets import brought, previewed, states, written
from tests.scenes import asset


def test_names_are_found_whether_accents_are_composed_or_apart(scene, monkeypatch):
    monkeypatch.setattr("linking.queue.enqueue", lambda name, pk: True)
    names = [unicodedata.normalize("NFD", name) for name in ("süß/café", "größe")]
    here = scene([], [asset(name.rpartition("/")[2], "OLD", at, public_id=name) for at, name in enumerate(names)])
    sheet = previewed(here, "public id,file,sku\nsüß/café,,A\n,Größe.jpg,B\n,größe.jpg,C\n")
    assert states(sheet) == {2: "change", 3: "unknown", 4: "change"}


@pytest.mark.parametrize("follows", [lambda at: "same", lambda at: "ab"[at % 2], lambda at: "unknown"])
def test_pages_that_would_never_end_are_no_answer(place, monkeypatch, follows):
    real, calls = finding.Search.execute, []

    def execute(self, **options):
        if follows(0) != "unknown":
            self.query.pop("next_cursor", None)
        answer = real(self, **options)
        answer["next_cursor"] = follows(len(calls))
        calls.append(1)
        assert len(calls) < 10
        return answer

    monkeypatch.setattr(finding.Search, "execute", execute)
    sheet = previewed(place, "file,sku\np0,A\n")
    assert (sheet.state, sheet.problem.code) == (JobState.WAITING, "cloudinary.unreadable")


@pytest.mark.parametrize("odd", [{}, "x", {"asset_id": 7}])
def test_an_answer_that_cannot_be_read_says_of_no_asset_that_it_is_gone(place, monkeypatch, odd):
    sheet = previewed(place, "file,sku\np0,A\np1,B\n")
    real = finding.cloudinary.api.resources_by_asset_ids

    def answer(*given, **options):
        found = real(*given, **options)
        found["resources"][0] = odd
        return found

    monkeypatch.setattr(finding.cloudinary.api, "resources_by_asset_ids", answer)
    assert (written(place, sheet).problem.code, sheet.counts()) == ("cloudinary.unreadable", {"change": 2})


def test_one_name_that_cloudinary_refuses_keeps_no_other_from_being_found(place, monkeypatch):
    real = finding.cloudinary.api.resources_by_ids

    def strict(public_ids, **options):
        return real(["%"] * 101 if "shop/odd" in public_ids else public_ids, **options)

    monkeypatch.setattr(finding.cloudinary.api, "resources_by_ids", strict)
    long = "/".join(["folder"] * 30)
    names = ["shop/p0", "shop/odd", "shop/p1", *(f"{long}/{at}" for at in range(60))]
    sheet = previewed(place, "public_id,sku\n" + "".join(f"{name},N\n" for name in names))
    assert sheet.counts() == {"change": 2, "unknown": 61}


def test_it_rests_before_it_takes_what_others_need_of_the_hourly_limit(place, monkeypatch):
    monkeypatch.setattr(checking, "BATCH", 1)
    spending = place.world.environments[0].spending
    sheet = brought(place, "public_id,sku\n" + "".join(f"shop/p{at},N\n" for at in range(6)))
    while spending.remaining > spending.limit * 0.1:
        spending.spend()
    asking.check(sheet, sheet.columns)
    jobs.sheet(sheet.pk)
    sheet.refresh_from_db()
    assert (sheet.state, sheet.problem.code) == (JobState.WAITING, "sheet.rests")
    assert sheet.not_before > timezone.now()
