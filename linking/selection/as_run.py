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


def allowed_now(sync: Sync) -> str:
    """Its named transformation, unless that was allowed when it was chosen, and is not any more."""
    return sync.transformation if sync.transformation in sync.environment.allowed_transformations else ""
