"""Conditional rules and mandatory fields, enforced where metadata is written: by an upload, `explicit`, or a bulk call.

https://cloudinary.com/documentation/conditional_metadata_rules_api. How Cloudinary words these refusals is not recorded, nor
what becomes of a value that a call makes invalid: here the call is refused, unless it says `clear_invalid`. That is the
strictest reading.
"""

from collections.abc import Mapping
from typing import Any

from sandbox.cloudinary.environment import Environment
from sandbox.cloudinary.errors import Refused

EMPTY: tuple[Any, ...] = ("", [], None)
Values = dict[str, Any]


def of_upload(environment: Environment, values: Mapping[str, Any]) -> Values:
    """What a new asset keeps of these. Raises Refused."""
    for name, field in environment.fields.items():
        if field.mandatory and values.get(name) in EMPTY:
            raise Refused(400, f"Missing value for mandatory field '{field.label}'")
    return ruled(environment, {}, values)


def ruled(
    environment: Environment, before: Mapping[str, Any], given: Mapping[str, Any], *, clear: bool = False
) -> Values:
    """The values after a call that says `given`, where an empty one clears. Raises Refused; then nothing may be written."""
    after = {name: value for name, value in {**before, **given}.items() if value not in EMPTY}
    for rule in in_order(environment):
        apply(rule, after, given)
    for name in list(after):
        if not (problem := refusal(environment, name, after)):
            continue
        if name in given or not clear:
            raise Refused(400, problem)
        del after[name]
    return after


def in_order(environment: Environment) -> list[Mapping[str, Any]]:
    active = [rule for rule in environment.rules.values() if rule["state"] == "active"]
    return sorted(active, key=lambda rule: rule["position"])


def apply(rule: Mapping[str, Any], after: Values, given: Mapping[str, Any]) -> None:
    """The value that a rule sets where its condition holds. A default never stands over what the call says."""
    applied, name = rule["result"].get("apply_value"), rule["metadata_field_id"]
    if not applied or not holds(rule["condition"], after):
        return
    mode, value = applied.get("mode", "default"), applied["value"]
    if mode == "overwrite" or (mode == "default" and name not in after and name not in given):
        after[name] = value
    elif mode == "append":
        more = value if isinstance(value, list) else [value]
        known = after.get(name, [])
        after[name] = list(dict.fromkeys([*known, *more])) if isinstance(known, list) else known


def refusal(environment: Environment, name: str, after: Mapping[str, Any]) -> str:
    """Why this value may not stand; empty if it may. Of several rules that enable a field one has to hold."""
    rules = [rule for rule in in_order(environment) if rule["metadata_field_id"] == name]
    label = environment.fields[name].label if name in environment.fields else name
    enabling = [rule for rule in rules if rule["result"].get("enable") is True]
    disabling = [rule for rule in rules if rule["result"].get("enable") is False]
    if enabling and not any(holds(rule["condition"], after) for rule in enabling):
        return f"Metadata field '{label}' is disabled by the rule '{enabling[0]['name']}'"
    if off := next((rule for rule in disabling if holds(rule["condition"], after)), None):
        return f"Metadata field '{label}' is disabled by the rule '{off['name']}'"
    lists = [ids for rule in rules if (ids := active_ids(rule)) is not None and holds(rule["condition"], after)]
    allowed = {id for ids in lists for id in ids}
    values = after[name] if isinstance(after[name], list) else [after[name]]
    if lists and not allowed.issuperset(values):
        return f"'{after[name]}' is not valid for field '{label}'"
    return ""


def active_ids(rule: Mapping[str, Any]) -> list[str] | None:
    """Of a list; None where the rule leaves all of them."""
    known = rule["result"].get("activate_values")
    if isinstance(known, dict):
        known = known.get("external_ids")
    return [str(one) for one in known] if isinstance(known, list) else None


def holds(condition: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    match condition:
        case {"and": parts}:
            return all(holds(part, values) for part in parts)
        case {"or": parts}:
            return any(holds(part, values) for part in parts)
        case {"metadata_field_id": name, "equals": wanted}:
            found = values.get(name)
            return wanted in found if isinstance(found, list) and not isinstance(wanted, list) else found == wanted
        case {"metadata_field_id": name, "includes": wanted}:
            found = values.get(name, [])
            return set(wanted) <= set(found if isinstance(found, list) else [found])
        case {"metadata_field_id": name, "populated": wanted}:
            return (values.get(name) not in EMPTY) == wanted
    return False
