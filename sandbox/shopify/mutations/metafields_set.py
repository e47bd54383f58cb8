"""https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/metafieldsSet"""

from typing import TYPE_CHECKING, Any

from sandbox.shopify import metafield_types, metafields
from sandbox.shopify.call import Call, mutation, user_error
from sandbox.shopify.metafields import Owner
from sandbox.shopify.records import Definition, Metafield
from sandbox.shopify.unsupported import Unsupported

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

MOST = 25
STALE = "The resource has been updated since it was loaded. Try again with an updated `compareDigest` value."

Row = dict[str, Any]
Wrong = tuple[str, str, str, int | None]  # (field, message, MetafieldsSetUserErrorCode, element of a list)


@mutation("metafieldsSet", "write_products")
def metafields_set(call: Call, metafields: list[Row]) -> dict[str, Any]:
    """All or nothing."""
    if len(metafields) > MOST:
        message = f"Exceeded the maximum metafields input limit of {MOST}."
        return refused([user_error(["metafields"], message, "LESS_THAN_OR_EQUAL_TO")])
    if len({(row["ownerId"], row.get("namespace"), row["key"]) for row in metafields}) < len(metafields):
        raise Unsupported("the same metafield in two rows of metafieldsSet")
    wrongs = ((index, wrong_with(call.shop, row)) for index, row in enumerate(metafields))
    if errors := [error_of(index, wrong) for index, wrong in wrongs if wrong]:
        return refused(errors)
    return {"metafields": [written(call.shop, row) for row in metafields], "userErrors": []}


def refused(errors: list[dict[str, Any]]) -> dict[str, Any]:
    return {"metafields": None, "userErrors": errors}


def error_of(index: int, wrong: Wrong) -> dict[str, Any]:
    field, message, code, element = wrong
    return user_error(["metafields", str(index), field], message, code) | {"elementIndex": element}


def wrong_with(shop: "Shop", row: Row) -> Wrong | None:
    name = metafields.named(row.get("namespace"), row["key"])
    owner = metafields.owner_of(shop, row["ownerId"])
    if owner is None:
        return "ownerId", "Owner does not exist.", "INVALID", None
    if problem := metafields.wrong_name(row["namespace"], row["key"]):
        return (*problem, None)
    kept, definition = owner.record.metafields.get(name), owner.definitions.get(name)
    if "compareDigest" in row and row["compareDigest"] != (kept.compare_digest if kept else None):
        return "compareDigest", STALE, "STALE_OBJECT", None
    return wrong_type(row, kept, definition) or wrong_value(shop, row, owner, definition)


def type_of(row: Row, kept: Metafield | None, definition: Definition | None) -> str | None:
    """The definition's, else the one given, else the one that the metafield has already."""
    return definition.type if definition else row.get("type") or (kept.type if kept else None)


def wrong_type(row: Row, kept: Metafield | None, definition: Definition | None) -> Wrong | None:
    kind = type_of(row, kept, definition)
    if kind is None:
        return "type", "Type can't be blank", "BLANK", None
    if definition and row.get("type") not in (None, definition.type):
        message = f"Type '{row['type']}' must be consistent with the definition's type: '{definition.type}'."
        return "type", message, "INVALID_TYPE", None
    if kind.removeprefix("list.") in metafield_types.UNCHECKED:
        raise Unsupported(f"metafields of the type {kind}")
    if kind not in metafield_types.KNOWN:
        message = f"Type must be one of the following: {', '.join(sorted(metafield_types.KNOWN))}."
        return "type", message, "INCLUSION", None
    return None


def wrong_value(shop: "Shop", row: Row, owner: Owner, definition: Definition | None) -> Wrong | None:
    value, name = row["value"], f"{row['namespace']}.{row['key']}"
    kind = type_of(row, owner.record.metafields.get(name), definition) or ""
    if not value.strip():
        return "value", "Value can't be blank.", "BLANK", None
    if len(value.encode()) > metafield_types.longest(kind):
        return "value", "Value is too long.", "TOO_LONG", None
    try:
        metafield_types.check(shop, kind, value, definition)
    except metafield_types.Misfit as wrong:
        return "value", wrong.message, "INVALID_VALUE", wrong.element
    others = metafields.all_with(shop, definition.owner_type, name) if definition and definition.unique_values else []
    if any(owner_id != owner.record.id and other.value == value for owner_id, other in others):
        return "value", "Value is already assigned to another metafield.", "TAKEN", None
    return None


def written(shop: "Shop", row: Row) -> Metafield:
    owner = metafields.owner_of(shop, row["ownerId"])
    assert owner
    name = f"{row['namespace']}.{row['key']}"
    kept = owner.record.metafields.get(name)
    kind = type_of(row, kept, owner.definitions.get(name)) or ""
    known_as = kept.id if kept else shop.new_gid("Metafield")
    owner.record.metafields[name] = Metafield(known_as, kind, row["value"], row["namespace"], row["key"])
    shop.touch(owner.product)
    return owner.record.metafields[name]
