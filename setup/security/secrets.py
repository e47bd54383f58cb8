"""Secrets at rest: Fernet (AES-CBC with HMAC, https://cryptography.io/en/latest/fernet/) under keys from the environment.

A stored secret is `v2$<key id>$<token>`, and the token holds the tenant beside the secret, so that a row that is copied to
another tenant opens nothing there. What was stored before that is a bare token; it is read, and encrypted again when saved.
"""

import hashlib
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models.query_utils import DeferredAttribute

MARK = "v2"
BETWEEN = "\n"
# Another key opens nothing of what is stored.
RESTORE = "restore it from where your keys are kept; only a new installation makes one with `python manage.py make_key`"
EMPTY = f"ENCRYPTION_KEYS is empty: {RESTORE}."


class SecretUnreadable(Exception):
    """A stored secret that cannot be read; the text says whether its key or its tenant is wrong, and nothing of it."""


class SecretWithoutTenant(TypeError):
    """A secret was to be written without its row, so that nobody knows whose it is. Save the row instead."""


class Sealed(str):
    """A secret as the database has it."""

    __slots__ = ()


@lru_cache(maxsize=8)
def _known(keys: tuple[str, ...]) -> dict[str, Fernet]:
    """By key id, in the order of the settings: the first one encrypts. Raises ImproperlyConfigured."""
    found = {}
    for at, key in enumerate(keys, 1):
        try:
            found[hashlib.sha256(key.encode()).hexdigest()[:8]] = Fernet(key)
        except ValueError:
            text = f"Key {at} of {len(keys)} in ENCRYPTION_KEYS is no key: {RESTORE}."
            raise ImproperlyConfigured(text) from None
    return found


def keys() -> dict[str, Fernet]:
    """Raises ImproperlyConfigured if there is none, or if one of them is none."""
    if not settings.ENCRYPTION_KEYS:
        raise ImproperlyConfigured(EMPTY)
    return _known(tuple(settings.ENCRYPTION_KEYS))


def present_mark() -> str:
    """What everything begins with that is stored under the first key."""
    return f"{MARK}${next(iter(keys()))}$"


def seal(secret: str, tenant: str) -> Sealed:
    mark, cipher = present_mark(), next(iter(keys().values()))
    return Sealed(mark + cipher.encrypt(f"{tenant}{BETWEEN}{secret}".encode()).decode())


def unseal(sealed: str, tenant: str) -> str:
    """Raises SecretUnreadable."""
    mark, _, rest = sealed.partition("$")
    if mark != MARK:
        return _old(sealed)
    key_id, _, token = rest.partition("$")
    cipher = keys().get(key_id)
    if cipher is None:
        raise SecretUnreadable(f"A stored secret needs the key {key_id}, which ENCRYPTION_KEYS does not hold.")
    owner, _, secret = _decrypted(cipher, token).partition(BETWEEN)
    if owner != tenant:
        raise SecretUnreadable(f"A stored secret belongs to {owner}, not to {tenant}: the row was copied or moved.")
    return secret


def readable(row: models.Model, name: str) -> str | None:
    """A row's secret; None where it cannot be read any more, because its key was lost or it was damaged."""
    try:
        return str(getattr(row, name))
    except SecretUnreadable:
        return None


def _old(token: str) -> str:
    for cipher in keys().values():
        try:
            return _decrypted(cipher, token)
        except SecretUnreadable:
            continue
    raise SecretUnreadable("A stored secret cannot be read with the keys in ENCRYPTION_KEYS.")


def _decrypted(cipher: Fernet, token: str) -> str:
    try:
        return cipher.decrypt(token.encode()).decode()
    except InvalidToken:
        raise SecretUnreadable("A stored secret was changed, or its key is another.") from None


def tenant_of(row: models.Model) -> str:
    """Whose the secrets of a row are. An environment is known by its cloud name, because it has no id before it is saved."""
    environment = getattr(row, "environment_id", None)
    return f"environment {environment}" if environment else f"cloud {getattr(row, 'cloud_name', '')}"


class SecretAttribute(DeferredAttribute):
    """Reading it opens the secret; what was not read stays sealed, and is stored as it was."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        value = instance.__dict__[name] if name in instance.__dict__ else super().__get__(instance, cls)
        return unseal(value, tenant_of(instance)) if isinstance(value, Sealed) else value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedField(models.TextField):
    """Text that is encrypted in the database and plain in Python. It can be stored and read, never searched or dumped."""

    descriptor_class = SecretAttribute

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return Sealed(value) if value else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Sealed with the row's tenant under the first key, unless it is that already."""
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, Sealed):
            if value.startswith(present_mark()):
                return value
            value = unseal(value, tenant_of(model_instance))
        return seal(value, tenant_of(model_instance)) if value else value

    def get_prep_value(self, value: Any) -> Any:
        if value and not isinstance(value, Sealed):
            raise SecretWithoutTenant(f"{self.name} can only be written with its row.")
        return value

    def value_to_string(self, obj: models.Model) -> str:
        """For fixtures and dumps: nothing."""
        return ""

    def formfield(self, *args: Any, **kwargs: Any) -> None:
        """No form made from a model ever shows it."""
