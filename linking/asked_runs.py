"""Runs that are asked for in one go, by a program, a command or a rule: assets, settings and stores, all checked before anything
begins. What a person does on a page step by step ends at the same doors."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import ChoiceField

from linking import runs
from linking.domain.alts import AltSource
from linking.domain.fields import BadField, ShopifyField
from linking.domain.galleries import LinkMode
from linking.domain.named_products import NAMED, BadReference, Reference, Row, disagreeing, faults, roles_of
from linking.domain.ordering import GroupOrder
from linking.forms import SettingsForm
from linking.models import SelectedAsset, Selection, Sync
from linking.models.writing import save_fields
from linking.selection import making
from linking.selection.named_assets import NamedAsset, NotValid, asset_ids_of, each_once, ids_of, wrong_sources
from setup.models import Environment, Store
from setup.security.actors import Actor

# What the form's fields are called by who asks.
PLACES = {
    "cloudinary_field": "/match/cloudinary_field",
    "pattern": "/match/pattern",
    "separator": "/match/separator",
    "shopify_kind": "/match/shopify_field",
    "metafield": "/match/shopify_field",
    "link_mode": "/mode",
    "position": "/position",
    "order_field": "/order_by/0/field",
    "then_field": "/order_by/1/field",
    "alt_policy": "/alt_policy",
    "transformation": "/rendition",
}

ANOTHER_ALT = "This asset has another alt text before: its file has one, in whatever gallery it stands."
OF_CLOUDINARY = ("cloudinary_field", "order_field", "then_field")
CLOUDINARY_FIELDS = "Fields are metadata:EXTERNAL_ID, context:KEY, tags, public_id, display_name and folder."
SHOPIFY_FIELDS = (
    "Fields are sku, barcode, title, handle, tag, vendor, product_type, metafield:NAMESPACE.KEY and "
    "variant_metafield:NAMESPACE.KEY."
)
ANOTHER_ROLE = "This asset has another role before, for the same product."


@dataclass(frozen=True)
class Match:
    cloudinary_field: str
    shopify_field: str
    pattern: str = ""
    separator: str = ""
    fold: bool = False


@dataclass(frozen=True)
class NamedProduct:
    """A product by its id, its handle or a SKU, with its assets in order. `position`: the place in its gallery that they begin
    at, for the mode position; 0 is as for the whole run."""

    assets: Sequence[NamedAsset]
    id: str = ""
    handle: str = ""
    sku: str = ""
    position: int = 0


@dataclass(frozen=True)
class AskedRun:
    """`kind`: link or upload. `assets`, or `search`, an expression of Cloudinary's, or `products`, each with its own assets.
    `match`: None is as the environment's defaults. `order_by`: (field, descending), at most two."""

    kind: str
    assets: Sequence[NamedAsset] = ()
    search: str = ""
    match: Match | None = None
    mode: str = "append"
    position: int = 1
    order_by: Sequence[tuple[str, bool]] = ()
    alt_policy: str = "keep"
    rendition: str = ""
    variant_pictures: bool = False
    new_versions: str = "add"
    dry_run: bool = True
    products: Sequence[NamedProduct] = ()
    # What is confirmed beforehand, as there is nobody who sees the plan: pictures that leave galleries, and files of an upload
    # that get another content. A run whose plan has others stops at it.
    removals: int = 0
    replaced: int = 0
    # Of what a search or a list has, what no run takes: it stands in the report as excluded.
    exclude: Sequence[NamedAsset] = ()


def begin(actor: Actor, asked: AskedRun, stores: Sequence[Store], token: str) -> Sync:
    """The run; with a token that was used before, that one. Raises NotValid, CloudinaryError, runs.CannotStart, TooMany, and
    rights.NotAllowed for stores that the actor may not write to."""
    known = Sync.objects.filter(environment=actor.environment, token=token[:64]).first()
    if known is not None:
        return known
    if wrong := wrong_at_once(asked, stores):
        raise NotValid(wrong)
    rows = _rows_of(actor.environment, asked) if asked.products else None
    ids, alts = (rows.ids, rows.alts) if rows else _assets_of(actor.environment, asked)
    out = set(asset_ids_of(actor.environment, asked.exclude, "/exclude"))
    made: list[Sync] = []

    def decide(selection: Selection) -> None:
        settle(selection, asked)
        selection.version, selection.offer = 1, {}  # somebody decided on all of this
        selection.save()
        selection.stores.set(stores)

    def start(selection: Selection) -> None:
        described = list(selection.assets.filter(asset_id__in=alts))
        for row in described:
            row.alt, row.alt_source = alts[row.asset_id], AltSource.TYPED
        save_fields(described, ["alt", "alt_source"])
        if out:
            SelectedAsset.objects.filter(selection__in=selection.whole(), asset_id__in=out).update(excluded=True)
        dry_run = asked.dry_run
        if asked.kind == "upload":
            new, confirmed = asked.new_versions, asked.replaced
            made.append(runs.upload(actor, selection, token, dry_run=dry_run, new_versions=new, confirmed=confirmed))
        else:
            named, confirmed = rows.rows if rows else None, asked.removals
            made.append(runs.link(actor, selection, token, dry_run=dry_run, named=named, confirmed=confirmed))

    making.make(actor, ids, fresh=True, decided=decide, also=start)
    return made[0]


# What only one kind of run has: its place, and the kind. Elsewhere it would be ignored in silence.
OF_KIND = {
    "match": "link",
    "mode": "link",
    "position": "link",
    "order_by": "link",
    "variant_pictures": "link",
    "removals": "link",
    "new_versions": "upload",
    "replaced": "upload",
}


def wrong_at_once(asked: AskedRun, stores: Sequence[Store]) -> list[tuple[str, str]]:
    """What is wrong before anybody is asked for anything: all of it, so that it is mended in one go."""
    wrong = [("/stores", "Name at least one store.")] if not stores else []
    wrong += [one for at, store in enumerate(stores) for one in unusable(store, f"/stores/{at}")]
    if asked.products:
        wrong += _wrong_beside_products(asked)
    else:
        wrong += wrong_sources(asked.assets, asked.search, "Name assets, a search, or products.")
    unset = AskedRun(asked.kind)
    wrong += [
        (f"/{name}", f"Only a run of kind {kind} has this: leave it out.")
        for name, kind in OF_KIND.items()
        if kind != asked.kind and (getattr(asked, name) or None) != (getattr(unset, name) or None)
    ]
    return wrong


def unusable(store: Store, place: str) -> list[tuple[str, str]]:
    """Why nobody can use a store at present, if so."""
    if store.status == Store.Status.CONNECTED:
        return []
    return [(place, f"{store.domain}: {store.obstacle} An admin can change that on Setup.")]


def not_applied(sync: Sync, going: int) -> str:
    """Why a program's run stopped at its plan, and what to do; empty if it did not. `going`: what is to be confirmed."""
    if sync.confirmed is None or not sync.dry_run:
        return ""
    of_files = sync.kind == "upload"
    what, field = (
        ("files would get other content", "replaced") if of_files else ("pictures would leave galleries", "removals")
    )
    if going == 1:
        what = (
            what.replace("files", "file").replace("pictures", "picture").replace("leave galleries", "leave its gallery")
        )
    if going in (0, sync.confirmed):
        return "Nothing was written, as not every store was planned. Apply the plan, or begin the run again."
    return f"Nothing was written: {going:,} {what}. Apply the plan, or begin the run again, with {field} {going}."


def settle(selection: Selection, asked: AskedRun) -> None:
    """What is asked into the selection, which the caller saves. Raises NotValid, which names all that is wrong."""
    wrong = list[tuple[str, str]]()
    form = SettingsForm(selection, _sent(selection, asked))
    if asked.match:
        try:
            ShopifyField.parse(asked.match.shopify_field)
        except BadField as error:
            wrong = [("/match/shopify_field", f"{error} {SHOPIFY_FIELDS}")]
            for name in ("shopify_kind", "metafield"):
                form.errors.pop(name, None)
    wrong += [
        (PLACES.get(name, ""), _said(form, name, error))
        for name, errors in form.errors.as_data().items()
        for error in errors
    ]
    if wrong:
        raise NotValid(wrong)
    form.save(selection)
    if asked.products:
        selection.shopify_field, selection.group_order = NAMED, GroupOrder.LIST.value


def _said(form: SettingsForm, name: str, error: ValidationError) -> str:
    """In words of who writes a request: values instead of choices."""
    text, value = " ".join(error.messages), str(form.data.get(name) or "")
    if error.code == "invalid_choice" and isinstance(field := form.fields[name], ChoiceField):
        choices: Any = field.choices
        known = ", ".join(str(code) for code, _label in choices if code)
        return f"“{value}” is none of these: {known}." if known else f"“{value}” is not allowed: there is none."
    if name in OF_CLOUDINARY:
        meant = f" Did you mean metadata:{value}?" if re.fullmatch(r"\w+", value) else ""
        return f"{text}{meant} {CLOUDINARY_FIELDS}"
    return text


def _sent(selection: Selection, asked: AskedRun) -> dict[str, Any]:
    """As the page would send it: what nobody asked for is as the environment's defaults are."""
    match = asked.match or Match(selection.cloudinary_field, selection.shopify_field, fold=selection.fold)
    kind, _, metafield = match.shopify_field.partition(":")
    (first, down), (then, then_down) = ([*asked.order_by, ("", False), ("", False)])[:2]
    return {
        "cloudinary_field": match.cloudinary_field,
        "pattern": match.pattern,
        "separator": match.separator,
        "fold": match.fold,
        "shopify_kind": kind,
        "metafield": metafield,
        "link_mode": asked.mode,
        "position": asked.position,
        "order_field": first,
        "order_descending": down,
        "then_field": then,
        "then_descending": then_down,
        "group_order": selection.group_order,
        "alt_policy": asked.alt_policy,
        "transformation": asked.rendition,
        "variant_pictures": asked.variant_pictures,
        "variant_reach": selection.variant_reach,
    }


def _assets_of(environment: Environment, asked: AskedRun) -> tuple[list[str], dict[str, str]]:
    """Asset IDs in order, each once, and the alt texts of those that have one. Raises NotValid, CloudinaryError."""
    if asked.search.strip() or not asked.assets:
        return ids_of(environment, asked.assets, asked.search), {}
    found = asset_ids_of(environment, asked.assets, "/assets")
    said = [(id, one.alt) for id, one in zip(found, asked.assets, strict=True)]
    if wrong := [(f"/assets/{at}/alt", ANOTHER_ALT) for at in disagreeing(said)]:
        raise NotValid(wrong)
    return each_once(found, "/assets"), {id: alt for id, alt in said if alt is not None}


@dataclass(frozen=True)
class NamedRows:
    """`ids`: of all assets in order, each once; `alts`: of those that have one."""

    ids: Sequence[str]
    alts: Mapping[str, str]
    rows: Sequence[Row]


def _rows_of(environment: Environment, asked: AskedRun) -> NamedRows:
    """Products with their assets. Raises NotValid, CloudinaryError."""
    products, wrong = list[Reference](), list[tuple[str, str]]()
    for at, one in enumerate(asked.products):
        try:
            products.append(Reference.of(one.id, one.handle, one.sku))
        except BadReference as error:
            wrong.append((f"/products/{at}/product", str(error)))
    if wrong:
        raise NotValid(wrong)
    places = [(at, place) for at, one in enumerate(asked.products) for place in range(len(one.assets))]
    assets = [asked.products[at].assets[place] for at, place in places]
    pointers = [f"/products/{at}/assets/{place}" for at, place in places]
    found = asset_ids_of(environment, assets, pointers)
    ids: dict[int, list[str]] = {}
    for (at, _place), id in zip(places, found, strict=True):
        ids.setdefault(at, []).append(id)
    rows, doubtful = list[Row](), list[tuple[str, str]]()
    for at, (product, one) in enumerate(zip(products, asked.products, strict=True)):
        roles, others = roles_of(zip(ids.get(at, ()), (asset.role for asset in one.assets), strict=True))
        rows.append(Row(product, ids.get(at, ()), one.position, roles))
        doubtful += [(f"/products/{at}/assets/{place}/role", ANOTHER_ROLE) for place in others]
    wrong = doubtful + faults(rows, by_position=asked.mode == LinkMode.POSITION, most=settings.SELECTION_MAX_ASSETS)
    said = [(id, one.alt) for id, one in zip(found, assets, strict=True)]
    if wrong := [*wrong, *((pointers[at] + "/alt", ANOTHER_ALT) for at in disagreeing(said))]:
        raise NotValid(wrong)
    return NamedRows(each_once(found, "/products"), {id: alt for id, alt in said if alt is not None}, rows)


def _wrong_beside_products(asked: AskedRun) -> list[tuple[str, str]]:
    given = {
        "/assets": bool(asked.assets),
        "/search": bool(asked.search.strip()),
        "/match": asked.match is not None,
        "/exclude": bool(asked.exclude),
    }
    wrong = [
        (place, "Products are named with their assets: leave this out.")
        for place, is_given in given.items()
        if is_given
    ]
    if asked.order_by:
        wrong.append(("/order_by", "Products are named with their assets in order: leave this out."))
    if asked.kind != "link":
        wrong.append(("/kind", "Only a run that links has products."))
    return wrong
