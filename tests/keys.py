"""Keys of the secrets at rest, and an environment whose secrets lie under one of them."""

from typing import Any

from cryptography.fernet import Fernet

from setup.models import Environment

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))


def environment_under_old(settings: Any) -> Environment:
    settings.ENCRYPTION_KEYS = [OLD]
    known = {"api_key": "k", "api_secret": "s", "launch_issuer": "i", "launch_secret": "s"}
    return Environment.objects.create(cloud_name="demo", **known)
