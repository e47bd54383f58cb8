"""How many swatches a rule finds among all assets of an environment: one call of the Search API, which asks for one row.

https://cloudinary.com/documentation/search_api; `total_count` is an estimate. Whether a search goes by the external ID or the
label of a value is not documented: both are asked for.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cloudinary.search import Search

from setup import swatch_rules
from setup.cloudinary.client import CloudinaryClient, unreadable
from setup.models import Environment
from setup.shapes import whole

# Of keys that can stand in an expression; what another is called cannot be searched for.
KEY = re.compile(r"[\w.-]+")
CONTEXT = "asset_type"  # contextual keys cannot be listed; this is the usual one


def count(environment: Environment, field: str, value: str) -> int | None:
    """About how many images are swatches by this rule, or by themselves if there is none; None if search cannot tell. Raises
    CloudinaryError."""
    asked = " OR ".join(dict.fromkeys(_clauses(environment.seen.get("fields", []), field, value)))
    if not asked:
        return None
    search = Search().expression(f"resource_type:image AND ({asked})").max_results(1)
    found = whole(CloudinaryClient(environment).call(search.execute).get("total_count"))
    if found is None or found < 0:
        raise unreadable()
    return found


def _clauses(fields: Sequence[Mapping[str, Any]], field: str, value: str) -> Iterator[str]:
    if field:
        kind, _, key = field.partition(":")
        if not key or KEY.fullmatch(key):
            name = f"{kind}.{key}" if key else kind
            listed = swatch_rules.values_of(fields, field)
            yield from (f'{name}="{_quoted(one)}"' for one in sorted(swatch_rules.spellings(value, listed)))
        return
    yield from (f'tags="{word}"' for word in swatch_rules.WORDS)
    yield from (f'context.{CONTEXT}="{word}"' for word in swatch_rules.WORDS)
    for id in filter(KEY.fullmatch, swatch_rules.type_fields(fields)):
        yield from (f'metadata.{id}="{word}"' for word in swatch_rules.WORDS)
        for entry in swatch_rules.swatches_in(swatch_rules.values_of(fields, f"metadata:{id}")):
            yield from (f'metadata.{id}="{_quoted(one)}"' for one in entry)


def goes_by(fields: Sequence[Mapping[str, Any]]) -> list[str]:
    """Where no rule was made: what tells a swatch, in words."""
    kinds = [one for one in fields if one["id"] in swatch_rules.type_fields(fields)]
    found = [(one["label"], [label for _, label in swatch_rules.swatches_in(one.get("values", ()))]) for one in kinds]
    return [f"{label}: {', '.join(values)}" if values else label for label, values in found]


def _quoted(value: str) -> str:
    """In quotes nothing else has a meaning: https://cloudinary.com/documentation/search_expressions."""
    return re.sub(r'(["*\\])', r"\\\1", value)
