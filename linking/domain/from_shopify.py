"""From a product to its assets: which search of the Media Library finds those that would match it."""

from collections.abc import Iterable

from linking.domain.fields import CloudinaryField
from linking.domain.searching import KEY, MOST_VALUES, Filters, Where, texts


def matching(field: CloudinaryField, keys: Iterable[str]) -> Filters | None:
    """`field`: where assets have their keys; `keys`: the product's values, of which at most 50 are looked for. None if there are
    none, or if a search cannot say it: of tags one, and of names none, as those are words there."""
    known = tuple(texts(keys))[:MOST_VALUES]
    if not known:
        return None
    if field.kind in ("metadata", "context") and KEY.fullmatch(field.key):
        return Filters(fields=(Where(str(field), known),))
    if field.kind == "tags" and len(known) == 1:
        return Filters(tags=known)
    if field.kind == "folder" and len(known) == 1:
        return Filters(folder=known[0].strip("/ "))
    return None
