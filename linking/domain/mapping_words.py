"""Why a line of a mapping, or a value of a product, is not written to Cloudinary. Part of the table of linking.domain.reasons."""

from collections.abc import Mapping

from setup.reasons import Counted, Template

OF_MAPPINGS: Mapping[str, Template] = {
    "mapping.too_many": "A mapping has at most {most} lines.",
    "mapping.no_field": "This product environment has no metadata field {field} any more. Choose another one.",
    "mapping.no_tag": "A tag cannot hold this. Choose a text field or the context.",
    "mapping.no_number": "{field} takes whole numbers only.",
    "mapping.no_day": "{field} takes days only.",
    "mapping.no_list": "{field} is a list, and every product would add an entry. Choose a text field or the context.",
    "mapping.owned": "Cloudinary owns {field}: {why:clause}. AssetLink never writes there.",
    "mapping.for_key": "AssetLink groups assets by it",
    "mapping.for_alt": "AssetLink reads alt texts there",
    "mapping.for_order": "AssetLink orders pictures by it",
    "mapping.for_swatch": "it marks swatches",
    "mapping.for_status": "it holds the status of an asset",
    "mapping.for_expiration": "it holds the last day of an asset",
    "mapping.twice": "Another line fills this already. Each place has one line.",
    "mapping.prefixes": "One prefix begins with the other: “{one}” and “{other}”. Choose prefixes that differ.",
    "mapping.several": Counted(
        "The products say {count} value for {field}. It takes one.",
        "The products say {count} different values for {field}: {values:and}. It takes one.",
    ),
    "mapping.too_long": Counted(
        "“{value}” has {n} character; Cloudinary takes {most}.",
        "“{value}” has {n} characters; Cloudinary takes {most}.",
        by="n",
    ),
    "mapping.comma": "A tag cannot have a comma: “{value}”.",
    "mapping.entry_gone": "“{value}” was removed from the list of {field}. Restore it in Cloudinary, or write something else.",
    "status.nothing": "Neither a run nor the metadata of this asset says what status it has.",
    "mapping.conflict": "Somebody else wrote this in Cloudinary, so AssetLink left it: {values:and}.",
}
