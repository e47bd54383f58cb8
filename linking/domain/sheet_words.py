"""Why a row of a spreadsheet changes nothing, in words. A part of the table of linking.domain.reasons."""

from collections.abc import Mapping

from setup.reasons import Counted, Template

OF_SHEETS: Mapping[str, Template] = {
    "sheet.no_asset": "The row names no asset.",
    "sheet.bad_name": "The name of the asset cannot be read. Write its public ID or asset ID.",
    "sheet.nothing": "The row has no value to write.",
    "sheet.no_field": "This product environment has no metadata field {field} any more. Choose the columns again.",
    "sheet.bad_integer": "{field} takes whole numbers, not “{value}”.",
    "sheet.bad_date": "{field} takes days such as 2026-12-31, not “{value}”.",
    "sheet.no_entry": "“{value}” is not in the list of {field}.",
    "sheet.two_entries": "Several entries in the list of {field} are called “{value}”. Write the external ID.",
    "sheet.too_few": Counted(
        "{field} takes {n} character or more, not “{value}”.", "{field} takes {n} characters or more, not “{value}”."
    ),
    "sheet.too_many_signs": Counted(
        "{field} takes at most {n} character, not “{value}”.", "{field} takes at most {n} characters, not “{value}”."
    ),
    "sheet.more_than": "{field} takes values above {bound}, not “{value}”.",
    "sheet.at_least": "{field} takes values from {bound} on, not “{value}”.",
    "sheet.less_than": "{field} takes values below {bound}, not “{value}”.",
    "sheet.at_most": "{field} takes values up to {bound}, not “{value}”.",
    "sheet.mandatory": "{field} must have a value. The row has none, and neither has the asset.",
    "sheet.must_stay": "Cloudinary demands a value here, so AssetLink did not empty it: {values:and}.",
    "sheet.no_fit": "The name does not fit the pattern.",
    "sheet.not_in_file": "The file carries no such value.",
    "sheet.several_in_file": Counted(
        "The file carries {count} value. Take one out by a pattern.",
        "The file carries {count} values: {values:and}. Take one out by a pattern.",
    ),
    "sheet.not_read": "AssetLink has not read what this file carries.",
    "sheet.has_values": "The asset has values already, and you keep them.",
    "sheet.too_long": "A cell has more than {most} characters.",
    "sheet.long_alt": "The alt text has {n} characters; Cloudinary takes {most}.",
    "sheet.backslash": "Cloudinary takes no backslash: “{value}”.",
    "sheet.error": "The spreadsheet shows an error in this cell: “{value}”.",
    "sheet.rounded": "The spreadsheet has rounded this number: “{value}”. Format the column as text, and enter it again.",
    "sheet.unseen": "A cell has characters that cannot be written. Type it again.",
    "sheet.unknown": "No asset in Cloudinary is called so.",
    "sheet.ambiguous": Counted(
        "{count} asset is called so. Write its public ID or asset ID.",
        "{count} assets are called so. Write the public ID or asset ID.",
    ),
    "sheet.twice": "Row {row} is about the same asset. AssetLink takes the first one.",
    "sheet.moved": "Changed in Cloudinary since: {values:and}. AssetLink left it.",
    "sheet.alt": "Alt text",
    "sheet.gone": "The asset is no longer in Cloudinary under its public ID.",
    "sheet.empty": "The file has no rows under its headings.",
    "sheet.unreadable": "AssetLink cannot read this file. Save it as CSV (UTF-8) or as XLSX, and upload it again.",
    "sheet.open_quote": "A quotation mark in row {row} is never closed. Close it, and upload the file again.",
    "sheet.too_many": "The file has more than {most:,} rows. Split it, and upload the parts one after another.",
    "sheet.too_wide": "The file has more than {most:,} columns. Remove those that are not needed.",
    "sheet.too_large": "The workbook is too large to be read. Save the sheet as CSV (UTF-8), and upload that.",
    "sheet.rests": "AssetLink rests until Cloudinary’s next hour, so that others can work with this environment, too.",
}
