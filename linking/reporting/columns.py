"""The columns of a report's tables, and how a cell is kept from being taken for a formula."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from linking.models import Sync
from linking.reporting.rows import OUTCOMES, PLANNED, has_rows
from setup.spelling import UNSEEN
from setup.words import gettext_lazy

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
    title: Any
    width: int
    words: Mapping[str, Any] | None = None

    def worded(self) -> "Column":
        """In the language that is active: looked up once for all rows."""
        words = {code: str(word) for code, word in self.words.items()} if self.words else None
        return replace(self, title=str(self.title), words=words)


LINE = (
    Column("store", gettext_lazy("Store"), 26),
    Column("row", gettext_lazy("Row of the request (from 0)"), 9),
    Column("key", gettext_lazy("Key"), 18),
    Column("asset", gettext_lazy("Asset"), 28),
    Column("asset_id", gettext_lazy("Asset ID"), 34),
    Column("product", gettext_lazy("Product"), 32),
    Column("product_id", gettext_lazy("Product ID"), 36),
    Column("planned", gettext_lazy("Planned"), 10, PLANNED),
    Column("outcome", gettext_lazy("Outcome"), 13, OUTCOMES),
    Column("reason", gettext_lazy("Reason"), 48),
    Column("position_before", gettext_lazy("Position before"), 9),
    Column("position_after", gettext_lazy("Position after"), 9),
    Column("file_id", gettext_lazy("Shopify file ID"), 40),
    Column("file_name", gettext_lazy("File name"), 40),
    Column("product_url", gettext_lazy("Product in Shopify"), 44),
    Column("handle", gettext_lazy("Product handle"), 26),
    Column("alt_before", gettext_lazy("Alt text before"), 28),
    Column("alt_after", gettext_lazy("Alt text after"), 28),
    Column("variants", gettext_lazy("Pictures of variants"), 36),
    Column("swatch_of", gettext_lazy("Swatch of"), 36),
    Column("time", gettext_lazy("Time (UTC)"), 19),
)
# What a kind of run knows nothing of: files have no product, and what is unlinked keeps its texts.
PRODUCTS = {"key", "product", "product_id", "position_before", "position_after", "product_url", "handle", "variants"}
UNKNOWN = {"upload": PRODUCTS | {"swatch_of"}, "unlink": {"alt_before", "alt_after", "swatch_of", "file_name"}}
# Assets that no product of the store was found for, or that were left out.
UNUSED = tuple(column for column in LINE if column.name in ("store", "key", "asset", "asset_id", "reason"))
# Products that no asset of the run belongs to.
LEFT = (
    Column("store", gettext_lazy("Store"), 26),
    Column("product", gettext_lazy("Product"), 40),
    Column("handle", gettext_lazy("Product handle"), 32),
    Column("sku", gettext_lazy("SKU"), 24),
    Column("vendor", gettext_lazy("Vendor"), 20),
    Column("status", gettext_lazy("Status"), 10),
    Column("product_id", gettext_lazy("Product ID"), 36),
    Column("product_url", gettext_lazy("Product in Shopify"), 44),
    Column("note", gettext_lazy("Note"), 60),
)


def columns_of(sync: Sync) -> tuple[Column, ...]:
    """What the rows of this run can tell, in the language that is active."""
    unknown = UNKNOWN.get(sync.kind, set()) | (set() if has_rows(sync) else {"row"})
    return tuple(column.worded() for column in LINE if column.name not in unknown)


def safe(text: str) -> str:
    """Text of which no spreadsheet takes anything for a formula when it reads it from a CSV file, whatever parts cells for it."""
    harmless = INSIDE.sub(r"\1'", text)
    return f"'{harmless}" if text.startswith(RISKY) or HIDDEN_SIGN.match(text) else harmless
