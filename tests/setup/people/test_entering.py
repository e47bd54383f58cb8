"""Coming in by a proof: as whom, to where, and who does not."""

from itertools import permutations

import pytest
from django.test import RequestFactory
from django.utils import timezone

from setup.models import AuditEntry, Identity, Invitation, Member, Person
from setup.people import entering, invitations, memberships
from setup.people.entering import NotInvited, enter_as
from setup.people.joining import CannotJoin
from setup.people.proofs import ADDRESS, EMAIL, PASSKEY, Proof
from setup.people.who import Refused
from setup.security import sessions
from setup.security.launch import Launch
from setup.security.session_store import SessionStore

OKTA = "https://okta.example"


def by_okta(subject: str = "1", email: str = "ada@example.com", *, verified: bool = True, groups=()) -> Proof:
    return Proof("Okta", OKTA, subject, email, verified, "Ada Lovelace", tuple(groups))


def by_mail(email: str = "ada@example.com") -> Proof:
    return Proof("code by e-mail", EMAIL, email, email, True)


def invite(environment, role="member", **known):
    return invitations.make(environment, role, now=timezone.now(), **known)[0]


def come(proof: Proof, **known):
    return enter_as(proof, now=timezone.now(), **known)


def test_who_is_invited_by_address_comes_in_and_stays_the_same_person(environment):
    invite(environment, "viewer", email="Ada@Example.com")
    first = come(by_okta())
    assert (first.members[0].role, str(first.members[0])) == ("viewer", "Ada Lovelace")
    assert come(by_okta(email="other@example.com")).members == first.members
    assert come(by_mail("other@example.com")).members == first.members
    assert AuditEntry.objects.get(action="member.accept").person == "Ada Lovelace"


def test_nobody_invited_leaves_nothing_behind(environment):
    with pytest.raises(NotInvited):
        come(by_okta())
    assert not Person.objects.exists()
    assert not Identity.objects.exists()


def test_an_address_that_is_not_verified_opens_no_invitation(environment):
    invite(environment, email="ada@example.com")
    with pytest.raises(NotInvited):
        come(by_okta(verified=False))


def test_the_address_of_an_invitation_lets_one_person_in(environment):
    made = invite(environment, "admin")
    assert come(by_okta(verified=False), opened=made).members[0].is_admin
    with pytest.raises(NotInvited):
        come(by_okta("2", "bob@example.com"), opened=made)


def test_an_old_invitation_opens_nothing(environment):
    made = invite(environment, email="ada@example.com")
    made.expires = timezone.now()
    made.save()
    with pytest.raises(NotInvited):
        come(by_okta())


def test_an_invitation_takes_no_role_away(environment):
    invite(environment, "admin", email="ada@example.com")
    come(by_okta())
    invite(environment, "viewer", email="ada@example.com")
    assert come(by_okta()).members[0].role == "admin"


def test_an_invitation_may_be_for_some_stores(environment, elsewhere, store):
    foreign = elsewhere.stores.create(domain="south.myshopify.com")
    invite(environment, email="ada@example.com", stores=[store, foreign])
    member = come(by_okta()).members[0]
    assert member.bounds == {store.pk}
    assert (member.may_write_to(store), member.may_write_to(foreign)) == (True, False)


@pytest.mark.parametrize("order", list(permutations(["launch", "invite", "eve", "ada"])))
def test_no_order_of_launch_invitation_and_sign_in_lets_eve_in_as_ada(environment, order, rf):
    """Eve's account at a provider says Ada's address, and so does a launch; neither has proved it."""
    for step in order:
        if step == "launch":
            launch = Launch(environment, "u9", "Ada", "ada@example.com", ("master_admin",), ())
            sessions.start(requested(rf), launch, now=timezone.now())
        elif step == "invite":
            invite(environment, "admin", email="ada@example.com")
        elif step == "eve":
            with pytest.raises(NotInvited):
                come(by_okta("eve", verified=False))
        elif "invite" in order[: order.index("ada")]:
            come(by_okta("ada"))
    with pytest.raises(NotInvited):
        come(by_okta("eve", verified=False))
    assert Member.objects.get(external_id="u9").person is None
    assert not Identity.objects.filter(subject="eve").exists()


def requested(rf: RequestFactory):
    request = rf.get("/")
    request.session, request.session_cookie = SessionStore(), "assetlink-session"
    return request


def test_a_passkey_is_the_persons_own(environment):
    invite(environment, email="ada@example.com")
    person = come(by_okta()).person
    assert come(Proof("passkey", PASSKEY, str(person.key))).person == person
    with pytest.raises(NotInvited):
        come(Proof("passkey", PASSKEY, "00000000-0000-0000-0000-000000000000"))


def test_a_way_is_added_by_who_is_signed_in_and_not_taken_from_others(environment):
    invite(environment, email="ada@example.com")
    invite(environment, email="bob@example.com")
    ada, bob = come(by_okta()).person, come(by_mail("bob@example.com")).person
    assert come(by_okta("2", "ada@home.example", verified=False), adding=ada).person == ada
    assert come(by_okta("2", "", verified=False)).person == ada
    with pytest.raises(CannotJoin) as refusal:
        come(by_okta("2", ""), adding=bob)
    assert refusal.value.reason is Refused.SOMEBODY_ELSES


def test_a_launched_member_who_signs_in_is_one_member_from_then_on(environment, ada):
    entered = come(by_okta(verified=False), launched=ada)
    ada.refresh_from_db()
    assert (entered.members, ada.person, ada.role) == ([ada], entered.person, "admin")
    assert come(by_okta(verified=False)).members == [ada]


def test_a_member_of_somebody_else_is_not_joined(environment, ada):
    come(by_okta(), launched=ada)
    ada.refresh_from_db()
    with pytest.raises(CannotJoin) as refusal:
        come(by_okta("eve", "eve@example.com"), launched=ada)
    assert refusal.value.reason is Refused.JOINED


@pytest.fixture
def groups(settings):
    settings.GROUP_ROLES = [(OKTA, "Admins", "demo", "admin"), (OKTA, "Team", "demo", "member")]


def test_groups_of_the_provider_make_members_and_are_kept_in_step(environment, groups):
    assert come(by_okta(groups=["Team", "Admins"])).members[0].role == "admin"
    assert come(by_okta(groups=["Team"])).members[0].role == "member"


def test_who_is_in_no_group_any_more_may_not_come_in_until_they_are_again(environment, groups):
    member = come(by_okta(groups=["Team"])).members[0]
    for proof in (by_okta(groups=["Guests"]), by_mail()):
        with pytest.raises(NotInvited):
            come(proof)
    member.refresh_from_db()
    assert member.removed
    assert come(by_okta(groups=["Admins"])).members[0].role == "admin"


ENTRA = "https://entra.example"


def by_entra(*groups: str) -> Proof:
    return Proof("Entra", ENTRA, "e1", "ada@example.com", True, "Ada Lovelace", groups)


@pytest.fixture
def two_providers(groups, settings):
    settings.GROUP_ROLES = [
        *settings.GROUP_ROLES,
        (ENTRA, "Editors", "demo", "member"),
        (ENTRA, "Owners", "demo", "admin"),
    ]


def test_one_provider_takes_nothing_away_that_anothers_groups_give(environment, two_providers):
    member = come(by_okta(groups=["Team"])).members[0]
    for groups, role in [((), "member"), (["Editors"], "member"), (["Owners"], "admin"), (["Editors"], "member")]:
        assert [one.role for one in come(by_entra(*groups)).members] == [role]
    assert [one.role for one in come(by_okta(groups=["Guests"])).members] == ["member"]
    with pytest.raises(NotInvited):
        come(by_entra())
    member.refresh_from_db()
    assert member.removed
    assert come(by_okta(groups=["Admins"])).members[0].role == "admin"


def test_a_provider_that_is_set_up_no_longer_gives_nothing_any_more(environment, two_providers, settings):
    come(by_okta(groups=["Admins"]))
    settings.GROUP_ROLES = [rule for rule in settings.GROUP_ROLES if rule[0] == ENTRA]
    with pytest.raises(NotInvited):
        come(by_entra())


def test_what_an_admin_decided_does_not_follow_the_groups(environment, groups):
    member = come(by_okta(groups=["Team"])).members[0]
    memberships.change(member, "viewer", None)
    assert come(by_okta(groups=["Admins"])).members[0].role == "viewer"
    memberships.remove(member, now=timezone.now())
    with pytest.raises(NotInvited):
        come(by_okta(groups=["Admins"]))


def test_who_is_removed_is_in_again_by_a_later_invitation_only(environment):
    invite(environment, email="ada@example.com")
    member = come(by_okta()).members[0]
    invite(environment, "admin", email="ada@example.com")
    memberships.remove(member, now=timezone.now())
    with pytest.raises(NotInvited):
        come(by_okta())
    invite(environment, "viewer", email="ada@example.com")
    assert [one.role for one in come(by_okta()).members] == ["viewer"]


def test_who_is_no_admin_any_more_has_invited_nobody_least_of_all_themselves(environment, ada):
    """Neither by an address in the pocket nor by one to a second mailbox; a launch may lower them, too."""
    invite(environment, "admin", email="eve@example.com")
    eve = come(by_okta("eve", "eve@example.com")).members[0]
    pocket, launched = (invite(environment, "admin", made_by=one) for one in (eve, ada))
    invite(environment, "admin", email="eve@home.example", made_by=eve)
    memberships.change(eve, "viewer", None, anyway=True)
    ada.roles = ["media_library_user"]
    ada.save()
    for opened in (pocket, launched):
        found = Invitation.objects.filter(pk=opened.pk).first()
        assert found is None or not found.is_open(timezone.now())
        assert come(by_okta("eve", "eve@example.com"), opened=found).members[0].role == "viewer"
    with pytest.raises(NotInvited):
        come(by_mail("eve@home.example"))


def test_who_was_removed_comes_back_by_no_address_from_before(environment):
    invite(environment, email="eve@example.com")
    eve, pocket = come(by_okta("eve", "eve@example.com")).members[0], invite(environment, "admin")
    memberships.remove(eve, now=timezone.now())
    with pytest.raises(NotInvited):
        come(by_okta("eve", "eve@example.com"), opened=pocket)
    assert come(by_okta("bob", "bob@example.com"), opened=pocket).members[0].is_admin  # it is not used up
    assert come(by_okta("eve", "eve@example.com"), opened=invite(environment, "viewer")).members[0].role == "viewer"


def test_an_address_that_nobody_has_proved_withdraws_no_invitation(environment):
    made = invite(environment, email="bob@example.com")
    eve = come(by_okta("eve", "bob@example.com", verified=False), opened=invite(environment)).members[0]
    memberships.remove(eve, now=timezone.now())
    assert Invitation.objects.get(pk=made.pk).is_open(timezone.now())


MEANWHILE = {
    "check_not_last": lambda member: memberships.change(member, "viewer", None),
    "described": lambda member: memberships.keep_in_step(member.person, OKTA, ["Admins"], now=timezone.now()),
    "stronger": lambda member: memberships.accept(
        invite(member.environment, "admin"), member.person, now=timezone.now()
    ),
}


@pytest.mark.parametrize("step", MEANWHILE)
def test_who_is_removed_while_their_role_is_saved_stays_removed(environment, groups, monkeypatch, step):
    member, real, now = come(by_okta(groups=["Team"])).members[0], getattr(memberships, step), timezone.now()

    def removing(*known):
        monkeypatch.setattr(memberships, step, real)
        Member.objects.filter(pk=member.pk).update(removed=now, sessions_since=now)
        return real(*known)

    monkeypatch.setattr(memberships, step, removing)
    MEANWHILE[step](member)
    member.refresh_from_db()
    assert (member.removed, member.sessions_since) == (now, now)


def test_sessions_that_end_everywhere_while_the_person_signs_in_stay_ended(environment, monkeypatch):
    invite(environment, email="ada@example.com")
    person, real, now = come(by_okta()).person, Person.save, timezone.now()

    def ending(row, **known):
        Person.objects.filter(pk=row.pk).update(sessions_since=now)
        real(row, **known)

    monkeypatch.setattr(Person, "save", ending)
    come(by_okta())
    person.refresh_from_db()
    assert person.sessions_since == now


def test_who_comes_lands_where_there_is_something_to_do(environment, ada, store):
    assert entering.landing(ada) != "/setup/"
    store.delete()
    assert entering.landing(ada) == "/setup/"
    ada.granted_role = "viewer"
    assert entering.landing(ada) == "/syncs/"


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example/", "/\\evil.example", "evil", ""])
def test_nobody_is_sent_to_another_site(path):
    assert not entering.is_ours(path)


def test_the_address_alone_makes_a_person_who_has_no_way_to_come_back_yet(environment):
    made = invite(environment, "admin")
    entered = come(Proof("invitation", ADDRESS, made.token_hash), opened=made)
    assert not entered.person.identities.exists()
