"""Events as Cloudinary would send them."""

import hashlib
import json
import time

from django.test import Client

from setup.models import Environment, EventAddress

SECRET = "the secret of the environment"


def environment_with_events(cloud_name: str = "demo", **known) -> Environment:
    known = {"api_key": "k", "api_secret": SECRET, "launch_issuer": "i", "launch_secret": "s"} | known
    made = Environment.objects.create(cloud_name=cloud_name, **known)
    EventAddress.objects.create(environment=made, token=f"token-of-{cloud_name}")
    return made


def signature(body: bytes, timestamp: str, secret: str = SECRET, algorithm: str = "sha1") -> str:
    return hashlib.new(algorithm, body + timestamp.encode() + secret.encode()).hexdigest()


def send(environment: Environment, body: dict | bytes, **changed) -> int:
    """The status of the answer. `at`: when it is signed; `signature`, `token`: in the place of the right ones."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    timestamp = changed.get("timestamp", str(int(changed.get("at", time.time()))))
    made = signature(raw, timestamp, changed.get("secret", SECRET), changed.get("algorithm", "sha1"))
    token = changed.get("token", environment.event_address.token)
    headers = {"X-Cld-Timestamp": timestamp, "X-Cld-Signature": changed.get("signature", made)}
    client = changed.get("client") or Client(enforce_csrf_checks=True)
    return client.post(
        f"/webhooks/cloudinary/{token}", raw, content_type="application/json", headers=headers
    ).status_code
