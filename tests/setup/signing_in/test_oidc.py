"""OpenID Connect with the sandbox's provider: what is proved, and everything that must not pass."""

import html

import pytest

from setup.people.proofs import Proof
from setup.security.session_store import SessionStore
from setup.signing_in import discovery, providers
from tests.scenes import HTTP
from tests.signing_in import Visitor, code_of, company

pytestmark = pytest.mark.django_db
# Fault of the provider -> the code of the refusal.
ODD = {
    "wrong_issuer": "wrong_issuer",
    "wrong_audience": "wrong_audience",
    "other_party": "wrong_audience",
    "expired": "expired",
    "issued_later": "expired",
    "replayed_nonce": "wrong_nonce",
    "no_nonce": "wrong_nonce",
    "unknown_kid": "unknown_key",
    "bad_signature": "bad_signature",
    "hs256": "unsigned",
    "none": "unsigned",
    "no_id_token": "no_id_token",
    "mix_up": "mix_up",
}


def test_who_signs_in_is_proved_with_what_the_provider_says_of_them(world, proofs):
    page = Visitor().signs_in("fjord", "7b1f-tove", next="/links/?x=1")
    assert page.content.decode() == "/links/?x=1"
    assert proofs == [
        Proof(
            way="Fjord & Fern",
            issuer=f"{world.base_url}/identity",
            subject="7b1f-tove",
            email="tove@fjordandfern.example",
            email_verified=True,
            name="Tove Dahl",
            groups=("assetlink-admins",),
        )
    ]


def test_the_browser_is_sent_with_state_nonce_and_pkce_and_the_providers_own_callback(world, settings):
    visitor = Visitor()
    first, second = visitor.goes("fjord"), visitor.goes("fjord")
    assert first["code_challenge_method"] == "S256"
    assert first["redirect_uri"] == f"{settings.APP_URL}/sign-in/with/fjord/callback"
    assert first["scope"] == "openid email profile"
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 43
        assert first[name] != second[name]
    assert "prompt" not in first
    assert visitor.goes("fjord", choose="1")["prompt"] == "select_account"


@pytest.mark.parametrize(("odd", "code"), ODD.items())
def test_an_id_token_that_is_wrong_signs_nobody_in(world, proofs, odd, code):
    visitor = Visitor()
    visitor.answered(visitor.goes("fjord"), sub="7b1f-maren")
    world.faults.add(service="identity", kind="odd_identity", code=odd)
    page = visitor.signs_in("fjord", "7b1f-maren")
    assert page.status_code == 403
    assert code_of(page) == code
    assert proofs == []


def test_only_the_json_true_makes_an_address_verified(world, proofs):
    world.faults.add(service="identity", kind="odd_identity", code="string_verified")
    Visitor().signs_in("fjord", "7b1f-maren")
    Visitor().signs_in("fjord", "7b1f-eve")
    assert [(proof.email, proof.email_verified) for proof in proofs] == [("maren@fjordandfern.example", False)] * 2


def test_a_provider_whose_word_on_addresses_is_not_trusted_proves_none(world, proofs, settings):
    settings.OIDC_PROVIDERS = company(world.base_url, trust_email=False)
    Visitor().signs_in("fjord", "7b1f-maren")
    assert [(proof.email, proof.email_verified) for proof in proofs] == [("maren@fjordandfern.example", False)]


def test_an_answer_counts_once(world, proofs):
    visitor = Visitor()
    path, answer = visitor.answered(visitor.goes("fjord"), sub="7b1f-maren")
    visitor.comes(path, answer)
    assert code_of(visitor.comes(path, answer)) == "unknown_state"
    assert len(proofs) == 1


def test_an_answer_counts_in_the_browser_that_asked_for_it(world, proofs):
    attacker = Visitor()
    path, answer = attacker.answered(attacker.goes("fjord"), sub="7b1f-eve")
    victim = Visitor()
    victim.goes("fjord")
    assert code_of(victim.comes(path, answer)) == "unknown_state"
    assert proofs == []


def test_a_code_of_another_browser_is_worth_nothing_with_a_state_of_ones_own(world, proofs):
    """An attacker's code in the victim's answer: PKCE binds a code to the browser that asked for it."""
    attacker, victim = Visitor(), Visitor()
    _, stolen = attacker.answered(attacker.goes("fjord"), sub="7b1f-eve")
    path, answer = victim.answered(victim.goes("fjord"), sub="7b1f-maren")
    assert victim.comes(path, answer | {"code": stolen["code"]}).status_code == 403
    assert proofs == []


def test_several_tabs_sign_in_side_by_side(world, proofs):
    visitor = Visitor()
    first, second = visitor.goes("fjord", next="/links/"), visitor.goes("fjord", next="/status/")
    pages = [visitor.comes(*visitor.answered(asked, sub="7b1f-maren")) for asked in (second, first)]
    assert [page.content.decode() for page in pages] == ["/status/", "/links/"]


def test_a_sign_in_that_took_too_long_is_begun_again(world, proofs, settings):
    visitor = Visitor()
    path, answer = visitor.answered(visitor.goes("fjord"), sub="7b1f-maren")
    session = SessionStore(visitor.client.cookies[settings.PERSON_COOKIE_NAME].value)
    for attempt in session["sign-ins"].values():
        attempt["at"] -= 16 * 60
    session.save()
    assert code_of(visitor.comes(path, answer)) == "unknown_state"


def test_who_goes_back_at_the_provider_reads_so(world, proofs):
    visitor = Visitor()
    page = visitor.comes(*visitor.answered(visitor.goes("fjord"), deny="1"))
    assert "You did not finish signing in with Fjord &amp; Fern." in page.content.decode()
    assert proofs == []


def test_an_answer_that_does_not_say_whose_it_is_is_refused_where_the_provider_says_so_always(world, proofs):
    visitor = Visitor()
    path, answer = visitor.answered(visitor.goes("fjord"), sub="7b1f-maren")
    answer.pop("iss")
    assert code_of(visitor.comes(path, answer)) == "mix_up"


def test_the_userinfo_of_somebody_else_is_refused(world, proofs, settings):
    settings.OIDC_PROVIDERS = company(world.base_url, groups_claim="a.claim.that.no.token.has")
    world.faults.add(service="identity", kind="odd_identity", code="other_subject")
    assert code_of(Visitor().signs_in("fjord", "7b1f-maren")) == "other_person"
    assert proofs == []


@pytest.mark.parametrize(
    ("operation", "kind", "more", "text"),
    [
        ("discovery", "http_503", {}, "does not answer"),
        ("discovery", "reset", {}, "does not answer"),
        ("discovery", "http_404", {}, "sent something that AssetLink cannot read"),
    ],
)
def test_a_provider_that_is_away_is_named(world, operation, kind, more, text):
    world.faults.add(service="identity", operation=operation, kind=kind, **more)
    page = Visitor().client.post("/sign-in/with/fjord/")
    assert page.status_code == 503
    assert f"Fjord & Fern {text}" in html.unescape(page.content.decode())
    assert Visitor().client.post("/sign-in/with/fjord/").status_code == 200  # nothing of it was kept


@pytest.mark.parametrize("operation", ["token", "jwks"])
@pytest.mark.parametrize("kind", ["http_500", "http_429", "reset", "lost_answer"])
def test_a_provider_that_fails_on_the_way_back_is_named(world, proofs, operation, kind):
    world.faults.add(service="identity", operation=operation, kind=kind, times=None)
    page = Visitor().signs_in("fjord", "7b1f-maren")
    assert page.status_code == 503
    assert proofs == []


def test_a_wrong_client_secret_is_the_installations_fault(world, proofs, settings):
    settings.OIDC_PROVIDERS = company(world.base_url, client_secret="another one")
    assert code_of(Visitor().signs_in("fjord", "7b1f-maren")) == "misconfigured"


def test_a_provider_that_changed_its_keys_is_asked_for_them_once(world, proofs):
    Visitor().signs_in("fjord", "7b1f-maren")
    asked = []
    known = discovery.keys

    def counted(provider, *, afresh=False):
        asked.append(afresh)
        return known(provider, afresh=afresh)

    discovery.keys = counted
    try:
        world.faults.add(service="identity", kind="odd_identity", code="unknown_kid")
        visitor = Visitor()
        assert code_of(visitor.signs_in("fjord", "7b1f-maren")) == "unknown_key"
    finally:
        discovery.keys = known
    assert asked == [False, True]


def test_a_new_key_may_be_called_as_the_one_before_it(world, proofs):
    Visitor().signs_in("fjord", "7b1f-maren")
    (key,) = discovery.keys(providers.find("fjord"))
    key["n"] = key["n"][::-1]  # what was known before: the same name, and another key
    Visitor().signs_in("fjord", "7b1f-maren")
    assert len(proofs) == 2


def test_only_paths_of_ours_are_gone_to(world, proofs):
    for wanted in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "links/"):
        assert Visitor().signs_in("fjord", "7b1f-maren", next=wanted).content == b"", wanted


def test_login_with_cloudinary_proves_the_user_and_no_address(world, proofs, settings):
    known = company("")["fjord"]
    settings.OIDC_PROVIDERS = {}
    settings.CLOUDINARY_OAUTH = {
        "client_id": known["client_id"],
        "client_secret": known["client_secret"],
        "url": f"{world.base_url}/cloudinary-oauth",
    }
    page = Visitor().client.get("/sign-in").content.decode()
    assert "Login with Cloudinary" in page
    Visitor().signs_in("cloudinary", "u-maren")
    assert [(proof.subject, proof.email, proof.email_verified, proof.groups) for proof in proofs] == [
        ("u-maren", "maren@fjordandfern.example", False, ())
    ]


def test_the_sandbox_lets_a_code_go_once_and_with_its_verifier_only(world):
    visitor = Visitor()
    asked = visitor.goes("fjord")
    _, answer = visitor.answered(asked, sub="7b1f-maren")
    form = {"grant_type": "authorization_code", "code": answer["code"], "redirect_uri": asked["redirect_uri"]}
    known = company("")["fjord"]
    form |= {"client_id": known["client_id"], "client_secret": known["client_secret"], "code_verifier": "g" * 43}
    for _ in range(2):
        got = HTTP.request_encode_body("POST", f"{world.base_url}/identity/token", form, encode_multipart=False)
        assert got.status == 400
        assert got.json()["error"] == "invalid_grant"
