"""What became of a rule's firing. A part of the table of linking.domain.reasons."""

from collections.abc import Mapping

from setup.reasons import Counted, Template

OF_RULES: Mapping[str, Template] = {
    "events.again": "AssetLink looks again within the hour.",
    "endpoint.again": "AssetLink tries again in a minute.",
    "rule.again": "Fire the rule again on its page.",
    "rule.found_nothing": "The search found no asset, so there was nothing to do.",
    "rule.none_of_them": "The search finds none of the assets that changed, so there was nothing to do.",
    "rule.off": "The rule was switched off before it fired.",
    "rule.search_refused": "Cloudinary did not take the search: {said}",
    "rule.too_many": Counted(
        "The search finds {count:,} asset. A run takes at most {most:,}: make the search narrower.",
        "The search finds {count:,} assets. A run takes at most {most:,}: make the search narrower.",
    ),
    "rule.no_store": "None of its stores is connected. Connect one on Setup, or choose other stores.",
    "rule.without_stores": "It ran without {stores:and}, which cannot be used at the moment.",
}
