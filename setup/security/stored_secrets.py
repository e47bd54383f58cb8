"""Whether the keys of this process open what is stored. A stored secret names its key, so that nothing is opened to see it.

A secret that was damaged is no matter of keys: it breaks what needs it, and nothing else.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models import CharField, Count
from django.db.models.functions import Substr

from setup.security.secrets import MARK, EncryptedField, Sealed, SecretUnreadable, keys, tenant_of, unseal

Place = tuple[type[models.Model], EncryptedField]
HEAD = re.compile(rf"{re.escape(MARK)}\$([0-9a-f]{{8}})\$")
OLD = "from an earlier version"  # secrets that were stored before they named their key
FERNET = "gAAAA"  # what those begin with


class KeysDoNotFit(Exception):
    """The text says which keys are missing, for those who run AssetLink."""


@dataclass
class Survey:
    """`total`: stored secrets; `missing`: those that cannot be opened, by the id of the key that they need."""

    total: int = 0
    missing: Counter[str] = field(default_factory=Counter)


def encrypted_fields() -> list[Place]:
    return [
        (model, known)
        for model in apps.get_models()
        for known in model._meta.local_fields
        if isinstance(known, EncryptedField)
    ]


def survey(places: Iterable[Place]) -> Survey:
    """Raises ImproperlyConfigured for keys that are none, and django.db.Error."""
    held, found = keys(), Survey()
    for model, place in places:
        counted = {**_by_key(model, place), OLD: _from_earlier(model, place)}
        found.total += sum(counted.values())
        found.missing += Counter({key: n for key, n in counted.items() if key != OLD and key not in held})
        if counted[OLD] and not _opens_an_earlier_one(model, place):
            found.missing[OLD] += counted[OLD]
    return found


def _by_key(model: type[models.Model], place: EncryptedField) -> dict[str, int]:
    head = Substr(place.name, 1, len(f"{MARK}$00000000$"), output_field=CharField())
    rows = model._default_manager.annotate(head=head).order_by().values_list("head").annotate(n=Count("pk"))
    return {known[1]: n for text, n in rows if (known := HEAD.fullmatch(text))}


def _rows_from_earlier(model: type[models.Model], place: EncryptedField) -> models.QuerySet:
    return model._default_manager.filter(**{f"{place.name}__startswith": Sealed(FERNET)})


def _from_earlier(model: type[models.Model], place: EncryptedField) -> int:
    return _rows_from_earlier(model, place).count()


def _opens_an_earlier_one(model: type[models.Model], place: EncryptedField) -> bool:
    """They have to be tried."""
    for row in _rows_from_earlier(model, place).order_by("pk")[:20]:
        try:
            unseal(row.__dict__[place.attname], tenant_of(row))
        except SecretUnreadable:
            continue
        return True
    return False


def require() -> None:
    """For code that works with secrets. Raises KeysDoNotFit, and django.db.Error."""
    try:
        found = survey(encrypted_fields())
    except ImproperlyConfigured as error:
        raise KeysDoNotFit(str(error)) from None
    if found.missing:
        n, named = found.missing.total(), ", ".join(sorted(found.missing))
        raise KeysDoNotFit(
            f"{n} of {found.total} stored secrets need a key that ENCRYPTION_KEYS does not hold here ({named}). Give this "
            "process the same ENCRYPTION_KEYS as the web processes (docs/operator.md, Keys)."
        )
