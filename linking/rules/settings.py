"""A rule's settings in a selection."""

from collections.abc import Mapping
from typing import Any

from linking.models import Selection
from linking.models.selections import KEY_SETTINGS, RUN_SETTINGS


def settle(selection: Selection, settings: Mapping[str, Any]) -> None:
    """The row is saved: nobody is asked about them any more."""
    for name, value in settings.items():
        if name in (*KEY_SETTINGS, *RUN_SETTINGS):
            setattr(selection, name, value)
    selection.version, selection.offer = 1, {}
    selection.save()
