"""Every URL, with every method, as everybody. It is made from the URL table: a URL that says nothing of itself fails."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from setup.models import AuditEntry, Authorization, Environment, Member, Person, UsedLaunch
from setup.security import limits
from tests.linking.visits import ask_and_answer, enter
from tests.scenes import asset, product
from tests.setup.people.entrances import sign_in
from tests.setup.security.every_url import (
    METHODS,
    answers,
    arguments,
    channel_of,
    endpoint_of,
    event_secret_of,
    guarded,
    invitation_of,
    key_of,
    methods_of,
    preview_of,
    rows,
    rule_of,
    sheet_of,
    table,
    webhook_of,
)
from tests.tiers import FULL

UNSAFE = ["POST", "PUT", "PATCH", "DELETE"]
# Without a session: what lets them in is a signature, a ticket of one use, or that they tell nothing of anybody. Keys of the HTTP
# API are tried in tests/linking/api.
WITHOUT_A_SESSION = ("public", "metrics")
BY_KEY = "api"
OPEN = {
    "/d/<path:rest>",
    "/api/problems/<slug:type>",
    "/api/reference",
    "/api/v1",
    "/api/v1/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/launch",
    "/launch/probe",
    "/launch/tab",
    "/launch/continue",
    "/notices/off/<str:token>",
    "/open/<str:token>",
    "/session/",
    "/sign-in",
    "/sign-in/language/",
    "/sign-in/with/<slug:slug>/",
    "/sign-in/with/<slug:slug>/callback",
    "/sign-in/code/",
    "/sign-in/code/check/",
    "/sign-in/passkey/",
    "/sign-in/passkey/options/",
    "/session/end/",
    "/sign-in/as-well/",
    "/sign-in/invitation/<str:token>/",
    "/sign-in/joined/",
    "/setup/oauth/begin",
    "/setup/oauth/callback",
    "/webhooks/cloudinary/<str:token>",
    "/webhooks/shopify",
}
# What answers 404 even to its owner, because there is no such thing in this small world.
NOT_THERE = {
    "session-switch",
    "people-join",
    "you-way-remove",  # of a launched session there are no ways to sign in (tests/setup/signing_in/test_passkeys.py)
    "you-passkey-add",
    "you-passkey-options",
    "you-passkey-remove",
    "report-file",
    "link-group",
    "link-manifest",  # the channel is in the query
    "link-rows",
    "link-products",
    "link-group-menu",
    "link-answers",
}


@pytest.fixture
def place(scene):
    """One environment with something behind every URL, and another one with an admin."""
    found = scene([product("a", pictures=1)], [asset("front", "a")])
    selection = found.select()
    ask_and_answer(selection)
    found.selection, found.sync = selection, found.run(selection)
    found.admin = Member.objects.create(
        environment=found.environment, external_id="boss", name="Boss", roles=["master_admin"]
    )
    selection.member = found.admin  # a selection is its own person's
    selection.save()
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    other = Environment.objects.create(cloud_name="other", **known)
    found.stranger = Member.objects.create(environment=other, external_id="boss", name="Eve", roles=["master_admin"])
    found.attempt = Authorization.objects.create(
        environment=found.environment,
        member=found.admin,
        domain=found.stores[0].domain,
        ticket_hash="x",
        expires=timezone.now() + timezone.timedelta(minutes=5),
    )
    invitation_of(found.environment)
    key_of(found.environment)
    channel_of(found.environment)
    webhook_of(found.environment)
    endpoint_of(found.environment, found.stores[0])
    event_secret_of(found.environment)
    sheet_of(found.environment)
    rule_of(found.environment)
    preview_of(found.environment)
    return found


def test_every_url_says_who_may_come_in():
    silent = {
        path
        for path, _, access in table()
        if access not in ("members", "workers", "admins", BY_KEY, *WITHOUT_A_SESSION)
    }
    assert silent == set(), "give the view a guard of setup.security.guards"


def test_what_is_open_to_everybody_is_known():
    assert {path for path, _, access in table() if access in WITHOUT_A_SESSION} == OPEN, (
        "say in OPEN that it is, if it has to be"
    )


def test_every_guarded_url_has_a_name():
    assert [path for path, name in guarded("members", "workers", "admins") if not name] == []


def test_every_method_is_sent_to_some_url():
    sent = [set(methods_of(path)) for path, _ in guarded("members", "workers", "admins")]
    assert set.union(*sent) == set(METHODS)
    assert all({"GET", "POST"} <= methods for methods in sent)


def test_nobody_gets_in_anywhere(client, place):
    wrong = {
        (path, method): status
        for path, name in guarded("members", "workers", "admins")
        for method, status in answers(client, place, path, name).items()
        if status not in (401, 405)
    }
    assert wrong == {}


def test_a_member_is_kept_out_of_what_is_for_admins(client, place):
    enter(client, place.member)
    wrong = {
        (path, method): status
        for path, name in guarded("admins")
        for method, status in answers(client, place, path, name).items()
        if status not in (403, 405)
    }
    assert wrong == {}


def test_everything_on_setup_that_changes_something_is_for_admins(client, place):
    enter(client, place.admin)
    changing = {
        path
        for path, name in guarded("members")
        if path.startswith("/setup/")
        for method, status in answers(client, place, path, name, UNSAFE).items()
        if status != 405
    }
    assert changing == set()


def test_a_member_comes_to_everything_else(client, place):
    place.selection.member = place.member
    place.selection.save()
    enter(client, place.member, place.selection)
    wrong = {
        (path, method): status
        for path, name in guarded("members")
        for method, status in answers(client, place, path, name).items()
        if status in (401, 403) or status >= 500 or (status == 404 and name not in NOT_THERE)
    }
    assert wrong == {}


def test_an_admin_comes_to_everything(client, place):
    enter(client, place.admin, place.selection)
    wrong = {
        (path, method): status
        for path, name in guarded("members", "workers", "admins")
        for method, status in answers(client, place, path, name).items()
        if status in (401, 403) or status >= 500 or (status == 404 and name not in NOT_THERE)
    }
    assert wrong == {}


def test_for_an_admin_of_another_environment_nothing_of_ours_exists(client, place):
    enter(client, place.stranger)
    ours = [
        (path, name)
        for path, name in guarded("members", "workers", "admins")
        if "<" in path and not name.startswith("setup-prepare")
    ]
    before = rows()
    wrong = {}
    for path, name in ours:
        address = reverse(name, kwargs=arguments(place, path, name))
        client.raise_request_exception = False
        for method in methods_of(path):
            status = client.generic(method, address, content_type="application/x-www-form-urlencoded").status_code
            if status not in (404, 405):
                wrong[path, method] = status
    assert wrong == {}
    assert rows() == before


def test_pages_of_another_environment_show_nothing_of_ours(client, place):
    enter(client, place.stranger)
    for path, name in guarded("members", "workers", "admins"):
        if "<" not in path:
            page = client.get(path, follow=True).getvalue().decode()  # also of what is streamed
            for secret in (place.stores[0].domain, str(place.sync.key), "Boss", place.environment.cloud_name + "<"):
                assert secret not in page, (name, secret)


# What a viewer may send: how long they stay, their language, reports to download, where they are, and searches of their own.
VIEWERS_SEND = {"language", "report-write", "hints", "session-switch", "you-add", "you-join", "you-end"}
VIEWERS_SEND |= {"choose-searches", "you-way-remove", "you-passkey-add", "you-passkey-options", "you-passkey-remove"}


def refused_to_viewers(client, place) -> dict[tuple[str, str], int]:
    """What a viewer got that they should not get, or did not get what they should."""
    wrong = {}
    for path, name, access in table():
        if access not in ("members", "workers", "admins"):
            continue
        got = answers(client, place, path, name, ["GET", "POST"])
        barred = {"GET": access != "members", "POST": access != "members" or name not in VIEWERS_SEND}
        for method, status in got.items():
            fits = status in (403, 405) if barred[method] else status not in (401, 403) and status < 500
            wrong |= {} if fits else {(name, method): status}
    return wrong


def test_a_viewer_reads_and_changes_nothing(client, place):
    place.member.granted_role = "viewer"
    place.member.save()
    enter(client, place.member)
    assert refused_to_viewers(client, place) == {}


# Of these the run of the place and its links are enough to be asked for; the others have nothing to do without a choice.
STARTS_NOTHING = {"sync-apply", "sync-undo", "links-unlink", "drift-mend"}
STARTS = {"sync-start", "upload-start", "links-unlink", "drift-mend"}


def test_a_member_who_may_write_to_no_store_of_a_run_starts_nothing(client, place):
    Member.objects.filter(pk=place.member.pk).update(bounded=True)
    place.selection.member = place.sync.member = place.member
    place.selection.save()
    place.sync.save()
    enter(client, place.member, place.selection)
    links = [str(pk) for pk in place.environment.links.values_list("pk", flat=True)]
    before, starts = rows()["linking.Sync"], {}
    for path, name, access in table():
        if access in ("members", "workers") and (path.startswith("/syncs/") or name in STARTS):
            address = reverse(name, kwargs=arguments(place, path, name)) if "<" in path else path
            asked = {"link": links, "token": name, "store": place.stores[0].pk}
            starts[name] = client.post(address, asked).status_code
    assert {name: starts[name] for name in STARTS_NOTHING} == dict.fromkeys(STARTS_NOTHING, 403)
    assert rows()["linking.Sync"] == before


def test_who_is_an_admin_elsewhere_and_a_viewer_here_is_each_in_its_place(client, place):
    person = Person.objects.create(name="Vi")
    known = {"person": person, "external_id": f"person:{person.key}"}
    here = Member.objects.create(environment=place.environment, granted_role="viewer", **known)
    there = Member.objects.create(environment=place.stranger.environment, granted_role="admin", **known)
    sign_in(client, there)
    seen = {
        (name, method): status
        for path, name in guarded("members", "workers", "admins")
        if "<" in path and not name.startswith("setup-prepare")
        for method, status in answers(client, place, path, name, ["GET", "POST"]).items()
        if status not in (404, 405)
    }
    assert seen == {}
    assert client.get("/setup/people/").status_code == 200
    client.post("/session/environment/", {"member": here.pk})
    assert client.get("/links/").status_code == 200
    if FULL:
        assert refused_to_viewers(client, place) == {}
    assert client.post("/setup/people/invite/", {"email": "x@y.example"}).status_code == 403
    assert client.post("/session/environment/", {"member": place.stranger.pk}).status_code == 404


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.cases(1)
def test_what_another_site_makes_a_browser_send_changes_nothing(client, place, site):
    enter(client, place.admin, place.selection)
    before = rows()
    for path, name in guarded("members", "workers", "admins"):
        address = reverse(name, kwargs=arguments(place, path, name)) if "<" in path else path
        assert client.post(address, headers={"Sec-Fetch-Site": site}).status_code == 403, path
    assert rows() == before


def test_without_a_csrf_token_nothing_is_obeyed(place):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    enter(strict, place.admin, place.selection)
    before = rows()
    for path, name in guarded("members", "workers", "admins"):
        address = reverse(name, kwargs=arguments(place, path, name)) if "<" in path else path
        assert strict.post(address).status_code in (403, 405), path
        assert strict.post(address, headers={"Origin": "https://evil.example"}).status_code in (403, 405), path
    assert rows() == before


def test_reading_a_page_changes_nothing(client, place):
    """GET never changes state, but for what is only remembered: that somebody looked, and what Cloudinary has."""
    enter(client, place.admin, place.selection)
    client.get("/setup/sections/")
    client.get(reverse("link-embedded", kwargs={"key": place.selection.key}))  # once a week it looks at a few files
    client.raise_request_exception = False
    addresses = [
        reverse(name, kwargs=arguments(place, path, name)) if "<" in path else path
        for path, name in guarded("members", "workers", "admins")
        if name != "setup-sections"  # it asks Cloudinary
    ]
    before = rows()
    for address in addresses:
        client.get(address)
    if (after := rows()) == before:
        return
    for address in addresses:  # all rows are read for each only to say which it was
        client.get(address)
        assert rows() == after, address
        after = rows()
    pytest.fail("One of them changes something, at its first visit only.")


def leads_on(answer) -> bool:
    """To the sign-in, or to what is open itself."""
    return answer.status_code == 302 and answer["Location"].partition("?")[0] in ("/sign-in", "/api/reference")


def test_nothing_that_is_open_tells_or_takes_anything(client, place):
    client.raise_request_exception = False
    written = AuditEntry.objects.count()
    for path in OPEN:
        for method in METHODS:
            answer = client.generic(method, path)
            assert answer.status_code in (200, 204, 400, 401, 403, 404, 405, 413, 503) or leads_on(answer), (
                path,
                method,
            )
            assert (
                place.environment.cloud_name.encode() not in answer.content.split(b"<main")[-1][:2000] or path == "/x"
            )
    assert not UsedLaunch.objects.exists()
    assert AuditEntry.objects.count() == written


@pytest.fixture(autouse=True)
def nothing_seems_lost(settings, monkeypatch):
    """Pages ask again for jobs that seem to be lost: here none does, however long a test takes."""
    monkeypatch.setattr("linking.models.jobs.SILENCE", timedelta(days=1))
    settings.LEASE_SECONDS = timedelta(days=2).total_seconds()


@pytest.fixture(autouse=True)
def uncounted():
    limits._here.forget()
