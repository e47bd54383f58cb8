"""In which order a search shows what it found: `sort_by` of the Search API."""

from dataclasses import dataclass
from functools import total_ordering
from typing import Any

from sandbox.cloudinary.errors import Refused
from sandbox.cloudinary.indexing import Row
from sandbox.cloudinary.records import Asset
from sandbox.cloudinary.terms import MOMENTS, NUMBERS

TEXTS = ("public_id", "filename", "format", "resource_type", "type", "display_name")  # the last one: not verified
DIRECTIONS = ("asc", "desc")


@total_ordering
@dataclass(frozen=True)
class Backwards:
    """A text that stands before those that it comes after."""

    text: str

    def __lt__(self, other: "Backwards") -> bool:
        return self.text > other.text


@dataclass(frozen=True)
class Order:
    """`fields`: (name, whether it is descending), the first one decides. The newest comes first among equals."""

    fields: tuple[tuple[str, bool], ...]

    @classmethod
    def of(cls, sort_by: Any) -> "Order":
        """`sort_by`: a list of {field: direction}. Raises Refused."""
        if not isinstance(sort_by, list):
            raise Refused(400, f"Invalid value for sort_by: {sort_by}")
        fields = []
        for one in sort_by:
            ((name, direction),) = one.items() if isinstance(one, dict) and len(one) == 1 else ((None, None),)
            if name not in (*TEXTS, *NUMBERS, *MOMENTS) or direction not in DIRECTIONS:
                raise Refused(400, f"Invalid value for sort_by: {one}")
            fields.append((str(name), direction == "desc"))
        return cls((*fields, ("created_at", True)))

    def row(self, asset: Asset) -> Row:
        return (*(turned(value_of(asset, name), falling) for name, falling in self.fields), asset.asset_id)

    def plain(self, row: Row) -> list[Any]:
        """What JSON can hold of it."""
        return [value.text if isinstance(value, Backwards) else value for value in row]

    def from_plain(self, values: list[Any]) -> Row:
        """The row of plain(). Raises ValueError."""
        kinds = [str if name in TEXTS else (int, float) for name, _ in self.fields] + [str]
        if len(values) != len(kinds) or not all(map(isinstance, values, kinds)):
            raise ValueError(values)
        pairs = zip(values, self.fields, strict=False)
        return (
            *(Backwards(value) if falling and name in TEXTS else value for value, (name, falling) in pairs),
            values[-1],
        )


def value_of(asset: Asset, name: str) -> Any:
    """What has no such number comes before all that has one."""
    if name in TEXTS:
        return asset.public_id.rpartition("/")[2] if name == "filename" else getattr(asset, name)
    if name in MOMENTS:
        return MOMENTS[name](asset)
    number = NUMBERS[name](asset)
    return -1 if number is None else number


def turned(value: Any, falling: bool) -> Any:
    if not falling:
        return value
    return Backwards(value) if isinstance(value, str) else -value
