"""The columns of a report's tables, and how a cell is kept from being taken for a formula."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from linking.reporting.rows import OUTCOMES, PLANNED
from setup.spelling import UNSEEN

# A cell that begins so is a formula, or a command, to some spreadsheet (OWASP: CSV injection); also full-width signs.
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
# Before it programs skip blanks, characters that nobody sees, and quotes, which a reader by semicolons does not take for ours.
SKIPPED = f'[{re.escape(UNSEEN)}"]*'
SIGNS = "[=+\\-@＝＋－＠]"
# Where a spreadsheet parts cells by semicolons (half of Europe's) or tabs, a cell begins in the middle of a text; so does one
# after a line break, once a text's opening quote is none to it.
INSIDE = re.compile(rf"([;\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]{SKIPPED})(?={SIGNS})")
HIDDEN_SIGN = re.compile(SKIPPED + SIGNS)


@dataclass(frozen=True)
class Column:
    """`name` is a field of the row's tuple, `width` in characters; `words` are for values that are codes."""

    name: str
    title: str
    width: int
    words: Mapping[str, str] | None = None


LINE = (
    Column("store", "Store", 26),
    Column("key", "Key", 18),
    Column("asset", "Asset", 28),
    Column("asset_id", "Asset ID", 34),
    Column("product", "Product", 32),
    Column("product_id", "Product ID", 36),
    Column("planned", "Planned", 10, PLANNED),
    Column("outcome", "Outcome", 13, OUTCOMES),
    Column("reason", "Reason", 48),
    Column("position_before", "Position before", 9),
    Column("position_after", "Position after", 9),
    Column("file_id", "Shopify file ID", 40),
    Column("product_url", "Product in Shopify", 44),
    Column("handle", "Product handle", 26),
    Column("alt_before", "Alt text before", 28),
    Column("alt_after", "Alt text after", 28),
    Column("variants", "Pictures of variants", 36),
    Column("swatch_of", "Swatch of", 36),
    Column("time", "Time (UTC)", 19),
)
# What a kind of run knows nothing of: files have no product, and what is unlinked keeps its texts.
PRODUCTS = {"key", "product", "product_id", "position_before", "position_after", "product_url", "handle", "variants"}
UNKNOWN = {"upload": PRODUCTS | {"swatch_of"}, "unlink": {"alt_before", "alt_after", "swatch_of"}}
# Assets that no product of the store was found for, or that were left out.
UNUSED = tuple(column for column in LINE if column.name in ("store", "key", "asset", "asset_id", "reason"))
# Products that no asset of the run belongs to.
LEFT = (
    Column("store", "Store", 26),
    Column("product", "Product", 40),
    Column("handle", "Product handle", 32),
    Column("sku", "SKU", 24),
    Column("vendor", "Vendor", 20),
    Column("status", "Status", 10),
    Column("product_id", "Product ID", 36),
    Column("product_url", "Product in Shopify", 44),
    Column("note", "Note", 60),
)


def columns_of(kind: str) -> tuple[Column, ...]:
    """What the rows of a run of this kind can tell."""
    return tuple(column for column in LINE if column.name not in UNKNOWN.get(kind, ()))


def safe(text: str) -> str:
    """Text of which no spreadsheet takes anything for a formula when it reads it from a CSV file, whatever parts cells for it."""
    harmless = INSIDE.sub(r"\1'", text)
    return f"'{harmless}" if text.startswith(RISKY) or HIDDEN_SIGN.match(text) else harmless
