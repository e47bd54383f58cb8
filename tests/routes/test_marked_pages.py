"""Every page drawn in a language of which only the letters are foreign: a text that still reads as English is not marked.

With `--runxfail -vv` the test lists what it finds, by page.
"""

import html
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping

import pytest
from django.apps import apps
from django.http import HttpResponse
from django.test import Client

from linking.domain.channels import FORMATS as CHANNEL_FORMATS
from linking.domain.channels import IN_NAMES, Profile
from linking.domain.galleries import LinkMode
from linking.domain.name_patterns import PLACEHOLDERS
from linking.domain.searching import FORMATS
from linking.models import Selection, Sync
from linking.rules.forms import RuleForm
from setup.captions.offer import ADD_ON
from setup.preparing.forms import ADD_ONS
from setup.preparing.parts import PARTS
from setup.preparing.things import ASSET_TYPES, STATUSES
from tests import pressing
from tests.linking.classified import NAMES, SAID
from tests.pseudo import Shown, is_english, pseudo
from tests.routes.stage import Stage, staged
from tests.scenes import FIELDS
from tests.setup.security.every_url import channel_of
from tests.setup.security.test_access import table

PLACE = re.compile(r"<\w+:(\w+)>")
OTHERS = "жу"  # what a person writes
# These answer what no person reads.
FOR_PROGRAMS = ("/api/", "/metrics", "/health", "/ready", "/live", "/static")
SEARCHED = (
    "/assets/found/?q=nothing",
    "/assets/found/?linked=not",
    "/assets/found/?in.metadata:x=1",
    "/syncs/?q=nothing",
    "/links/?q=nothing",
    "/links/?gone=1",
    "/links/drift/?kind=missing",
    "/setup/audit/?q=nothing",
    "/assets/names/try/?pattern=%7Bsku%7D&field-sku=sku",
    "/setup/prepare/?look=1",
    "/setup/prepare/field-alt_texts/?look=1&chosen=1",
    "/setup/prepare/rules/?look=1",
    "/setup/prepare/transformation-product_list/?look=1",
    "/setup/prepare/transformation-product_video/?look=1",
    "/setup/prepare/preset-product_assets/?look=1",
)
OF_GROUPS = ("groups/?q=nothing", "groups/?state=error", "alts/?view=all")


def filled(route: str, places: Mapping[str, object]) -> str:
    return PLACE.sub(lambda one: str(places[one[1]]), route)


def addresses(stage: Stage) -> Iterator[tuple[str, str, str]]:
    """(page, role, address) of everything that is drawn for a person."""
    syncs = {f"{sync.kind}{' as a dry run' if sync.dry_run else ''}": sync.key for sync in Sync.objects.order_by("pk")}
    for route, _, access in table():
        if route.startswith(FOR_PROGRAMS):
            continue
        places = stage.places(route)
        for role in ("admin", "member") if access else ("nobody", "admin"):
            if "/syncs/<" in route and "<int:pk>" not in route:
                for kind, key in syncs.items():
                    yield f"{route} of {kind}", role, filled(route, places | {"key": key})
            else:
                yield route, role, filled(route, places)
    yield from ((address, "admin", address) for address in SEARCHED)
    yield from ((one, "admin", f"/selections/{stage.selection.key}/{one}") for one in OF_GROUPS)
    yield "/no/such/page", "nobody", "/no/such/page"


def data_of(stage: Stage) -> set[str]:
    """What people, shops and assets call things, as far as it is in rows; the fields of the world, and those that Setup creates
    in Cloudinary; and what Cloudinary calls its add-on."""
    found = {str(field.label) for field in (*FIELDS, *PARTS)} | {
        *ASSET_TYPES.values(),
        *STATUSES.values(),
        *ADD_ONS.values(),
        stage.scene.environment.cloud_name,
        "Sandbox",
        stage.scene.member.name,
        ADD_ON,
        *(f"{{{name}}}" for name in PLACEHOLDERS),
        str(RuleForm.base_fields["search"].widget.attrs["placeholder"]),
    }
    channel = channel_of(stage.scene.environment)
    profile = Profile.of(channel.settings)
    found |= {
        *(one.name for one in profile.renditions),
        *CHANNEL_FORMATS.values(),
        *(f"{{{name}}}" for name in IN_NAMES),
    }
    found |= {text for one in profile.columns for text in (one.source, f"{one.source} = {one.title}")}
    for label, columns in [*NAMES.items(), *SAID.items()]:
        for values in apps.get_model(label).objects.values_list(*sorted(columns - {"body"})):
            found |= {html.unescape(str(value)) for value in values if value}
    for asset in stage.scene.world.environments[0].assets.values():
        found |= {asset.public_id, asset.display_name}
    for shop in stage.scene.world.shops.values():
        found |= {text for product in shop.products.values() for text in (product.title, product.handle)}
    found |= {name.upper() for name in FORMATS}
    return {one for one in found if one}


# What is answered to these is drawn, too: toasts, forms with errors, messages. `…` stands for the address of the selection.
SENT: list[tuple[str, dict[str, str]]] = [
    *[("…arrange/", {"do": do, "g": "{g}", "a": "0"}) for do in ("exclude", "include", "down", "restore", "undo")],
    *[("…arrange/", {"do": do, "g": "{g}"}) for do in ("exclude-group", "include-group")],
    ("…alts/", {"do": "alt", "at": "0", "value": OTHERS}),
    ("…alts/", {"do": "empty", "at": "0"}),
    ("…alts/", {"do": "revert", "at": "0"}),
    ("…alts/", {"do": "fill", "field": "display_name"}),
    ("…ticks/", {"do": "tick-all"}),
    ("…settings/", {"cloudinary_field": "?", "pattern": "a\nb"}),
    ("…settings/", {"cloudinary_field": "metadata:sku", "shopify_kind": "metafield", "metafield": "?"}),
    ("…syncs/", {}),
    ("…upload/syncs/", {}),
    *[
        (f"/setup/{slug}/", {})
        for slug in ("matching", "swatches", "renditions", "file-names", "alt-texts", "rights", "showing")
    ],
    *[(f"/setup/connect/{way}/", {"domain": "?"}) for way in ("token", "credentials", "install")],
    *[(f"/setup/stores/{{store}}/{what}/", {"name": OTHERS}) for what in ("name", "check", "pause", "resume")],
    ("/assets/selection/", {}),
    ("/assets/ticks/", {"add": "x", "about": "image"}),
    ("/assets/ticks/all/", {}),
    ("/assets/ticks/", {"clear": "1"}),
    ("/assets/searches/?q=x", {"do": "save", "name": ""}),
    ("/links/unlink/", {}),
    ("/links/clean/", {}),
    ("/links/check/", {}),
    *[(f"/syncs/{{sync}}/{what}/", {}) for what in ("abort", "apply", "retry", "undo")],
    ("/setup/prepare/field-sku/make/", {"several": "on"}),
    ("/setup/prepare/rules/make/", {"rules": "AssetLink: sequence of gallery assets"}),
    ("/setup/prepare/missing/", {}),
]


def unmarked(stage: Stage) -> dict[str, list[str]]:
    """Page -> its texts that are English, each once for all pages."""
    found: dict[str, list[str]] = {}
    _draw(stage, found, addresses(stage))
    _send(stage, found)
    stage.scene.undo(stage.sync)  # until now there are links
    _draw(stage, found, ((page, *other) for page, *other in addresses(stage) if page.endswith("of undo")))
    return found


def _draw(stage: Stage, found: dict[str, list[str]], visits: Iterable[tuple[str, str, str]]) -> None:
    data, client = data_of(stage), Client(headers={"Accept-Language": "de"})
    for page, role, address in visits:
        _enter(stage, client, role)
        _note(found, page, client.get(address), data)


def _send(stage: Stage, found: dict[str, list[str]]) -> None:
    data, client = data_of(stage) | {OTHERS}, Client(headers={"Accept-Language": "de"})
    first = {name: values[0] for name, values in stage.fields().items() if values}
    places = {"g": first["g"], "store": stage.scene.stores[0].pk, "sync": stage.sync.key}
    for address, form in SENT:
        _enter(stage, client, "admin")
        known = {"version": str(Selection.objects.get(pk=stage.selection.pk).version)}
        known |= {name: value.format(**places) for name, value in form.items()}
        to = address.replace("…", f"/selections/{stage.selection.key}/").format(**places)
        _note(found, f"POST {address}", client.post(to, known, follow=True), data)


def _enter(stage: Stage, client: Client, role: str) -> None:
    name, _, value = stage.enter(role).partition("=")
    client.cookies.clear()
    if name:
        client.cookies[name] = value


def _note(found: dict[str, list[str]], page: str, answer: HttpResponse, data: Collection[str]) -> None:
    """Texts of the answer, and what it has the page announce."""
    if answer.streaming or not answer.headers.get("Content-Type", "").startswith("text/html"):
        return
    announced = json.loads(answer.headers.get("HX-Trigger", "{}")).get("announce", "")
    known = {text for texts in found.values() for text in texts}
    texts = dict.fromkeys([announced, *Shown(answer.content.decode()).texts])
    if english := [text for text in texts if text not in known and is_english(text, data)]:
        found[page] = [*found.get(page, []), *english]


def prepare(stage: Stage) -> None:
    """Beside the run and the upload, a dry run that takes something away."""
    scene, selection = stage.scene, stage.selection
    selection.link_mode = LinkMode.RESET
    selection.save()
    scene.finish(pressing.link(selection, "dry", dry_run=True))


@pytest.mark.django_db
def test_no_text_of_a_page_is_english_in_another_language(tmp_path):
    with staged(tmp_path) as stage, pseudo():
        prepare(stage)
        found = unmarked(stage)
    listed = [f"{page}: {text}" for page, texts in found.items() for text in texts]
    assert listed == []


def test_pages_are_read_as_people_read_them():
    page = """<p title="Tip">Some <b>text</b></p><script>code</script><code>docs</code><input type=submit value="Go">
    <input type=text value="mine" placeholder="Find">"""
    assert Shown(page).texts == ["Tip", "Some", "text", "Go", "Find"]


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Nothing yet", True),
        ("⟦Ｎｏｔｈｉｎｇ⟧", False),
        ("⟦Ｎｏｔｈｉｎｇ ｏｆ Product a⟧", False),
        ("⟦Ｎｏｔｈｉｎｇ ｏｆ Products⟧", True),
        ("12 MB · SKU a-1", False),
    ],
)
def test_english_is_what_is_neither_translated_nor_data(text, english):
    assert is_english(text, {"Product a", "a-1"}) is english
