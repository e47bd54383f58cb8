"""Roles by a provider's groups: who has one for how long, and what somebody reads whom they do not let in any more."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from setup.models import Identity, Member
from setup.people import memberships
from setup.people.entering import NotInvited
from setup.people.proofs import PASSKEY, Proof
from setup.people.who import GROUPS_HOLD, Out
from tests.linking.visits import text_of
from tests.setup.people.entrances import sign_in
from tests.setup.people.test_entering import OKTA, by_mail, by_okta, come, invite
from tests.setup.security.launches import post, signed
from tests.setup.security.test_launch import SECRET


@pytest.fixture
def groups(settings):
    settings.GROUP_ROLES = [(OKTA, "Admins", "demo", "admin"), (OKTA, "Team", "demo", "member")]


def a_day_later() -> None:
    """Of all who signed in."""
    Identity.objects.update(last_used=timezone.now() - GROUPS_HOLD - timedelta(minutes=1))


def withheld(subject: str = "1") -> Proof:
    return Proof("Okta", OKTA, subject, "ada@example.com", True, groups_known=False)


def why(proof: Proof) -> Out:
    with pytest.raises(NotInvited) as refusal:
        come(proof)
    return refusal.value.out


def test_groups_that_the_provider_does_not_say_take_no_role_away(environment, groups):
    come(by_okta(groups=["Admins"]))
    for _ in range(2):
        assert [one.role for one in come(withheld()).members] == ["admin"]
        a_day_later()
    assert [one.role for one in come(by_okta(groups=["Team"])).members] == ["member"]


def test_groups_that_the_provider_does_not_say_give_no_role_either(environment, groups):
    assert why(withheld()) is Out.WITHHELD
    assert not Member.objects.exists()
    come(by_okta(groups=["Team"]))
    assert why(by_okta(groups=[])) is Out.NO_GROUP
    assert why(withheld()) is Out.WITHHELD


def test_a_role_by_groups_counts_for_other_ways_for_a_day_after_the_provider_was_asked(environment, groups):
    person = come(by_okta(groups=["Team"])).person
    others = by_mail(), Proof("passkey", PASSKEY, str(person.key))
    assert [come(proof).members[0].role for proof in others] == ["member"] * 2
    a_day_later()
    assert [why(proof) for proof in others] == [Out.NOT_ASKED] * 2
    assert not Member.objects.get().removed
    come(by_okta(groups=["Team"]))
    assert [come(proof).members[0].role for proof in others] == ["member"] * 2


def test_what_others_gave_needs_no_provider(environment, elsewhere, groups):
    come(by_okta(groups=["Team"]))
    invite(elsewhere, "viewer", email="ada@example.com")
    come(by_okta(groups=["Team"]))
    a_day_later()
    assert [str(one.environment) for one in come(by_mail()).members] == ["elsewhere"]
    member = Member.objects.get(environment=environment)
    memberships.change(member, "viewer", None)
    assert len(come(by_mail()).members) == 2


@pytest.mark.parametrize(
    ("by_console", "by_groups", "after"),
    [
        ("media_library_user", "Admins", "member"),
        ("master_admin", "Team", "member"),
        ("master_admin", "Admins", "admin"),
    ],
)
def test_after_a_day_groups_give_no_more_than_the_console_does(
    client, environment, ada, groups, by_console, by_groups, after
):
    """By a launch, and by another way for who has been launched."""
    person = come(by_okta(groups=[by_groups])).person
    member = person.members.get()
    Member.objects.filter(pk=ada.pk).delete()
    Member.objects.filter(pk=member.pk).update(external_id="u1", roles=[by_console], last_launch=timezone.now())
    a_day_later()
    assert come(by_mail()).members[0].role == after
    assert come(by_okta(groups=[by_groups])).members[0].by_groups
    a_day_later()
    assert post(client, signed(SECRET, roles=[by_console])).status_code == 200
    member.refresh_from_db()
    assert member.role == after


def test_nobody_changes_to_an_environment_where_the_groups_are_not_known_any_more(
    client, environment, elsewhere, groups
):
    there = come(by_okta(groups=["Admins"])).members[0]
    invite(elsewhere, "viewer", email="ada@example.com")
    here = come(by_mail()).members[0]
    a_day_later()
    sign_in(client, here)
    answer = client.post("/session/environment/", {"member": there.pk})
    assert answer["Location"] == "/session/you/"
    page = text_of(client.get("/session/you/"))
    assert "comes from your groups at https://okta.example" in page
    assert "Viewer in elsewhere" in page


def test_whom_no_group_lets_in_is_in_again_when_an_admin_says_so(environment, groups):
    member = come(by_okta(groups=["Team"])).members[0]
    assert why(by_okta(groups=[])) is Out.NO_GROUP
    memberships.let_in_again(member)
    assert come(by_okta(groups=[])).members == [member]


def test_a_launch_says_whether_an_admin_or_a_group_shuts_somebody_out(client, environment, ada):
    for by_groups, said in ((True, "None of your groups lets you into"), (False, "An admin has removed you")):
        Member.objects.filter(pk=ada.pk).update(removed=timezone.now(), by_groups=by_groups)
        assert said in text_of(post(Client(), signed(SECRET)))
