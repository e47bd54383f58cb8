"""The formats that a report comes in, as people meet them; `linking.reporting.writing.WRITERS` writes each."""

from dataclasses import dataclass
from typing import Any

from linking.models.reports import FORMATS as NAMES
from setup.words import gettext_lazy

# Rows, where a workbook is written while somebody waits; CSV is sent as it is read, however much there is.
MOST_IN_A_WORKBOOK = 20_000


@dataclass(frozen=True)
class Format:
    """`about` tells people what they get, `extra` what they get besides of a run that looked for products."""

    code: str
    media_type: str
    about: Any
    extra: Any = ""

    @property
    def name(self) -> str:
        return dict(NAMES)[self.code]


CSV = Format("csv", "text/csv; charset=utf-8", gettext_lazy("One row per asset, product and store."))
XLSX = Format(
    "xlsx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    gettext_lazy("The same rows with filters, and a summary."),
    gettext_lazy("Also the assets without products, and the products without assets."),
)
JSONL = Format(
    "jsonl",
    "application/jsonl; charset=utf-8",
    gettext_lazy("For programs: a summary and the rows, one JSON object per line."),
    gettext_lazy("Also the products without assets."),
)
FORMATS = {format.code: format for format in (CSV, XLSX, JSONL)}
