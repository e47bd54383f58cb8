"""A code by e-mail: who gets one, what it is good for, and for how long."""

import re
import socket

import pytest
from django.core import mail as outbox
from django.core import signing
from django.test import Client
from django.utils import timezone

from setup.models import EmailCode, Environment, Passkey, Person
from setup.people import invitations
from setup.people.proofs import EMAIL, Proof
from setup.security import known_browsers, limits
from setup.security.session_store import SessionStore
from setup.signing_in import mail
from tests.signing_in import code_of

pytestmark = pytest.mark.django_db
MAREN = "maren@fjordandfern.example"


@pytest.fixture(autouse=True)
def set_up(settings):
    settings.EMAIL_HOST = "mail.example.com"  # Django's outbox takes them in tests
    settings.DEFAULT_FROM_EMAIL = "AssetLink <assetlink@example.com>"


def ask(email: str = MAREN, **known) -> Client:
    client = Client(**known)
    answer = client.post("/sign-in/code/", {"email": email, "next": "/links/"})
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/sign-in/code/")
    return client


def sent(at: int = -1) -> str:
    found = re.search(r"\b(\d{4} \d{4})\b", outbox.outbox[at].body)
    assert found
    return found[1]


def type_in(client: Client, code: str):
    return client.post("/sign-in/code/check/", {"code": code})


@pytest.mark.parametrize("form", ["{0}", "{0} ", "{1}", " {1}\n", "{2}"])
def test_the_code_of_the_mail_proves_the_address(proofs, form):
    client = ask(" Maren@FjordAndFern.example ")
    code = sent()
    answer = type_in(client, form.format(code, code.replace(" ", ""), code.replace(" ", "-")))
    assert answer.content == b"/links/"
    assert proofs == [Proof("code by e-mail", EMAIL, MAREN, email=MAREN, email_verified=True)]


def test_another_code_and_another_way_still_lead_where_somebody_wants_to_go(proofs):
    client = ask()
    page = client.get("/sign-in/code/").content.decode()
    assert 'name="next" value="/links/"' in page
    assert 'href="/sign-in?next=%2Flinks%2F"' in page
    assert type_in(client, "0000 000x").content.decode().count("%2Flinks%2F") == 1


def test_it_works_once_and_in_its_browser_only(proofs):
    client, other = ask(), ask("eve@elsewhere.example")
    assert type_in(other, sent(0)).status_code == 403
    assert type_in(Client(), sent(0)).status_code == 403
    type_in(client, sent(0))
    assert type_in(client, sent(0)).status_code == 403
    assert [proof.email for proof in proofs] == [MAREN]


def test_after_five_tries_it_is_over(proofs):
    client = ask()
    wrong = "0000 0000" if sent() != "0000 0000" else "1111 1111"
    pages = [type_in(client, wrong).content.decode() for _ in range(5)]
    assert ["This is not the code" in page for page in pages] == [True, True, True, True, False]
    assert type_in(client, sent()).status_code == 403
    assert proofs == []


def test_after_ten_minutes_it_is_over(proofs):
    client = ask()
    row = EmailCode.objects.get()
    EmailCode.objects.update(expires=row.created)
    assert "older than ten minutes" in type_in(client, sent()).content.decode()
    assert proofs == []


def test_the_last_code_that_was_sent_counts(proofs):
    client = ask()
    client.post("/sign-in/code/", {"email": MAREN})
    assert type_in(client, sent(0)).status_code == 403
    assert type_in(client, sent(1)).status_code == 200


def test_it_is_kept_as_a_hash_and_nowhere_else(proofs, settings):
    client = ask()
    row = EmailCode.objects.get()
    digits = sent().replace(" ", "")
    assert digits not in row.code_hash
    assert len(row.code_hash) == 64
    kept = SessionStore(client.cookies[settings.PERSON_COOKIE_NAME].value)
    assert kept["sign-in-code"]["email"] == MAREN
    assert digits not in str(kept.load())


def test_everybody_gets_the_same_answer_and_a_code():
    """Nothing tells whether an address belongs to somebody."""
    answers = [ask(email).get("/sign-in/code/") for email in (MAREN, "nobody@elsewhere.example")]
    pages = [answer.content.decode().replace("nobody@elsewhere.example", MAREN) for answer in answers]
    varying = r'nonce="[^"]+"|csrfmiddlewaretoken" value="[^"]+"|"X-CSRFToken": "[^"]+"'
    assert re.sub(varying, "", pages[0]) == re.sub(varying, "", pages[1])
    assert [message.to for message in outbox.outbox] == [[MAREN], ["nobody@elsewhere.example"]]


@pytest.mark.parametrize(
    "email", ["", "maren", "a@b", "a@b.example\nBcc: c@d.example", "a b@c.example", "x" * 250 + "@a.example"]
)
def test_what_is_no_address_gets_none(email):
    answer = Client().post("/sign-in/code/", {"email": email})
    assert answer.status_code == 400
    assert "Enter an e-mail address" in answer.content.decode()
    assert outbox.outbox == []


def test_mails_are_few_to_one_address_from_one_client_and_altogether(settings):
    settings.LIMITS = settings.LIMITS | {"code": 2}
    statuses = [Client().post("/sign-in/code/", {"email": MAREN}).status_code for _ in range(3)]
    assert statuses == [302, 302, 429]
    answers = [Client().post("/sign-in/code/", {"email": f"a{at}@x.example"}).status_code for at in range(7)]
    assert answers == [302] * 6 + [429]  # eight from one client, with the two before
    limits._here.forget()
    everywhere = [
        Client(REMOTE_ADDR=f"10.0.0.{at}").post("/sign-in/code/", {"email": f"b{at}@x.example"}).status_code
        for at in range(81)
    ]
    assert everywhere == [302] * 80 + [429]


@pytest.fixture
def maren(db) -> Client:
    """Her browser, in which she has signed in with a code."""
    environment = Environment.objects.create(cloud_name="demo")
    invitations.make(environment, "admin", email=MAREN, now=timezone.now())
    client = ask()
    assert type_in(client, sent()).status_code == 302
    assert client.get("/session/you/").status_code == 200
    client.post("/session/end/")
    return client


def asks(client: Client, email: str = MAREN, times: int = 3) -> list[int]:
    return [client.post("/sign-in/code/", {"email": email}).status_code for _ in range(times)]


def test_strangers_do_not_use_up_the_codes_of_who_has_signed_in_with_the_address(maren, settings):
    settings.LIMITS = settings.LIMITS | {"code": 2}
    limits._here.forget()
    assert asks(Client()) == [302, 302, 429]
    assert asks(Client(), "others@x.example", times=20)[-1] == 429  # from the same network
    assert asks(maren) == [302, 302, 429]  # four mails an hour, no matter who asks
    assert asks(maren, "others@x.example") == [429] * 3


def test_only_a_cookie_that_we_signed_and_that_names_the_address_makes_a_browser_known(maren, settings):
    settings.LIMITS = settings.LIMITS | {"code": 1}
    limits._here.forget()
    cookie = maren.cookies[known_browsers.COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/sign-in", True, "Lax")
    assert MAREN not in cookie.value
    asks(Client())
    eve = Client()
    for forged in ("", "x", cookie.value[:-1], signing.dumps([known_browsers.hashed(MAREN)]), signing.dumps(1)):
        eve.cookies[known_browsers.COOKIE] = forged
        assert asks(eve, times=1) == [429], forged


def test_who_gets_no_code_any_more_is_led_to_the_other_ways(settings):
    settings.LIMITS = settings.LIMITS | {"code": 0}
    settings.PASSKEYS = True
    Passkey.objects.create(person=Person.objects.create(), credential_id="c", public_key="k")
    answer = Client().post("/sign-in/code/", {"email": MAREN, "next": "/links/"})
    page = answer.content.decode()
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "Too many codes were sent in the last hour." in page
    assert "Other ways still work." in page
    assert 'name="next" value="/links/"' in page
    assert outbox.outbox == []


def test_the_mail_is_a_text_a_page_and_no_invitation_to_answer():
    ask()
    message = outbox.outbox[0]
    assert message.subject == f"Your code for AssetLink: {sent()}"
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert message.from_email == "AssetLink <assetlink@example.com>"
    (page,) = message.alternatives
    assert page.mimetype == "text/html"
    assert sent() in page.content
    assert "&" not in message.body  # the text is not escaped
    assert "http" not in page.content.replace("http://localhost:8000", "")


def test_a_mail_server_that_hangs_is_named_in_time(settings, monkeypatch):
    monkeypatch.setattr(mail, "SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        answer = Client().post("/sign-in/code/", {"email": MAREN})
    assert answer.status_code == 503
    assert "The e-mail could not be sent" in answer.content.decode()


def test_a_mail_server_that_is_not_there_is_named(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = Client().post("/sign-in/code/", {"email": MAREN})
    assert answer.status_code == 503
    assert code_of(answer) == ""


def test_without_a_mail_server_there_is_no_such_way(settings):
    settings.EMAIL_HOST = ""
    assert Client().post("/sign-in/code/", {"email": MAREN}).status_code == 404
    assert "Send me a code" not in Client().get("/sign-in").content.decode()
