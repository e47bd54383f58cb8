"""Choices of two parts that do not go together: a rule that would have Cloudinary refuse what uploads say."""

from collections.abc import Mapping
from typing import Any

from setup.models import Environment
from setup.preparing.parts import BY_SLUG, EXPIRATION, Part
from setup.preparing.things import RULES
from setup.words import _

SEQUENCE_RULE, EXPIRATION_RULE = RULES
PRESET = BY_SLUG["preset-product_assets"]


def clash(environment: Environment, part: Part, choices: Mapping[str, Any]) -> str:
    """Why these choices cannot be taken beside those of other parts; empty if they can."""
    chosen = {one.slug: one.kept(environment) for one in (EXPIRATION, BY_SLUG["rules"], PRESET)} | {part.slug: choices}
    months, rules = chosen[EXPIRATION.slug].get("months"), chosen["rules"].get("rules", ())
    if part.slug == PRESET.slug or not months or EXPIRATION_RULE not in rules or meets(EXPIRATION_RULE, chosen):
        return ""
    return _(
        "Uploads with AssetLink set an expiration, and the rule for complete assets would have Cloudinary refuse them. Set 0"
        " months in Expiration, leave out the rule, or let the preset product_assets set the status Metadata complete."
    )


def caution(environment: Environment, part: Part, choices: Mapping[str, Any]) -> str:
    """What to mind of a choice that can be taken."""
    chosen = {PRESET.slug: PRESET.kept(environment), part.slug: choices}
    if part.slug != "rules" or SEQUENCE_RULE not in choices["rules"] or meets(SEQUENCE_RULE, chosen):
        return ""
    return _(
        "Cloudinary refuses an upload that has a sequence and no asset type. Choose an asset type in the preset product_assets,"
        " or write {type} into the pattern of Bring in assets."
    )


def meets(rule: str, chosen: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether uploads with the preset fulfil the rule's condition."""
    return any(
        chosen[PRESET.slug].get(one["metadata_field_id"]) == one["equals"] for one in RULES[rule]["condition"]["or"]
    )
