"""A selection as a run begins with it: settings and arrangement as they are now. Nothing is saved here."""

from linking.models import Selection, Sync
from linking.models.selections import RUN_SETTINGS
from linking.selection.arrangement import freeze

SETTINGS = ("cloudinary_field", *RUN_SETTINGS)


def as_run(selection: Selection, token: str = "") -> Sync:
    """With its settings and its arrangement. Three queries."""
    fields = {name: getattr(selection, name) for name in SETTINGS}
    fields |= {"keying": str(selection.keying), "arrangement": freeze(selection)}
    known = {"environment": selection.environment, "member": selection.member, "selection": selection}
    return Sync(token=token, **known, **fields)


def keep_allowed(sync: Sync) -> None:
    """Without named transformations that were allowed when they were chosen, and are not any more: for all, and for a store."""
    allowed = {"", *sync.environment.allowed_transformations}
    if sync.transformation not in allowed:
        sync.transformation = ""
    sync.store_settings = {
        pk: {**own, "transformation": ""} if own.get("transformation", "") not in allowed else own
        for pk, own in sync.store_settings.items()
    }
