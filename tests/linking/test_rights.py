"""Whose run it is, and who else may do what with it: one table, one door, and pages that show what may be pressed."""

import re
from itertools import product as every

import pytest

from linking import rights, runs
from linking.models import ProductSync, Sync
from linking.rights import NotAllowed, Verb
from setup.models import AuditEntry, Environment, Member
from setup.security.actors import Actor
from tests import pressing
from tests.linking.visits import enter, text_of
from tests.scenes import asset, product

EVERYBODY, ADMINS = "everybody", "admins"
# (who, setting) -> may. A member of another environment is a stranger, and an admin there.
TABLE = {
    ("owner", EVERYBODY): True,
    ("owner", ADMINS): True,
    ("colleague", EVERYBODY): True,
    ("colleague", ADMINS): False,
    ("admin", EVERYBODY): True,
    ("admin", ADMINS): True,
    ("stranger", EVERYBODY): False,
    ("stranger", ADMINS): False,
}
VERBS = list(Verb)


def people(**setting: str) -> dict[str, Member]:
    """Of one environment, and a stranger; none of them in a database."""
    here, there = Environment(pk=1, **setting), Environment(pk=2, **setting)
    return {
        "owner": Member(pk=1, environment=here, name="Ada"),
        "colleague": Member(pk=2, environment=here, name="Bob", roles=["media_library_user"]),
        "admin": Member(pk=3, environment=here, name="Boss", roles=["master_admin"]),
        "stranger": Member(pk=4, environment=there, name="Eve", roles=["master_admin"]),
    }


def run(owner: Member | None, **known) -> Sync:
    return Sync(environment_id=1, member=owner, **known)


@pytest.mark.parametrize(("who", "setting"), TABLE)
@pytest.mark.parametrize("verb", VERBS)
def test_the_table_of_rights(who, setting, verb):
    known = people(**{f"others_{verb}": setting})
    assert rights.may(known[who], verb, run(known["owner"])) is TABLE[who, setting]


def test_what_nobody_decided_on_is_as_documented():
    known = people()
    may = {verb.value: rights.may(known["colleague"], verb, run(known["owner"])) for verb in VERBS}
    assert may == {"abort": True, "retry": True, "apply": False, "undo": False}


@pytest.mark.parametrize("verb", VERBS)
def test_of_a_run_whose_owner_is_gone_a_member_may_what_is_everybodys(verb):
    known, orphan = people(), run(None)
    assert rights.may(known["colleague"], verb, orphan) is (verb in (Verb.ABORT, Verb.RETRY))
    assert rights.may(known["admin"], verb, orphan)
    assert "Only admins may undo it." in rights.explained(known["colleague"], [Verb.UNDO], orphan)


def test_a_word_of_another_release_is_the_narrow_one():
    known = people(others_abort="team_leads")
    assert not rights.may(known["colleague"], Verb.ABORT, run(known["owner"]))


@pytest.mark.parametrize("verb", [Verb.APPLY, Verb.RETRY])
@pytest.mark.parametrize("gone", [False, True])
def test_an_undo_is_gone_on_with_by_who_may_undo_what_it_takes_back(verb, gone):
    known = people(others_apply=EVERYBODY, others_retry=EVERYBODY)
    back = run(known["colleague"], kind="undo", origin=None if gone else run(known["owner"]))
    assert not rights.may(known["colleague"], verb, back)
    assert rights.may(known["admin"], verb, back)
    assert rights.may(known["owner"], verb, back) is not gone
    assert "It takes back the run of" in rights.explained(known["colleague"], [verb], back)


def test_that_of_ones_own_run_is_nobody_elses_business():
    known = people()
    back = run(known["colleague"], kind="undo", origin=run(known["colleague"]))
    for verb, kind in every(VERBS, ("link", "upload", "unlink")):
        assert rights.may(known["owner"], verb, run(known["owner"], kind=kind))
        assert rights.explained(known["owner"], VERBS, run(known["owner"], kind=kind)) == ""
    assert all(rights.may(known["colleague"], verb, back) for verb in VERBS)


@pytest.fixture
def place(scene):
    found = scene([product("a", pictures=1)], [asset("front", "a", 1)])
    known = {"environment": found.environment}
    found.bob = Member.objects.create(external_id="u2", name="Bob", roles=["media_library_user"], **known)
    found.boss = Member.objects.create(external_id="u3", name="Boss", roles=["master_admin"], **known)
    return found


def plan_of(place) -> Sync:
    return place.run(place.select(link_mode="reset"), dry_run=True)


def broken(place) -> Sync:
    """A run that is over, with something to try again and something to take back."""
    sync = place.run(place.select())
    ProductSync.objects.update(state="partial")
    return sync


def test_the_door_refuses_before_anything_is_done_and_the_log_has_it(place):
    plan, done, bob = plan_of(place), broken(place), Actor(place.bob)
    before = Sync.objects.count()
    with pytest.raises(NotAllowed, match=r"This is Ada’s run. Only Ada and admins may apply it. Nothing was changed."):
        runs.apply(bob, plan, leaving=1)
    with pytest.raises(NotAllowed, match="Only Ada and admins may undo it"):
        runs.undo(bob, done, "token")
    assert (Sync.objects.count(), Sync.objects.get(pk=plan.pk).dry_run) == (before, True)
    refusals = AuditEntry.objects.filter(action="sync.refused", person="Bob").order_by("pk")
    assert [entry.after for entry in refusals] == [
        {"verb": "apply", "whose": "Ada"},
        {"verb": "undo", "whose": "Ada"},
    ]


def test_what_a_colleague_does_with_a_run_is_logged_with_whose_it_is(place):
    running = pressing.link(place.select(), "one", dry_run=False)
    assert runs.abort(Actor(place.bob), running)
    entry = AuditEntry.objects.get(action="sync.abort")
    assert (entry.person, entry.after) == ("Bob", {"whose": "Ada"})
    done = broken(place)
    again = runs.retry(Actor(place.bob), done, "two")
    assert (again.member, AuditEntry.objects.get(action="sync.retry").after["whose"]) == (place.bob, "Ada")
    assert runs.undo(Actor(place.boss), done, "three").member == place.boss
    assert AuditEntry.objects.get(action="sync.undo").after["whose"] == "Ada"


def test_retrying_a_broken_undo_is_no_way_round(place):
    place.environment.others_apply = EVERYBODY
    place.environment.save()
    back = place.undo(broken(place))
    ProductSync.objects.filter(part__sync=back).update(state="partial")
    for member in (place.bob, place.boss):
        member.refresh_from_db()
    with pytest.raises(NotAllowed, match="It takes back the run of Ada"):
        runs.retry(Actor(place.bob), back, "one")
    assert runs.retry(Actor(place.boss), back, "two").kind == "undo"


def test_who_runs_the_installation_is_not_asked(place):
    place.environment.others_abort = ADMINS
    running = pressing.link(place.select(), "one", dry_run=False)
    assert runs.abort(Actor(place.bob, is_operator=True), running)


BUTTONS = ("abort", "apply", "retry", "undo-all")


def shown(client, member: Member, sync: Sync) -> tuple[set[str], str]:
    """The buttons that the page has, and what it says."""
    page = enter(client, member).get(f"/syncs/{sync.key}/")
    ids = set(re.findall(r'<button id="([^"]+)"', page.content.decode()))
    return {name for name in ids if name in BUTTONS or name.startswith("undo-")}, text_of(page)


def test_a_page_shows_what_may_be_pressed_and_who_may_do_the_rest(client, place):
    plan, done = plan_of(place), broken(place)
    buttons, text = shown(client, place.bob, plan)
    assert buttons == set()
    assert "This is Ada’s run. Only Ada and admins may apply it." in text
    assert "Tick to confirm" not in text
    buttons, text = shown(client, place.bob, done)
    assert buttons == {"retry"}
    assert "This is Ada’s run. Only Ada and admins may undo it." in text
    for member in (place.boss, place.member):
        assert shown(client, member, plan)[0] == {"apply"}
        assert {"retry", "undo-all"} <= shown(client, member, done)[0]
    assert "This is Ada’s run." in shown(client, place.boss, done)[1]
    assert "This is Ada’s run" not in shown(client, place.member, done)[1]


def test_a_gallery_and_uploads_keep_to_it_too(client, place):
    done = broken(place)
    row = next(row for row in done.parts.get().products.all() if row.result)
    enter(client, place.bob)
    assert b'id="undo-product' not in client.get(f"/syncs/{done.key}/lines/{row.pk}/").content
    enter(client, place.member)
    assert b'id="undo-product' in client.get(f"/syncs/{done.key}/lines/{row.pk}/").content
    upload = place.finish(pressing.upload(place.select(), "up", dry_run=True))
    assert shown(client, place.bob, upload)[0] == set()
    assert shown(client, place.member, upload)[0] == {"apply"}


@pytest.mark.parametrize("verb", ["apply", "undo"])
def test_a_press_that_is_refused_is_403_with_the_reason(client, place, verb):
    sync = plan_of(place) if verb == "apply" else broken(place)
    enter(client, place.bob)
    answer = client.post(f"/syncs/{sync.key}/{verb}/", {"unlinks": "1"})
    assert answer.status_code == 403
    assert f"Only Ada and admins may {verb} it. Nothing was changed." in text_of(answer)


def test_a_page_of_a_run_at_work_has_abort_for_whom_it_may(client, place):
    running = pressing.link(place.select(), "one", dry_run=False)
    assert shown(client, place.bob, running)[0] == {"abort"}
    Environment.objects.update(others_abort=ADMINS)
    assert shown(client, place.bob, running)[0] == set()
    assert client.post(f"/syncs/{running.key}/abort/").status_code == 403
    assert Sync.objects.get(pk=running.pk).abort_requested is None
