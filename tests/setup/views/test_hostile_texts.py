"""Texts that come from Cloudinary, Shopify and the Console stand on pages as text, and lead nowhere."""

import re
from urllib.parse import urlsplit
from zlib import crc32

import pytest
from django.urls import reverse

from sandbox.catalog.records import Catalog, MetadataField
from setup.cloudinary.surroundings import look
from setup.models import Environment, Member, Store
from setup.reasons import said
from setup.security import audit
from tests.linking.visits import ask_and_answer, enter
from tests.scenes import Variant, asset, connected, product, served
from tests.setup.security.launches import CONSOLE, post, signed
from tests.setup.security.test_access import arguments, guarded
from tests.tiers import FULL, landing

BAD = """<xss a='1' b="2">{{ 1|add:41 }}" onxss="1" ' onxss='1' </script><xss>&lt;"""
RAW = re.compile(r"""<xss|["'] onxss=|</script><""", re.IGNORECASE)


def hostile(name: str) -> str:
    return f"{name}{BAD}"


@pytest.fixture
def place(db, tmp_path):
    """Everything that anybody outside may name is named badly, and a run has been made of it."""
    sku = hostile("sku")
    shelf = [
        product(sku, pictures=1, title=hostile("title"), handle="plain"),
        product(sku, title=hostile("twin"), handle="plain-2", variants=(Variant(sku=sku),)),
        product("fits", title=hostile("alone"), handle="plain-3", pictures=1, variants=(Variant(sku="fits"),)),
    ]
    assets = [
        asset("front", sku, 1, tags=[hostile("tag")], context={"alt": hostile("alt"), hostile("key"): "v"}),
        asset("side", "fits", 2, context={"alt": hostile("alt")}),
        asset("stray", "nowhere" + BAD, 3),
    ]
    for at, one in enumerate(assets):
        object.__setattr__(one, "display_name", hostile(f"name{at}"))
        object.__setattr__(one, "folder", hostile("folder")) if hasattr(one, "folder") else None
    fields = [MetadataField("sku", hostile("label")), MetadataField("sequence", hostile("order"), "integer")]
    catalog = Catalog(
        products=shelf, assets=assets, metadata_fields=fields, metafields=(), store_names=[hostile("North")]
    )
    with served(catalog, tmp_path) as (world, url):
        here = connected(world, url)
        Store.objects.update(
            name=hostile("North"), label="", plan=hostile("plan"), problem=said(hostile("problem")), scopes=[BAD]
        )
        Environment.objects.update(name=hostile("environment"))
        here.environment.refresh_from_db()
        world.environments[0].transformations["t<xss>"] = "w_1"
        look(here.environment)
        here.member.name, here.member.email, here.member.roles = hostile("Ada"), hostile("mail"), [BAD, "master_admin"]
        here.member.save()
        selection = here.select()
        ask_and_answer(selection)
        here.selection = selection
        here.sync = here.run(selection, dry_run=True)
        here.run(selection)
        here.attempt = selection
        audit.record(here.member, hostile("action")[:100], hostile("thing"), {BAD: BAD}, {BAD: [BAD]})
        yield here


def test_no_page_or_fragment_lets_a_text_become_markup(client, place):
    enter(client, place.member, place.selection)
    seen, wrong = 0, {}
    for path, name in guarded("members", "workers", "admins"):
        if name in ("connect-attempt",):
            continue
        address = reverse(name, kwargs=arguments(place, path, name)) if "<" in path else path
        answer = client.get(address)
        if answer.status_code != 200 or "text/html" not in answer["Content-Type"]:
            continue
        page = b"".join(answer) if answer.streaming else answer.content
        text = page.decode()
        seen += "&lt;xss" in text
        if found := RAW.search(re.sub(r"</script><(?!xss)", "", text)):
            wrong[path] = text[max(0, found.start() - 80) : found.end() + 40]
    assert wrong == {}
    assert seen >= 6, "hardly any page showed a hostile text: the test would not see a mistake"


def test_no_answer_of_the_launch_lets_a_text_become_markup(client, place):
    known = Environment.objects.get()
    for changed in (
        {"cloud_name": BAD},
        {"iss": BAD},
        {"user": {"id": BAD, "name": BAD, "email": BAD}, "asset_ids": [BAD], "roles": [BAD]},
    ):
        values = {"cloud_name": known.cloud_name, "iss": known.launch_issuer} | changed
        for origin in (CONSOLE, None, BAD):
            answer = post(client, signed(known.launch_secret, **values), origin=origin)
            assert not RAW.search(answer.content.decode())
    assert Member.objects.filter(external_id=BAD[:255]).exists()


# Every route is sent one of them, in the full tier all.
ELSEWHERE = ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example")


@pytest.mark.parametrize("name", landing(["next", "url", "return_to", "redirect_uri", "shop", "host"], ["next"]))
def test_nothing_that_is_asked_for_leads_to_another_site(client, place, name):
    enter(client, place.member, place.selection)
    for path, known in guarded("members", "workers", "admins"):
        address = reverse(known, kwargs=arguments(place, path, known)) if "<" in path else path
        for value in ELSEWHERE if FULL else [ELSEWHERE[crc32(path.encode()) % len(ELSEWHERE)]]:
            answer = client.get(address, {name: value})
            for header in ("Location", "HX-Redirect", "HX-Replace-Url", "HX-Push-Url"):
                target = urlsplit(answer.headers.get(header, "/"))
                assert (target.scheme, target.netloc) == ("", ""), (path, header)
                assert "evil.example" not in target.path


@pytest.mark.parametrize(
    "path", ["//evil.example/setup", "//evil.example", "/\\evil.example/setup", "/%2f%2fevil.example"]
)
def test_an_address_that_looks_like_another_site_leads_nowhere(client, db, path):
    answer = client.get("/", PATH_INFO=path)
    assert answer.status_code in (301, 404)
    assert not answer.headers.get("Location", "/").startswith(("//", "/\\", "http"))


def test_another_host_name_is_not_answered(client, db, settings):
    settings.ALLOWED_HOSTS = ["localhost"]
    assert client.get("/setup/", headers={"host": "evil.example"}).status_code == 400
    assert client.get("/setup/", headers={"host": "localhost", "X-Forwarded-Host": "evil.example"}).status_code == 401
