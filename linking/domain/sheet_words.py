"""Why a row of a spreadsheet changes nothing, in words. A part of the table of linking.domain.reasons."""

from collections.abc import Mapping

from setup.reasons import Template

OF_SHEETS: Mapping[str, Template] = {
    "sheet.no_asset": "The row names no asset.",
    "sheet.bad_name": "The name of the asset cannot be read. Write its public ID or asset ID.",
    "sheet.nothing": "The row has no value to write.",
    "sheet.no_field": "This product environment has no metadata field {field} any more. Choose the columns again.",
    "sheet.bad_integer": "{field} takes whole numbers, not “{value}”.",
    "sheet.bad_date": "{field} takes days such as 2026-12-31, not “{value}”.",
    "sheet.no_entry": "“{value}” is not in the list of {field}.",
    "sheet.two_entries": "Several entries in the list of {field} are called “{value}”. Write the external ID.",
    "sheet.too_long": "A cell has more than {most} characters.",
    "sheet.long_alt": "The alt text has {n} characters; Cloudinary takes {most}.",
    "sheet.backslash": "Cloudinary takes no backslash: “{value}”.",
    "sheet.unseen": "A cell has characters that cannot be written. Type it again.",
}
