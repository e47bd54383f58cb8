"""https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/metafieldDefinitionCreate"""

import json
from typing import TYPE_CHECKING, Any

from sandbox.shopify import metafield_types, metafields
from sandbox.shopify.call import Call, mutation, user_error
from sandbox.shopify.records import Definition
from sandbox.shopify.unsupported import Unsupported

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

MOST = 256  # per owner type and app
LONGEST_NAME = 255
OWNERS = {"PRODUCT": "Product", "PRODUCTVARIANT": "ProductVariant"}
IMITATED = {"adminFilterable", "uniqueValues"}
ADMIN_ACCESS = "Admin access can only be specified for app-owned metafield definitions."

Given = dict[str, Any]
Wrong = tuple[str, str, str]  # (field, message, MetafieldDefinitionCreateUserErrorCode)


@mutation("metafieldDefinitionCreate", "write_products")
def metafield_definition_create(call: Call, definition: Given) -> dict[str, Any]:
    name = metafields.named(definition.get("namespace"), definition["key"])
    check_imitated(definition)
    known = call.shop.definitions_of(definition["ownerType"])
    wrong = wrong_name(definition) or wrong_type(definition) or wrong_options(definition)
    if wrong is None and name in known:
        owner = OWNERS[definition["ownerType"]]
        message = f"Key is in use for {owner} metafields on the '{definition['namespace']}' namespace."
        wrong = "key", message, "TAKEN"
    if wrong is None and len(known) >= MOST:
        wrong = "ownerType", f"Stores can only have {MOST} definitions.", "RESOURCE_TYPE_LIMIT_EXCEEDED_BY_APP"
    if wrong:
        return {"createdDefinition": None, "userErrors": [user_error(["definition", wrong[0]], wrong[1], wrong[2])]}
    return {"createdDefinition": created(call.shop, definition), "userErrors": []}


def check_imitated(given: Given) -> None:
    """Raises Unsupported for what would have to be ignored."""
    if given["ownerType"] not in OWNERS:
        raise Unsupported(f"metafield definitions of {given['ownerType']}")
    wished = {name for name, row in (given.get("capabilities") or {}).items() if row and row["enabled"]}
    if beyond := wished - IMITATED:
        raise Unsupported(f"the capabilities {', '.join(sorted(beyond))}")
    if given.get("constraints") or given.get("pin") or given.get("useAsCollectionCondition"):
        raise Unsupported("constraints, pins and collection conditions of metafield definitions")
    if given["type"].removeprefix("list.") in metafield_types.UNCHECKED:
        raise Unsupported(f"metafields of the type {given['type']}")


def enabled(given: Given, capability: str) -> bool | None:
    """None if nothing was said."""
    row = (given.get("capabilities") or {}).get(capability)
    return row["enabled"] if row else None


def wrong_name(given: Given) -> Wrong | None:
    if not given["name"].strip():
        return "name", "Name can't be blank", "BLANK"
    if len(given["name"]) > LONGEST_NAME:
        return "name", f"Name is too long (maximum is {LONGEST_NAME} characters)", "TOO_LONG"
    if (given.get("access") or {}).get("admin"):
        return "access", ADMIN_ACCESS, "ADMIN_ACCESS_INPUT_NOT_ALLOWED"
    if (wrong := metafields.wrong_name(given["namespace"], given["key"])) is None:
        return None
    field, message, code = wrong
    return field, message, "INVALID_CHARACTER" if code == "INVALID" else code


def wrong_type(given: Given) -> Wrong | None:
    kind = given["type"]
    if kind not in metafield_types.KNOWN:
        message = f"Type name {kind} is not a valid type. Valid types are: {', '.join(sorted(metafield_types.KNOWN))}."
        return "type", message, "INCLUSION"
    if enabled(given, "adminFilterable") and kind not in metafield_types.FILTERABLE:
        return "capabilities", "The capability admin_filterable is not valid for this definition.", "INVALID_CAPABILITY"
    if enabled(given, "uniqueValues") and kind not in metafield_types.UNIQUE:
        return "capabilities", "The capability unique_values is not valid for this definition.", "INVALID_CAPABILITY"
    if kind == "id" and enabled(given, "uniqueValues") is False:
        message = "The capability unique_values is required for this definition."
        return "capabilities", message, "CAPABILITY_REQUIRED_BUT_DISABLED"
    return None


def wrong_options(given: Given) -> Wrong | None:
    """Of the validations only file_type_options is imitated."""
    of_files = given["type"].endswith("file_reference")
    names = [row["name"] for row in given.get("validations") or ()]
    if len({*names}) < len(names):
        return "validations", "Validations contains duplicate options.", "DUPLICATE_OPTION"
    for row in given.get("validations") or ():
        if row["name"] != "file_type_options":
            raise Unsupported(f"the validation {row['name']} of metafield definitions")
        if not of_files:
            return "validations", "Validations contains an invalid option: file_type_options.", "INVALID_OPTION"
        if not is_list_of_types(row["value"]):
            return "validations", "Validations has an invalid value for option file_type_options.", "INVALID_OPTION"
    return None


def is_list_of_types(value: str) -> bool:
    """["Image", "Video"] in JSON."""
    try:
        names = json.loads(value)
    except ValueError:
        return False
    return isinstance(names, list) and bool(names) and set(names) <= metafield_types.FILE_TYPES.keys()


def created(shop: "Shop", given: Given) -> Definition:
    """Metafields that were there before and fit take the definition's type; others stay as they are."""
    definition = Definition(
        shop.new_gid("MetafieldDefinition"),
        given["namespace"],
        given["key"],
        given["type"],
        bool(enabled(given, "adminFilterable")),
        owner_type=given["ownerType"],
        name=given["name"],
        description=given.get("description"),
        unique_values=bool(enabled(given, "uniqueValues")) or given["type"] == "id",
        validations=[dict(row) for row in given.get("validations") or ()],
    )
    shop.define(definition)
    for _, kept in metafields.all_with(shop, definition.owner_type, definition.full_name):
        try:
            metafield_types.check(shop, definition.type, kept.value, definition)
            kept.type = definition.type
        except metafield_types.Misfit:
            continue
    shop.world.changed()
    return definition
