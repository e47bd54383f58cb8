"""Housekeeping: what is older than set goes, what undo and idempotency need stays, and it says what it removed."""

import logging
import os
import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from linking import jobs
from linking.models import (
    ChangeRow,
    EmbeddedRow,
    Firing,
    IdempotentRequest,
    Link,
    ProductSync,
    Report,
    Rule,
    SelectedAsset,
    Selection,
    StoreFile,
    StoreSync,
    Sync,
    WebhookEndpoint,
)
from linking.operations import retention, sweeper
from linking.reporting import asking
from linking.webhooks import endpoints
from setup.models import EmailCode, UsedLaunch
from setup.security import api_keys
from tests import pressing
from tests.scenes import asset, part_of, product

pytestmark = pytest.mark.usefixtures("shelf")
DAY = timedelta(days=1)


@pytest.fixture
def place(scene):
    return scene([product("a", pictures=2), product("b")], [asset("fa", "a", 1), asset("fb", "b", 2)])


def clean() -> dict[str, int]:
    removed, done = retention.clean(now=timezone.now(), seconds=60)
    assert done
    return dict(removed)


def age(row, days: float) -> None:
    """Its birthday is moved back."""
    type(row).objects.filter(pk=row.pk).update(created=timezone.now() - days * DAY)


def written(sync, format: str = "csv") -> Report:
    report = asking.put(sync, format, now=timezone.now())
    jobs.report(report.pk)
    report.refresh_from_db()
    return report


def test_an_empty_house_needs_no_keeping(db):
    assert clean() == {}


def test_a_selection_goes_after_its_days_with_all_that_belongs_to_it(place):
    old, young = place.select(), place.select()
    age(old, 31)
    age(young, 29)
    assert clean() == {"selections": 1}
    assert list(Selection.objects.all()) == [young]
    assert set(SelectedAsset.objects.values_list("selection", flat=True)) == {young.pk}


def test_a_selection_that_was_used_lately_stays(place):
    selection = place.select()
    place.run(selection)
    age(selection, 31)
    assert clean() == {}


def test_a_run_outlives_its_selection_and_can_still_be_undone(place):
    selection = place.select()
    sync = place.run(selection)
    for row in (selection, sync):
        age(row, 31)
    assert clean() == {"selections": 1}
    place.undo(Sync.objects.get(pk=sync.pk))
    assert place.gallery("product-a") == ["product-a-0.jpg", "product-a-1.jpg"]


def test_a_plan_that_was_not_applied_goes_after_its_days(place):
    selection = place.select()
    old, young = place.run(selection, dry_run=True), place.run(selection, dry_run=True)
    age(old, 31)
    age(young, 29)
    assert clean() == {"plans": 1}
    assert list(Sync.objects.all()) == [young]
    assert not ChangeRow.objects.exclude(part__sync=young).exists()
    assert not ProductSync.objects.exclude(part__sync=young).exists()


def test_a_plan_that_was_applied_stays(place):
    sync = place.apply(place.run(place.select(), dry_run=True))
    age(sync, 4000)
    assert "plans" not in clean()
    assert ProductSync.objects.filter(part__sync=sync).count() == 2


def test_a_plan_that_is_still_being_made_stays(place):
    sync = pressing.link(place.select(), "token", dry_run=True)
    age(sync, 31)
    assert clean() == {}


def test_a_plan_that_is_being_removed_cannot_be_applied(place):
    sync = place.run(place.select(), dry_run=True)
    age(sync, 31)
    steps = retention.remove_syncs(retention.old_plans(timezone.now()), timezone.now())
    next(steps)
    with pytest.raises(pressing.CannotStart, match="too old"):
        pressing.apply(sync)
    assert part_of(sync).state == StoreSync.State.PLANNED
    assert place.mutations() == []
    list(steps)
    assert not Sync.objects.exists()


def test_answers_of_the_http_api_are_kept_for_two_days(place):
    key, _text = api_keys.make(place.environment, "a program", ["runs:read"], who=None)
    known = {"key": key, "fingerprint": "x", "begun": timezone.now()}
    old, young = (IdempotentRequest.objects.create(text=text, **known) for text in ("old", "young"))
    age(old, 3)
    age(young, 1)
    assert clean() == {"answers of the HTTP API": 1}
    assert list(IdempotentRequest.objects.all()) == [young]


def test_deliveries_to_webhooks_go_after_30_days_unless_they_are_under_way(place):
    endpoint, _secret = endpoints.add(place.environment, "http://127.0.0.1:1/", ["run.finished"], who=None)
    for _event in range(3):
        endpoints.test(endpoint, who=None)
    old, waiting, young = endpoint.deliveries.order_by("pk")
    endpoint.deliveries.exclude(pk=waiting.pk).update(state="failed")
    age(old, 31)
    age(waiting, 31)
    age(young, 29)
    assert clean() == {"deliveries to webhooks": 1}
    assert set(endpoint.deliveries.all()) == {waiting, young}


def test_firings_of_rules_go_after_90_days_but_for_the_last_one_and_those_under_way(place):
    rule = Rule.objects.create(environment=place.environment, name="Nightly", search="tags:shop")
    old, young, waiting = (Firing.objects.create(rule=rule, cause="schedule", due=timezone.now()) for _ in range(3))
    lone = Firing.objects.create(
        rule=Rule.objects.create(environment=place.environment, name="Weekly", search="tags:shop"),
        cause="schedule",
        due=timezone.now(),
        state="done",
    )
    Firing.objects.filter(pk__in=[old.pk, young.pk]).update(state="done")
    for one, days in ((old, 91), (young, 89), (waiting, 91), (lone, 91)):
        age(one, days)
    assert clean() == {"firings of rules": 1}
    assert set(Firing.objects.all()) == {young, waiting, lone}


def test_the_secret_before_a_rotation_goes_when_it_signs_nothing_any_more(place):
    old, young, never = (
        endpoints.add(place.environment, f"http://127.0.0.1:{port}/", ["run.finished"], who=None)[0]
        for port in (1, 2, 3)
    )
    now = timezone.now()
    endpoints.rotate(old, who=None, now=now - endpoints.FORMER)
    endpoints.rotate(young, who=None, now=now - endpoints.FORMER + timedelta(minutes=5))
    present = WebhookEndpoint.objects.get(pk=old.pk).secret
    assert clean() == {"former secrets of webhooks": 1}
    assert clean() == {}
    with connection.cursor() as cursor:  # as they lie in the database, where this one is not even sealed any more
        cursor.execute("SELECT former_secret FROM linking_webhookendpoint ORDER BY id")
        assert [bool(secret) for [secret] in cursor.fetchall()] == [False, True, False]
    assert WebhookEndpoint.objects.get(pk=old.pk).secrets(now=now) == [present]
    assert len(WebhookEndpoint.objects.get(pk=young.pk).secrets(now=now)) == 2
    assert len(WebhookEndpoint.objects.get(pk=never.pk).secrets(now=now)) == 1


def test_the_ledger_and_applied_runs_are_never_removed_by_age_alone(place):
    sync = place.run(place.select())
    written(sync)
    before = [model.objects.count() for model in (StoreFile, Link, ProductSync, ChangeRow)]
    age(sync, 4000)
    clean()
    assert [model.objects.count() for model in (StoreFile, Link, ProductSync, ChangeRow)] == before


def test_after_the_days_of_undo_an_applied_run_goes_but_its_ledger_stays(place, settings):
    settings.UNDO_DAYS = 90
    selection = place.select()
    old, young = place.run(selection), place.run(selection)
    age(old, 91)
    age(young, 89)
    files, links = StoreFile.objects.count(), Link.objects.count()
    assert clean() == {"applied runs": 1}
    assert list(Sync.objects.all()) == [young]
    assert (StoreFile.objects.count(), Link.objects.count()) == (files, links) == (2, 2)
    mutations = len(place.mutations())
    again = place.run(selection)
    assert set(ProductSync.objects.filter(part__sync=again).values_list("state", flat=True)) == {"unchanged"}
    assert len(place.mutations()) == mutations


def test_a_run_stays_as_long_as_the_run_that_undid_it(place, settings):
    settings.UNDO_DAYS = 90
    first = place.run(place.select())
    undo = place.undo(first)
    age(first, 200)
    assert clean() == {}
    age(undo, 91)
    assert clean() == {"applied runs": 1}
    assert clean() == {"applied runs": 1, "variants": 2}  # which no undo brings links of back any more
    assert not Sync.objects.exists()


def test_a_report_file_goes_after_its_days_and_the_row_stays(place):
    report = written(place.run(place.select()))
    assert clean() == {}
    Report.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert clean() == {"report files": 1}
    assert not storages["reports"].exists(report.file)
    report.refresh_from_db()
    assert (report.file, report.gone(now=timezone.now())) == ("", True)
    assert clean() == {}


def test_removal_of_a_report_file_that_broke_off_is_finished_next_time(place):
    report = written(place.run(place.select()))
    Report.objects.update(expires=timezone.now() - timedelta(seconds=1))
    storages["reports"].delete(report.file)
    assert clean() == {"report files": 1}


def test_files_that_no_report_names_go_after_a_day(place, shelf):
    mine = written(place.run(place.select()))
    for name in (mine.name_for("0" * 32), mine.name_for("1" * 32)):
        storages["reports"].save(name, ContentFile(b"half"))
    yesterday = (timezone.now() - 2 * DAY).timestamp()
    for name in (mine.name_for("0" * 32), mine.file):
        os.utime(shelf / name, (yesterday, yesterday))
    assert clean() == {"stray report files": 1}
    assert {path.name for path in shelf.iterdir()} == {mine.file, mine.name_for("1" * 32)}


def test_files_of_others_in_the_same_folder_are_left_alone(place, shelf):
    written(place.run(place.select()))
    strangers = ["notes.txt", "report.csv", ".hidden"]
    for name in strangers:
        (shelf / name).write_text("not ours")
        os.utime(shelf / name, (0, 0))
    assert clean() == {}
    assert set(strangers) <= {path.name for path in shelf.iterdir()}


def test_the_report_of_a_removed_plan_goes_with_it(place, shelf):
    sync = place.run(place.select(), dry_run=True)
    report = written(sync)
    age(sync, 31)
    os.utime(shelf / report.file, (0, 0))
    assert clean() == {"plans": 1, "stray report files": 1}
    assert list(shelf.iterdir()) == []


def test_launch_ids_go_an_hour_after_they_expired(db):
    now = timezone.now()
    for at, hours in enumerate((-2, -0.5, 1)):
        UsedLaunch.objects.create(issuer="i", token_id=str(at), expires=now + timedelta(hours=hours))
    assert clean() == {"launch ids": 1}
    assert set(UsedLaunch.objects.values_list("token_id", flat=True)) == {"1", "2"}


def test_codes_by_email_go_an_hour_after_they_are_over(db):
    now = timezone.now()
    for hours in (-2, -0.5, 1):
        EmailCode.objects.create(email="a@x.example", code_hash="", created=now, expires=now + timedelta(hours=hours))
    assert clean() == {"codes by e-mail": 1}
    assert EmailCode.objects.count() == 2


def test_expired_sessions_go(db):
    for _ in range(2):
        SessionStore().create()
    Session.objects.filter(pk=Session.objects.first().pk).update(expire_date=timezone.now() - DAY)
    assert clean() == {"sessions": 1}
    assert Session.objects.count() == 1


def test_0_days_keep_everything_for_ever(place, settings):
    settings.SELECTION_DAYS = settings.PLAN_DAYS = 0
    selection = place.select()
    sync = place.run(selection, dry_run=True)
    for row in (selection, sync):
        age(row, 4000)
    assert clean() == {}


def test_it_goes_on_where_it_was_broken_off(place):
    for _ in range(12):
        age(Selection.objects.create(environment=place.environment, member=place.member), 31)
    first = retention.clean(now=timezone.now(), seconds=0)
    assert first == ({"selections": 5}, False)
    assert clean() == {"selections": 7}


def test_it_logs_what_it_removed(place, caplog):
    age(place.select(), 31)
    with caplog.at_level(logging.INFO, logger="linking.operations.retention"):
        clean()
        clean()
    assert [record.getMessage() for record in caplog.records if record.name == "linking.operations.retention"] == [
        "Housekeeping removed 1 selections."
    ]


def test_the_command_tells_what_would_go_and_removes_it_without_dry_run(place):
    age(place.select(), 31)
    assert reported("--dry-run") == "1 selections\n"
    assert Selection.objects.exists()
    assert reported() == "1 selections\n"
    assert not Selection.objects.exists()
    assert reported("--dry-run") == reported() == "Nothing to remove.\n"


def reported(*options: str) -> str:
    out = StringIO()
    call_command("housekeeping", *options, stdout=out)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_the_sweeper_keeps_the_house_also_while_redis_is_away(place, monkeypatch):
    age(place.select(), 31)
    over = threading.Event()
    looks = sweeper.takes_work

    def once(outage):
        over.set()
        return looks(outage)

    monkeypatch.setattr(sweeper, "takes_work", once)
    sweeper.run(over)
    assert not Selection.objects.exists()


def test_the_keeper_rests_when_everything_is_done(place):
    keeper = retention.Keeper()
    keeper.tidy()
    age(place.select(), 31)
    keeper.tidy()
    assert Selection.objects.exists()
    retention.Keeper().tidy()
    assert not Selection.objects.exists()


def test_what_files_carry_goes_after_a_while_and_where_it_is_too_much(place, monkeypatch):
    now = timezone.now()
    EmbeddedRow.objects.bulk_create(
        EmbeddedRow(environment=place.environment, asset_id=f"a{at}", read=now - at * 20 * DAY) for at in range(6)
    )
    assert clean() == {"metadata in files": 1}
    monkeypatch.setattr(retention, "MOST_EMBEDDED", 2)
    assert clean() == {"metadata in files": 3}
    assert set(EmbeddedRow.objects.values_list("asset_id", flat=True)) == {"a0", "a1"}
