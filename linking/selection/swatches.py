"""Which assets are swatches, by what the environment says of them."""

from linking.domain.assets import Asset
from linking.domain.swatches import SwatchRule
from setup.models import Environment
from setup.reasons import Reason


def swatch_rule(environment: Environment) -> SwatchRule:
    fields = environment.seen.get("fields", [])
    return SwatchRule.parse(
        environment.swatch_field, environment.swatch_value, off=environment.no_swatches, known=fields
    )


def is_swatch(rule: SwatchRule, asset: Asset, trouble: Reason) -> bool:
    """An image that can be linked, if the rule names it. `trouble`: why it cannot be."""
    return asset.resource_type == "image" and not trouble and rule.names(asset)
