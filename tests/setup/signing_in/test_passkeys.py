"""Passkeys: added by who is in, used by who is not, for one origin, with a person who proved to be there."""

import uuid

import pytest
from django.test import Client
from django.utils import timezone

from setup.models import Environment, Identity, Member, Passkey, Person
from setup.people import memberships
from setup.people.proofs import PASSKEY
from setup.security import sessions
from tests.authenticator import PRESENT, Authenticator
from tests.linking.visits import enter, text_of
from tests.signing_in import code_of

pytestmark = pytest.mark.django_db
ORIGIN, HOST = "http://localhost:8000", "localhost"


@pytest.fixture
def person(db) -> Person:
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    place = Environment.objects.create(cloud_name="fjord", **known)
    found = Person.objects.create(email="maren@fjordandfern.example", email_verified=True, name="Maren Holt")
    Member.objects.create(environment=place, external_id=f"person:{found.key}", person=found, granted_role="member")
    Identity.objects.create(person=found, issuer="https://okta.example", subject="maren")
    return found


def signed_in(person: Person, settings) -> Client:
    """As setup.people.entering begins it."""
    from importlib import import_module

    client, member = Client(), Member.objects.get(person=person)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session.update({sessions.MEMBER: member.pk, sessions.PERSON: person.pk})
    session.save()
    client.cookies[settings.PERSON_COOKIE_NAME] = session.session_key
    return client


def add(client: Client, device: Authenticator, name: str = "Phone"):
    options = client.post("/session/you/passkeys/options/").json()
    return client.post("/session/you/passkeys/", {"credential": device.makes(options), "name": name}, follow=True)


def use(device: Authenticator, client: Client | None = None, **changed: str):
    client = client or Client()
    options = client.post("/sign-in/passkey/options/").json()
    return client.post("/sign-in/passkey/", {"credential": device.signs(options, **changed), "next": "/links/"})


@pytest.fixture
def device(person, settings) -> Authenticator:
    found = Authenticator(ORIGIN, HOST)
    page = add(signed_in(person, settings), found)
    assert "Phone is added." in page.content.decode()
    return found


def test_a_passkey_signs_its_person_in_without_a_name(device, person, proofs):
    assert use(device).content == b"/links/"
    (proof,) = proofs
    assert (proof.issuer, proof.subject) == (PASSKEY, str(person.key))
    known = Passkey.objects.get()
    assert known.sign_count == 1
    assert known.last_used is not None
    assert "Use a passkey" in Client().get("/sign-in").content.decode()


def test_it_asks_for_a_key_that_is_found_by_itself_and_for_the_person(person, settings):
    asked = signed_in(person, settings).post("/session/you/passkeys/options/").json()["publicKey"]
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["rp"]["id"] == HOST
    options = Client().post("/sign-in/passkey/options/").json()["publicKey"]
    assert options["userVerification"] == "required"
    assert "allowCredentials" not in options


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"origin": "http://localhost:9999"}, "passkey_refused"),
        ({"origin": "https://evil.example"}, "passkey_refused"),
        ({"host": "evil.example"}, "passkey_refused"),
        ({"flags": PRESENT}, "passkey_refused"),
        ({"credential_id": b"another-credential-xyz"}, "passkey_unknown"),
    ],
)
def test_what_does_not_fit_signs_nobody_in(device, proofs, changed, code):
    for name, value in changed.items():
        setattr(device, name, value)
    page = use(device)
    assert page.status_code == 403
    assert code_of(page) == code
    assert proofs == []


def test_another_key_and_another_persons_handle_are_refused(device, proofs):
    other = Authenticator(ORIGIN, HOST, user=device.user)
    assert code_of(use(other)) == "passkey_refused"
    assert code_of(use(device, userHandle="AAAA")) == "passkey_refused"
    assert proofs == []


def test_a_challenge_is_of_one_use_and_of_one_browser(device, proofs):
    client = Client()
    options = client.post("/sign-in/passkey/options/").json()
    signed = device.signs(options)
    assert code_of(Client().post("/sign-in/passkey/", {"credential": signed})) == "passkey_over"
    client.post("/sign-in/passkey/", {"credential": signed})
    assert code_of(client.post("/sign-in/passkey/", {"credential": signed})) == "passkey_over"
    assert len(proofs) == 1


def test_a_counter_that_does_not_go_on_is_a_copy(device, proofs):
    use(device)
    device.counter = 0
    assert code_of(use(device)) == "passkey_copied"
    assert len(proofs) == 1


def test_a_passkey_that_is_synced_counts_nothing(person, settings, proofs):
    device = Authenticator(ORIGIN, HOST, counts=False)
    add(signed_in(person, settings), device)
    use(device)
    use(device)
    assert len(proofs) == 2


@pytest.mark.parametrize("odd", ["", "{}", "[]", "no json", '{"id": 1}', '{"rawId": "AA", "response": {}}', "[" * 5000])
def test_whatever_a_browser_sends_is_answered(device, person, settings, proofs, odd):
    client = Client()
    client.post("/sign-in/passkey/options/")
    assert client.post("/sign-in/passkey/", {"credential": odd}).status_code == 403
    member = signed_in(person, settings)
    member.post("/session/you/passkeys/options/")
    assert (
        "could not be checked"
        in member.post("/session/you/passkeys/", {"credential": odd}, follow=True).content.decode()
    )
    assert Passkey.objects.count() == 1


@pytest.fixture
def okta(settings) -> None:
    settings.OIDC_PROVIDERS = {"okta": {"name": "Okta", "discovery": "https://okta.example", "client_id": "a"}}


def shown(client: Client) -> str:
    return client.get("/session/you/").content.decode()


def test_the_last_way_stays_and_the_page_says_why_in_place_of_a_button(device, person, settings, okta):
    client = signed_in(person, settings)
    identity, passkey = person.identities.get(), person.passkeys.get()
    assert shown(client).count(">Remove<") == 2
    client.post(f"/session/you/ways/{identity.pk}/remove/")
    assert not Identity.objects.exists()
    page = shown(client)
    assert ">Remove<" not in page
    assert "This is your only way to sign in." in page
    page = client.post(f"/session/you/passkeys/{passkey.pk}/remove/", follow=True)
    assert "This is your only way to sign in." in page.content.decode()
    assert Passkey.objects.exists()


def test_a_way_that_is_not_set_up_any_more_lets_nobody_take_the_last_one_away(device, person, settings):
    client = signed_in(person, settings)
    passkey = person.passkeys.get()
    assert "Not set up here any more" in shown(client)
    client.post(f"/session/you/passkeys/{passkey.pk}/remove/")
    assert Passkey.objects.exists()
    client.post(f"/session/you/ways/{person.identities.get().pk}/remove/")
    assert not Identity.objects.exists()


def test_passkeys_that_are_off_let_nobody_take_the_last_way_away(device, person, settings, okta):
    settings.PASSKEYS = False
    client = signed_in(person, settings)
    client.post(f"/session/you/ways/{person.identities.get().pk}/remove/")
    assert Identity.objects.exists()


def test_a_code_to_a_proved_address_is_a_way_that_nobody_takes_away(device, person, settings):
    settings.EMAIL_HOST = "mail.example.com"
    client = signed_in(person, settings)
    said = f"Code by e-mail to {person.email}"
    assert shown(client).count(said) == 1, "nobody has used it yet"
    mine = Identity.objects.create(person=person, issuer="email", subject=person.email)
    assert shown(client).count(said) == 1
    assert "A code works as long as this address is yours." in shown(client)
    client.post(f"/session/you/ways/{mine.pk}/remove/")
    assert Identity.objects.filter(pk=mine.pk).exists()
    client.post(f"/session/you/passkeys/{person.passkeys.get().pk}/remove/")
    assert not Passkey.objects.exists()
    assert "you cannot come back" not in shown(client)


def test_what_somebody_may_do_and_how_they_come_in_reads_the_same_on_you_and_on_people(device, person, settings, okta):
    member = Member.objects.get()
    member.environment.stores.create(domain="north.myshopify.com", name="North")
    memberships.bound(member, list(member.environment.stores.all()))
    Member.objects.filter(pk=member.pk).update(by_groups=True, groups_issuer="https://okta.example")
    you = text_of(signed_in(person, settings).get("/session/you/"))
    known = {"external_id": "u1", "roles": ["master_admin"], "last_launch": timezone.now()}
    admin = enter(Client(), Member.objects.create(environment=member.environment, **known))
    people = text_of(admin.get(f"/setup/people/{member.pk}/"))
    for text in ("writes to North only", "Okta", "Phone"):
        assert text in you, text
        assert text in people, text
    assert "The role comes from your groups at Okta" in you
    assert "The role comes from groups of the provider" in people


def test_nobody_removes_what_is_somebody_elses(device, person, settings):
    other = Person.objects.create(name="Eve")
    theirs = Passkey.objects.create(person=other, credential_id=uuid.uuid4().hex, public_key="")
    assert signed_in(person, settings).post(f"/session/you/passkeys/{theirs.pk}/remove/").status_code == 404
    assert Passkey.objects.filter(pk=theirs.pk).exists()
