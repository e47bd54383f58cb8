"""Secrets at rest: Fernet (AES-CBC with HMAC, https://cryptography.io/en/latest/fernet/) under keys from the environment."""

from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


class SecretUnreadable(Exception):
    """The stored secret was written under a key that ENCRYPTION_KEYS does not hold."""


def cipher() -> MultiFernet:
    if not settings.ENCRYPTION_KEYS:
        raise ImproperlyConfigured("ENCRYPTION_KEYS is empty: make one with `python manage.py make_key`.")
    return MultiFernet([Fernet(key) for key in settings.ENCRYPTION_KEYS])


class EncryptedField(models.TextField):
    """Text that is encrypted in the database and plain in Python. It can be stored and read, never searched."""

    def get_prep_value(self, value: Any) -> Any:
        return cipher().encrypt(value.encode()).decode() if value else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if not value:
            return value
        try:
            return cipher().decrypt(value.encode()).decode()
        except InvalidToken:
            raise SecretUnreadable("A stored secret cannot be read with the keys in ENCRYPTION_KEYS.") from None

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None
