"""Runs that are asked for in one go, by a program, a command or a rule: assets, settings and stores, all checked before anything
begins. What a person does on a page step by step ends at the same doors."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from linking import runs
from linking.cloudinary import searching
from linking.domain.alts import AltSource
from linking.domain.fields import BadField, ShopifyField
from linking.domain.galleries import LinkMode
from linking.domain.named_products import NAMED, BadReference, Reference, Row, disagreeing, faults, roles_of
from linking.domain.ordering import GroupOrder
from linking.forms import SettingsForm
from linking.models import Selection, Sync
from linking.models.writing import save_fields
from linking.selection import addresses, making
from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble
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
ANOTHER_ROLE = "This asset has another role before, for the same product."


class NotValid(Exception):
    """`errors`: (where, as a JSON pointer; what is wrong there). Nothing was begun."""

    def __init__(self, errors: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{place}: {text}" for place, text in errors))
        self.errors = errors


class NothingFound(NotValid):
    """A search that finds no asset: what runs every night can expect that."""


@dataclass(frozen=True)
class NamedAsset:
    """By its asset ID, or by its public ID, resource type and type. `role`: gallery or swatch, of a product that is named; empty
    is as the environment's rule says."""

    asset_id: str = ""
    public_id: str = ""
    resource_type: str = "image"
    type: str = "upload"
    alt: str | None = None
    role: str = ""


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


def begin(actor: Actor, asked: AskedRun, stores: Sequence[Store], token: str) -> Sync:
    """The run; with a token that was used before, that one. Raises NotValid, CloudinaryError, runs.CannotStart, TooMany, and
    rights.NotAllowed for stores that the actor may not write to."""
    known = Sync.objects.filter(environment=actor.environment, token=token[:64]).first()
    if known is not None:
        return known
    check_stores(stores)
    rows = _rows_of(actor.environment, asked) if asked.products else None
    ids, alts = (rows.ids, rows.alts) if rows else _assets_of(actor.environment, asked)
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
        if asked.kind == "upload":
            new = asked.new_versions
            made.append(runs.upload(actor, selection, token, dry_run=asked.dry_run, new_versions=new))
        else:
            made.append(runs.link(actor, selection, token, dry_run=asked.dry_run, named=rows.rows if rows else None))

    making.make(actor, ids, fresh=True, decided=decide, also=start)
    return made[0]


def check_stores(stores: Sequence[Store]) -> None:
    """Raises NotValid."""
    if not stores:
        raise NotValid([("/stores", "Name at least one store.")])
    wrong = [
        (f"/stores/{at}", f"{store.domain} is {store.get_status_display().lower()}: an admin can change that on Setup.")
        for at, store in enumerate(stores)
        if store.status != Store.Status.CONNECTED
    ]
    if wrong:
        raise NotValid(wrong)


def settle(selection: Selection, asked: AskedRun) -> None:
    """What is asked into the selection, which the caller saves. Raises NotValid, which names all that is wrong."""
    if asked.match:
        try:
            ShopifyField.parse(asked.match.shopify_field)
        except BadField as error:
            raise NotValid([("/match/shopify_field", str(error))]) from None
    form = SettingsForm(selection, _sent(selection, asked))
    if not form.is_valid():
        raise NotValid([(PLACES.get(name, "/"), str(text)) for name, texts in form.errors.items() for text in texts])
    form.save(selection)
    if asked.products:
        selection.shopify_field, selection.group_order = NAMED, GroupOrder.LIST.value


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


def ids_of(environment: Environment, assets: Sequence[NamedAsset], search: str) -> list[str]:
    """Asset IDs in order, each once. Cloudinary is asked only for public IDs and searches. Raises NotValid, CloudinaryError."""
    if bool(assets) == bool(search.strip()):
        raise NotValid([("/assets", "Name assets, or a search, and not both.")])
    ids = _found(environment, search.strip()) if search.strip() else _named(environment, assets)
    return _usable(ids, "/assets")


def _usable(ids: Sequence[str], place: str) -> list[str]:
    """Each once. Raises NotValid."""
    try:
        return addresses.usable(ids)
    except addresses.CannotHandOver as refusal:
        raise NotValid([(place, str(refusal))]) from None


def _assets_of(environment: Environment, asked: AskedRun) -> tuple[list[str], dict[str, str]]:
    """Asset IDs in order, each once, and the alt texts of those that have one. Raises NotValid, CloudinaryError."""
    if asked.search.strip() or not asked.assets:
        return ids_of(environment, asked.assets, asked.search), {}
    found = _named(environment, asked.assets)
    said = [(id, one.alt) for id, one in zip(found, asked.assets, strict=True)]
    if wrong := [(f"/assets/{at}/alt", ANOTHER_ALT) for at in disagreeing(said)]:
        raise NotValid(wrong)
    return _usable(found, "/assets"), {id: alt for id, alt in said if alt is not None}


@dataclass(frozen=True)
class NamedRows:
    """`ids`: of all assets in order, each once; `alts`: of those that have one."""

    ids: Sequence[str]
    alts: Mapping[str, str]
    rows: Sequence[Row]


def _rows_of(environment: Environment, asked: AskedRun) -> NamedRows:
    """Products with their assets. Raises NotValid, CloudinaryError."""
    if wrong := _wrong_beside_products(asked):
        raise NotValid(wrong)
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
    found = _named(environment, assets, pointers)
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
    return NamedRows(_usable(found, "/products"), {id: alt for id, alt in said if alt is not None}, rows)


def _wrong_beside_products(asked: AskedRun) -> list[tuple[str, str]]:
    given = {"/assets": bool(asked.assets), "/search": bool(asked.search.strip()), "/match": asked.match is not None}
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


def _named(environment: Environment, assets: Sequence[NamedAsset], pointers: Sequence[str] = ()) -> list[str]:
    """An asset ID for each. `pointers`: where each stands in the request. Raises NotValid, CloudinaryError."""
    pointers = pointers or [f"/assets/{at}" for at in range(len(assets))]
    wrong = [
        (place, "Name the asset by asset_id, or by public_id.")
        for place, one in zip(pointers, assets, strict=True)
        if bool(one.asset_id) == bool(one.public_id)
    ]
    if wrong:
        raise NotValid(wrong)
    kinds: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in assets:
        if one.public_id:
            kinds[one.resource_type, one.type].append(one.public_id)
    known: dict[tuple[str, str, str], str] = {}
    client = CloudinaryClient(environment)
    for (resource_type, type), names in kinds.items():
        for public_id, asset_id in searching.ids_of(client, resource_type, type, list(dict.fromkeys(names))).items():
            known[resource_type, type, public_id] = asset_id
    found, lost = [], []
    for place, one in zip(pointers, assets, strict=True):
        id = one.asset_id.strip() or known.get((one.resource_type, one.type, one.public_id), "")
        found.append(id)
        if not id:
            what = f"Cloudinary has no {one.resource_type} “{one.public_id}” of the type {one.type}."
            lost.append((place, what))
    if lost:
        raise NotValid(lost)
    return found


def _found(environment: Environment, expression: str) -> list[str]:
    """All that the search finds; if that is more than a launch takes, how many that are: nothing is cut in silence. Of more than
    one page takes making.make makes a chain."""
    client, cursor, ids, most = CloudinaryClient(environment), "", list[str](), settings.LAUNCH_MAX_ASSETS
    while True:
        try:
            answer = searching.search(client, expression, [("uploaded_at", "asc")], searching.MOST, cursor)
        except CloudinaryError as error:
            if error.trouble == Trouble.BAD_REQUEST:
                raise NotValid([("/search", error.said or str(error.reason))]) from None
            raise
        ids += [asset.asset_id for asset in answer.assets]
        if (total := max(answer.total, len(ids))) > most:
            raise NotValid([("/search", f"The search finds {total:,} assets; a run takes at most {most:,}.")])
        if not answer.cursor or answer.cursor == cursor:
            break
        cursor = answer.cursor
    if not ids:
        raise NothingFound([("/search", "The search finds no asset.")])
    return ids
