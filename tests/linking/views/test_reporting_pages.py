"""The report's page: a format is asked for, written by a job, downloaded by every member of the environment, and expires."""

from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.utils import timezone

from linking import jobs
from linking.models import Report
from linking.models.jobs import JobState
from setup.models import Environment, Member
from setup.reasons import said
from tests.linking.visits import enter, text_of
from tests.scenes import asset, product

FORMATS = ["csv", "xlsx", "jsonl"]


@pytest.fixture
def place(scene):
    return scene([product("a", pictures=1)], [asset("front", "a", 1)])


@pytest.fixture
def run(place, client):
    enter(client, place.member)
    return place.run(place.select())


def path(sync, format: str = "", verb: str = "") -> str:
    return f"/syncs/{sync.key}/report/" + "".join(f"{part}/" for part in (format, verb) if part)


def write(client, sync, format: str) -> Report:
    """Press the button, and let a worker do it."""
    assert client.post(path(sync, format, "write")).status_code == 302
    report = Report.objects.get(sync=sync, format=format)
    jobs.report(report.pk)
    report.refresh_from_db()
    return report


def bytes_of(answer) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.cases(2)
def test_a_report_is_written_by_a_job_and_downloaded(client, run, format):
    report = write(client, run, format)
    assert (report.state, report.written, report.total) == (JobState.DONE, 1, 1)
    answer = client.get(path(run, format, "file"))
    content = bytes_of(answer)
    assert answer.status_code == 200
    assert len(content) == report.size > 100
    assert answer["Content-Disposition"].startswith('attachment; filename="assetlink-')
    assert answer["Content-Disposition"].endswith(f'{str(run.key)[:8]}.{format}"')
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_page_offers_the_formats_then_the_progress_then_the_file(client, run):
    assert text_of(client.get(path(run))).count("Download") == 3
    client.post(path(run, "csv", "write"))
    waiting = client.get(path(run, "csv"))
    assert "Waiting to start" in text_of(waiting)
    assert 'hx-trigger="every 1s"' in waiting.content.decode()
    Report.objects.update(problem=said("AssetLink met an error of its own (reference 1a2b3c4d)."))
    assert "(reference 1a2b3c4d). AssetLink tries it again by itself." in text_of(client.get(path(run, "csv")))
    jobs.report(Report.objects.get().pk)
    ready = client.get(path(run, "csv"))
    assert "Ready 1 row" in text_of(ready)
    assert path(run, "csv", "file") in ready.content.decode()
    assert "hx-trigger" not in ready.content.decode()


def test_a_button_of_htmx_gets_the_fragment(client, run):
    answer = client.post(path(run, "csv", "write"), headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.content.decode().startswith('<li id="report-csv"')


def test_pressed_many_times_it_is_written_once(client, run):
    first = write(client, run, "csv")
    again = write(client, run, "csv")
    assert (again.pk, again.file, again.finished) == (first.pk, first.file, first.finished)
    assert Report.objects.count() == 1


def test_a_run_that_goes_on_has_no_report_yet(client, place, run):
    run.parts.update(state="applying")
    assert "The run is still in progress" in text_of(client.get(path(run)))
    answer = client.post(path(run, "csv", "write"), follow=True)
    assert "The report is written when the run has ended." in text_of(answer)
    assert not Report.objects.exists()


def test_an_applied_plan_needs_another_report(client, place):
    enter(client, place.member)
    sync = place.run(place.select(), dry_run=True)
    plan = write(client, sync, "csv")
    assert b"Pending" in bytes_of(client.get(path(sync, "csv", "file")))
    place.apply(sync)
    answer = client.get(path(sync, "csv", "file"), follow=True)
    assert "The run has changed since this report" in text_of(answer)
    result = write(client, sync, "csv")
    assert b"Done" in bytes_of(client.get(path(sync, "csv", "file")))
    assert not storages["reports"].exists(plan.file)
    assert storages["reports"].exists(result.file)


def test_an_expired_report_says_so_and_can_be_written_again(client, run):
    old = write(client, run, "csv")
    Report.objects.update(expires=timezone.now() - timedelta(seconds=1))
    answer = client.get(path(run, "csv", "file"), follow=True)
    assert "AssetLink kept this report for 30 days; it is gone. Ask for it again." in text_of(answer)
    assert "AssetLink kept it for 30 days; it is gone" in text_of(client.get(path(run)))
    fresh = write(client, run, "csv")
    assert client.get(path(run, "csv", "file")).status_code == 200
    assert fresh.expires - timezone.now() > timedelta(days=29)
    assert not storages["reports"].exists(old.file)


def test_a_file_that_somebody_removed_says_so_and_can_be_written_again(client, run):
    report = write(client, run, "csv")
    storages["reports"].delete(report.file)
    answer = client.get(path(run, "csv", "file"), follow=True)
    assert "The file of this report is gone. Ask for it again." in text_of(answer)
    assert "Its file is gone. Ask for it again." in text_of(answer)
    write(client, run, "csv")
    assert client.get(path(run, "csv", "file")).status_code == 200


def test_reports_may_be_kept_for_ever(client, run, settings):
    settings.REPORT_DAYS = 0
    assert write(client, run, "csv").expires is None
    assert client.get(path(run, "csv", "file")).status_code == 200


@pytest.mark.parametrize("verb", ["", "file"])
@pytest.mark.cases(1)
def test_another_environment_finds_no_report(client, run, verb):
    write(client, run, "csv")
    other = Environment.objects.create(cloud_name="other", api_key="k", api_secret="s", launch_secret="l")
    stranger = Member.objects.create(environment=other, external_id="u2", roles=["master_admin"])
    enter(client, stranger)
    assert client.get(path(run, "csv", verb)).status_code == 404
    assert client.get(path(run)).status_code == 404
    assert client.post(path(run, "csv", "write")).status_code == 404


def test_nobody_gets_a_report_without_a_launch(client, run):
    write(client, run, "csv")
    client.session.flush()
    client.cookies.clear()
    assert client.get(path(run, "csv", "file")).status_code == 401


@pytest.mark.parametrize("format", ["pdf", "..", "csv.exe"])
@pytest.mark.cases(1)
def test_there_are_no_other_formats(client, run, format):
    assert client.get(f"/syncs/{run.key}/report/{format}/").status_code in (404, 400)
    assert client.post(f"/syncs/{run.key}/report/{format}/write/").status_code == 404


def test_the_page_asks_the_database_a_few_times_only(client, run, django_assert_max_num_queries):
    for format in FORMATS:
        write(client, run, format)
    with django_assert_max_num_queries(13):
        client.get(path(run))
    for format in FORMATS:
        for ask in (
            lambda at: client.get(at),
            lambda at: client.get(f"{at}file/"),
            lambda at: client.post(f"{at}write/"),
        ):
            with django_assert_max_num_queries(13):
                assert ask(path(run, format)).status_code in (200, 302)
