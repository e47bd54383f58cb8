"""The signed launch, as AssetLink expects it: who, in which role, with which assets."""

import time
import uuid
from collections.abc import Sequence
from typing import Any

import jwt

from sandbox.cloudinary.environment import Environment
from sandbox.console.people import Person
from sandbox.world import LAUNCH_AUDIENCE, LAUNCH_ISSUER


def token(environment: Environment, person: Person, role: str, asset_ids: Sequence[str]) -> str:
    """HS256 by the environment's launch secret, good for a minute. The real clock counts, not the world's."""
    settings = environment.world.settings
    issued = int(time.time() - settings.launch_age)
    claims: dict[str, Any] = {
        "iss": LAUNCH_ISSUER,
        "aud": LAUNCH_AUDIENCE,
        "cloud_name": environment.cloud_name,
        "environment_id": environment.keys.environment_id,
        "user": dict(person),
        "roles": [role],
        "asset_ids": list(asset_ids),
        "iat": issued,
        "exp": issued + int(settings.launch_seconds),
        "jti": str(uuid.uuid4()),
    }
    return jwt.encode(claims, environment.keys.launch_secret, algorithm="HS256")
