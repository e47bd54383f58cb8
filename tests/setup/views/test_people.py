"""People on Setup: inviting, roles and stores, joining, removing; and what the audit log has of it."""

import pytest
from django.core import mail
from django.utils import timezone

from setup.models import AuditEntry, Environment, Invitation, Member, Person, Store
from setup.people import memberships
from tests.linking.visits import enter, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Member:
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "console", "launch_secret": "s" * 40}
    owner = Environment.objects.create(cloud_name="demo", **known)
    known = {"name": "Ada", "roles": ["master_admin"], "last_launch": timezone.now()}
    return Member.objects.create(environment=owner, external_id="u1", **known)


@pytest.fixture
def store(ada) -> Store:
    return Store.objects.create(environment=ada.environment, domain="north.myshopify.com", name="North")


@pytest.fixture
def bob(ada) -> Member:
    """A member who signs in."""
    member = memberships.new(Person.objects.create(name="Bob", email="bob@example.com"), ada.environment)
    member.granted_role = "member"
    member.save()
    return member


def entry(action: str) -> AuditEntry:
    return AuditEntry.objects.get(action=action)


def test_the_address_of_an_invitation_is_shown_once(client, ada, store):
    enter(client, ada)
    known = {"email": "Vi@Example.com", "role": "member", "writes": "some", "stores": [store.pk]}
    page = client.post("/setup/people/invite/", known).content.decode()
    address = page.partition('id="address" class="address" readonly value="')[2].partition('"')[0]
    made = Invitation.objects.get()
    assert (made.email, made.role, made.bounded, list(made.stores.all())) == ("vi@example.com", "member", True, [store])
    assert address.startswith("http://localhost:8000/sign-in/invitation/")
    again = client.get("/setup/people/").content.decode()
    assert "vi@example.com" in again
    assert address not in again
    assert address.rpartition("/")[0].rpartition("/")[2] not in str(AuditEntry.objects.values())


def test_where_e_mail_is_set_up_it_is_sent(client, ada, settings):
    settings.EMAIL_HOST = "mail.example"
    enter(client, ada)
    said = text_of(client.post("/setup/people/invite/", {"email": "vi@example.com", "role": "viewer", "writes": "all"}))
    assert "The invitation was sent to vi@example.com." in said
    assert "Ada invites you to AssetLink" in mail.outbox[0].body
    assert Invitation.objects.get().role == "viewer"


def test_a_second_invitation_to_the_same_address_ends_the_first(client, ada):
    enter(client, ada)
    for role in ("viewer", "admin"):
        client.post("/setup/people/invite/", {"email": "vi@example.com", "role": role, "writes": "all"})
    assert [made.role for made in Invitation.objects.all()] == ["admin"]
    client.post(f"/setup/people/invitations/{Invitation.objects.get().pk}/withdraw/")
    assert not Invitation.objects.exists()


def test_what_is_no_address_is_said_and_invites_nobody(client, ada):
    enter(client, ada)
    answer = client.post("/setup/people/invite/", {"email": "vi", "role": "viewer", "writes": "all"})
    assert (answer.status_code, Invitation.objects.exists()) == (422, False)


def test_a_role_and_stores_are_changed_and_written_down(client, ada, bob, store):
    enter(client, ada)
    client.post(f"/setup/people/{bob.pk}/role/", {"role": "member", "writes": "some", "stores": [store.pk]})
    assert Member.objects.get(pk=bob.pk).bounds == {store.pk}
    assert entry("member.role").after == {"role": "member", "stores": ["North"]}
    assert "writes to North only" in text_of(client.get("/setup/people/"))


def test_a_store_of_another_environment_is_none(client, ada, bob):
    other = Environment.objects.create(cloud_name="other", api_key="k", api_secret="s", launch_secret="s")
    foreign = other.stores.create(domain="south.myshopify.com")
    enter(client, ada)
    answer = client.post(f"/setup/people/{bob.pk}/role/", {"role": "member", "writes": "some", "stores": [foreign.pk]})
    assert (answer.status_code, Member.objects.get(pk=bob.pk).bounded) == (422, False)


def test_the_last_admin_who_can_sign_in_is_kept_until_there_is_another(client, ada, bob):
    Member.objects.filter(pk=bob.pk).update(granted_role="admin")
    enter(client, ada)
    for path, known in (("role", {"role": "viewer", "writes": "all"}), ("remove", {})):
        said = text_of(client.post(f"/setup/people/{bob.pk}/{path}/", known, follow=True))
        assert "Bob is the last admin here who can sign in. Make somebody else an admin first." in said
        assert Member.objects.get(pk=bob.pk).is_admin
    vi = memberships.new(Person.objects.create(name="Vi"), ada.environment)
    vi.granted_role = "admin"
    vi.save()
    client.post(f"/setup/people/{bob.pk}/remove/")
    assert Member.objects.get(pk=bob.pk).removed
    client.post(f"/setup/people/{bob.pk}/let-in/")
    assert not Member.objects.get(pk=bob.pk).removed
    assert AuditEntry.objects.filter(action__in=["member.remove", "member.let-in"]).count() == 2


def test_a_launched_member_may_be_less_here_than_in_the_console_and_follow_it_again(client, ada):
    enter(client, ada)
    client.post(f"/setup/people/{ada.pk}/role/", {"role": "admin", "writes": "all"})
    cy = Member.objects.create(
        environment=ada.environment, external_id="u2", name="Cy", roles=["master_admin"], last_launch=timezone.now()
    )
    client.post(f"/setup/people/{cy.pk}/role/", {"role": "viewer", "writes": "all"})
    assert Member.objects.get(pk=cy.pk).is_viewer
    client.post(f"/setup/people/{cy.pk}/role/", {"role": "", "writes": "all"})
    assert Member.objects.get(pk=cy.pk).is_admin


def test_who_was_never_launched_has_no_role_of_the_console(client, ada, bob):
    enter(client, ada)
    assert client.post(f"/setup/people/{bob.pk}/role/", {"role": "", "writes": "all"}).status_code in (302, 422)
    assert Member.objects.get(pk=bob.pk).granted_role == "member"


def test_two_members_are_joined(client, ada, bob):
    enter(client, ada)
    client.post(f"/setup/people/{bob.pk}/join/", {"other": ada.pk})
    assert Member.objects.get().person == bob.person
    assert entry("member.join").after["person"] == "Ada"


def test_a_role_of_launches_means_what_admins_say(client, ada, store):
    kim = Member.objects.create(environment=ada.environment, external_id="u3", roles=["cld::role::custom::Agency"])
    enter(client, ada)
    assert "Agency" in text_of(client.get("/setup/people/"))
    given = {"agency-role": "member", "agency-writes": "some", "agency-stores": [store.pk]}
    client.post("/setup/people/launch-roles/", given)
    assert Member.objects.get(pk=kim.pk).bounds == {store.pk}
    assert entry("member.launch-roles").after == {"agency": "North"}
    client.post("/setup/people/launch-roles/", given | {"agency-role": "viewer"})
    assert Member.objects.get(pk=kim.pk).is_viewer
    client.post("/setup/people/launch-roles/", {"agency-role": "member", "agency-writes": "all"})
    assert Environment.objects.get().launch_roles == {}
    assert Member.objects.get(pk=kim.pk).bounds is None


def test_a_page_of_a_person(client, ada, bob):
    bob.person.identities.create(issuer="email", subject="bob@example.com")
    enter(client, ada)
    said = text_of(client.get(f"/setup/people/{bob.pk}/"))
    for text in ("Code by e-mail to bob@example.com", "The same person as", "Remove Bob"):
        assert text in said
