"""Which fields the Regular view shows of each asset: those that a member ticked, kept for all selections."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from linking.domain.fields import CloudinaryField
from linking.models import Selection

MOST = 12
# The field that says what an asset shows, by its code or its label.
OF_TYPE = re.compile(r"asset[ _-]?type|type", re.IGNORECASE)


@dataclass(frozen=True)
class ShownField:
    """A column. `many`: its values are shown as tags."""

    field: CloudinaryField
    label: str

    @property
    def code(self) -> str:
        return str(self.field)

    @property
    def many(self) -> bool:
        return self.field.kind == "tags"


def shown_fields(selection: Selection, chosen: Collection[str] | None) -> list[ShownField]:
    """`chosen`: codes as a member ticked them; None: never, so the fields that people look for first. In the order in which the
    environment has them; what this selection does not offer is not there."""
    wanted = defaults(selection) if chosen is None else chosen
    offered: Iterable[Mapping] = selection.labelled_fields()
    return [ShownField(CloudinaryField.parse(one["code"]), one["label"]) for one in offered if one["code"] in wanted]


def defaults(selection: Selection) -> Sequence[str]:
    """What groups are made by, what they are ordered by, the asset's type, and tags."""
    types = [one["code"] for one in selection.offered_fields if is_type(one)]
    return [selection.cloudinary_field, selection.order_field, selection.then_field, *types[:1], "tags"]


def is_type(offered: Mapping) -> bool:
    kind, _, name = str(offered["code"]).partition(":")
    return kind in ("metadata", "context") and any(OF_TYPE.fullmatch(one) for one in (name, offered["label"]))


def chosen_of(selection: Selection, ticked: Iterable[str], before: Collection[str] | None) -> list[str]:
    """What is kept: what is `ticked` of the fields that this selection offers, and what was ticked `before` of others."""
    offered = {one["code"] for one in selection.offered_fields}
    others = [code for code in before or () if code not in offered]
    return [*(code for code in dict.fromkeys(ticked) if code in offered), *others][: 4 * MOST]
