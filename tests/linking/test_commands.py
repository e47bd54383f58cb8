"""manage.py link, upload and unlink: runs without a page, for operators and cron."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from linking.management.starting import Starting
from linking.models import Selection, Sync
from linking.reporting.writing import write_report
from linking.selection.fetching import fetch_selection
from setup.models import AuditEntry
from tests.scenes import asset, product


@pytest.fixture
def place(scene, monkeypatch):
    """A command that waits finds that a worker has done it meanwhile."""
    found = scene([product("a", pictures=1)], [asset("fa", "a")])

    def worked_off(command: Starting) -> None:
        for sync in Sync.objects.filter(parts__state__in=["planning", "applying"]).distinct():
            if sync.to_arrange:
                for selection in Selection.objects.filter(pk=sync.selection_id):
                    fetch_selection(selection.pk)
            found.finish(sync)
        for sync in Sync.objects.all():
            for report in sync.reports.all():
                write_report(report.pk)

    monkeypatch.setattr(Starting, "pause", worked_off)
    return found


def run(place, name: str, *more: str) -> str:
    out = io.StringIO()
    here = ["--environment", place.environment.cloud_name, "--store", place.stores[0].domain]
    call_command(name, *here, *more, stdout=out, stderr=io.StringIO())
    return out.getvalue()


LINK = ("--search", "public_id:shop/*", "--cloudinary-field", "metadata:sku", "--shopify-field", "sku")


def test_without_apply_only_the_plan_is_made(place):
    said = run(place, "link", *LINK, "--wait")
    assert (Sync.objects.get().dry_run, place.assets_in("product-a")) == (True, ["product-a-0"])
    assert said.startswith(f"Run {Sync.objects.get().pk}: ")


def test_it_links_waits_and_keeps_the_report(place, tmp_path):
    known = json.loads(run(place, "link", *LINK, "--apply", "--json", "--report", str(tmp_path / "out.csv")))
    assert (known["by"], known["outcomes"]) == ("Command line", {"done": 1})
    assert place.assets_in("product-a") == ["product-a-0", "fa"]
    assert "fa" in (tmp_path / "out.csv").read_text()
    assert AuditEntry.objects.filter(action="sync.start").get().person == ""


def test_what_takes_pictures_away_wants_their_number(place):
    run(place, "link", *LINK, "--mode", "reset", "--apply", "--wait")
    assert place.assets_in("product-a") == ["product-a-0"]
    run(place, "link", *LINK, "--mode", "reset", "--apply", "--wait", "--removals", "1")
    assert place.assets_in("product-a") == ["fa"]


def test_assets_come_from_a_file_and_leave_again(place, tmp_path):
    (tmp_path / "ids").write_text("\n".join(place.world.environments[0].assets))
    run(place, "upload", "--assets", str(tmp_path / "ids"), "--apply", "--wait")
    assert Sync.objects.get().kind == "upload"
    run(place, "link", *LINK, "--apply", "--wait")
    run(place, "unlink", "--product", "product-a", "--apply", "--wait", "--removals", "1")
    assert place.assets_in("product-a") == ["product-a-0"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ((*LINK[2:], "--search", "public_id:none/*"), "The search finds no asset."),
        ((*LINK[:2], "--cloudinary-field", "color", "--shopify-field", "sku"), "match/cloudinary_field"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_begins(place, more, said):
    with pytest.raises(CommandError, match=said) as refused:
        run(place, "link", *more)
    assert (refused.value.returncode, Sync.objects.count()) == (5, 0)
