"""How far an asset is, as its status field says: what a run says of it, and what its metadata says."""

from collections.abc import Iterable, Mapping, Sequence

from linking.domain.sheet_columns import FIELD, SheetField

STATUS = "status"  # the field's external ID, as Setup prepares it
REQUIRES, COMPLETE, LINKED, FAILED = "requires_data", "metadata_complete", "linked", "failed"
ALL = (REQUIRES, COMPLETE, LINKED, FAILED)
CODE = f"{FIELD}{STATUS}"
# As Cloudinary's search, and a saved search of the Console, take it.
EXPRESSION = f'metadata.{STATUS}="{REQUIRES}"'


def is_ready(fields: Mapping[str, SheetField]) -> bool:
    """Whether the field is there with all of its values."""
    known = fields.get(STATUS)
    return known is not None and known.type == "enum" and set(ALL) <= set(known.labels)


def after_run(*, failed: bool, linked: bool) -> str:
    """What a run says of an asset; empty where it says nothing. What failed somewhere has failed, wherever else it is linked: a
    person has to look."""
    return FAILED if failed else LINKED if linked else ""


def after_leaving(current: str, values: Mapping[str, object], required: Iterable[str]) -> str:
    """What an undo, or a run that unlinks, says of an asset that is in no gallery any more; empty where it says nothing. It is as
    it was before it was linked: complete, if nothing of what is required is missing."""
    if current != LINKED:
        return ""
    return COMPLETE if all(values.get(id) for id in required) else REQUIRES


def by_metadata(current: str, values: Mapping[str, object], required: Iterable[str]) -> str:
    """What metadata says of an asset; empty where it says nothing. What is linked, and what failed, is for runs to say. Without
    required fields nothing is incomplete, and nothing complete: that is a person's word then, for which rules may wait."""
    needed: Sequence[str] = list(required)
    if not needed or current in (LINKED, FAILED):
        return ""
    if any(not values.get(id) for id in needed):
        return REQUIRES
    return COMPLETE if current in ("", REQUIRES) else ""
