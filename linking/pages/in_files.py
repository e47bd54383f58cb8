"""Values from files (IPTC, XMP, EXIF): the form, with names that some files have, and the fields that can be filled."""

from typing import Any

from django.http import QueryDict

from linking.domain.scopes import Scope
from linking.domain.searching import Filters
from linking.domain.sheet_columns import ALT, FIELD
from linking.models import Selection
from linking.pages.names import begun, fields_seen
from linking.pages.sources import SCOPES
from setup.cloudinary.client import CloudinaryClient, CloudinaryError
from setup.cloudinary.embedded import Learned, Route, learn
from setup.models import Environment
from setup.words import _

SECONDS = 8.0  # so long a person waits for a look at a few assets


def asked_of(environment: Environment, sent: QueryDict, selection: Selection | None) -> tuple[dict, dict]:
    """What is filled, and of which assets; never wrong by itself."""
    values: dict[str, Any] = {name: sent.get(name, "") for name in ("name", "regex", "code")}
    field = values["code"].removeprefix(FIELD)
    values["several"] = any(one.id == field and one.type == "set" for one in fields_seen(environment))
    values["replaces"] = bool(sent.get("replaces"))
    scope: dict[str, Any] = {name: sent.get(name, "") for name in ("scope", "folder", "search")}
    scope["selection"] = selection.pk if selection else None
    scope["without"] = field if sent.get("without") and values["code"] != ALT else ""
    return values, scope


def in_files_context(environment: Environment, selection: Selection | None, sent: QueryDict) -> dict[str, Any]:
    """The form as `sent`, or as it begins. Looks at a few files if nobody has lately."""
    values, scope = asked_of(environment, sent, selection)
    fields = fields_seen(environment)
    if not sent.get("asked"):
        scope |= begun(Filters.of(dict(sent.lists())))
        values["code"] = next((f"{FIELD}{one.id}" for one in fields if "sku" in one.id.lower()), "")
    learned, trouble = Learned.of(environment), ""
    if learned is None:
        try:
            learned = learn(CloudinaryClient(environment, SECONDS))
        except CloudinaryError as error:
            trouble = str(error)
    return {
        "values": values,
        "scope": scope | {"scope": scope["scope"] if scope["scope"] in set(Scope) else Scope.ALL.value},
        "scopes": [one for one in SCOPES.items() if one[0] != Scope.SELECTION or selection],
        "columns": [*((f"{FIELD}{one.id}", one.label) for one in fields), (ALT, _("Alt text"))],
        "names": learned.names if learned else (),
        "trouble": trouble,
        "single": learned is not None and learned.route == Route.SINGLE,
    }
