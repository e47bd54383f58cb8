"""Launch tokens as the Console signs them, and launches as it posts them."""

import time
import uuid

import jwt


def claims(now: int | None = None, **changed) -> dict:
    now = int(time.time()) if now is None else now
    known = {
        "iss": "console",
        "aud": "assetlink",
        "cloud_name": "demo",
        "environment_id": "e1",
        "user": {"id": "u1", "name": "Ada", "email": "ada@example.com"},
        "roles": ["media_library_user"],
        "asset_ids": ["a", "b"],
        "iat": now,
        "exp": now + 60,
        "jti": uuid.uuid4().hex,
    }
    return {name: value for name, value in (known | changed).items() if value is not None}


CONSOLE = "https://console.cloudinary.com"


def post(client, token: str, *, origin: str | None = CONSOLE):
    """`origin`: as a browser tells it; None: it tells none."""
    return client.post("/launch", {"token": token}, headers={"Origin": origin} if origin is not None else {})


def signed(secret: str, algorithm: str = "HS256", **changed) -> str:
    return jwt.encode(claims(**changed), secret, algorithm=algorithm)
