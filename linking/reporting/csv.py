"""CSV by RFC 4180, with a byte order mark so that spreadsheets read it as UTF-8: the rows, and nothing else."""

import csv
import io
from datetime import datetime
from typing import IO

from linking.reporting.columns import columns_of, safe
from linking.reporting.content import Content


def write(content: Content, out: IO[bytes]) -> None:
    text = io.TextIOWrapper(out, encoding="utf-8", newline="")
    text.write("\ufeff")
    writer = csv.writer(text)
    known = columns_of(content.sync)
    writer.writerow([safe(column.title) for column in known])
    columns = [(column.name, column.words) for column in known]
    for line in content.lines():
        values = line._asdict()
        writer.writerow([_cell(words[values[name]] if words else values[name]) for name, words in columns])
    text.detach()  # flushed, and the file stays open


def _cell(value: object) -> object:
    if isinstance(value, str):
        return safe(value)
    return value.strftime("%Y-%m-%d %H:%M:%S") if isinstance(value, datetime) else value
